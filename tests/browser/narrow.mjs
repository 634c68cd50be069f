// The narrowest phone: nothing scrolls sideways, and everything is large enough to touch.

import assert from "node:assert/strict";

import { askForCode, button, codeOnPage, confirm, field, signUp, newAddress } from "./stage.mjs";

export const PHONE = { viewport: { width: 320, height: 640 }, hasTouch: true };

export async function nothingScrollsSideways(page) {
  const address = newAddress("a-person-with-quite-a-long-name");
  await fits(page);
  await signUp(page, address);
  await fits(page);
  await confirm(page, address);
  await askForCode(page, "Code by mail, in one round");
  await fits(page);
  await field(page, "Code of the mail").fill(await codeOnPage(page, address, /sign-in code/i));
  await button(page, "Answer").click();
  await page.getByText(`Signed in as ${address}`).waitFor();
  await page.locator("#events summary").first().click();
  await fits(page);
  const tasks = await page.locator(".tasks button").all();
  for (const task of tasks) {
    const { height } = await task.boundingBox();
    assert.ok(height >= 40, `a button is ${height} px high`);
  }
}

async function fits(page) {
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  assert.ok(content <= window, `${content} px in a window of ${window} px`);
}
