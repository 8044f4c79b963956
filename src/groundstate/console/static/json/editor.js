// A text field for JSON: highlighted, with the fault named while one types.

import { h, render, widget } from "../core/dom.js";
import { faultOf, format, scan } from "./tokens.js";

// Long texts are edited without colours rather than slowly.
const HIGHLIGHTED_MAX = 60_000;

/** A JSON editor. `onchange(text)`, `onsubmit()` for Ctrl+Enter; `rows` at least. */
export function jsonEditor({ value, label, onchange, onsubmit, rows = 8, key, id, invalid }) {
  return widget(makeEditor, { value, label, onchange, onsubmit, rows, key, id, invalid });
}

function makeEditor(given) {
  let props = given;
  const element = document.createElement("div");
  element.className = "editor";
  const back = document.createElement("pre");
  back.className = "editor-back";
  back.setAttribute("aria-hidden", "true");
  const area = document.createElement("textarea");
  area.spellcheck = false;
  area.autocapitalize = "off";
  area.autocomplete = "off";
  area.value = props.value;
  element.append(back, area);

  function decorate() {
    area.setAttribute("aria-label", props.label);
    if (props.id) area.id = props.id;
    area.rows = Math.max(props.rows, Math.min(40, area.value.split("\n").length + 1));
    const isWrong = props.invalid ?? faultOf(area.value) !== null;
    area.setAttribute("aria-invalid", String(isWrong));
    element.classList.toggle("is-wrong", isWrong);
    const tokens =
      area.value.length <= HIGHLIGHTED_MAX
        ? scan(area.value)
        : [{ kind: "other", text: area.value }];
    render(
      back,
      tokens.map((token) => h("span", { class: `json-${token.kind}` }, token.text)),
      "\n",
    );
    back.scrollTop = area.scrollTop;
    back.scrollLeft = area.scrollLeft;
  }

  function changed() {
    decorate();
    props.onchange(area.value);
  }

  area.addEventListener("input", changed);
  area.addEventListener("scroll", () => {
    back.scrollTop = area.scrollTop;
    back.scrollLeft = area.scrollLeft;
  });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      props.onsubmit?.();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      insert(area, `\n${indentAt(area)}`);
      changed();
    }
  });
  decorate();
  return {
    element,
    update(next) {
      props = next;
      if (area.value !== next.value) area.value = next.value;
      decorate();
    },
  };
}

/** The line under an editor: what is wrong, or a way to put the text into its form. */
export function editorFoot(value, onchange, { fault = faultOf(value), hint = "" } = {}) {
  return h(
    "div",
    { class: "editor-foot", role: "status" },
    fault === null
      ? [
          h(
            "button",
            { type: "button", class: "link", onclick: () => onchange(format(value)) },
            "Format",
          ),
          h("span", { class: "quiet" }, hint),
        ]
      : h("span", { class: "wrong" }, fault),
  );
}

function insert(area, text) {
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
}

function indentAt(area) {
  const before = area.value.slice(0, area.selectionStart);
  const line = before.slice(before.lastIndexOf("\n") + 1);
  const indent = /^ */.exec(line)[0];
  return /[{[]\s*$/.test(line) ? `${indent}  ` : indent;
}
