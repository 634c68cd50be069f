// The picture of the page that the documentation shows.

import { signIn } from "./identity.mjs";

export const WINDOW = { viewport: { width: 1200, height: 700 } };

export function takePicture(file) {
  return async (page) => {
    // The host is new when a picture is taken.
    const address = "noor@example.net";
    await signIn(page, address);
    await page.locator("#events summary").filter({ hasText: "VerifyAuthChallenge" }).first().waitFor();
    await page.evaluate(() => document.activeElement.blur());
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: file });
  };
}
