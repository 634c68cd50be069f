// An administrator looks people up, merges two of them and erases one, each first as a rehearsal.

import assert from "node:assert/strict";

import { arrive } from "./directory.mjs";
import { button, field, outcome, newAddress } from "./stage.mjs";

export async function anAdministratorMergesAndErases(page) {
  const [pia, quinn] = [newAddress("pia"), newAddress("quinn")];
  const identities = [];
  for (const address of [pia, quinn]) {
    await arrive(page, address);
    const claims = await page.locator("#pool-claims").textContent();
    identities.push(JSON.parse(claims).sub);
  }

  await field(page, "Address in the directory").fill(pia);
  const found = await perform(page, "Look up", "Done: look-up.");
  assert.equal(found.accounts[0].identity_id, identities[0]);

  await perform(page, "Disable", "Nothing was changed");
  await field(page, "Dry run: change nothing").uncheck();
  await perform(page, "Disable", "Done: disable.");
  assert.equal((await perform(page, "Look up", "Done: look-up.")).accounts[0].status, "disabled");
  await perform(page, "Enable", "Done: enable.");

  await field(page, "Merge it into the account of").fill(quinn);
  await field(page, "Dry run: change nothing").check();
  const rehearsal = await perform(page, "Merge", "Nothing was changed");
  assert.equal(rehearsal.outcome, "would_be_done");
  assert.ok(identities.every((identity) => JSON.stringify(rehearsal).includes(identity)));
  await field(page, "Dry run: change nothing").uncheck();
  assert.equal((await perform(page, "Merge", "Done: merge.")).outcome, "done");
  const merged = await perform(page, "Look up", "Done: look-up.");
  assert.equal(merged.accounts[0].identity_id, identities[1]);

  await perform(page, "Erase", "Done: erase.");
  await button(page, "Look up").click();
  await page.getByRole("alert").filter({ hasText: "NoSuchAccount" }).waitFor();
}

// Presses a button of the form and reads what came of it.
async function perform(page, name, said) {
  await button(page, name).click();
  await outcome(page, said);
  return JSON.parse(await page.getByRole("region", { name: "Result" }).textContent());
}
