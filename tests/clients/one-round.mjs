// A client that knows no custom protocol: the first challenge is the real one.

import assert from "node:assert/strict";
import { test } from "node:test";

import cognito from "amazon-cognito-identity-js";

import { BASE, LINK_CLIENT, POOL, WEB_CLIENT, codeIn, linkIn, mail, unusedAddress, newUser } from "./host.mjs";

const { AuthenticationDetails, CognitoUser, CognitoUserPool } = cognito;

// A user at a client, with a storage of its own.
function at(clientId, address) {
  const items = new Map();
  const storage = {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => items.set(key, value),
    removeItem: (key) => items.delete(key),
    clear: () => items.clear(),
  };
  const pool = new CognitoUserPool({
    UserPoolId: POOL, ClientId: clientId, endpoint: BASE, Storage: storage,
  });
  const user = new CognitoUser({ Username: address, Pool: pool, Storage: storage });
  user.setAuthenticationFlowType("CUSTOM_AUTH");
  return user;
}

// What the client calls back with.
function outcome(call) {
  return new Promise((resolve) => {
    call({
      onSuccess: (session) => resolve({ session }),
      onFailure: (error) => resolve({ error }),
      customChallenge: (parameters) => resolve({ parameters }),
    });
  });
}

function start(user, address) {
  const details = new AuthenticationDetails({ Username: address });
  return outcome((callbacks) => user.initiateAuth(details, callbacks));
}

function answer(user, text) {
  return outcome((callbacks) => user.sendCustomChallengeAnswer(text, callbacks));
}

async function signsIn(client, answerIn) {
  const { address, userName } = await newUser();
  const user = at(client, address);
  const { parameters } = await start(user, address);
  assert.notEqual(parameters?.challenge, "PROVIDE_AUTH_PARAMETERS");
  const { session, error } = await answer(user, answerIn(await mail(address)));
  assert.ifError(error);
  assert.ok(session.isValid());
  assert.equal(session.getIdToken().payload["cognito:username"], userName);
  const refreshed = await new Promise((resolve, reject) => {
    user.refreshSession(session.getRefreshToken(), (failed, next) =>
      failed ? reject(failed) : resolve(next));
  });
  assert.equal(refreshed.getIdToken().payload["cognito:username"], userName);
}

test("a code of the mail signs in in one round", () => signsIn(WEB_CLIENT, codeIn));

test("a link of the mail signs in in one round", () =>
  signsIn(LINK_CLIENT, (sent) => new URL(linkIn(sent)).hash.slice(1)));

test("a wrong code asks again, and the right one still signs in", async () => {
  const { address } = await newUser();
  const user = at(WEB_CLIENT, address);
  const first = await start(user, address);
  const code = codeIn(await mail(address));
  const wrong = code.replace(/.$/, (digit) => (Number(digit) + 1) % 10);
  const again = await answer(user, wrong);
  assert.deepEqual(again.parameters, first.parameters);
  const { session } = await answer(user, `${code.slice(0, 4)} ${code.slice(4)}`);
  assert.ok(session?.isValid());
});

test("five wrong codes end the sign-in of a known and of an unknown user", async () => {
  const known = await newUser();
  const walks = [];
  for (const address of [known.address, unusedAddress()]) {
    const user = at(WEB_CLIENT, address);
    const { parameters: { USERNAME, mark, ...parameters } } = await start(user, address);
    assert.ok(USERNAME);
    assert.match(mark, /^[A-Z]{2}$/);
    const steps = [parameters];
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const { parameters: next, error } = await answer(user, "not-a-code");
      steps.push(error?.message ?? Object.keys(next));
    }
    walks.push(steps);
  }
  assert.deepEqual(walks[0], walks[1]);
  assert.equal(walks[0].at(-1), "Incorrect username or password.");
  assert.equal(walks[0].filter((step) => typeof step === "string").length, 1);
});
