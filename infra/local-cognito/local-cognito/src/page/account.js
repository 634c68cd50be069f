// Sign-up, its confirmation, and recovery.

import { WEB, call } from "./cognito.js";
import { byId } from "./element.js";
import { clearPasswords, fillInEmail, onClick, onSubmit, report, show } from "./form.js";

export function wireAccount() {
  onSubmit("sign-up", signUp);
  onSubmit("confirm", confirm);
  onClick("resend", resend);
  onSubmit("recover", recover);
  onSubmit("reset", reset);
}

async function signUp({ email, password }) {
  const user = await call("SignUp", {
    ClientId: WEB,
    Username: email,
    Password: password,
    UserAttributes: [{ Name: "email", Value: email }],
  });
  clearPasswords();
  fillInEmail(email);
  if (user.UserConfirmed) {
    show("sign-in");
    report("Signed up and confirmed. You can sign in.");
  } else {
    show("confirm");
    report("Signed up. A mail with a confirmation code is in the outbox.");
  }
}

async function confirm({ email, code }) {
  await call("ConfirmSignUp", { ClientId: WEB, Username: email, ConfirmationCode: code.trim() });
  fillInEmail(email);
  show("sign-in");
  report("Confirmed. You can sign in.");
}

async function resend() {
  const field = byId("confirm").elements.email;
  if (!field.reportValidity()) {
    return;
  }
  await call("ResendConfirmationCode", { ClientId: WEB, Username: field.value });
  report("Asked for another code. If there is such an account, it is in the outbox.");
}

async function recover({ email }) {
  await call("ForgotPassword", { ClientId: WEB, Username: email });
  fillInEmail(email);
  show("reset");
  report("Asked for a recovery code. If there is such an account, it is in the outbox.");
}

async function reset({ email, code, password }) {
  await call("ConfirmForgotPassword", {
    ClientId: WEB,
    Username: email,
    ConfirmationCode: code.trim(),
    Password: password,
  });
  clearPasswords();
  fillInEmail(email);
  show("sign-in");
  report("The new password is set. You can sign in.");
}
