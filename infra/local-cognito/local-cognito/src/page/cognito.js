// APIs of the user pool and the identity pool.

export const WEB = "1webclient0000000000000000";
export const PASSWORDLESS = "1passwordless0000000000000";

export class CognitoError extends Error {
  constructor(kind, text) {
    super(`${kind}: ${text}`);
    this.kind = kind;
    this.text = text;
  }
}

export function call(action, input) {
  return callService("AWSCognitoIdentityProviderService", action, input);
}

export function callIdentityPool(action, input) {
  return callService("AWSCognitoIdentityService", action, input);
}

async function callService(service, action, input) {
  const response = await fetch("/", {
    method: "POST",
    cache: "no-store",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `${service}.${action}`,
    },
    body: JSON.stringify(input),
  });
  const text = await response.text();
  const answer = text === "" ? {} : JSON.parse(text);
  if (!response.ok) {
    throw new CognitoError(answer.__type ?? `Error ${response.status}`, answer.message ?? "");
  }
  return answer;
}

export function initiate(client, flow, parameters) {
  return call("InitiateAuth", {
    ClientId: client,
    AuthFlow: flow,
    AuthParameters: parameters,
  });
}

export function respond(client, { session, userName }, answer, metadata) {
  return call("RespondToAuthChallenge", {
    ClientId: client,
    ChallengeName: "CUSTOM_CHALLENGE",
    Session: session,
    ChallengeResponses: { USERNAME: userName, ANSWER: answer },
    ClientMetadata: metadata,
  });
}

// Returns the challenge of an answer, which has to hold a custom one.
export function challengeOf(answer) {
  if (answer.ChallengeName !== "CUSTOM_CHALLENGE") {
    throw new Error(`This page cannot answer the challenge ${answer.ChallengeName}.`);
  }
  const parameters = answer.ChallengeParameters ?? {};
  return { session: answer.Session, userName: parameters.USERNAME, parameters };
}
