// Magic links: opening one does nothing, only the button uses it.

import { textOf } from "./base64url.js";
import { PASSWORDLESS, challengeOf, initiate, respond } from "./cognito.js";
import { byId } from "./element.js";
import { reportError, onClick, report, show } from "./form.js";
import { signedIn } from "./tokens.js";

const FRAGMENT = /^#([\w-]+)\.[\w-]+$/;
let link = null;

export function wireMagicLink() {
  onClick("follow-link", follow);
  onClick("drop-link", leave);
  addEventListener("hashchange", offer);
  offer();
}

// Metadata of a request for a link.
export function linkRequest() {
  return { signInMethod: "MAGIC_LINK", redirectUri: pageUrl(), alreadyHaveMagicLink: "no" };
}

export function keepSession(userName, session, email) {
  sessionStorage.setItem(keyOf(userName, "session"), session);
  sessionStorage.setItem(keyOf(userName, "email"), email);
}

export function forgetSession(userName) {
  sessionStorage.removeItem(keyOf(userName, "session"));
}

function keyOf(userName, what) {
  return `Passwordless.${PASSWORDLESS}.${userName}.${what}`;
}

function pageUrl() {
  return location.origin + location.pathname;
}

function offer() {
  const read = readLink(location.hash);
  if (read === null) {
    return;
  }
  link = read;
  const isExpired = link.expiry * 1000 < Date.now();
  const email = sessionStorage.getItem(keyOf(link.userName, "email"));
  byId("link-note").textContent = isExpired
    ? "This link has expired. Ask for another one."
    : "You opened a link of a mail. It works once, and only when you press the button.";
  const button = byId("follow-link");
  button.hidden = isExpired;
  button.textContent = `Sign in as ${masked(email ?? link.userName)}`;
  report("");
  reportError("");
  show("link");
}

function readLink(fragment) {
  const [, payload] = FRAGMENT.exec(fragment) ?? [];
  try {
    const { userName, iat, exp } = JSON.parse(textOf(payload));
    const isLink =
      typeof userName === "string" && Number.isFinite(iat) && Number.isFinite(exp);
    return isLink ? { userName, expiry: exp, answer: fragment.slice(1) } : null;
  } catch {
    return null;
  }
}

// Shows enough of a name to recognise an account, too little to learn it.
function masked(name) {
  const [local, domain] = name.split("@");
  return domain === undefined ? `${name.slice(0, 4)}…` : `${local.slice(0, 1)}…@${domain}`;
}

async function follow() {
  const { userName, answer } = link;
  const kept = sessionStorage.getItem(keyOf(userName, "session"));
  forgetSession(userName);
  const metadata = {
    signInMethod: "MAGIC_LINK",
    redirectUri: pageUrl(),
    alreadyHaveMagicLink: "yes",
  };
  const answered = (challenge) => respond(PASSWORDLESS, challenge, answer, metadata);
  let result;
  try {
    result =
      kept === null
        ? await answered(await freshChallenge(userName))
        : await answered({ session: kept, userName }).catch(async (error) => {
            if (!isUsedSession(error)) {
              throw error;
            }
            return answered(await freshChallenge(userName));
          });
  } finally {
    leave();
  }
  if (!result.AuthenticationResult) {
    throw new Error("The link does not work. Ask for another one.");
  }
  signedIn(PASSWORDLESS, result.AuthenticationResult);
  report("Signed in by link.");
}

async function freshChallenge(userName) {
  return challengeOf(await initiate(PASSWORDLESS, "CUSTOM_AUTH", { USERNAME: userName }));
}

function isUsedSession(error) {
  return error.kind === "NotAuthorizedException" && /session/i.test(error.text);
}

// Removes a used or dropped link from the address bar and the history.
function leave() {
  link = null;
  history.replaceState(null, "", pageUrl());
  show("sign-in");
}
