// Links of the mail that sign a user in.

import assert from "node:assert/strict";
import { test } from "node:test";

import { initiateAuth, respondToAuthChallenge } from "amazon-cognito-passwordless-auth/cognito-api";

import { Browser, claims } from "./browser.mjs";
import {
  PAGE, PASSWORDLESS_CLIENT, advance, codeIn, linkIn, mail, mailsTo, setSessionMinutes, newUser,
} from "./host.mjs";

const SIGNED_IN = ["SIGNING_IN_WITH_LINK", "SIGNED_IN_WITH_LINK"];
const REQUESTED = ["InitiateAuth", "RespondToAuthChallenge"];

function assertSignedIn(browser, userName, { tokens, statuses }) {
  assert.deepEqual(statuses, SIGNED_IN);
  assert.equal(tokens.username, userName);
  assert.equal(claims(tokens.idToken)["cognito:username"], userName);
  assert.equal(claims(tokens.idToken).aud, PASSWORDLESS_CLIENT);
  for (const kind of ["idToken", "accessToken", "refreshToken"]) {
    assert.equal(browser.token(userName, kind), tokens[kind]);
  }
  assert.equal(browser.location.href, PAGE, "the link left the address bar");
}

async function requested(browser = new Browser()) {
  const { address, userName } = await newUser();
  await browser.requestLink(address);
  return { browser, address, userName, link: linkIn(await mail(address)) };
}

test("A1 a request sends one mail and keeps the session under the user name", async () => {
  const browser = new Browser();
  const { address, userName } = await newUser();
  const answer = await browser.requestLink(address);
  assert.equal(answer.ChallengeName, "CUSTOM_CHALLENGE");
  assert.equal(answer.ChallengeParameters.USERNAME, userName);
  assert.notEqual(userName, address);
  assert.ok(answer.Session);
  assert.equal(browser.storage.getItem(browser.sessionKey(userName)), answer.Session);
  assert.deepEqual(browser.actions(), REQUESTED);
  assert.deepEqual(browser.statuses, ["REQUESTING_SIGNIN_LINK", "SIGNIN_LINK_REQUESTED"]);
  await mail(address);
  // The user who asked later has a mail: one mail too many would be there as well.
  await requested();
  assert.equal((await mailsTo(address)).length, 1);
});

test("A2 the browser that asked signs in with one call", async () => {
  const { browser, userName, link } = await requested();
  const result = await browser.open(link);
  assertSignedIn(browser, userName, result);
  assert.deepEqual(browser.actions(), ["RespondToAuthChallenge"]);
  assert.equal(browser.storage.getItem(browser.sessionKey(userName)), null);
});

test("A3 another browser signs in with a session of its own", async () => {
  const { userName, link } = await requested();
  const elsewhere = new Browser();
  const result = await elsewhere.open(link);
  assertSignedIn(elsewhere, userName, result);
  assert.deepEqual(elsewhere.actions(), REQUESTED);
});

test("A4 an expired session is replaced and does not spend the link", async () => {
  const usual = await setSessionMinutes(PASSWORDLESS_CLIENT, 3);
  try {
    const { browser, userName, link } = await requested();
    await advance(190);
    const result = await browser.open(link);
    assert.equal(
      browser.calls[0].answer.message,
      "Invalid session for the user, session is expired.",
    );
    assertSignedIn(browser, userName, result);
    assert.deepEqual(browser.actions(), ["RespondToAuthChallenge", ...REQUESTED]);
  } finally {
    await setSessionMinutes(PASSWORDLESS_CLIENT, usual);
  }
});

test("A4 a session that was answered already is replaced and does not spend the link", async () => {
  const { browser, userName, link } = await requested();
  const session = browser.storage.getItem(browser.sessionKey(userName));
  await browser.with(async () => {
    const answered = await respondToAuthChallenge({
      challengeName: "CUSTOM_CHALLENGE",
      challengeResponses: { ANSWER: "00000000", USERNAME: userName },
      clientMetadata: { signInMethod: "MAGIC_LINK", redirectUri: PAGE, alreadyHaveMagicLink: "no" },
      session,
    });
    assert.equal(answered.ChallengeName, "CUSTOM_CHALLENGE");
  });
  const result = await browser.open(link);
  assert.match(browser.calls[0].answer.message, /^Invalid session for the user/);
  assertSignedIn(browser, userName, result);
  assert.deepEqual(browser.actions(), ["RespondToAuthChallenge", ...REQUESTED]);
});

test("A5 a link works once, wherever it is opened again", async () => {
  const { browser, userName, link } = await requested();
  assertSignedIn(browser, userName, await browser.open(link));
  for (const again of [browser, new Browser()]) {
    const { tokens, statuses } = await again.open(link);
    assert.equal(tokens, undefined);
    assert.deepEqual(statuses, ["SIGNING_IN_WITH_LINK", "SIGNIN_LINK_EXPIRED"]);
    assert.equal(again.calls.at(-1).answer.message, "Incorrect username or password.");
  }
});

test("A9 a second request within the gap is answered as the first and sends nothing", async () => {
  const { browser, address, userName, link } = await requested();
  const again = new Browser();
  const answer = await again.requestLink(address);
  assert.equal(answer.ChallengeParameters.USERNAME, userName);
  assertSignedIn(again, userName, await again.open(link));
  assert.deepEqual(again.actions(), ["RespondToAuthChallenge"]);
  assert.equal((await mailsTo(address)).length, 1);
  assert.deepEqual(browser.statuses, again.statuses);
});

test("the code of the mail answers where the link was asked for", async () => {
  const { address, userName } = await newUser();
  const browser = new Browser();
  const asked = await browser.requestLink(address);
  const code = codeIn(await mail(address));
  const answer = await browser.with(() => respondToAuthChallenge({
    challengeName: "CUSTOM_CHALLENGE",
    challengeResponses: { ANSWER: code, USERNAME: userName },
    clientMetadata: { signInMethod: "MAGIC_LINK" },
    session: asked.Session,
  }));
  assert.equal(claims(answer.AuthenticationResult.IdToken)["cognito:username"], userName);
});

test("the first challenge names no method of anybody", async () => {
  const { address } = await newUser();
  const answer = await new Browser().with(() =>
    initiateAuth({ authflow: "CUSTOM_AUTH", authParameters: { USERNAME: address } }));
  assert.equal(answer.ChallengeParameters.challenge, "PROVIDE_AUTH_PARAMETERS");
  assert.deepEqual(Object.keys(answer.ChallengeParameters).sort(), ["USERNAME", "challenge"]);
});
