// Follows the outbox and the journal of the local Cognito.

import { byId } from "./element.js";

const PAUSE = 700;

let followers = [];
let isAsking = false;
let timer;

// Each follower has `path(seen)`, `seenAfter(news, seen)`, `take(news)` and `empty()`.
export function follow(...all) {
  followers = all.map((follower) => ({ follower, seen: 0, isLost: false }));
  document.addEventListener("visibilitychange", nudge);
  nudge();
}

// Asks at once, because there is probably news.
export function nudge() {
  clearTimeout(timer);
  ask();
}

async function ask() {
  if (isAsking || document.hidden) {
    return;
  }
  isAsking = true;
  try {
    await Promise.all(followers.map(takeNews));
    tell("");
  } catch {
    // The next answer may come from another local Cognito, with a journal of its own.
    followers.forEach((state) => Object.assign(state, { seen: 0, isLost: true }));
    tell("The local Cognito does not answer. Trying again.");
  } finally {
    isAsking = false;
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  }
}

async function takeNews(state) {
  const { follower } = state;
  const response = await fetch(follower.path(state.seen), { cache: "no-store" });
  const news = await response.json();
  if (state.isLost) {
    state.isLost = false;
    follower.empty();
  }
  if (news.length > 0) {
    state.seen = follower.seenAfter(news, state.seen);
    follower.take(news);
  }
}

function tell(text) {
  const connection = byId("connection");
  if (connection.textContent !== text) {
    connection.textContent = text;
  }
}
