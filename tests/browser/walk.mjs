// A person's whole way: sign up, confirm, sign in, look at the tokens, sign out, recover.

import assert from "node:assert/strict";

import {
  NEW_PASSWORD, PASSWORD, askForCode, button, codeOnPage, confirm, field, outcome, signUp,
  newAddress, submit, task,
} from "./stage.mjs";

const SIGN_IN = /sign-in code/i;

export async function everyFlowWorks(page) {
  const address = newAddress("noor");
  await signUp(page, address);
  await confirm(page, address);

  await askForCode(page, "Code by mail, in one round");
  await answerWrongly(page, address);
  await field(page, "Code of the mail").fill(await codeOnPage(page, address, SIGN_IN));
  await button(page, "Answer").click();
  await page.getByText(`Signed in as ${address}`).waitFor();
  assert.equal((await claims(page)).email, address);
  assert.equal(await focused(page), "Tokens");

  await button(page, "Refresh").click();
  await outcome(page, "Refreshed the tokens.");
  await button(page, "Sign out here").click();
  await outcome(page, "Signed out here");
  await page.getByText("Not signed in.").waitFor();
  assert.equal(await page.locator("#id-claims").textContent(), "");

  await recover(page, address);
  await signInByPassword(page, address);
  await button(page, "Sign out everywhere").click();
  await outcome(page, "Signed out everywhere");
}

export async function twoRoundsWorkToo(page) {
  const address = newAddress("kim");
  await signUp(page, address);
  await confirm(page, address);
  await askForCode(page, "Code by mail, in two rounds");
  await page.locator("#outbox > li").first().getByRole("button", { name: /^Fill in / }).click();
  await page.keyboard.press("Enter");
  await page.getByText(`Signed in as ${address}`).waitFor();
}

export async function triggersAreListedAsTheyHappen(page) {
  const address = newAddress("ravi");
  const trigger = (name) => page.locator("#events summary").filter({ hasText: name }).first();
  await signUp(page, address);
  await trigger("PreSignUp_SignUp").waitFor();
  await trigger("PreSignUp_SignUp").click();
  const event = page.getByRole("region", { name: "Event" }).first();
  const shown = JSON.parse(await event.textContent());
  assert.equal(shown.request.userAttributes.email, address);
  assert.equal(shown.triggerSource, "PreSignUp_SignUp");
  const response = page.getByRole("region", { name: "Response" }).first();
  assert.equal(JSON.parse(await response.textContent()).autoVerifyEmail, false);
  const time = trigger("PreSignUp_SignUp").locator("time");
  const instant = Date.parse(await time.getAttribute("datetime"));
  assert.ok(Math.abs(Date.now() - instant) < 60_000, "the time is that of the event");
  assert.match(await time.textContent(), /^\d\d:\d\d:\d\d\.\d{3}$/);

  await confirm(page, address);
  await askForCode(page, "Code by mail, in one round");
  for (const name of ["PostConfirmation_ConfirmSignUp", "DefineAuthChallenge_Authentication",
    "CreateAuthChallenge_Authentication", "deliver-message"]) {
    await trigger(name).waitFor();
  }
  const calls = page.locator("#events .call");
  assert.ok((await calls.count()) > 0, "AWS calls are listed");
  await page.getByLabel("Show AWS calls").uncheck();
  assert.equal(await calls.first().isVisible(), false);
}

// What was refused is said, and what was typed stays.
export async function refusalsAreSaid(page) {
  const alert = page.getByRole("alert");
  await field(page, "E-mail address").fill(newAddress("unknown"));
  await page.getByRole("radio", { name: "Password" }).check();
  await page.locator("#sign-in input[name=password]").fill("Wrong-1-word");
  await submit(page, "Sign in");
  await alert.filter({ hasText: "NotAuthorizedException" }).waitFor();
}

async function answerWrongly(page, address) {
  const code = await codeOnPage(page, address, SIGN_IN);
  const last = code.endsWith("0") ? "1" : "0";
  await field(page, "Code of the mail").fill(code.slice(0, -1) + last);
  await button(page, "Answer").click();
  await page.getByRole("alert").filter({ hasText: "Wrong code." }).waitFor();
  assert.equal(await field(page, "Code of the mail").inputValue(), "");
}

async function recover(page, address) {
  await task(page, "Recover").click();
  await field(page, "E-mail address").fill(address);
  await button(page, "Send a code").click();
  await outcome(page, "Asked for a recovery code.");
  await field(page, "Recovery code").fill(await newestCode(page));
  await field(page, "New password").fill(NEW_PASSWORD);
  await button(page, "Set the new password").click();
  await outcome(page, "The new password is set.");
}

async function newestCode(page) {
  const mail = page.locator("#outbox > li").first();
  await mail.getByRole("heading", { name: /verification|reset|recover/i }).waitFor();
  const name = await mail.getByRole("button", { name: /^Fill in / }).textContent();
  return name.slice("Fill in ".length);
}

async function signInByPassword(page, address) {
  const password = page.locator("#sign-in input[name=password]");
  await page.getByRole("radio", { name: "Password" }).check();
  await password.fill(PASSWORD);
  await submit(page, "Sign in");
  await page.getByRole("alert").filter({ hasText: "NotAuthorizedException" }).waitFor();
  await password.fill(NEW_PASSWORD);
  await submit(page, "Sign in");
  await page.getByText(`Signed in as ${address}`).waitFor();
}

async function claims(page) {
  return JSON.parse(await page.getByRole("region", { name: "Claims of the ID token" }).textContent());
}

function focused(page) {
  return page.evaluate(() => document.activeElement.textContent);
}
