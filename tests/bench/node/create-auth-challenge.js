"use strict";

const { randomBytes, randomInt, createHash } = require("node:crypto");
const { DynamoDBClient, UpdateItemCommand } = require("@aws-sdk/client-dynamodb");
const { serve } = require("./runtime.js");

const LIFE = 300;

const table = process.env.CHALLENGES_TABLE;
const dynamodb = new DynamoDBClient({});

// Issues a code and leaves the mail to the stream of the table: one update.
serve(async (event) => {
  const id = randomBytes(16).toString("hex");
  const code = String(randomInt(10 ** 8)).padStart(8, "0");
  const hash = createHash("sha256").update(`${id}:${code}`).digest("hex");
  const now = Math.floor(Date.now() / 1000);
  const attributes = event.request.userAttributes ?? {};
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: table,
      Key: { key: { S: `${event.userPoolId}#${event.userName}` } },
      UpdateExpression: "SET id = :id, hash = :hash, expires = :expires, #to = :to ADD issued :one",
      ConditionExpression: "attribute_not_exists(#until) OR #until < :now",
      ExpressionAttributeNames: { "#to": "to", "#until": "until" },
      ExpressionAttributeValues: {
        ":id": { S: id },
        ":hash": { S: hash },
        ":expires": { N: String(now + LIFE) },
        ":to": { S: attributes.email ?? "-" },
        ":now": { N: String(now) },
        ":one": { N: "1" },
      },
      ReturnValues: "ALL_NEW",
    }),
  );
  event.response.publicChallengeParameters = { challenge: "EMAIL_OTP" };
  event.response.privateChallengeParameters = { id, hash, expires: String(now + LIFE) };
  event.response.challengeMetadata = id;
  return event;
});
