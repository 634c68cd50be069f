// A watched page of the local Cognito, and the steps that several cases share.

import assert from "node:assert/strict";

export const PASSWORD = "Swim-between-the-flags-1";
export const NEW_PASSWORD = "Stay-behind-the-buoys-2";

let people = 0;

// An address that no earlier run has used: one local Cognito may be tested twice.
export function newAddress(name) {
  people += 1;
  return `${name}-${Date.now().toString(36)}-${people}@example.net`;
}

// Opens the page, gives it to the case, and fails on every error that the browser reported.
export async function watched(browser, base, options, play) {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const dislikes = [];
  // The browser writes every refused call to the console; the cases look at those themselves.
  const isRefusal = (text) => /the server responded with a status of 40[034]/.test(text);
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !isRefusal(message.text())) {
      dislikes.push(`console: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => dislikes.push(`uncaught: ${error.message}`));
  const deployment = await (await fetch(new URL("/_local/deployment", base))).json();
  const origins = [base, deployment.s3].map((url) => new URL(url).origin);
  page.on("request", (request) => {
    if (!origins.includes(new URL(request.url()).origin)) {
      dislikes.push(`another host: ${request.url()}`);
    }
  });
  page.on("response", (response) => {
    if (response.status() >= 400 && response.request().method() === "GET") {
      dislikes.push(`${response.status()}: ${response.url()}`);
    }
  });
  await page.exposeFunction("disliked", (text) => dislikes.push(text));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      globalThis.disliked(`policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  try {
    await page.goto(base);
    await play(page);
    assert.deepEqual(dislikes, []);
  } finally {
    await context.close();
  }
}

// The field of a name in the panel that is shown.
export function field(page, name) {
  return page.getByLabel(name, { exact: true }).filter({ visible: true });
}

export function button(page, name) {
  return page.getByRole("button", { name, exact: true });
}

export function task(page, name) {
  return page.getByRole("group", { name: "Task" }).getByRole("button", { name });
}

// Presses a button of a form, by default the one that bears the form's name.
export async function submit(page, name, label = name) {
  const form = page.getByRole("form", { name, exact: true });
  await form.getByRole("button", { name: label, exact: true }).click();
}

export async function outcome(page, text) {
  await page.locator("#outcome").filter({ hasText: text }).waitFor();
}

// The code of the newest mail to an address that has a wanted subject, as the page shows it.
export async function codeOnPage(page, address, subject) {
  const mail = page
    .getByRole("listitem")
    .filter({ hasText: `To ${address}` })
    .filter({ has: page.getByRole("heading", { name: subject }) })
    .first();
  const name = await mail.getByRole("button", { name: /^Fill in / }).textContent();
  return name.slice("Fill in ".length);
}

export async function signUp(page, address) {
  await task(page, "Sign up").click();
  await field(page, "E-mail address").fill(address);
  await field(page, "Password").fill(PASSWORD);
  await submit(page, "Sign up");
  await outcome(page, "Signed up.");
}

export async function confirm(page, address) {
  const code = await codeOnPage(page, address, /verification/i);
  await field(page, "Confirmation code").fill(code);
  await button(page, "Confirm").click();
  await outcome(page, "Confirmed.");
}

// Asks for a code by a method and waits until the mail shows it.
export async function askForCode(page, method) {
  const mails = page.locator("#outbox > li");
  const before = await mails.count();
  await field(page, method).check();
  await submit(page, "Sign in");
  await field(page, "Code of the mail").waitFor();
  await mails.nth(before).waitFor({ state: "attached" });
}
