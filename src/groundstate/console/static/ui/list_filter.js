// A field that narrows a long list down to the names that have a text in them.

import { h } from "../core/dom.js";
import { icon } from "./icons.js";

// Shorter lists are read faster than filtered.
const FROM = 8;

/** { view, filter } for a list; `open` redraws. */
export function listFilter(open) {
  let text = "";
  const change = (event) => {
    text = event.target.value.trim().toLowerCase();
    open.redraw();
  };
  return {
    /** The entries whose name fits. */
    filter: (entries, nameOf) =>
      text === "" ? entries : entries.filter((entry) => nameOf(entry).toLowerCase().includes(text)),
    /** The field, if the list is long. */
    view: (entries) =>
      (entries.length >= FROM || text !== "") &&
      h(
        "div",
        { class: "toolbar" },
        h(
          "label",
          { class: "search" },
          icon("search"),
          h("span", { class: "sr" }, "Filter by name"),
          h("input", { type: "search", placeholder: "Filter by name", oninput: change }),
        ),
      ),
  };
}
