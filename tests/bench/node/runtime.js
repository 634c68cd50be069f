"use strict";

// A loop that speaks the Runtime API of Lambda, in place of Amazon's client for Node.

const http = require("node:http");

const url = new URL(`http://${process.env.AWS_LAMBDA_RUNTIME_API}`);
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function call(method, path, body) {
  const options = { host: url.hostname, port: url.port, path: `/2018-06-01/runtime/${path}` };
  return new Promise((resolve, reject) => {
    const request = http.request({ ...options, method, agent }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () => resolve({ headers: response.headers, body: Buffer.concat(parts) }));
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}

exports.serve = async (handler) => {
  for (;;) {
    const next = await call("GET", "invocation/next");
    const id = next.headers["lambda-runtime-aws-request-id"];
    try {
      const answer = await handler(JSON.parse(next.body.toString()));
      await call("POST", `invocation/${id}/response`, JSON.stringify(answer));
    } catch (error) {
      const told = { errorType: error.name, errorMessage: error.message };
      await call("POST", `invocation/${id}/error`, JSON.stringify(told));
    }
  }
};
