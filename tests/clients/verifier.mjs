// The verifier that fixes AWS's issuers: it is given the key set and never fetches one.

import assert from "node:assert/strict";
import { test } from "node:test";

import { CognitoJwtVerifier } from "aws-jwt-verify";
import {
  CognitoJwtInvalidClientIdError, CognitoJwtInvalidTokenUseError, JwtInvalidSignatureError,
  ParameterValidationError,
} from "aws-jwt-verify/error";

import { BASE, LINK_CLIENT, POOL, WEB_CLIENT, asAdministrator, unusedAddress, newUser } from "./host.mjs";

const PASSWORD = "Whistle-twice-for-help-3";
const FLOWS = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];

async function initiateAuth(clientId, flow, parameters) {
  const response = await fetch(BASE, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth",
    },
    body: JSON.stringify({ ClientId: clientId, AuthFlow: flow, AuthParameters: parameters }),
  });
  const answer = await response.json();
  assert.ok(response.ok, JSON.stringify(answer));
  return answer.AuthenticationResult;
}

// Tokens of a sign-in, and those of its refresh.
async function tokens(clientId, address) {
  const signedIn = await initiateAuth(clientId, "USER_PASSWORD_AUTH", {
    USERNAME: address, PASSWORD,
  });
  const parameters = { REFRESH_TOKEN: signedIn.RefreshToken };
  return [signedIn, await initiateAuth(clientId, "REFRESH_TOKEN_AUTH", parameters)];
}

async function verifier(pool, settings) {
  const created = CognitoJwtVerifier.create({ userPoolId: pool, ...settings });
  const keys = await fetch(`${BASE}/${pool}/.well-known/jwks.json`);
  created.cacheJwks(await keys.json());
  return created;
}

async function accepts(pool, clientId, address, issuer) {
  for (const { IdToken, AccessToken } of await tokens(clientId, address)) {
    for (const [tokenUse, token] of [["id", IdToken], ["access", AccessToken]]) {
      const claims = await (await verifier(pool, { clientId, tokenUse })).verify(token);
      assert.equal(claims.iss, issuer);
      assert.equal(claims.token_use, tokenUse);
    }
  }
}

test("tokens under AWS's original issuer verify with cached keys", async () => {
  const { address } = await newUser();
  const issuer = `https://cognito-idp.eu-west-1.amazonaws.com/${POOL}`;
  await accepts(POOL, WEB_CLIENT, address, issuer);
});

test("tokens under AWS's updated issuer verify with cached keys", async () => {
  const { UserPool: { Id: UserPoolId } } = await asAdministrator("CreateUserPool", {
    UserPoolId: undefined,
    PoolName: "updated",
    IssuerConfiguration: { Type: "UPDATED" },
  });
  const { UserPoolClient: { ClientId } } = await asAdministrator("CreateUserPoolClient", {
    UserPoolId, ClientName: "updated", ExplicitAuthFlows: FLOWS,
  });
  const Username = unusedAddress();
  await asAdministrator("AdminCreateUser", { UserPoolId, Username, MessageAction: "SUPPRESS" });
  const password = { Password: PASSWORD, Permanent: true };
  await asAdministrator("AdminSetUserPassword", { UserPoolId, Username, ...password });
  const issuer = `https://issuer-cognito-idp.eu-west-1.amazonaws.com/${UserPoolId}`;
  await accepts(UserPoolId, ClientId, Username, issuer);
});

test("a token that is tampered with or meant for something else is refused", async () => {
  const { address } = await newUser();
  const [{ IdToken, AccessToken }] = await tokens(WEB_CLIENT, address);
  const tampered = (token) => {
    const [header, payload, signature] = token.split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url"));
    const other = Buffer.from(JSON.stringify({ ...claims, sub: "another" })).toString("base64url");
    return [header, other, signature].join(".");
  };
  for (const [what, token, settings, refusal] of [
    ["tampered", tampered(IdToken), { clientId: WEB_CLIENT, tokenUse: "id" }, JwtInvalidSignatureError],
    ["tampered", tampered(AccessToken), { clientId: WEB_CLIENT, tokenUse: "access" }, JwtInvalidSignatureError],
    ["client", IdToken, { clientId: LINK_CLIENT, tokenUse: "id" }, CognitoJwtInvalidClientIdError],
    ["client", AccessToken, { clientId: LINK_CLIENT, tokenUse: "access" }, CognitoJwtInvalidClientIdError],
    ["use", IdToken, { clientId: WEB_CLIENT, tokenUse: "access" }, CognitoJwtInvalidTokenUseError],
    ["use", AccessToken, { clientId: WEB_CLIENT, tokenUse: "id" }, CognitoJwtInvalidTokenUseError],
  ]) {
    const checked = await verifier(POOL, settings);
    await assert.rejects(checked.verify(token), refusal, what);
  }
  const elsewhere = CognitoJwtVerifier.create({
    userPoolId: "eu-west-1_Another", clientId: WEB_CLIENT, tokenUse: "id",
  });
  await assert.rejects(elsewhere.verify(IdToken), ParameterValidationError);
});
