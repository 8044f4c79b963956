// Shows JSON: coloured, foldable, with links where an ARN names something that the console shows.

import { pageOf } from "../core/arn.js";
import { h, render, widget } from "../core/dom.js";
import { copyButton } from "../ui/copy.js";
import { format, toLines } from "./tokens.js";

const LINES_AT_FIRST = 400;

/** JSON text, or a value. `label` names it for screen readers. */
export function jsonView(source, { label = "JSON", key } = {}) {
  const text = typeof source === "string" ? source : JSON.stringify(source);
  return widget(makeView, { text: text ?? "", label, key });
}

function makeView(props) {
  const element = document.createElement("div");
  element.className = "json-view";
  let { text, label } = props;
  let folded = new Set();
  let all = false;

  function draw() {
    const lines = toLines(text);
    render(
      element,
      h(
        "div",
        { class: "json-tools" },
        copyButton(() => format(text), "Copy"),
      ),
      h(
        "div",
        { class: "json-lines", role: "figure", "aria-label": label, tabindex: "0" },
        lines === null ? h("pre", { class: "json-plain" }, text) : drawLines(lines),
      ),
    );
  }

  function drawLines(lines) {
    const shown = [];
    for (let at = 0; at < lines.length; at += 1) {
      if (!all && shown.length >= LINES_AT_FIRST) break;
      const line = lines[at];
      const isFolded = folded.has(at);
      shown.push(drawLine(line, at, isFolded ? lines[line.end] : null));
      if (isFolded) at = line.end;
    }
    if (!all && lines.length > LINES_AT_FIRST) {
      shown.push(
        h(
          "button",
          {
            class: "link",
            onclick: () => {
              all = true;
              draw();
            },
          },
          `Show all ${lines.length} lines`,
        ),
      );
    }
    return shown;
  }

  function drawLine(line, at, closing) {
    const foldable = line.end !== undefined;
    const toggle = () => {
      if (folded.has(at)) folded.delete(at);
      else folded.add(at);
      draw();
    };
    return h(
      "div",
      { class: "json-line", style: { "padding-left": `${line.depth * 1.35 + 1.2}em` } },
      foldable &&
        h("button", {
          class: closing ? "json-fold is-folded" : "json-fold",
          "aria-label": closing ? "Unfold" : "Fold",
          "aria-expanded": closing ? "false" : "true",
          style: { left: `${line.depth * 1.35}em` },
          onclick: toggle,
        }),
      line.tokens.map(drawToken),
      closing && [
        h("button", { class: "json-more", onclick: toggle, "aria-label": "Unfold" }, "…"),
        closing.tokens.map(drawToken),
      ],
    );
  }

  draw();
  return {
    element,
    update(next) {
      if (next.text === text && next.label === label) return;
      if (next.text !== text) folded = new Set();
      ({ text, label } = next);
      draw();
    },
  };
}

function drawToken(token) {
  if (token.kind === "string") {
    const content = token.text.slice(1, -1);
    const page = pageOf(content);
    if (page !== null)
      return h("span", { class: "json-string" }, '"', h("a", { href: page }, content), '"');
  }
  return h("span", { class: `json-${token.kind}` }, token.text);
}
