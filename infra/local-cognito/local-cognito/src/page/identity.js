// Identity of a token, its temporary credentials, and its files.

import { callIdentityPool } from "./cognito.js";
import { byId, element, json } from "./element.js";
import { onClick, onSubmit, report } from "./form.js";
import { listFiles, putFile } from "./s3.js";

// Identity of another user, who does not exist.
const OTHER = "00000000-0000-4000-8000-000000000000";

let offered = null;
let held = null;

export function wireIdentity() {
  onClick("get-credentials", getCredentials);
  onSubmit("upload", upload);
  onClick("list-files", showFiles);
  onClick("try-other-prefix", tryOtherPrefix);
}

// Logins of the signed-in user for the identity pool, and the identity if it is known.
export function offerIdentity(offer) {
  offered = offer;
  byId("get-credentials").hidden = false;
  if (held === null) {
    byId("identity-note").textContent = offer.note;
  }
}

export function forgetIdentity() {
  offered = null;
  held = null;
  byId("get-credentials").hidden = true;
  byId("identity").hidden = true;
  byId("credentials").textContent = "";
  byId("files").replaceChildren();
  byId("identity-note").textContent = "Sign in first.";
}

async function getCredentials() {
  const deployment = await (await fetch("/_local/deployment", { cache: "no-store" })).json();
  const Logins = offered.loginsAt(deployment);
  const IdentityId = offered.identity ?? (await findIdentity(deployment, Logins));
  const answer = await callIdentityPool("GetCredentialsForIdentity", { IdentityId, Logins });
  held = { ...deployment, identity: answer.IdentityId, credentials: answer.Credentials };
  const until = new Date(held.credentials.Expiration * 1000).toLocaleTimeString("en-GB");
  byId("identity-note").textContent = `Identity ${held.identity}, credentials until ${until}.`;
  byId("credentials").textContent = json(held.credentials);
  byId("identity").hidden = false;
  byId("identity-title").focus();
  await showFiles();
  report("Got credentials.");
}

async function findIdentity(deployment, Logins) {
  const input = { IdentityPoolId: deployment.identity_pool, Logins };
  return (await callIdentityPool("GetId", input)).IdentityId;
}

function ownPrefix() {
  return `private/${held.identity}/`;
}

async function upload({ file }) {
  await putFile(held, ownPrefix() + file.name, new Uint8Array(await file.arrayBuffer()));
  byId("upload").reset();
  await showFiles();
  report(`Uploaded ${file.name} to your prefix.`);
}

async function showFiles() {
  const keys = await listFiles(held, ownPrefix());
  const names = keys.map((key) => element("li", {}, key.slice(ownPrefix().length)));
  byId("files").replaceChildren(...names);
  byId("files-count").textContent =
    names.length === 0 ? "Your prefix is empty." : `Files in your prefix: ${names.length}.`;
}

async function tryOtherPrefix() {
  const key = `private/${held.region}:${OTHER}/note.txt`;
  const refused = await putFile(held, key, new TextEncoder().encode("hello")).then(
    () => null,
    (error) => error,
  );
  if (refused === null) {
    throw new Error("Another user's prefix accepted the file, which it must not.");
  }
  report(`Another user's prefix refused the file. ${refused.message}`);
}
