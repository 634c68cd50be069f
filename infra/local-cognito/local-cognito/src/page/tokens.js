// Tokens of the signed-in user, kept in memory only: a reload clears them.

import { textOf } from "./base64url.js";
import { call, initiate } from "./cognito.js";
import { byId, json } from "./element.js";
import { onClick, report, show } from "./form.js";
import { forgetIdentity, offerIdentity } from "./identity.js";
import { takeOver } from "./session.js";

let held = null;

export function wireTokens() {
  onClick("refresh", refresh);
  onClick("sign-out", signOut);
  onClick("sign-out-everywhere", signOutEverywhere);
}

export function signedIn(client, result) {
  takeOver(forget);
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
  offerIdentity({
    note: "The identity pool takes the ID token.",
    loginsAt: ({ region, user_pool }) => ({
      [`cognito-idp.${region}.amazonaws.com/${user_pool}`]: result.IdToken,
    }),
  });
}

export function claimsOf(token) {
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
  leave("Signed out here: the refresh token is revoked.");
}

async function signOutEverywhere() {
  await call("GlobalSignOut", { AccessToken: held.access });
  leave("Signed out everywhere: all tokens are revoked.");
}

function leave(text) {
  takeOver(() => {});
  show("sign-in");
  report(text);
}

function forget() {
  held = null;
  forgetIdentity();
  byId("session").hidden = true;
  byId("id-claims").textContent = "";
  byId("access-claims").textContent = "";
  byId("who").textContent = "Not signed in.";
}
