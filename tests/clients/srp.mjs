// A helper for SRP with AWS's own SDK, which sends no session with a proof.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import {
  createSecretHash, createSrpSession, signSrpSession, wrapAuthChallenge, wrapInitiateAuth,
} from "cognito-srp-helper";

import { BASE, PASSWORD, POOL, WEB_CLIENT, asAdministrator, unusedAddress, newUser } from "./host.mjs";

const OTHER_PASSWORD = "Swim-between-the-flags-4";
const INCORRECT = { name: "NotAuthorizedException", message: "Incorrect username or password." };

const api = new CognitoIdentityProviderClient({
  region: POOL.split("_")[0],
  endpoint: BASE,
  // Both calls are public; the SDK looks for a key all the same.
  credentials: { accessKeyId: "none", secretAccessKey: "none" },
});

// A new app client of the pool that allows SRP.
async function appClient(settings = {}) {
  const { UserPoolClient } = await asAdministrator("CreateUserPoolClient", {
    ClientName: "srp",
    ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    ...settings,
  });
  return UserPoolClient;
}

// The helper's README, step by step.
async function signIn(client, username, password) {
  const { ClientId, ClientSecret } = client;
  const hash = ClientSecret && createSecretHash(username, ClientId, ClientSecret);
  const common = { USERNAME: username, ...(hash && { SECRET_HASH: hash }) };
  const session = createSrpSession(username, password, POOL, false);
  const challenge = await api.send(new InitiateAuthCommand(wrapInitiateAuth(session, {
    ClientId,
    AuthFlow: "USER_SRP_AUTH",
    AuthParameters: { CHALLENGE_NAME: "SRP_A", ...common },
  })));
  const signed = signSrpSession(session, challenge);
  return api.send(new RespondToAuthChallengeCommand(wrapAuthChallenge(signed, {
    ClientId,
    ChallengeName: "PASSWORD_VERIFIER",
    ChallengeResponses: common,
  })));
}

test("SRP without a session signs in, with and without a client secret", async () => {
  for (const GenerateSecret of [false, true]) {
    const client = await appClient({ GenerateSecret });
    const { address } = await newUser();
    const { AuthenticationResult: tokens } = await signIn(client, address, PASSWORD);
    assert.ok(tokens.IdToken && tokens.AccessToken && tokens.RefreshToken);
    const REFRESH_TOKEN = tokens.RefreshToken;
    const secret = client.ClientSecret;
    const refreshed = await api.send(new InitiateAuthCommand({
      ClientId: client.ClientId,
      AuthFlow: "REFRESH_TOKEN_AUTH",
      AuthParameters: {
        REFRESH_TOKEN,
        ...(secret && { SECRET_HASH: createSecretHash(address, client.ClientId, secret) }),
      },
    }));
    assert.ok(refreshed.AuthenticationResult.AccessToken);
  }
});

test("SRP with a wrong password or an unknown name is refused in the same words", async () => {
  const client = await appClient({ PreventUserExistenceErrors: "ENABLED" });
  const { address } = await newUser();
  await assert.rejects(signIn(client, address, OTHER_PASSWORD), INCORRECT);
  await assert.rejects(signIn(client, unusedAddress(), PASSWORD), INCORRECT);
});

test("SRP with a temporary password asks for a new one", async () => {
  const client = await appClient();
  const { address } = await newUser();
  await asAdministrator("AdminSetUserPassword", { Username: address, Password: PASSWORD });
  const { ChallengeName, Session, ChallengeParameters } = await signIn(client, address, PASSWORD);
  assert.equal(ChallengeName, "NEW_PASSWORD_REQUIRED");
  const { AuthenticationResult } = await api.send(new RespondToAuthChallengeCommand({
    ClientId: client.ClientId,
    ChallengeName,
    Session,
    ChallengeResponses: {
      USERNAME: ChallengeParameters.USER_ID_FOR_SRP,
      NEW_PASSWORD: OTHER_PASSWORD,
    },
  }));
  assert.ok(AuthenticationResult.AccessToken);
  assert.ok((await signIn(client, address, OTHER_PASSWORD)).AuthenticationResult);
});

test("a password before the code is refused where the client's policy has none", async () => {
  const { address } = await newUser();
  const session = createSrpSession(address, PASSWORD, POOL, false);
  const start = new InitiateAuthCommand(wrapInitiateAuth(session, {
    ClientId: WEB_CLIENT,
    AuthFlow: "CUSTOM_AUTH",
    AuthParameters: { CHALLENGE_NAME: "SRP_A", USERNAME: address },
  }));
  await assert.rejects(api.send(start), INCORRECT);
});
