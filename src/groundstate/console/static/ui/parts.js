// The parts that pages are made of: headings, panels, tabs, facts, empty states, errors.

import { h } from "../core/dom.js";
import { icon } from "./icons.js";

/** A page's head: its kind, its name, what can be done. */
export function pageHead({ kind, title, status, facts, actions }) {
  return h(
    "header",
    { class: "page-head" },
    h(
      "div",
      { class: "page-name" },
      kind && h("p", { class: "page-kind" }, kind),
      h("h1", {}, title, status && h("span", { class: "page-status", role: "status" }, status)),
      facts && h("p", { class: "page-facts" }, facts),
    ),
    actions && h("div", { class: "actions" }, actions),
  );
}

/** A panel with a heading. */
export function panel(
  title,
  { actions, note, key, flush = false, className = "" } = {},
  ...children
) {
  return h(
    "section",
    {
      class: `panel ${flush ? "is-flush" : ""} ${className}`,
      key,
      "aria-label": typeof title === "string" ? title : undefined,
    },
    (title || actions) &&
      h(
        "div",
        { class: "panel-head" },
        h("h2", {}, title, note !== undefined && h("span", { class: "panel-note" }, note)),
        actions && h("div", { class: "actions" }, actions),
      ),
    h("div", { class: "panel-body" }, children),
  );
}

/** Tabs. `tabs` are { id, label, count }. */
export function tabs(label, entries, chosen, choose) {
  const move = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const at = entries.findIndex((entry) => entry.id === chosen);
    const next = entries[(at + step + entries.length) % entries.length];
    choose(next.id);
    queueMicrotask(() => document.getElementById(`tab-${next.id}`)?.focus());
  };
  return h(
    "div",
    { class: "tabs", role: "tablist", "aria-label": label, onkeydown: move },
    entries.map((entry) =>
      h(
        "button",
        {
          type: "button",
          role: "tab",
          id: `tab-${entry.id}`,
          class: "tab",
          "aria-selected": String(entry.id === chosen),
          "aria-controls": `part-${entry.id}`,
          tabindex: entry.id === chosen ? "0" : "-1",
          onclick: () => choose(entry.id),
        },
        entry.label,
        entry.count !== undefined && h("span", { class: "tab-count" }, entry.count),
      ),
    ),
  );
}

/** What a tab shows. */
export function tabPart(id, ...children) {
  return h(
    "div",
    { key: id, role: "tabpanel", id: `part-${id}`, "aria-labelledby": `tab-${id}` },
    children,
  );
}

/** Names and values. Values that are undefined or empty are left out. */
export function facts(pairs, className = "") {
  return h(
    "dl",
    { class: `facts ${className}` },
    pairs
      .filter(
        ([, value]) =>
          value !== undefined &&
          value !== null &&
          value !== "" &&
          value !== false &&
          value.length !== 0,
      )
      .map(([name, value]) => h("div", { key: name }, h("dt", {}, name), h("dd", {}, value))),
  );
}

/** What stands where nothing is yet. */
export function empty(title, ...children) {
  return h("div", { class: "empty" }, h("p", { class: "empty-title" }, title), children);
}

/** An error: AWS's code and message. */
export function errorBox(error, { title, retry } = {}) {
  return h(
    "div",
    { class: "error-box", role: "alert" },
    icon("warning"),
    h(
      "div",
      {},
      h("p", { class: "error-title" }, title ?? error.code ?? error.name ?? "Error"),
      h("p", { class: "error-text" }, error.message || "No message."),
      error.requestId && h("p", { class: "quiet" }, `Request id ${error.requestId}`),
    ),
    retry && h("button", { type: "button", class: "button", onclick: retry }, "Try again"),
  );
}

/** A button. */
export function button(
  label,
  onclick,
  { kind = "", icon: name, disabled = false, title, type = "button", busy = false } = {},
) {
  return h(
    "button",
    {
      type,
      class: `button ${kind}`,
      onclick,
      disabled: disabled || busy,
      title,
      "aria-busy": busy ? "true" : undefined,
    },
    busy ? h("span", { class: "spinner", "aria-hidden": "true" }) : name && icon(name),
    h("span", {}, label),
  );
}

/** A placeholder of the size of what is being read. */
export function loading(rows = 4) {
  return h(
    "div",
    { class: "loading", role: "status", "aria-label": "Reading" },
    Array.from({ length: rows }, (_, at) =>
      h("div", { class: "skeleton", key: at, style: { width: `${[92, 78, 85, 64][at % 4]}%` } }),
    ),
  );
}

/** A table. `columns` are { label, className }, `rows` are { key, cells, href, onclick, className }. */
export function table(label, columns, rows, { onrow } = {}) {
  return h(
    "div",
    { class: "table-scroll", tabindex: "0", role: "region", "aria-label": label },
    h(
      "table",
      { class: "table" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          columns.map((column) => h("th", { scope: "col", class: column.className }, column.label)),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map((row) =>
          h(
            "tr",
            {
              key: row.key,
              class: `${row.className ?? ""} ${onrow ? "is-clickable" : ""}`,
              onclick:
                onrow &&
                ((event) => {
                  if (!event.target.closest("a, button, input")) onrow(row);
                }),
              "aria-selected": row.selected === undefined ? undefined : String(row.selected),
            },
            row.cells.map((cell, at) => h("td", { class: columns[at].className }, cell)),
          ),
        ),
      ),
    ),
  );
}
