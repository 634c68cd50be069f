// A user of the directory links a login at the stand-in for social providers, and unlinks it.

import assert from "node:assert/strict";

import { arrive } from "./directory.mjs";
import { getCredentials, putFile } from "./identity.mjs";
import { button, field, outcome, newAddress, submit } from "./stage.mjs";

const PROVIDER = "localhost/social";

export async function aDirectoryPersonLinksAnotherLogin(page) {
  await arrive(page, newAddress("pia"));
  await page.getByText("No other logins.").waitFor();
  await link(page, newAddress("elsewhere"));
  const linked = page.getByRole("list", { name: "Other logins" }).getByRole("listitem");
  assert.equal(await linked.count(), 1);
  await page.getByText("Other logins: 1.").waitFor();

  await bothReachTheSameFiles(page);
  await button(page, `Unlink ${PROVIDER}`).click();
  await outcome(page, `Unlinked ${PROVIDER}`);
  assert.equal(await linked.count(), 0);

  await link(page, newAddress("elsewhere"));
  await button(page, "Refresh").click();
  await outcome(page, "Refreshed the session.");
  await button(page, `Unlink ${PROVIDER}`).click();
  await page.getByRole("alert").filter({ hasText: "sign_in_again" }).waitFor();
  assert.equal(await linked.count(), 1);
}

async function bothReachTheSameFiles(page) {
  await getCredentials(page);
  await putFile(page, "note.txt", "hello");
  const note = await page.locator("#identity-note").textContent();
  await button(page, `Sign in with ${PROVIDER}`).click();
  await outcome(page, `Signed in with ${PROVIDER}`);
  await getCredentials(page);
  const files = page.getByRole("list", { name: "Your files" }).getByRole("listitem");
  assert.deepEqual(await files.allTextContents(), ["note.txt"]);
  const identity = (text) => text.split(",")[0];
  assert.equal(identity(await page.locator("#identity-note").textContent()), identity(note));
}

async function link(page, name) {
  await field(page, "Name at the social provider").fill(name);
  await submit(page, "Other logins", "Link this login");
  await outcome(page, `Linked ${PROVIDER}`);
}
