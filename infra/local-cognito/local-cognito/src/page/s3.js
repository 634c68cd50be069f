// Requests to the bucket, with the credentials of the signed-in user.

import { encoded, signed } from "./sigv4.js";

const NOTHING = new Uint8Array();

export class S3Error extends Error {
  constructor(code, text) {
    super(`${code}: ${text}`);
    this.code = code;
  }
}

export async function putFile(place, key, bytes) {
  await request(place, "PUT", key.split("/").map(encoded).join("/"), bytes);
}

export async function listFiles(place, prefix) {
  const text = await request(place, "GET", `?list-type=2&prefix=${encoded(prefix)}`, NOTHING);
  return [...text.matchAll(/<Key>(.*?)<\/Key>/gs)].map(([, key]) => unescaped(key));
}

// `place` has the address, the bucket, the region and the credentials.
async function request({ s3, bucket, region, credentials }, method, rest, body) {
  const url = new URL(`${s3}/${bucket}/${rest}`);
  const headers = await signed({ method, url, body, credentials, region, service: "s3" });
  const sent = method === "PUT" ? { body } : {};
  const answer = await fetch(url, { method, headers, cache: "no-store", ...sent });
  const text = await answer.text();
  if (!answer.ok) {
    throw new S3Error(member(text, "Code") ?? answer.status, member(text, "Message") ?? "");
  }
  return text;
}

function member(text, name) {
  const found = text.match(new RegExp(`<${name}>(.*?)</${name}>`, "s"));
  return found === null ? null : unescaped(found[1]);
}

// Reads XML as text: the page may use no parser of markup.
function unescaped(text) {
  const signs = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  return text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (hex ?? decimal) {
      return String.fromCodePoint(parseInt(hex ?? decimal, hex ? 16 : 10));
    }
    return signs[name] ?? whole;
  });
}
