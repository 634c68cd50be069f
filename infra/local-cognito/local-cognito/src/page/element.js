// Elements of the page. Text goes in as text nodes, so that nothing received becomes markup.

export function byId(id) {
  return document.getElementById(id);
}

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    made.setAttribute(attribute, value);
  }
  made.append(...children);
  return made;
}

export function timeOf(milliseconds) {
  const time = new Date(milliseconds);
  const shown = time.toLocaleTimeString("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
  });
  return element("time", { datetime: time.toISOString() }, shown);
}

export function json(value) {
  return JSON.stringify(value, null, 2);
}
