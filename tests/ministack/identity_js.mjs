// One sign-in by amazon-cognito-identity-js: prints the challenge, reads an answer, prints a token.
// Where the client is asked for a method first, the method is that of the metadata.

import { createInterface } from "node:readline/promises";

import cognito from "amazon-cognito-identity-js";

const { AuthenticationDetails, CognitoUser, CognitoUserPool } = cognito;
const [endpoint, UserPoolId, ClientId, Username, metadata] = process.argv.slice(2);
const clientMetadata = JSON.parse(metadata);

const items = new Map();
const Storage = {
  getItem: (key) => items.get(key) ?? null,
  setItem: (key, value) => items.set(key, value),
  removeItem: (key) => items.delete(key),
  clear: () => items.clear(),
};
const Pool = new CognitoUserPool({ UserPoolId, ClientId, endpoint, Storage });
const user = new CognitoUser({ Username, Pool, Storage });
user.setAuthenticationFlowType("CUSTOM_AUTH");

// What the client calls back with.
function outcome(call) {
  return new Promise((resolve) => {
    call({
      onSuccess: (session) => resolve({ token: session.getIdToken().getJwtToken() }),
      onFailure: (error) => resolve({ error: error.message }),
      customChallenge: (challenge) => resolve({ challenge }),
    });
  });
}

function answer(text) {
  return outcome((callbacks) => user.sendCustomChallengeAnswer(text, callbacks, clientMetadata));
}

const print = (value) => console.log(JSON.stringify(value));

const details = new AuthenticationDetails({ Username });
let asked = await outcome((callbacks) => user.initiateAuth(details, callbacks));
if (asked.challenge?.challenge === "PROVIDE_AUTH_PARAMETERS") {
  asked = await answer("-");
}
print(asked);
if (asked.challenge) {
  const terminal = createInterface({ input: process.stdin });
  const { value } = await terminal[Symbol.asyncIterator]().next();
  terminal.close();
  print(await answer(JSON.parse(value).answer));
}
