// Actions of administrators, signed with the key that may do everything on this machine.

import { byId, json } from "./element.js";
import { act, report } from "./form.js";
import { answerOf } from "./provider.js";
import { signed } from "./sigv4.js";

const KEY = { AccessKeyId: "local", SecretKey: "local" };
const OPERATOR = "/2015-03-31/functions/operator/invocations";
const encoder = new TextEncoder();

const acts = {
  "look-up": ({ address }) => administer("look-up", { address }),
  disable: setStatus("disable"),
  enable: setStatus("enable"),
  merge: async ({ address, into, mode }) => {
    const [source, destination] = [await accountOf(address), await accountOf(into)];
    return administer("merge", { source, destination, mode });
  },
  erase: ({ address, mode }) => {
    const user = { user_name: address, account: { address } };
    return operate({ action: "erase", person: user, mode });
  },
};

export function wireAdministration() {
  byId("administration").addEventListener("submit", (event) => {
    event.preventDefault();
    const { what, rehearse, ...fields } = Object.fromEntries(
      new FormData(event.target, event.submitter),
    );
    act(() => perform(what, { ...fields, mode: rehearse === undefined ? "apply" : "dry_run" }));
  });
}

async function perform(what, request) {
  const answer = await acts[what](request);
  byId("administered").textContent = json(answer);
  byId("administered-title").hidden = false;
  byId("administered").hidden = false;
  const isDone = request.mode === "apply" || what === "look-up";
  report(isDone ? `Done: ${what}.` : `Nothing was changed: dry run of ${what}.`);
}

function setStatus(what) {
  return async ({ address, mode }) =>
    administer(what, { account_id: await accountOf(address), mode });
}

async function accountOf(address) {
  const { accounts } = await administer("look-up", { address });
  return accounts[0].account_id;
}

async function administer(what, body) {
  const { region } = await (await fetch("/_local/deployment", { cache: "no-store" })).json();
  const request = {
    method: "POST",
    url: new URL(`/v1/admin/accounts/${what}`, location.href),
    body: encoder.encode(JSON.stringify(body)),
    more: { "content-type": "application/json" },
  };
  const headers = await signed({ ...request, credentials: KEY, region, service: "execute-api" });
  const { method, url, body: sent } = request;
  return answerOf(await fetch(url, { method, headers, body: sent, cache: "no-store" }));
}

async function operate(request) {
  const body = JSON.stringify(request);
  const response = await fetch(OPERATOR, { method: "POST", body, cache: "no-store" });
  const answer = await response.json();
  if (!response.ok || response.headers.has("x-amz-function-error")) {
    throw new Error(`${answer.errorType ?? answer.Type}: ${answer.errorMessage ?? answer.Message}`);
  }
  return answer;
}
