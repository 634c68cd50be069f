// The local Cognito under test: its API as an administrator has it, its mailbox and its records.

import assert from "node:assert/strict";

import aws4 from "aws4";

export const WEB_CLIENT = "1webclient0000000000000000";
export const LINK_CLIENT = "1linkclient000000000000000";
export const PASSWORDLESS_CLIENT = "1passwordless0000000000000";
export const POOL = "eu-west-1_Lifeguard";

// Where it listens, as `http://localhost:PORT`, and where its links lead.
export const BASE = new URL(process.argv[2]).origin;
export const PAGE = `${BASE}/`;

// The password of every user that these tests make.
export const PASSWORD = "Whistle-twice-for-help-3";

// The key that may do everything.
const KEY = { accessKeyId: "local", secretAccessKey: "local" };

let people = 0;

export async function asAdministrator(action, input) {
  const { body, headers } = aws4.sign(
    {
      service: "cognito-idp",
      region: POOL.split("_")[0],
      host: new URL(BASE).host,
      path: "/",
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `AWSCognitoIdentityProviderService.${action}`,
      },
      body: JSON.stringify({ UserPoolId: POOL, ...input }),
    },
    KEY,
  );
  const response = await fetch(BASE, { method: "POST", headers, body });
  const answer = await response.json();
  assert.ok(response.ok, `${action}: ${JSON.stringify(answer)}`);
  return answer;
}

// An address without a user, new in each run: one local Cognito may be tested twice.
export function unusedAddress() {
  people += 1;
  return `client-${Date.now().toString(36)}-${people}@example.net`;
}

// Creates a user with a verified address; the pool chooses the user name.
export async function newUser() {
  const address = unusedAddress();
  const { User } = await asAdministrator("AdminCreateUser", {
    Username: address,
    MessageAction: "SUPPRESS",
    UserAttributes: [
      { Name: "email", Value: address },
      { Name: "email_verified", Value: "true" },
    ],
  });
  const password = { Password: PASSWORD, Permanent: true };
  await asAdministrator("AdminSetUserPassword", { Username: address, ...password });
  return { address, userName: User.Username };
}

// How long an unanswered session of a client lives.
export async function setSessionMinutes(client, minutes) {
  const { UserPoolClient: now } = await asAdministrator("DescribeUserPoolClient", { ClientId: client });
  await asAdministrator("UpdateUserPoolClient", {
    ClientId: client,
    ExplicitAuthFlows: now.ExplicitAuthFlows,
    PreventUserExistenceErrors: now.PreventUserExistenceErrors,
    AuthSessionValidity: minutes,
  });
  return now.AuthSessionValidity;
}

// Moves the clock of the user pool; the functions and the client keep theirs.
export async function advance(seconds) {
  const response = await fetch(`${BASE}/_local/clock`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ advance_seconds: seconds }),
  });
  assert.equal(response.status, 200);
}

export async function mailsTo(address) {
  const mails = await (await fetch(`${BASE}/_local/outbox`)).json();
  return mails.filter((mail) => mail.to === address);
}

// Mail number `count` to an address, once it is there.
export async function mail(address, count = 1) {
  for (let glance = 0; glance < 1000; glance += 1) {
    const mails = await mailsTo(address);
    if (mails.length >= count) {
      return mails[count - 1];
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`mail ${count} to ${address} did not come`);
}

// The link of a mail's plain text.
export function linkIn({ text }) {
  const link = text.split(/\s+/).find((word) => word.includes("://"));
  assert.ok(link, "the mail holds a link");
  return link;
}

// The code of a mail's plain text.
export function codeIn({ text }) {
  const words = text.split(/\s+/).filter((word) => !word.includes("://"));
  const [code] = words.join(" ").match(/\b\d{8}\b/) ?? [];
  assert.ok(code, "the mail holds a code");
  return code;
}

// What a piece of work made of the functions and of AWS, the sending of mail left out.
export async function recorded(work) {
  const before = await events(0);
  await work();
  return (await events(before.at(-1)?.number ?? 0))
    .filter((entry) => entry.function !== "deliver-message")
    .map((entry) => entry.trigger_source ?? `${entry.service} ${entry.action}`);
}

async function events(after) {
  return (await fetch(`${BASE}/_local/events?after=${after}`)).json();
}
