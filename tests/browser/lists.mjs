// The outbox and the events with more in them than a person ever causes, and with hostile text.

import assert from "node:assert/strict";

const ROWS = 300;

export async function longListsStayQuick(page) {
  const source = "PreSignUp_SignUp";
  const event = { triggerSource: source, request: { text: "x".repeat(20_000) }, response: {} };
  const entry = (number) => ({
    number, at: Date.now(), kind: "invoked", function: "pre-sign-up", trigger_source: source,
    event, answer: event, error: null, ms: 1,
  });
  await page.route("**/_local/events?**", async (route) => {
    const after = Number(new URL(route.request().url()).searchParams.get("after"));
    const length = after < 4 * ROWS ? ROWS : 0;
    await route.fulfill({ json: Array.from({ length }, (_, index) => entry(after + index + 1)) });
  });
  await page.reload();
  const rows = page.locator("#events > li");
  await page.getByText(`${4 * ROWS} since the start`).waitFor();
  assert.equal(await rows.count(), ROWS);
  assert.equal(await page.locator("#events pre").count(), 0, "closed rows hold no JSON");

  const millis = await page.evaluate(async () => {
    const started = performance.now();
    document.querySelector("#events summary").click();
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    return performance.now() - started;
  });
  assert.ok(millis < 500, `a row took ${millis} ms to open`);
  await page.getByRole("region", { name: "Event" }).waitFor();
  await page.getByRole("button", { name: "Clear the list" }).click();
  assert.equal(await rows.count(), 0);
}

export async function whatIsReceivedStaysText(page) {
  const hostile = '<img src=x onerror=alert(1)><b id="planted">code</b> javascript:alert(1)';
  const mail = {
    number: 1, sender: hostile, to: hostile, subject: hostile, text: hostile, html: hostile, at: 1,
  };
  const failed = {
    number: 1, at: 1, kind: "invoked", function: hostile, trigger_source: hostile,
    event: { hostile }, answer: null, error: hostile, ms: 1,
  };
  const called = { number: 2, at: 1, kind: "called", function: hostile, service: hostile, action: hostile };
  const once = (list) => (route) => {
    const isFirst = route.request().url().includes("after=0");
    return route.fulfill({ json: isFirst ? list : [] });
  };
  await page.route("**/_local/outbox?**", once([mail]));
  await page.route("**/_local/events?**", once([failed, called]));
  await page.reload();
  await page.getByRole("heading", { name: hostile }).waitFor();
  await page.locator("#events summary").click();
  assert.ok((await page.getByText(hostile).count()) >= 5);
  assert.equal(await page.locator("#planted, main img, #outbox a").count(), 0);
}
