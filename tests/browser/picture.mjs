// The picture of the page that the documentation shows.

import { askForCode, button, codeOnPage, confirm, field, signUp } from "./stage.mjs";

export const WINDOW = { viewport: { width: 1200, height: 700 } };

export function takePicture(file) {
  return async (page) => {
    // The host is new when a picture is taken.
    const address = "noor@example.net";
    await signUp(page, address);
    await confirm(page, address);
    await askForCode(page, "Code by mail, in one round");
    await field(page, "Code of the mail").fill(await codeOnPage(page, address, /sign-in code/i));
    await button(page, "Answer").click();
    await page.getByText(`Signed in as ${address}`).waitFor();
    await page.locator("#events summary").filter({ hasText: "VerifyAuthChallenge" }).first().waitFor();
    await page.evaluate(() => document.activeElement.blur());
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: file });
  };
}
