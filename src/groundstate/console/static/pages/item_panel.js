// One item, as plain JSON and as DynamoDB writes it.

import { h } from "../core/dom.js";
import { plainText } from "../dynamodb/values.js";
import { jsonView } from "../json/view.js";
import { icon } from "../ui/icons.js";
import { button } from "../ui/parts.js";

/** A panel for an item; `mark` says what changed a moment ago, `form` is `plain` or `typed`. */
export function itemPanel({ item, mark, form, onform, onedit, ondelete, onclose }) {
  return h(
    "section",
    { class: "panel item-panel", "aria-label": "Item" },
    h(
      "div",
      { class: "panel-head" },
      h("h2", {}, "Item"),
      h(
        "div",
        { class: "actions" },
        button("Edit", () => onedit(item), { icon: "edit" }),
        button("Delete", () => ondelete(item), { icon: "trash" }),
        h(
          "button",
          { type: "button", class: "icon-button", "aria-label": "Close", onclick: onclose },
          icon("cross"),
        ),
      ),
    ),
    h(
      "div",
      { class: "panel-body" },
      h(
        "div",
        { class: "item-tools" },
        formChoice(form, onform),
        mark && h("span", { class: "changed-mark" }, mark.isNew ? "New" : "Changed just now"),
      ),
      form === "plain"
        ? jsonView(plainText(item), { label: "Item", key: "plain" })
        : jsonView(item, { label: "Item, DynamoDB JSON", key: "typed" }),
    ),
  );
}

/** Two buttons: JSON or DynamoDB JSON. */
export function formChoice(chosen, choose, disabled = false) {
  return h(
    "div",
    { class: "choice", role: "group", "aria-label": "Form" },
    [
      ["plain", "JSON"],
      ["typed", "DynamoDB JSON"],
    ].map(([id, label]) =>
      h(
        "button",
        {
          key: id,
          type: "button",
          class: "choice-one",
          "aria-pressed": String(chosen === id),
          disabled: disabled && id !== chosen,
          onclick: () => choose(id),
        },
        label,
      ),
    ),
  );
}
