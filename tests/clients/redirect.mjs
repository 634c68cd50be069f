// Where a link leads, and how it survives the mail.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Browser } from "./browser.mjs";
import { BASE, PAGE, linkIn, mail, mailsTo, newUser } from "./host.mjs";

test("A10 path and query of an allowed redirect are kept as they are", async () => {
  const { address } = await newUser();
  const redirect = `${BASE}/welcome/back?next=/home&back=%2Fa%20b&x=1&y=%24%2C%3A`;
  await new Browser().requestLink(address, redirect);
  const { text, html } = await mail(address);
  const link = linkIn({ text });
  assert.equal(link.split("#")[0], redirect);
  assert.ok(html.includes(redirect.replaceAll("&", "&#38;")));
  assert.ok(!html.includes("&x=1"), "the query is escaped");
  const browser = new Browser();
  const { statuses } = await browser.open(link);
  assert.equal(statuses.at(-1), "SIGNED_IN_WITH_LINK");
  assert.equal(browser.location.href, redirect);
});

test("A10 without a redirect the link leads back to the page", async () => {
  const { address } = await newUser();
  const browser = new Browser();
  browser.location.href = `${PAGE}sign-in?from=here#top`;
  await browser.requestLink(address);
  assert.equal(linkIn(await mail(address)).split("#")[0], `${PAGE}sign-in?from=here`);
});

const elsewhere = [
  "https://evil.example/",
  `${BASE}.evil.example/`,
  `${BASE}@evil.example/`,
  BASE.replace("http:", "https:"),
  "javascript:alert(1)",
  "//evil.example/",
  "not a url",
  `${BASE}/"><script>alert(1)</script>`,
  `${BASE}/?)https://evil.example/`,
  `${BASE}/../..//evil.example`,
];

test("A10 a foreign redirect is refused without repeating it", async () => {
  const { address } = await newUser();
  for (const redirect of elsewhere) {
    const browser = new Browser();
    await assert.rejects(browser.requestLink(address, redirect), (error) => {
      assert.equal(error.name, "UserLambdaValidationException", redirect);
      assert.match(error.message, /^Invalid redirectUri\.?$/);
      return true;
    });
    const { status, answer } = browser.calls.at(-1);
    assert.equal(status, 400);
    assert.deepEqual(Object.keys(answer).sort(), ["__type", "message"]);
  }
  // The refusals used up nothing: the mail that is asked for now comes, and it is the only one.
  await new Browser().requestLink(address);
  await mail(address);
  assert.equal((await mailsTo(address)).length, 1);
});

test("A12 text and HTML carry the same link, and the client reads it", async () => {
  const { address, userName } = await newUser();
  await new Browser().requestLink(address);
  const { text, html } = await mail(address);
  const [, href] = html.match(/href="([^"]+)"/);
  const link = linkIn({ text });
  assert.equal(href.replaceAll("&#38;", "&"), link);
  assert.ok(new URL(link).href === link, "nothing in it needs encoding");
  const message = JSON.parse(Buffer.from(new URL(link).hash.slice(1).split(".")[0], "base64url"));
  assert.equal(message.userName, userName);
  assert.ok(Number.isInteger(message.iat) && Number.isInteger(message.exp));
  const { statuses } = await new Browser().open(href.replaceAll("&#38;", "&"));
  assert.equal(statuses.at(-1), "SIGNED_IN_WITH_LINK");
});
