// Opening a link does nothing by itself, and what an attacker puts behind the # stays text.

import assert from "node:assert/strict";

import { confirm, signUp, newAddress, submit } from "./stage.mjs";

const USER = "11111111-2222-3333-4444-555555555555";

export async function linksAreNeverFollowedByThemselves(page) {
  const base = page.url();
  const calls = [];
  page.on("request", (request) => {
    if (request.method() === "POST") {
      calls.push(request.headers()["x-amz-target"]);
    }
  });
  const now = Math.floor(Date.now() / 1000);
  await page.goto(`${base}#${link({ userName: USER, iat: now, exp: now + 600 })}`);
  const button = page.getByRole("button", { name: "Sign in as 1111…", exact: true });
  await button.waitFor();
  await page.waitForTimeout(300);
  assert.deepEqual(calls, []);

  await button.click();
  await page.getByRole("alert").filter({ hasText: /./ }).waitFor();
  assert.equal(page.url(), base, "a used link leaves the address bar");
  assert.deepEqual(calls.map((target) => target.split(".")[1]), ["InitiateAuth", "RespondToAuthChallenge"]);

  await page.goto(`${base}#${link({ userName: USER, iat: now - 900, exp: now - 300 })}`);
  await page.getByText("This link has expired.").waitFor();
  assert.equal(await button.isVisible(), false);
  await page.getByRole("button", { name: "Cancel" }).click();
  assert.equal(page.url(), base);

  await page.goto(`${base}#${link({ userName: "<b>bold</b>@example.net", iat: now, exp: now + 600 })}`);
  await page.getByRole("button", { name: "Sign in as <…@example.net", exact: true }).waitFor();
  for (const noLink of ["#main", "#e30.AA", "#x.y", `#${link({ userName: 7, iat: now, exp: now })}`]) {
    await page.goto("about:blank");
    await page.goto(base + noLink);
    await page.getByRole("form", { name: "Sign in" }).waitFor();
  }
}

function link(payload) {
  return `${Buffer.from(JSON.stringify(payload)).toString("base64url")}.AAAA`;
}

// The real thing: the link of the mail, opened in the tab that asked and again, used up.
export async function aLinkOfTheMailSignsIn(page) {
  const base = page.url();
  const address = newAddress("link");
  await signUp(page, address);
  await confirm(page, address);
  await page.getByRole("radio", { name: "Link by mail" }).check();
  await submit(page, "Sign in");
  const mail = page.getByRole("listitem").filter({ hasText: `To ${address}` }).first();
  const href = await mail.getByRole("link").getAttribute("href");
  await mail.getByRole("link").click();
  await page.getByRole("button", { name: /^Sign in as l…@/ }).click();
  await page.getByText(`Signed in as ${address}`).waitFor();
  assert.equal(page.url(), base);

  await page.goto(href);
  await page.getByRole("button", { name: /^Sign in as l…@/ }).click();
  await page.getByRole("alert").filter({ hasText: /./ }).waitFor();
}

// The mail, the kept session and the fall-back to a new one, with an API that the case plays.
export async function aLinkResumesTheSessionThatCausedIt(page) {
  const base = page.url();
  const api = await playApi(page, base);
  await page.reload();
  await page.getByLabel("E-mail address").filter({ visible: true }).fill("noor@example.net");
  await page.getByRole("radio", { name: "Link by mail" }).check();
  await page.keyboard.press("Enter");
  await page.getByLabel("Code of the mail").waitFor();
  assert.deepEqual(api.calls.at(-1).ClientMetadata, {
    signInMethod: "MAGIC_LINK",
    redirectUri: base,
    alreadyHaveMagicLink: "no",
  });
  assert.equal(api.calls.at(-1).ChallengeResponses.ANSWER, "__dummy__");

  const links = page.getByRole("listitem").getByRole("link");
  assert.equal(await links.count(), 1, "only an address of this page becomes a link");
  await links.click();
  await page.getByRole("button", { name: "Sign in as n…@example.net" }).click();
  await page.getByText("Signed in as noor@example.net").waitFor();
  const resumed = api.calls.at(-1);
  assert.equal(resumed.Session, "session-2");
  assert.equal(resumed.ChallengeResponses.ANSWER, api.fragment);
  assert.deepEqual(resumed.ClientMetadata, {
    signInMethod: "MAGIC_LINK",
    redirectUri: base,
    alreadyHaveMagicLink: "yes",
  });
  assert.equal(page.url(), base);
  const kept = await page.evaluate(() => Object.keys(sessionStorage));
  assert.ok(!kept.some((key) => key.endsWith(".session")), "a used session is forgotten");

  api.isSpent = true;
  const key = `Passwordless.1passwordless0000000000000.${USER}.session`;
  await page.evaluate((key) => sessionStorage.setItem(key, "spent"), key);
  await page.goto(`${base}#${api.fragment}`);
  await page.getByRole("button", { name: "Sign in as n…@example.net" }).click();
  await page.locator("#outcome").filter({ hasText: "Signed in by link." }).waitFor();
  assert.deepEqual(api.calls.slice(-3).map(({ Session }) => Session), ["spent", undefined, "session-1"]);
}

async function playApi(page, base) {
  const now = Math.floor(Date.now() / 1000);
  const fragment = link({ userName: USER, iat: now, exp: now + 600 });
  const api = { calls: [], fragment, isSpent: false };
  const token = `x.${link({ email: "noor@example.net", exp: now + 600 })}`;
  const tokens = { AuthenticationResult: { IdToken: token, AccessToken: token, RefreshToken: "r" } };
  const challenge = (session, parameters) => ({
    ChallengeName: "CUSTOM_CHALLENGE",
    Session: session,
    ChallengeParameters: { USERNAME: USER, ...parameters },
  });
  await page.route(base, async (route) => {
    if (route.request().method() !== "POST") {
      await route.fallback();
      return;
    }
    const input = route.request().postDataJSON();
    api.calls.push(input);
    if (input.AuthFlow !== undefined) {
      await route.fulfill({ json: challenge("session-1", { challenge: "PROVIDE_AUTH_PARAMETERS" }) });
    } else if (input.Session === "spent") {
      const error = { __type: "NotAuthorizedException", message: "Invalid session for the user." };
      await route.fulfill({ status: 400, json: error });
    } else if (input.ChallengeResponses.ANSWER === "__dummy__") {
      await route.fulfill({ json: challenge("session-2", {}) });
    } else {
      await route.fulfill({ json: tokens });
    }
  });
  const text = `Open ${base}#${fragment}\nor https://elsewhere.example/#${fragment}\n\n12345678\n`;
  const about = { sender: "ses", to: "noor@example.net", subject: "A link" };
  const mail = { number: 1, ...about, text, html: null, at: 1 };
  await page.route("**/_local/outbox?after=0", (route) => route.fulfill({ json: [mail] }));
  await page.route("**/_local/outbox?after=1", (route) => route.fulfill({ json: [] }));
  return api;
}
