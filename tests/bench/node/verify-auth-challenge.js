"use strict";

const { createHash, timingSafeEqual } = require("node:crypto");
const { DynamoDBClient, UpdateItemCommand } = require("@aws-sdk/client-dynamodb");
const { serve } = require("./runtime.js");

const table = process.env.CHALLENGES_TABLE;
const dynamodb = new DynamoDBClient({});

// Compares the answer and counts the verdict: one conditional update.
serve(async (event) => {
  const { id = "", hash = "", expires = "0" } = event.request.privateChallengeParameters ?? {};
  const answer = event.request.challengeAnswer ?? "";
  const given = createHash("sha256").update(`${id}:${answer}`).digest();
  const kept = Buffer.from(hash, "hex");
  const now = Math.floor(Date.now() / 1000);
  const right =
    kept.length === given.length && timingSafeEqual(kept, given) && now < Number(expires);
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: table,
      Key: { key: { S: `${event.userPoolId}#${event.userName}` } },
      UpdateExpression: right ? "SET spent = :now REMOVE wrong" : "ADD wrong :one",
      ConditionExpression: "attribute_not_exists(spent) AND (attribute_not_exists(wrong) OR wrong < :most)",
      ExpressionAttributeValues: {
        ":most": { N: "20" },
        ...(right ? { ":now": { N: String(now) } } : { ":one": { N: "1" } }),
      },
    }),
  );
  event.response.answerCorrect = right;
  return event;
});
