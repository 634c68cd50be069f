// Links that are refused: expired, changed, of another user, and no link at all.

import assert from "node:assert/strict";
import { test } from "node:test";

import { initiateAuth, respondToAuthChallenge } from "amazon-cognito-passwordless-auth/cognito-api";

import { Browser } from "./browser.mjs";
import { LINK_CLIENT, PAGE, linkIn, mail, mailsTo, unusedAddress, recorded, newUser } from "./host.mjs";

const EXPIRED = ["SIGNING_IN_WITH_LINK", "SIGNIN_LINK_EXPIRED"];
// How often the mailbox of the unknown user is read once the known user's mail is there.
const GLANCES = 10;

async function linkOf({ address }) {
  await new Browser().requestLink(address);
  return linkIn(await mail(address));
}

function partsOf(link) {
  const [header, mac] = new URL(link).hash.slice(1).split(".");
  return { header, mac, message: JSON.parse(Buffer.from(header, "base64url")) };
}

function linkWith(message, mac) {
  return `${PAGE}#${Buffer.from(JSON.stringify(message)).toString("base64url")}.${mac}`;
}

function flipped(text, at) {
  return text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
}

async function assertRefused(browser, link) {
  const { tokens, statuses } = await browser.open(link);
  assert.equal(tokens, undefined);
  assert.deepEqual(statuses, EXPIRED);
  for (const { status, answer } of browser.calls) {
    assert.ok(status === 200 || status === 400, `status ${status}`);
    assert.equal(answer.AuthenticationResult, undefined);
  }
  assert.equal(browser.calls.at(-1).answer.__type, "NotAuthorizedException");
  assert.equal(browser.calls.at(-1).answer.message, "Incorrect username or password.");
}

test("A7 a link that has expired is not sent anywhere", async (t) => {
  const link = await linkOf(await newUser());
  const { exp, iat } = partsOf(link).message;
  assert.equal(exp - iat, 600);
  t.mock.method(Date, "now", () => (exp + 1) * 1000);
  const browser = new Browser();
  const { tokens, statuses } = await browser.open(link);
  assert.equal(tokens, undefined);
  assert.deepEqual(statuses, ["SIGNIN_LINK_EXPIRED"]);
  assert.deepEqual(browser.actions(), []);
});

test("A8 a changed link is refused and spends nothing", async () => {
  const owner = await newUser();
  const mallory = await newUser();
  const link = await linkOf(owner);
  const { mac, message } = partsOf(link);
  const foreign = partsOf(await linkOf(mallory));
  const changed = [
    linkWith({ ...message, exp: message.exp + 60 }, mac),
    linkWith({ ...message, iat: message.iat + 1 }, mac),
    linkWith({ ...message, n: message.n + 1 }, mac),
    linkWith({ ...message, k: message.k + 1 }, mac),
    linkWith({ ...message, c: foreign.message.c }, mac),
    linkWith({ ...message, userName: mallory.userName }, mac),
    linkWith({ ...foreign.message, userName: owner.userName }, foreign.mac),
    linkWith({ ...message, more: true }, mac),
    linkWith(message, foreign.mac),
    linkWith(message, flipped(mac, 0)),
    linkWith(message, flipped(mac, mac.length - 2)),
    linkWith(message, mac.slice(0, -1)),
    linkWith(message, `${mac}A`),
    linkWith(message, ""),
    linkWith(message, `${mac}.${mac}`),
    linkWith({ userName: owner.userName, iat: message.iat, exp: message.exp }, mac),
    linkWith({ ...message, n: 1e300, k: -1 }, mac),
  ];
  for (const one of changed) {
    await assertRefused(new Browser(), one);
  }
  const { statuses } = await new Browser().open(link);
  assert.equal(statuses.at(-1), "SIGNED_IN_WITH_LINK");
});

test("A8 another user's link does not answer an own challenge", async () => {
  const owner = await newUser();
  const mallory = await newUser();
  const link = await linkOf(owner);
  const browser = new Browser();
  await browser.with(async () => {
    const asked = await initiateAuth({
      authflow: "CUSTOM_AUTH",
      authParameters: { USERNAME: mallory.address },
    });
    const answered = respondToAuthChallenge({
      challengeName: "CUSTOM_CHALLENGE",
      challengeResponses: { ANSWER: new URL(link).hash.slice(1), USERNAME: mallory.userName },
      clientMetadata: { signInMethod: "MAGIC_LINK", redirectUri: PAGE, alreadyHaveMagicLink: "yes" },
      session: asked.Session,
    });
    await assert.rejects(answered, { name: "NotAuthorizedException" });
  });
  const { statuses } = await new Browser().open(link);
  assert.equal(statuses.at(-1), "SIGNED_IN_WITH_LINK");
});

test("A8 a link does not work at another client", async () => {
  const link = await linkOf(await newUser());
  await assertRefused(new Browser(LINK_CLIENT), link);
  const { statuses } = await new Browser().open(link);
  assert.equal(statuses.at(-1), "SIGNED_IN_WITH_LINK");
});

test("A11 an unknown user gets the answers of a known one, and no mail", async () => {
  const asked = [];
  const known = await newUser();
  const unknown = unusedAddress();
  for (const address of [unknown, known.address]) {
    const browser = new Browser();
    const triggers = await recorded(() => browser.requestLink(address));
    asked.push({ triggers, statuses: browser.statuses, calls: browser.calls.map(shapeOf) });
    const session = browser.storage.getItem(browser.sessionKey(userNameOf(browser)));
    assert.equal(session, browser.calls.at(-1).answer.Session);
  }
  assert.deepEqual(asked[0], asked[1]);
  await mail(known.address);
  for (let glance = 0; glance < GLANCES; glance += 1) {
    assert.deepEqual(await mailsTo(unknown), []);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
});

test("A11 a link of an unknown user is refused as a wrong one of a known user", async () => {
  const { mac, message } = partsOf(await linkOf(await newUser()));
  const refused = [];
  for (const userName of [message.userName, "00000000-0000-4000-8000-000000000000"]) {
    const browser = new Browser();
    const link = linkWith({ ...message, userName }, flipped(mac, 0));
    const triggers = await recorded(() => assertRefused(browser, link));
    refused.push({ triggers, calls: browser.calls.map(shapeOf) });
  }
  assert.deepEqual(refused[0], refused[1]);
});

test("A13 what is no link of ours raises no error", async () => {
  const fragments = ["main", "a.b", ".", "..", "%7B%7D", "=", "e30", "e30.AA", "%00.%00", "🛟"];
  for (const fragment of fragments) {
    const browser = new Browser();
    const { tokens, statuses } = await browser.open(`${PAGE}#${fragment}`);
    assert.equal(tokens, undefined);
    assert.deepEqual(statuses, ["NO_SIGNIN_LINK"], fragment);
    assert.deepEqual(browser.actions(), []);
  }
});

test("A13 half a link is refused as a wrong one", async () => {
  const link = await linkOf(await newUser());
  const { header } = partsOf(link);
  await assertRefused(new Browser(), `${PAGE}#${header}`);
  await assertRefused(new Browser(), `${PAGE}#${header}.`);
  await assertRefused(new Browser(), `${PAGE}#${header}.%%%`);
  await assertRefused(new Browser(), `${PAGE}#${header}.${"A".repeat(1000)}`);
  const { statuses } = await new Browser().open(link);
  assert.equal(statuses.at(-1), "SIGNED_IN_WITH_LINK");
});

function userNameOf(browser) {
  return browser.calls[0].answer.ChallengeParameters.USERNAME;
}

// A call without what is anybody's own.
function shapeOf({ action, status, answer }) {
  const { Session, ChallengeParameters: { USERNAME, mark, ...parameters } = {}, ...rest } = answer;
  const own = {
    session: typeof Session,
    userName: USERNAME?.replaceAll(/[0-9a-f]/g, "x"),
    mark: mark?.replaceAll(/[A-Z]/g, "x"),
  };
  return { action, status, ...own, parameters, rest };
}
