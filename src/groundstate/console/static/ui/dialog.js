// A dialog over the page: it takes the focus and gives it back, Escape closes it.

import { h } from "../core/dom.js";
import { icon } from "./icons.js";

/** A modal dialog. `onclose` is called when it is to go. */
export function dialog({ title, onclose, key = title, wide = false }, ...children) {
  return h(
    "dialog",
    {
      key,
      class: wide ? "dialog is-wide" : "dialog",
      "aria-label": title,
      mounted: (element) => element.showModal(),
      oncancel: (event) => {
        event.preventDefault();
        onclose();
      },
      onclick: (event) => {
        if (event.target === event.currentTarget) onclose();
      },
    },
    h(
      "div",
      { class: "dialog-inner" },
      h(
        "div",
        { class: "panel-head" },
        h("h2", {}, title),
        h(
          "button",
          { type: "button", class: "icon-button", "aria-label": "Close", onclick: onclose },
          icon("cross"),
        ),
      ),
      h("div", { class: "dialog-body" }, children),
    ),
  );
}
