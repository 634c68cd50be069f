// Base64url, as tokens and links use it.

export function textOf(base64url) {
  const bytes = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.codePointAt(0)));
}
