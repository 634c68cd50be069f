// AWS Signature Version 4: headers of a signed request.

const encoder = new TextEncoder();

export async function signed({ method, url, body, credentials, region, service, more = {} }) {
  const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, "");
  const hash = hex(await crypto.subtle.digest("SHA-256", body));
  const headers = {
    ...more,
    host: url.host,
    "x-amz-content-sha256": hash,
    "x-amz-date": date,
  };
  // Keys without an end have no token.
  if (credentials.SessionToken !== undefined) {
    headers["x-amz-security-token"] = credentials.SessionToken;
  }
  const names = Object.keys(headers).sort();
  const canonical = [
    method,
    url.pathname,
    query(url),
    ...names.map((name) => `${name}:${headers[name]}`),
    "",
    names.join(";"),
    hash,
  ].join("\n");
  const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
  const digest = hex(await crypto.subtle.digest("SHA-256", encoder.encode(canonical)));
  const key = await signingKey(credentials.SecretKey, scope);
  const signature = hex(await hmac(key, ["AWS4-HMAC-SHA256", date, scope, digest].join("\n")));
  // The browser sets the host header itself.
  const { host, ...sent } = headers;
  return {
    ...sent,
    authorization:
      `AWS4-HMAC-SHA256 Credential=${credentials.AccessKeyId}/${scope}, ` +
      `SignedHeaders=${names.join(";")}, Signature=${signature}`,
  };
}

// Encodes like `encodeURIComponent`, and the five further characters that a signature encodes.
export function encoded(text) {
  const byte = (sign) => `%${sign.codePointAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, byte);
}

function query(url) {
  return [...url.searchParams]
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join("&");
}

async function signingKey(secret, scope) {
  let key = encoder.encode(`AWS4${secret}`);
  for (const part of scope.split("/")) {
    key = await hmac(key, part);
  }
  return key;
}

async function hmac(key, text) {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
  return crypto.subtle.sign("HMAC", imported, encoder.encode(text));
}

function hex(bytes) {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
