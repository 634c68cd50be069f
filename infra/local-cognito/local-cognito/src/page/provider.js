// Requests to developer-identity, the provider of the directory.

export function postJson(path, body, headers = {}) {
  const typed = { "content-type": "application/json", ...headers };
  return request("POST", path, typed, JSON.stringify(body));
}

export function bearer(token) {
  return { authorization: `Bearer ${token}` };
}

export async function request(method, path, headers = {}, body = undefined) {
  return answerOf(await fetch(path, { method, cache: "no-store", headers, body }));
}

// Returns the content of an answer, or throws its error.
export async function answerOf(response) {
  const text = await response.text();
  const answer = text === "" ? {} : JSON.parse(text);
  if (!response.ok) {
    throw new Error(
      `${answer.code ?? answer.error}: ${answer.message ?? answer.error_description}`,
    );
  }
  return answer;
}
