// node --test-reporter=spec run.mjs URL: plays every case against the local Cognito at URL.

if (process.argv[2] === undefined) {
  console.error("usage: node --test-reporter=spec run.mjs URL");
  process.exit(2);
}

await import("./link.mjs");
await import("./link-refused.mjs");
await import("./redirect.mjs");
await import("./one-round.mjs");
await import("./srp.mjs");
await import("./verifier.mjs");
await import("./s3-browser.mjs");
