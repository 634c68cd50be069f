// Panels, of which one is shown at a time, their reports, and one action at a time.

import { byId } from "./element.js";
import { nudge } from "./feed.js";

const panels = [...document.querySelectorAll(".panel")];
const tasks = [...document.querySelectorAll(".tasks [data-panel]")];
const parents = {
  answer: "sign-in",
  link: "sign-in",
  confirm: "sign-up",
  reset: "recover",
  register: "directory",
  "confirm-registration": "directory",
  "directory-recover": "directory",
  "directory-reset": "directory",
};
let isBusy = false;

export function shownPanel() {
  return panels.find((panel) => !panel.hidden);
}

// Shows a panel and moves the focus to the first field that is still empty.
export function show(id) {
  for (const panel of panels) {
    panel.hidden = panel.id !== id;
  }
  for (const task of tasks) {
    task.setAttribute("aria-pressed", String(task.dataset.panel === (parents[id] ?? id)));
  }
  const panel = shownPanel();
  for (const code of panel.querySelectorAll("input[name=code]")) {
    code.value = "";
  }
  const fields = [...panel.querySelectorAll("input:not([type=radio])")];
  const field = fields.find((field) => field.value === "" && !field.closest("[hidden]"));
  (field ?? panel.querySelector("h3")).focus();
}

export function report(text) {
  byId("outcome").textContent = text;
}

export function reportError(text) {
  byId("problem").textContent = text;
}

// Runs an action unless another one still runs, and reports its failure.
export async function act(action) {
  if (isBusy) {
    return;
  }
  isBusy = true;
  document.body.classList.add("busy");
  report("");
  reportError("");
  try {
    await action();
  } catch (error) {
    reportError(error.message);
  } finally {
    isBusy = false;
    document.body.classList.remove("busy");
    nudge();
  }
}

export function onSubmit(id, action) {
  byId(id).addEventListener("submit", (event) => {
    event.preventDefault();
    act(() => action(Object.fromEntries(new FormData(event.target))));
  });
}

export function onClick(id, action) {
  byId(id).addEventListener("click", () => act(action));
}

// Puts an address into every form, so that the user types it once.
export function fillInEmail(email) {
  for (const field of document.querySelectorAll("input[name=email]")) {
    field.value = email;
  }
}

// Clears the password fields.
export function clearPasswords() {
  for (const field of document.querySelectorAll("input[name=password]")) {
    field.value = "";
  }
}

// Puts a code into the shown form.
export function fillInCode(code) {
  const field = shownPanel().querySelector("input[name=code]");
  if (field === null) {
    reportError("No form asks for a code now.");
    return;
  }
  reportError("");
  field.value = code;
  field.focus();
}

export function wirePanels() {
  for (const button of document.querySelectorAll("[data-panel]")) {
    button.addEventListener("click", () => {
      report("");
      reportError("");
      show(button.dataset.panel);
    });
  }
}
