// The tokens of who is signed in, kept in memory only: a reload forgets them.

import { textOf } from "./base64url.js";
import { call, initiate } from "./cognito.js";
import { byId, json } from "./element.js";
import { onClick, report, show } from "./form.js";
import { forgetIdentity, offerIdentity } from "./identity.js";

let held = null;

export function wireTokens() {
  onClick("refresh", refresh);
  onClick("sign-out", signOut);
  onClick("sign-out-everywhere", signOutEverywhere);
}

export function signedIn(client, result) {
  // Somebody else may have been signed in before.
  forgetIdentity();
  hold(client, result);
  byId("tokens-title").focus();
}

function hold(client, result) {
  held = {
    client,
    access: result.AccessToken,
    refresh: result.RefreshToken ?? held?.refresh,
  };
  const idClaims = claimsOf(result.IdToken);
  const until = new Date(idClaims.exp * 1000).toLocaleTimeString("en-GB");
  byId("who").textContent =
    `Signed in as ${idClaims.email ?? idClaims["cognito:username"]} until ${until}.`;
  byId("id-claims").textContent = json(idClaims);
  byId("access-claims").textContent = json(claimsOf(result.AccessToken));
  byId("session").hidden = false;
  offerIdentity(result.IdToken);
}

function claimsOf(token) {
  return JSON.parse(textOf(token.split(".")[1]));
}

async function refresh() {
  const { client, refresh } = held;
  const answer = await initiate(client, "REFRESH_TOKEN_AUTH", { REFRESH_TOKEN: refresh });
  hold(client, answer.AuthenticationResult);
  report("Refreshed the tokens.");
}

async function signOut() {
  await call("RevokeToken", { ClientId: held.client, Token: held.refresh });
  forget("Signed out here: the refresh token is revoked.");
}

async function signOutEverywhere() {
  await call("GlobalSignOut", { AccessToken: held.access });
  forget("Signed out everywhere: all tokens are revoked.");
}

function forget(text) {
  held = null;
  forgetIdentity();
  byId("session").hidden = true;
  byId("id-claims").textContent = "";
  byId("access-claims").textContent = "";
  byId("who").textContent = "Nobody is signed in.";
  show("sign-in");
  report(text);
}
