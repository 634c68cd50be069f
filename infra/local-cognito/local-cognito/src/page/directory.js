// Users of the built-in directory: registration, sign-in, refresh, logout.

import { byId, json } from "./element.js";
import { clearPasswords, fillInEmail, onClick, onSubmit, report, show } from "./form.js";
import { forgetIdentity, offerIdentity } from "./identity.js";
import { forgetLinks, offerLinks } from "./links.js";
import { bearer, postJson, request } from "./provider.js";
import { takeOver } from "./session.js";
import { claimsOf } from "./tokens.js";

const CLIENT = "1directoryclient00000000000";
const POOL = "cognito-identity.amazonaws.com";

// Registration that waits for the code of its mail.
let registration = null;
// Recovery that waits for the code of its mail.
let recovery = null;
let held = null;

export function wireDirectory() {
  onSubmit("directory", signIn);
  onSubmit("register", register);
  onSubmit("confirm-registration", confirm);
  onSubmit("directory-recover", recover);
  onSubmit("directory-reset", reset);
  onClick("directory-refresh", refresh);
  onClick("log-out", logOut);
}

async function register({ email }) {
  const { handle, mark } = await postJson("/v1/accounts", { email });
  registration = { email, handle };
  fillInEmail(email);
  show("confirm-registration");
  report(`Asked for a code. If the address was free, it is in the outbox, in the mail ${mark}.`);
}

async function confirm({ code, password }) {
  await postJson("/v1/accounts/confirm", { ...registration, code: code.trim(), password });
  registration = null;
  clearPasswords();
  show("directory");
  report("Confirmed the registration. You can sign in.");
}

async function signIn({ email, password }) {
  const tokens = await grant({
    grant_type: "password",
    client_id: CLIENT,
    username: email,
    password,
  });
  await begin(email, tokens);
}

async function recover({ email }) {
  const { handle, mark } = await postJson("/v1/accounts/recovery", { email });
  recovery = { email, handle };
  fillInEmail(email);
  show("directory-reset");
  report(`Asked for a code. If there is an account, it is in the outbox, in the mail ${mark}.`);
}

async function reset({ code, password }) {
  const { email } = recovery;
  const tokens = await postJson("/v1/accounts/recovery/confirm", {
    ...recovery,
    code: code.trim(),
    new_password: password,
    client_id: CLIENT,
  });
  recovery = null;
  show("directory");
  await begin(email, tokens);
  report("The new password is set, and every earlier session is revoked.");
}

async function begin(email, tokens) {
  clearPasswords();
  takeOver(forget);
  await hold(email, tokens);
  byId("tokens-title").focus();
}

async function refresh() {
  const { email, refresh_token } = held;
  await hold(email, await grant({ grant_type: "refresh_token", refresh_token }));
  report("Refreshed the session.");
}

async function logOut() {
  await postJson("/v1/logout", {}, bearer(held.access_token));
  takeOver(() => {});
  show("directory");
  report("Logged out: the session and its tokens are revoked.");
}

async function hold(email, tokens) {
  held = { ...tokens, email };
  const claims = claimsOf(tokens.token);
  const until = new Date(claims.exp * 1000).toLocaleTimeString("en-GB");
  byId("who").textContent = `Signed in as ${email} of the directory until ${until}.`;
  byId("pool-claims").textContent = json(claims);
  byId("directory-session").hidden = false;
  offerIdentity({
    note: "The identity pool takes the token of the developer provider.",
    identity: tokens.identity_id,
    loginsAt: () => ({ [POOL]: tokens.token }),
  });
  await offerLinks(tokens.access_token);
}

function forget() {
  held = null;
  forgetIdentity();
  forgetLinks();
  byId("directory-session").hidden = true;
  byId("pool-claims").textContent = "";
  byId("who").textContent = "Not signed in.";
}

function grant(form) {
  return request("POST", "/v1/token", {}, new URLSearchParams(form));
}
