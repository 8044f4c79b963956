// Buttons that copy, and commands to copy.

import { h, widget } from "../core/dom.js";
import { icon } from "./icons.js";

/** A button that copies what `text()` gives. */
export function copyButton(text, label = "Copy") {
  return widget(makeButton, { text, label });
}

/** A text with a button that copies it; `content` is shown in its place. */
export function copyable(text, { content = h("code", {}, text), label } = {}) {
  return h(
    "span",
    { class: "copyable" },
    content,
    copyButton(() => text, label),
  );
}

/** A command line with its copy button. */
export function command(text) {
  return h(
    "div",
    { class: "command" },
    h("code", {}, h("span", { class: "prompt", "aria-hidden": "true" }, "$ "), text),
    copyButton(() => text, `Copy: ${text}`),
  );
}

function makeButton(given) {
  let props = given;
  const element = document.createElement("button");
  element.type = "button";
  element.className = "icon-button copy";
  element.append(draw("copy"));
  const label = () => {
    element.title = props.label;
    element.setAttribute("aria-label", props.label);
  };
  label();
  element.addEventListener("click", async (event) => {
    event.stopPropagation();
    const done = await write(props.text());
    element.replaceChildren(draw(done ? "check" : "cross"));
    element.setAttribute("aria-label", done ? "Copied" : "Could not copy");
    setTimeout(() => {
      element.replaceChildren(draw("copy"));
      label();
    }, 1400);
  });
  return {
    element,
    update(next) {
      props = next;
      label();
    },
  };
}

async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function draw(name) {
  return icon.element(name);
}
