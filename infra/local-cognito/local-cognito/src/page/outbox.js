// Sent mails and SMS, newest first.

import { byId, element, timeOf } from "./element.js";
import { fillInCode } from "./form.js";

const MOST = 100;
const ADDRESS = /(https?:\/\/[^\s<>"]+)/;
// A code stands alone on its line or ends a sentence; a mail has a short one and a long one.
const CODES = /\b(?:\d{6,10}|[0-9A-Z]{16}|[0-9A-Z]{4}(?:[ -][0-9A-Z]{4}){3})\b/g;

let count = 0;

export const outbox = {
  path: (seen) => `/_local/outbox?after=${seen}`,
  seenAfter: (mails) => mails.at(-1).number,
  take(mails) {
    const list = byId("outbox");
    list.prepend(...mails.slice(-MOST).map(row).reverse());
    while (list.children.length > MOST) {
      list.lastChild.remove();
    }
    count = mails.at(-1).number;
    list.setAttribute("start", count);
    byId("outbox-count").textContent = count === 1 ? "1 message." : `${count} messages.`;
  },
  empty() {
    count = 0;
    byId("outbox").replaceChildren();
    byId("outbox-count").textContent = "No mail was sent.";
  },
};

export function wireOutbox() {
  const checkbox = byId("show-older");
  const apply = () => byId("outbox").classList.toggle("whole", checkbox.checked);
  checkbox.addEventListener("change", apply);
  // Browsers restore the state of checkboxes.
  apply();
}

function row(mail) {
  const subject = mail.subject === "" ? "SMS" : mail.subject;
  const about = element("p", { class: "note" }, `To ${mail.to} · from ${mail.sender} · `);
  about.append(timeOf(mail.at));
  const made = element("li", {}, element("h3", {}, subject), about);
  made.append(element("pre", { class: "mail" }, ...textAndLinks(mail.text)));
  const code = codeOf(mail.text);
  if (code !== undefined) {
    const button = element("button", { type: "button" }, `Fill in ${code}`);
    button.addEventListener("click", () => fillInCode(code));
    made.append(button);
  }
  return made;
}

// Turns only addresses of this page into links.
function textAndLinks(text) {
  return text.split(ADDRESS).map((part) => {
    const isOurs = URL.canParse(part) && new URL(part).origin === location.origin;
    return isOurs ? element("a", { href: part, rel: "noreferrer" }, part) : part;
  });
}

function codeOf(text) {
  const found = text.replace(new RegExp(ADDRESS, "g"), "").match(CODES) ?? [];
  return found.toSorted((one, other) => one.length - other.length)[0];
}
