// Events and answers of the triggers, and their AWS calls, newest first.

import { byId, element, json, timeOf } from "./element.js";

// Rows in the list; all entries are at /_local/events.
const MOST = 300;

let count = 0;

export const events = {
  path: (seen) => `/_local/events?after=${seen}&newest=${MOST}`,
  seenAfter: (entries) => entries.at(-1).number,
  take(entries) {
    const list = byId("events");
    list.prepend(...entries.filter(isOfFunction).map(row).reverse());
    while (list.children.length > MOST) {
      list.lastChild.remove();
    }
    count = entries.at(-1).number;
    tellCount();
  },
  empty() {
    count = 0;
    byId("events").replaceChildren();
    tellCount();
  },
};

export function wireEvents() {
  const checkbox = byId("show-calls");
  const apply = () => byId("events").classList.toggle("without-calls", !checkbox.checked);
  checkbox.addEventListener("change", apply);
  // Browsers restore the state of checkboxes.
  apply();
  byId("clear-events").addEventListener("click", () => byId("events").replaceChildren());
}

function tellCount() {
  byId("events-count").textContent =
    count === 0 ? "Nothing has happened yet." : `${count} since the start, the newest first.`;
}

// Leaves out the calls of this page and of other clients.
function isOfFunction(entry) {
  return entry.kind === "invoked" || entry.function !== "-";
}

function row(entry) {
  return entry.kind === "invoked" ? invocation(entry) : awsCall(entry);
}

function awsCall({ at, function: caller, service, action }) {
  const text = element("span", { class: "what" }, `${service}:${action}`);
  return element("li", { class: "call" }, timeOf(at), text, note(`called by ${caller}`));
}

function invocation(entry) {
  const { at, function: name, trigger_source: source, ms, error } = entry;
  const what = element("span", { class: "what" }, ...breakable(source === "" ? name : source));
  const summary = element("summary", {}, timeOf(at), note(`${ms} ms`), what);
  if (error !== null) {
    summary.append(element("strong", { class: "failed" }, "failed"));
  }
  const details = element("details", {}, summary);
  details.addEventListener("toggle", () => fill(details, entry), { once: true });
  return element("li", {}, details);
}

// Lets a narrow page break a name behind its underscore.
function breakable(name) {
  return name.split(/(?<=_)/).flatMap((part) => [part, element("wbr")]);
}

function note(text) {
  return element("span", { class: "note" }, text);
}

// Writes the JSON of a row when it is opened first, so that closed rows cost little.
function fill(details, { function: name, event, answer, error }) {
  details.append(element("p", { class: "note" }, `Sent to ${name}.`));
  details.append(...jsonBlock("Event", event));
  if (error !== null) {
    details.append(element("p", {}, error));
  } else {
    details.append(...jsonBlock("Response", answer?.response ?? answer));
  }
}

function jsonBlock(title, value) {
  const attributes = { role: "region", "aria-label": title, tabindex: "0" };
  return [element("h3", {}, title), element("pre", attributes, json(value))];
}
