// What a screen reader is told: names by role, and the rules of axe in both colour schemes.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { arrive } from "./directory.mjs";
import { getCredentials, putFile, signIn } from "./identity.mjs";
import { button, newAddress } from "./stage.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PANELS = [
  "sign-in", "answer", "link", "sign-up", "confirm", "recover", "reset", "directory", "register",
  "confirm-registration",
];

export async function everythingHasAName(page) {
  await page.getByRole("banner").getByRole("heading", { level: 1, name: "Lifeguard" }).waitFor();
  await page.getByRole("main").waitFor();
  for (const name of ["Account", "Tokens", "Identity and files", "Outbox", "Triggers and AWS calls"]) {
    await page.getByRole("region", { name, exact: true }).waitFor();
    await page.getByRole("heading", { level: 2, name, exact: true }).waitFor();
  }
  const tasks = page.getByRole("group", { name: "Task" });
  assert.equal(await tasks.getByRole("button", { pressed: true }).textContent(), "Sign in");
  await page.getByRole("form", { name: "Sign in" }).waitFor();
  const methods = page.getByRole("group", { name: "Method" }).getByRole("radio");
  assert.equal(await methods.count(), 4);
  await button(page, "Recover").click();
  await page.getByRole("form", { name: "Recover the account" }).waitFor();
  assert.equal(await tasks.getByRole("button", { pressed: true }).textContent(), "Recover");
}

export async function axeFindsNothing(page) {
  const address = newAddress("axe");
  await signIn(page, address);
  await getCredentials(page);
  await putFile(page, "note.txt", "hello");
  await page.locator("#events summary").first().click();
  await page.evaluate(axe);
  await check(page, PANELS);

  await arrive(page, newAddress("axe"));
  await getCredentials(page);
  await check(page, ["directory"]);
}

async function check(page, panels) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    for (const panel of panels) {
      assert.deepEqual(await violations(page, panel), [], `${panel}, ${colorScheme}`);
    }
  }
}

async function violations(page, panel) {
  return page.evaluate(async (shown) => {
    for (const panel of document.querySelectorAll(".panel")) {
      panel.hidden = panel.id !== shown;
    }
    for (const line of ["outcome", "problem", "connection"]) {
      document.getElementById(line).textContent = "Something is said here.";
    }
    const found = await globalThis.axe.run(document, { iframes: false });
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}: ${nodes[0].failureSummary}`);
  }, panel);
}
