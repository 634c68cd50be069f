// The sample page for links, under its own headers, with the real functions behind it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { PASSWORD, newAddress } from "./stage.mjs";

const FILE = readFileSync(new URL("../../docs/link-page.html", import.meta.url), "utf8");
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PASSWORDLESS = "1passwordless0000000000000";
const LINK = "1linkclient000000000000000";
const OPEN_MAIL = /#([\w-]+\.[\w-]+)/;

export async function theSamplePageWaitsForItsButton(page) {
  const { address, calls } = await host(page, PASSWORDLESS, "any_browser");
  const now = Math.floor(Date.now() / 1000);
  await page.goto(`${address}#${link({ userName: "noor@example.net", iat: now, exp: now + 600 })}`);
  const button = page.getByRole("button", { name: "Sign in as n…@example.net", exact: true });
  await button.waitFor();
  await page.waitForTimeout(300);
  assert.deepEqual(calls, []);
  assert.equal(page.url(), address, "the link leaves the address bar at once");
  await axeFindsNothingWrong(page);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await alert(page, "This link does not work any more.");
  assert.deepEqual(calls, ["InitiateAuth", "RespondToAuthChallenge"]);
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Sign in another way");
  await axeFindsNothingWrong(page);

  await page.goto(`${address}#${link({ userName: "noor", iat: now - 900, exp: now - 300 })}`);
  await alert(page, "This link has expired.");
  await page.goto(`${address}#${link({ userName: 7, iat: now, exp: now + 600 })}`);
  await alert(page, "There is no link in the address");
  assert.equal(await page.getByRole("button").count(), 0);
}

export async function theSamplePageSignsInInAnyBrowser(page) {
  const { base, address, calls } = await host(page, PASSWORDLESS, "any_browser");
  const name = await newUser(base, "page");
  const asked = await initiate(base, PASSWORDLESS, name);
  await pool(base, "RespondToAuthChallenge", {
    ClientId: PASSWORDLESS,
    ChallengeName: "CUSTOM_CHALLENGE",
    Session: asked.Session,
    ChallengeResponses: { USERNAME: asked.ChallengeParameters.USERNAME, ANSWER: "__dummy__" },
    ClientMetadata: { signInMethod: "MAGIC_LINK", redirectUri: address, alreadyHaveMagicLink: "no" },
  });
  const text = await mailTo(base, name);
  assert.ok(text.includes(`${address}#`), "the link leads to the page");
  await page.goto(text.match(/http\S+#\S+/)[0]);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await signedIn(page, base, PASSWORDLESS, name);
  assert.deepEqual(calls, ["InitiateAuth", "RespondToAuthChallenge"]);
}

export async function theSamplePageKeepsABoundLinkToItsSession(page) {
  const { base, address, calls } = await host(page, LINK, "same_session");
  const name = await newUser(base, "bound");
  const asked = await initiate(base, LINK, name);
  const [, fragment] = OPEN_MAIL.exec(await mailTo(base, name));
  await page.goto(`${address}#${fragment}`);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await alert(page, "This link works only in the browser that asked for it");
  assert.deepEqual(calls, [], "without its session a bound link is not sent");

  const key = `Passwordless.${LINK}.${asked.ChallengeParameters.USERNAME}.session`;
  await page.evaluate(([key, session]) => localStorage.setItem(key, session), [key, asked.Session]);
  await page.goto(`${address}#${fragment}`);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await signedIn(page, base, LINK, name);
  assert.deepEqual(calls, ["RespondToAuthChallenge"]);
  assert.equal(await page.evaluate((key) => localStorage.getItem(key), key), null);
}

// Serves the file below the host, configured for one client, under the headers it names.
async function host(page, client, binding) {
  const base = page.url();
  const address = `${base}link-page.html`;
  const calls = [];
  page.on("request", (request) => {
    const target = request.headers()["x-amz-target"];
    if (target !== undefined) {
      calls.push(target.split(".")[1]);
    }
  });
  const [, policy] = /Content-Security-Policy: ([^]+?)\n  Referrer-Policy: no-referrer\n/.exec(FILE);
  const endpoint = "https://cognito-idp.eu-west-1.amazonaws.com";
  const body = FILE.replace(/(<script type="application\/json"[^>]*>)[^]*?(<\/script>)/, (_, open, close) =>
    open + JSON.stringify({
      endpoint: base,
      clientId: client,
      linkBinding: binding,
      signInPage: "/",
      continueTo: "/",
    }) + close);
  await page.route(address, (route) => route.fulfill({
    contentType: "text/html; charset=utf-8",
    headers: {
      "content-security-policy": policy.replaceAll(/\s+/g, " ").replace(endpoint, new URL(base).origin),
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    },
    body,
  }));
  return { base, address, calls };
}

async function signedIn(page, base, client, name) {
  await page.getByRole("button", { name: `Go on as ${name}`, exact: true }).click();
  await page.waitForURL(base);
  const prefix = `CognitoIdentityServiceProvider.${client}`;
  const token = await page.evaluate((prefix) => {
    const user = localStorage.getItem(`${prefix}.LastAuthUser`);
    return localStorage.getItem(`${prefix}.${user}.idToken`);
  }, prefix);
  const claims = JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
  assert.equal(claims.email, name);
}

async function axeFindsNothingWrong(page) {
  await page.evaluate(AXE);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    const found = await page.evaluate(async () => {
      const { violations } = await globalThis.axe.run(document);
      return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
    });
    assert.deepEqual(found, [], colorScheme);
  }
}

async function alert(page, text) {
  await page.getByRole("alert").filter({ hasText: text }).waitFor();
}

function link(payload) {
  return `${Buffer.from(JSON.stringify(payload)).toString("base64url")}.AAAA`;
}

async function newUser(base, prefix) {
  const name = newAddress(prefix);
  await pool(base, "SignUp", {
    ClientId: PASSWORDLESS,
    Username: name,
    Password: PASSWORD,
    UserAttributes: [{ Name: "email", Value: name }],
  });
  const [code] = /\b\d{6}\b/.exec(await mailTo(base, name));
  await pool(base, "ConfirmSignUp", { ClientId: PASSWORDLESS, Username: name, ConfirmationCode: code });
  return name;
}

function initiate(base, client, name) {
  return pool(base, "InitiateAuth", {
    ClientId: client,
    AuthFlow: "CUSTOM_AUTH",
    AuthParameters: { USERNAME: name },
  });
}

async function pool(base, action, input) {
  const response = await fetch(base, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityProviderService.${action}`,
    },
    body: JSON.stringify(input),
  });
  const text = await response.text();
  assert.equal(response.status, 200, `${action}: ${text}`);
  return text === "" ? {} : JSON.parse(text);
}

const seen = new Map();

// The next mail to newAddress: its text.
async function mailTo(base, name) {
  const before = seen.get(name) ?? 0;
  for (let tries = 0; tries < 100; tries += 1) {
    const outbox = await (await fetch(new URL("_local/outbox", base))).json();
    const mails = outbox.filter((mail) => mail.to === name);
    if (mails.length > before) {
      seen.set(name, before + 1);
      return mails[before].text;
    }
    await new Promise((wake) => setTimeout(wake, 50));
  }
  throw new Error(`no mail came for ${name}`);
}
