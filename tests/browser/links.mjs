// Somebody of the directory links a login at the stand-in for social providers, and unlinks it.

import assert from "node:assert/strict";

import { arrive } from "./directory.mjs";
import { button, field, outcome, somebody, submit } from "./stage.mjs";

const PROVIDER = "localhost/social";

export async function aDirectoryPersonLinksAnotherLogin(page) {
  await arrive(page, somebody("pia"));
  await page.getByText("No other login leads here.").waitFor();
  await link(page, somebody("elsewhere"));
  const linked = page.getByRole("list", { name: "Other logins" }).getByRole("listitem");
  assert.equal(await linked.count(), 1);
  await page.getByText("Other logins: 1.").waitFor();

  await button(page, `Unlink ${PROVIDER}`).click();
  await outcome(page, `Unlinked ${PROVIDER}`);
  assert.equal(await linked.count(), 0);

  await link(page, somebody("elsewhere"));
  await button(page, "Refresh").click();
  await outcome(page, "Refreshed the session.");
  await button(page, `Unlink ${PROVIDER}`).click();
  await page.getByRole("alert").filter({ hasText: "sign_in_again" }).waitFor();
  assert.equal(await linked.count(), 1);
}

async function link(page, name) {
  await field(page, "Name at the social provider").fill(name);
  await submit(page, "Other logins", "Link this login");
  await outcome(page, `Linked ${PROVIDER}`);
}
