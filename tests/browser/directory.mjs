// A user of the built-in directory, from the registration to files below their own prefix.

import assert from "node:assert/strict";

import { getCredentials, putFile } from "./identity.mjs";
import { button, codeOnPage, field, outcome, newAddress, submit, task } from "./stage.mjs";

const PASSWORD = "four lanterns on the quay";
const OTHER_PASSWORD = "seven ferries in the fog";

export async function aDirectoryPersonReachesTheOwnFilesOnly(page) {
  const address = newAddress("pia");
  await register(page, address);
  await aWrongCodeIsRefused(page, address);
  await confirm(page, address);
  await signInToDirectory(page, address);
  const shown = page.getByRole("region", { name: "Claims of the identity pool's token" });
  const claims = JSON.parse(await shown.textContent());
  assert.equal(claims.amr[1], "lifeguard");
  assert.ok(!JSON.stringify(claims).includes(address), "the token names the address");

  await getCredentials(page);
  await page.getByText(`Identity ${claims.sub}`).waitFor();
  await page.getByText("Your prefix is empty.").waitFor();
  await putFile(page, "note.txt", "hello");
  const files = page.getByRole("list", { name: "Your files" }).getByRole("listitem");
  assert.deepEqual(await files.allTextContents(), ["note.txt"]);
  await button(page, "Try another user's prefix").click();
  await outcome(page, "Another user's prefix refused the file. AccessDenied");

  await button(page, "Refresh").click();
  await outcome(page, "Refreshed the session.");
  await button(page, "Log out").click();
  await outcome(page, "Logged out");
  await page.getByText("Not signed in.").waitFor();
  await page.getByText("Sign in first.").waitFor();
  assert.equal(await page.locator("#pool-claims").textContent(), "");
  assert.equal(await page.locator("#credentials").textContent(), "");
  await recover(page, address);
}

// Registers a user and signs them in.
export async function arrive(page, address) {
  await register(page, address);
  await confirm(page, address);
  await signInToDirectory(page, address);
}

async function register(page, address) {
  await task(page, "Directory").click();
  await button(page, "Register").click();
  await field(page, "E-mail address").fill(address);
  await submit(page, "Register in the directory", "Register");
  await outcome(page, "Asked for a code.");
}

async function aWrongCodeIsRefused(page, address) {
  const code = await codeOnPage(page, address, /confirm/i);
  await field(page, "Registration code").fill(code.replace(/.$/, (last) => (Number(last) + 1) % 10));
  await field(page, "Password").fill(PASSWORD);
  await submit(page, "Confirm the registration", "Confirm");
  await page.getByRole("alert").filter({ hasText: "CodeNotAccepted" }).waitFor();
}

async function confirm(page, address) {
  await field(page, "Registration code").fill(await codeOnPage(page, address, /confirm/i));
  await field(page, "Password").fill(PASSWORD);
  await submit(page, "Confirm the registration", "Confirm");
  await outcome(page, "Confirmed the registration.");
}

// Sets another password with a mailed code, which signs the user in.
async function recover(page, address) {
  await button(page, "Forgot the password").click();
  await field(page, "E-mail address").fill(address);
  await submit(page, "Recover the password", "Send a code");
  await outcome(page, "Asked for a code.");
  await field(page, "Recovery code").fill(await codeOnPage(page, address, /new password/i));
  await field(page, "New password").fill(OTHER_PASSWORD);
  await submit(page, "Set a new password", "Set and sign in");
  await outcome(page, "The new password is set");
  await page.getByText(`Signed in as ${address} of the directory`).waitFor();
}

async function signInToDirectory(page, address) {
  assert.equal(await field(page, "E-mail address").inputValue(), address);
  await field(page, "Password").fill(PASSWORD);
  await submit(page, "Sign in to the directory", "Sign in");
  await page.getByText(`Signed in as ${address} of the directory`).waitFor();
}
