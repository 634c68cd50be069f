// Sign-in with a code in one round or two, a link, or the password.

import { PASSWORDLESS, WEB, challengeOf, initiate, respond } from "./cognito.js";
import { byId } from "./element.js";
import { clearPasswords, reportError, fillInEmail, onSubmit, report, show } from "./form.js";
import { forgetSession, keepSession, linkRequest } from "./magic-link.js";
import { signedIn } from "./tokens.js";

const ASKS_FOR_METHOD = "PROVIDE_AUTH_PARAMETERS";
// Answer of the published client when it only names a method.
const NO_ANSWER = "__dummy__";
const NOTES = {
  code: "If there is such an account, a mail with a code is on its way to the outbox.",
  link:
    "If there is such an account, a mail is on its way to the outbox. " +
    "Open its link in this tab, or type the code of the same mail.",
};

// The challenge that waits for an answer.
let pending = null;

export function wireSignIn() {
  const form = byId("sign-in");
  form.addEventListener("change", () => showPassword(form));
  showPassword(form);
  onSubmit("sign-in", signIn);
  onSubmit("answer", answerChallenge);
}

function showPassword(form) {
  const isChosen = form.elements.method.value === "password";
  byId("password-field").hidden = !isChosen;
  form.elements.password.required = isChosen;
}

async function signIn({ email, method, password }) {
  fillInEmail(email);
  pending = null;
  if (method === "password") {
    const answer = await initiate(WEB, "USER_PASSWORD_AUTH", {
      USERNAME: email,
      PASSWORD: password,
    });
    clearPasswords();
    finish(WEB, answer);
    return;
  }
  const client = method === "one-round" ? WEB : PASSWORDLESS;
  const isLink = method === "link";
  const metadata = isLink ? linkRequest() : { signInMethod: "EMAIL_OTP" };
  let answer = await initiate(client, "CUSTOM_AUTH", { USERNAME: email });
  if (challengeOf(answer).parameters.challenge === ASKS_FOR_METHOD) {
    answer = await respond(client, challengeOf(answer), NO_ANSWER, metadata);
  }
  pending = { client, email, isLink, metadata, challenge: challengeOf(answer) };
  keepForLink(pending);
  byId("answer-note").textContent = isLink ? NOTES.link : NOTES.code;
  show("answer");
}

async function answerChallenge({ code }) {
  if (pending === null) {
    show("sign-in");
    throw new Error("No challenge waits for an answer. Sign in again.");
  }
  const { client, challenge, metadata } = pending;
  const answer = await respond(client, challenge, code, metadata).catch((error) => {
    pending = null;
    forgetSession(challenge.userName);
    show("sign-in");
    throw error;
  });
  if (answer.AuthenticationResult) {
    pending = null;
    forgetSession(challenge.userName);
    finish(client, answer);
    return;
  }
  pending.challenge = challengeOf(answer);
  keepForLink(pending);
  show("answer");
  reportError("Wrong code. Try again.");
}

// The link of the mail resumes the session that caused it.
function keepForLink({ isLink, challenge, email }) {
  if (isLink) {
    keepSession(challenge.userName, challenge.session, email);
  }
}

function finish(client, answer) {
  if (!answer.AuthenticationResult) {
    throw new Error(`This page cannot answer the challenge ${answer.ChallengeName}.`);
  }
  show("sign-in");
  signedIn(client, answer.AuthenticationResult);
  report("Signed in.");
}
