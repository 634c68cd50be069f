// Signing up, confirming and signing in without a pointer.

import assert from "node:assert/strict";

import { PASSWORD, newAddress } from "./stage.mjs";

export async function aKeyboardIsEnough(page) {
  const address = newAddress("keys");
  const { keyboard } = page;
  await tabTo(page, "Sign up");
  await keyboard.press("Enter");
  await isOn(page, "email");
  await keyboard.type(address);
  await keyboard.press("Tab");
  await keyboard.type(PASSWORD);
  await keyboard.press("Enter");

  await isOn(page, "code");
  await tabTo(page, /^Fill in /);
  await keyboard.press("Enter");
  await isOn(page, "code");
  await keyboard.press("Enter");
  await page.locator("#outcome").filter({ hasText: "Confirmed." }).waitFor();

  await page.waitForFunction(() => document.activeElement.id === "sign-in-title");
  await keyboard.press("Tab");
  await isOn(page, "email");
  const mails = await page.locator("#outbox > li").count();
  await keyboard.press("Enter");
  await isOn(page, "code");
  await page.locator("#outbox > li").nth(mails).waitFor({ state: "attached" });
  await tabTo(page, /^Fill in /);
  await keyboard.press("Space");
  await isOn(page, "code");
  await keyboard.press("Enter");
  await page.getByText(`Signed in as ${address}`).waitFor();

  await tabTo(page, "Sign out here");
  await keyboard.press("Enter");
  await page.getByText("Not signed in.").waitFor();
}

// The focus is on the shown field of a name.
async function isOn(page, name) {
  await page.waitForFunction((name) => document.activeElement.name === name, name);
}

// Presses Tab until the focus is on a button of that name, and demands that each stop shows.
async function tabTo(page, wanted) {
  for (let stop = 0; stop < 60; stop += 1) {
    await page.keyboard.press("Tab");
    const { text, outline } = await page.evaluate(() => ({
      text: document.activeElement.textContent.trim(),
      outline: getComputedStyle(document.activeElement).outlineStyle,
    }));
    assert.notEqual(outline, "none", `the focus on "${text}" does not show`);
    if (wanted instanceof RegExp ? wanted.test(text) : wanted === text) {
      return;
    }
  }
  assert.fail(`Tab does not reach ${wanted}`);
}
