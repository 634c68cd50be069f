// `@aws-sdk/client-s3` in a page of headless Chromium, with the temporary credentials of a user.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { build } from "esbuild";
import { chromium } from "playwright-core";

import { BASE, WEB_CLIENT, codeIn, mail, newUser } from "./host.mjs";

const PAGE = "<!doctype html><title>S3</title><script type=\"module\" src=\"/page.js\"></script>";
const TYPES = { "/": "text/html", "/page.js": "text/javascript" };

let browser;
let server;
let page;

// The SDK as an application bundles it for browsers, and a page of another origin than S3.
before(async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: "import * as S3 from \"@aws-sdk/client-s3\"; globalThis.S3 = S3;",
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    format: "esm",
    platform: "browser",
    write: false,
  });
  const files = { "/": PAGE, "/page.js": outputFiles[0].text };
  server = createServer(({ url }, answer) => {
    answer.writeHead(url in files ? 200 : 404, { "content-type": TYPES[url] ?? "text/plain" });
    answer.end(files[url]);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.waitForFunction(() => globalThis.S3 !== undefined);
});

after(async () => {
  await browser?.close();
  server?.close();
});

async function call(service, action, input) {
  const response = await fetch(BASE, {
    method: "POST",
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": `${service}.${action}` },
    body: JSON.stringify(input),
  });
  const answer = await response.json();
  assert.ok(response.ok, `${action}: ${JSON.stringify(answer)}`);
  return answer;
}

// A user who has signed in with a code, as an identity with temporary credentials.
async function identity() {
  const { address } = await newUser();
  const pool = "AWSCognitoIdentityProviderService";
  const { Session, ChallengeParameters } = await call(pool, "InitiateAuth", {
    AuthFlow: "CUSTOM_AUTH",
    ClientId: WEB_CLIENT,
    AuthParameters: { USERNAME: address },
  });
  const { AuthenticationResult } = await call(pool, "RespondToAuthChallenge", {
    ChallengeName: "CUSTOM_CHALLENGE",
    ClientId: WEB_CLIENT,
    Session,
    ChallengeResponses: { USERNAME: ChallengeParameters.USERNAME, ANSWER: codeIn(await mail(address)) },
  });
  const deployment = await (await fetch(`${BASE}/_local/deployment`)).json();
  const provider = `cognito-idp.${deployment.region}.amazonaws.com/${deployment.user_pool}`;
  const Logins = { [provider]: AuthenticationResult.IdToken };
  const identities = "AWSCognitoIdentityService";
  const { IdentityId } = await call(identities, "GetId", { IdentityPoolId: deployment.identity_pool, Logins });
  const { Credentials } = await call(identities, "GetCredentialsForIdentity", { IdentityId, Logins });
  return {
    own: `private/${IdentityId}/`,
    bucket: deployment.bucket,
    client: {
      endpoint: deployment.s3,
      region: deployment.region,
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: {
        accessKeyId: Credentials.AccessKeyId,
        secretAccessKey: Credentials.SecretKey,
        sessionToken: Credentials.SessionToken,
      },
    },
  };
}

// Sends a command in the page; the answer has the body as text, or the error's name and status.
function send({ client, bucket }, command, input) {
  return page.evaluate(async ({ client, command, input }) => {
    const s3 = new globalThis.S3.S3Client(client);
    try {
      const { Body, $metadata, ...answer } = await s3.send(new globalThis.S3[`${command}Command`](input));
      const text = await Body?.transformToString();
      return JSON.parse(JSON.stringify({ ...answer, text, status: $metadata.httpStatusCode }));
    } catch (error) {
      return { error: error.name, status: error.$metadata?.httpStatusCode };
    }
  }, { client, command, input: { Bucket: bucket, ...input } });
}

test("A page puts, gets, heads, lists, copies and deletes with the SDK for browsers", async () => {
  const ada = await identity();
  const key = `${ada.own}note ü+1.txt`;
  const put = await send(ada, "PutObject", {
    Key: key, Body: "hello", ContentType: "text/plain", Metadata: { mood: "good" },
  });
  assert.equal(put.status, 200, JSON.stringify(put));
  assert.match(put.ETag, /^"[0-9a-f]{32}"$/);
  const got = await send(ada, "GetObject", { Key: key });
  assert.deepEqual([got.text, got.ContentType, got.ETag], ["hello", "text/plain", put.ETag]);
  const part = await send(ada, "GetObject", { Key: key, Range: "bytes=1-2" });
  assert.deepEqual([part.status, part.text, part.ContentRange], [206, "el", "bytes 1-2/5"]);
  assert.equal((await send(ada, "GetObject", { Key: key, IfMatch: "\"x\"" })).status, 412);
  assert.equal((await send(ada, "HeadObject", { Key: key })).ContentLength, 5);

  const copy = `${ada.own}copy.txt`;
  const CopySource = `${ada.bucket}/${encodeURIComponent(key)}`;
  const copied = await send(ada, "CopyObject", { Key: copy, CopySource });
  assert.equal(copied.CopyObjectResult?.ETag, put.ETag, JSON.stringify(copied));
  for (const version of ["ListObjectsV2", "ListObjects"]) {
    const listed = await send(ada, version, { Prefix: ada.own });
    assert.deepEqual(listed.Contents?.map(({ Key }) => Key), [copy, key], version);
  }
  assert.equal((await send(ada, "DeleteObject", { Key: copy })).status, 204);
  const Objects = [{ Key: key }, { Key: "private/another/note" }];
  const deleted = await send(ada, "DeleteObjects", { Delete: { Objects } });
  assert.deepEqual(deleted.Deleted, [{ Key: key }], JSON.stringify(deleted));
  assert.deepEqual(deleted.Errors.map(({ Key, Code }) => [Key, Code]), [["private/another/note", "AccessDenied"]]);
  assert.equal((await send(ada, "ListObjectsV2", { Prefix: ada.own })).KeyCount, 0);
});

test("A page uploads a large file in parts", async () => {
  const ada = await identity();
  const Key = `${ada.own}film`;
  const { UploadId } = await send(ada, "CreateMultipartUpload", { Key });
  const Parts = [];
  for (const [index, Body] of ["one", "two"].entries()) {
    const { ETag } = await send(ada, "UploadPart", { Key, UploadId, PartNumber: index + 1, Body });
    Parts.push({ ETag, PartNumber: index + 1 });
  }
  const done = await send(ada, "CompleteMultipartUpload", { Key, UploadId, MultipartUpload: { Parts } });
  assert.equal(done.status, 200, JSON.stringify(done));
  assert.equal((await send(ada, "GetObject", { Key })).text, "onetwo");
});

test("A page reads why it is refused", async () => {
  const ada = await identity();
  const bob = await identity();
  const Key = `${ada.own}note`;
  assert.equal((await send(ada, "PutObject", { Key, Body: "hers" })).status, 200);
  const CopySource = `${ada.bucket}/${encodeURIComponent(Key)}`;
  for (const [command, input] of [
    ["GetObject", { Key }],
    ["PutObject", { Key, Body: "his" }],
    ["DeleteObject", { Key }],
    ["ListObjectsV2", { Prefix: ada.own }],
    ["ListObjects", { Prefix: ada.own }],
    ["CopyObject", { Key: `${bob.own}copy`, CopySource }],
  ]) {
    assert.deepEqual(await send(bob, command, input), { error: "AccessDenied", status: 403 }, command);
  }
  for (const [command, input] of [
    ["GetObjectTagging", { Key }],
    ["GetBucketAcl", {}],
    ["PutObject", { Key, Body: "", ACL: "public-read" }],
    ["GetObject", { Key, VersionId: "1" }],
  ]) {
    assert.deepEqual(await send(bob, command, input), { error: "NotImplemented", status: 501 }, command);
  }
  assert.equal((await send(ada, "GetObject", { Key })).text, "hers");
});
