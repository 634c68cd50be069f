// As much of a browser as the passwordless client asks for, with a record of what it saw.

import { Passwordless } from "amazon-cognito-passwordless-auth";
import { requestSignInLink, signInWithLink } from "amazon-cognito-passwordless-auth/magic-link";

import { BASE, PAGE, PASSWORDLESS_CLIENT } from "./host.mjs";

const TARGET = "AWSCognitoIdentityProviderService.";

export class Browser {
  storage = new Storage();
  location = { href: PAGE };
  // Each call's action, request, status and answer.
  calls = [];
  statuses = [];

  constructor(clientId = PASSWORDLESS_CLIENT) {
    this.clientId = clientId;
  }

  actions() {
    return this.calls.map(({ action }) => action);
  }

  async requestLink(username, redirectUri = undefined) {
    this.#use();
    const statusCb = (status) => this.statuses.push(status);
    return requestSignInLink({ username, redirectUri, statusCb }).signInLinkRequested;
  }

  // Opens a link; the answer is the tokens, if there are any, and the statuses that were shown.
  async open(link) {
    this.#use();
    this.location.href = link;
    const statuses = [];
    const tokens = await signInWithLink({ statusCb: (status) => statuses.push(status) }).signedIn;
    return { tokens, statuses };
  }

  // Does something with the client's other functions.
  async with(work) {
    this.#use();
    return work();
  }

  sessionKey(userName) {
    return `Passwordless.${this.clientId}.${userName}.session`;
  }

  token(userName, kind) {
    return this.storage.getItem(`CognitoIdentityServiceProvider.${this.clientId}.${userName}.${kind}`);
  }

  #use() {
    this.calls = [];
    Passwordless.configure({
      cognitoIdpEndpoint: BASE,
      clientId: this.clientId,
      storage: this.storage,
      location: this.location,
      history: { pushState: (_state, _title, url) => (this.location.href = url) },
      fetch: (url, options) => this.#call(url, options),
    });
  }

  async #call(url, options) {
    const response = await fetch(url, options);
    this.calls.push({
      action: options.headers["x-amz-target"].replace(TARGET, ""),
      request: JSON.parse(options.body),
      status: response.status,
      answer: await response.clone().json(),
    });
    return response;
  }
}

class Storage {
  #items = new Map();

  getItem(key) {
    return this.#items.get(key) ?? null;
  }

  setItem(key, value) {
    this.#items.set(key, String(value));
  }

  removeItem(key) {
    this.#items.delete(key);
  }
}

// The claims of a token; the client does not check signatures, and neither do we.
export function claims(token) {
  return JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
}
