// From the tokens to temporary credentials, and to files that are one's own.

import assert from "node:assert/strict";

import { askForCode, button, codeOnPage, confirm, field, outcome, signUp, newAddress } from "./stage.mjs";

export async function credentialsReachTheOwnFilesOnly(page) {
  const address = newAddress("files");
  await page.getByText("Sign in first.").waitFor();
  await signIn(page, address);
  await getCredentials(page);
  const shown = page.getByRole("region", { name: "Credentials" });
  const credentials = JSON.parse(await shown.textContent());
  assert.match(credentials.AccessKeyId, /^ASIA/);
  await page.getByText("Your prefix is empty.").waitFor();

  await putFile(page, "note one (1).txt", "hello");
  const files = page.getByRole("list", { name: "Your files" }).getByRole("listitem");
  assert.deepEqual(await files.allTextContents(), ["note one (1).txt"]);
  await button(page, "Try another user's prefix").click();
  await outcome(page, "Another user's prefix refused the file. AccessDenied");

  await button(page, "Sign out here").click();
  await page.getByText("Sign in first.").waitFor();
  assert.equal(await shown.isVisible(), false);
  assert.equal(await page.locator("#credentials").textContent(), "");
}

export async function signIn(page, address) {
  await signUp(page, address);
  await confirm(page, address);
  await askForCode(page, "Code by mail, in one round");
  await field(page, "Code of the mail").fill(await codeOnPage(page, address, /sign-in code/i));
  await button(page, "Answer").click();
  await page.getByText(`Signed in as ${address}`).waitFor();
}

export async function getCredentials(page) {
  await button(page, "Get credentials").click();
  await outcome(page, "Got credentials.");
}

export async function putFile(page, name, text) {
  const file = { name, mimeType: "text/plain", buffer: Buffer.from(text) };
  await field(page, "File").setInputFiles(file);
  await button(page, "Upload").click();
  await outcome(page, `Uploaded ${name} to your prefix.`);
}
