// Logins of other providers that lead to the identity of somebody of the directory.

import { byId, element } from "./element.js";
import { act, onSubmit, report } from "./form.js";
import { bearer, postJson, request } from "./provider.js";

const LINKS = "/v1/identity/links";

let token = null;

export function wireLinks() {
  onSubmit("link-social", linkSocial);
}

// Shows what leads to the owner of an access token.
export async function offerLinks(accessToken) {
  token = accessToken;
  byId("other-logins").hidden = false;
  await showLinks();
}

export function forgetLinks() {
  token = null;
  byId("other-logins").hidden = true;
  byId("linked").replaceChildren();
}

// Both sides prove who they are: this session, and the stand-in's token for its nonce.
async function linkSocial({ sub }) {
  const { nonce } = await request("POST", `${LINKS}/nonce`, bearer(token));
  const { id_token } = await postJson("/_local/social/token", { sub, nonce });
  const { provider } = await postJson(LINKS, { id_token }, bearer(token));
  await showLinks();
  report(`Linked ${provider}: it leads to the same identity.`);
}

async function unlink(provider) {
  await request("DELETE", `${LINKS}/${encodeURIComponent(provider)}`, bearer(token));
  await showLinks();
  report(`Unlinked ${provider}: it leads to another identity from now on.`);
}

async function showLinks() {
  const { links } = await request("GET", "/v1/identity", bearer(token));
  byId("linked").replaceChildren(...links.map(shown));
  byId("linked-count").textContent =
    links.length === 0 ? "No other login leads here." : `Other logins: ${links.length}.`;
}

function shown({ provider }) {
  const button = element("button", { type: "button" }, `Unlink ${provider}`);
  button.addEventListener("click", () => act(() => unlink(provider)));
  return element("li", {}, button);
}
