// Logins of other providers that lead to the identity of a directory user.

import { byId, element } from "./element.js";
import { act, onSubmit, report } from "./form.js";
import { offerIdentity } from "./identity.js";
import { bearer, postJson, request } from "./provider.js";

const LINKS = "/v1/identity/links";

let token = null;
// User name at the social provider that was linked last.
let name = null;

export function wireLinks() {
  onSubmit("link-social", linkSocial);
}

// Shows the logins of the owner of an access token.
export async function offerLinks(accessToken) {
  token = accessToken;
  byId("other-logins").hidden = false;
  await showLinks();
}

export function forgetLinks() {
  token = null;
  name = null;
  byId("other-logins").hidden = true;
  byId("linked").replaceChildren();
}

// Links a login that both sides prove: this session, and the stand-in's token for its nonce.
async function linkSocial({ sub }) {
  const { nonce } = await request("POST", `${LINKS}/nonce`, bearer(token));
  const { id_token } = await postJson("/_local/social/token", { sub, nonce });
  const { provider } = await postJson(LINKS, { id_token }, bearer(token));
  name = sub;
  await showLinks();
  report(`Linked ${provider}: it leads to the same identity.`);
}

// Signs in with the other login alone.
async function signInWith(provider) {
  const { id_token } = await postJson("/_local/social/token", { sub: name });
  offerIdentity({
    note: `The identity pool takes the token of ${provider}.`,
    loginsAt: () => ({ [provider]: id_token }),
  });
  report(`Signed in with ${provider}: get credentials to see which files they reach.`);
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
    links.length === 0 ? "No other logins." : `Other logins: ${links.length}.`;
}

function shown({ provider }) {
  const button = (text, action) => {
    const made = element("button", { type: "button" }, text);
    made.addEventListener("click", () => act(() => action(provider)));
    return made;
  };
  const buttons = name === null ? [] : [button(`Sign in with ${provider}`, signInWith)];
  return element("li", { class: "buttons" }, ...buttons, button(`Unlink ${provider}`, unlink));
}
