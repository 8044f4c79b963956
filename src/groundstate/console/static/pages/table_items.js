// The items of a table: a scan or a query, page by page, kept up to date, changes marked.

import { call } from "../core/api.js";
import { h } from "../core/dom.js";
import { ItemChanges } from "../dynamodb/changes.js";
import { cellText, keyText, keyValue } from "../dynamodb/values.js";
import { icon } from "../ui/icons.js";
import { button, empty, errorBox, panel, table } from "../ui/parts.js";

const PAGE = 50;
const COLUMNS_MAX = 14;
const CONDITIONS = [
  { id: "=", label: "=" },
  { id: "<", label: "<" },
  { id: "<=", label: "≤" },
  { id: ">", label: ">" },
  { id: ">=", label: "≥" },
  { id: "begins_with", label: "begins with" },
];

/** { load, view, select, selected } of a table's items. */
export function tableItems(name, open, description) {
  const changes = new ItemChanges();
  let items = [];
  let more = false;
  let scanned = 0;
  let shown = PAGE;
  let index = "";
  let partition = "";
  let condition = "=";
  let sort = "";
  let backwards = false;
  let error = null;
  let selectedKey = null;
  let seen = null;

  const tableKey = () => description().KeySchema.map((each) => each.AttributeName);
  const indexes = () => [
    ...(description().GlobalSecondaryIndexes ?? []),
    ...(description().LocalSecondaryIndexes ?? []),
  ];
  const schema = () =>
    index
      ? (indexes().find((each) => each.IndexName === index)?.KeySchema ?? description().KeySchema)
      : description().KeySchema;
  const typeOf = (attribute) =>
    description().AttributeDefinitions.find((each) => each.AttributeName === attribute)
      .AttributeType;

  function request() {
    const base = { TableName: name, Limit: Math.min(1000, shown) };
    if (index) base.IndexName = index;
    if (partition === "") return ["Scan", base];
    const [hash, range] = schema().map((each) => each.AttributeName);
    base.KeyConditionExpression = "#p = :p";
    base.ExpressionAttributeNames = { "#p": hash };
    base.ExpressionAttributeValues = { ":p": keyValue(typeOf(hash), partition) };
    if (range !== undefined && sort !== "") {
      base.KeyConditionExpression +=
        condition === "begins_with" ? " AND begins_with(#s, :s)" : ` AND #s ${condition} :s`;
      base.ExpressionAttributeNames["#s"] = range;
      base.ExpressionAttributeValues[":s"] = keyValue(typeOf(range), sort);
    }
    if (backwards) base.ScanIndexForward = false;
    return ["Query", base];
  }

  async function load() {
    const [operation, wanted] = request();
    const key = JSON.stringify([operation, wanted]);
    try {
      const found = [];
      let last;
      do {
        const page = await call(
          "dynamodb",
          operation,
          last ? { ...wanted, ExclusiveStartKey: last } : wanted,
        );
        found.push(...page.Items);
        last = page.LastEvaluatedKey;
      } while (last && found.length < shown);
      if (key !== seen) changes.reset();
      changes.look(found, tableKey(), Date.now());
      seen = key;
      items = found;
      more = last !== undefined;
      scanned = found.length;
      error = null;
    } catch (refused) {
      if (refused.code === "NoRuntime") throw refused;
      error = refused;
    }
  }

  function select(key) {
    selectedKey = selectedKey === key ? null : key;
    open.redraw();
  }

  const find = () => items.find((item) => keyText(item, tableKey()) === selectedKey);

  return {
    load,
    select,
    selected: () => (selectedKey === null ? undefined : find()),
    selectedMark: () => changes.markOf(selectedKey, Date.now()),
    isMarking: () => changes.isMarking,
    view: () =>
      panel(
        null,
        { flush: true },
        viewQuery(),
        error !== null
          ? errorBox(error)
          : items.length === 0
            ? empty(
                partition ? "No item has this key." : "The table is empty.",
                !partition && h("p", {}, "Items appear here as they are written."),
              )
            : [
                viewItems(),
                h(
                  "div",
                  { class: "more" },
                  h(
                    "span",
                    { class: "quiet" },
                    `${scanned.toLocaleString("en")} ${scanned === 1 ? "item" : "items"}${more ? ", and more" : ""}`,
                  ),
                  more &&
                    button("Show more", () => {
                      shown += 200;
                      open.reload();
                    }),
                ),
              ],
      ),
  };

  function viewQuery() {
    const [hash, range] = schema().map((each) => each.AttributeName);
    const ask = () => {
      shown = PAGE;
      open.reload();
    };
    return h(
      "form",
      {
        class: "toolbar",
        onsubmit: (event) => {
          event.preventDefault();
          ask();
        },
      },
      indexes().length > 0 &&
        h(
          "label",
          { class: "inline" },
          "Index",
          h(
            "select",
            {
              value: index,
              onchange: (event) => {
                index = event.target.value;
                ask();
              },
            },
            h("option", { value: "", selected: index === "" }, "table"),
            indexes().map((each) =>
              h(
                "option",
                { key: each.IndexName, value: each.IndexName, selected: index === each.IndexName },
                each.IndexName,
              ),
            ),
          ),
        ),
      h(
        "label",
        { class: "inline key-field" },
        h("code", {}, hash),
        h("input", {
          type: "search",
          value: partition,
          placeholder: "all",
          size: 16,
          oninput: (event) => {
            partition = event.target.value;
            if (partition === "") ask();
          },
          onchange: ask,
        }),
      ),
      range !== undefined &&
        h(
          "div",
          { class: "inline key-field" },
          h("code", {}, range),
          h(
            "select",
            {
              value: condition,
              "aria-label": `Condition on ${range}`,
              onchange: (event) => {
                condition = event.target.value;
                if (sort) ask();
              },
            },
            CONDITIONS.map(({ id, label }) =>
              h("option", { key: id, value: id, selected: id === condition }, label),
            ),
          ),
          h("input", {
            type: "search",
            "aria-label": range,
            value: sort,
            placeholder: "any",
            size: 12,
            disabled: partition === "",
            oninput: (event) => {
              sort = event.target.value;
            },
            onchange: ask,
          }),
        ),
      partition !== "" &&
        h(
          "label",
          { class: "inline" },
          h("input", {
            type: "checkbox",
            checked: backwards,
            onchange: (event) => {
              backwards = event.target.checked;
              ask();
            },
          }),
          "Backwards",
        ),
      h(
        "button",
        { type: "submit", class: "button" },
        icon("search"),
        h("span", {}, partition === "" ? "Scan" : "Query"),
      ),
    );
  }

  function viewItems() {
    const names = tableKey();
    const others = new Set();
    for (const item of items)
      for (const attribute in item) if (!names.includes(attribute)) others.add(attribute);
    const columns = [...names, ...[...others].slice(0, COLUMNS_MAX - names.length)];
    return table(
      "Items",
      columns.map((label) => ({ label, className: names.includes(label) ? "is-key" : "" })),
      items.map((item) => viewItem(item, columns, names)),
      { onrow: (row) => select(row.key) },
    );
  }

  function viewItem(item, columns, names) {
    const key = keyText(item, names);
    const mark = changes.markOf(key, Date.now());
    return {
      key,
      selected: key === selectedKey,
      className: mark?.isNew ? "is-new" : "",
      cells: columns.map((attribute, at) => {
        const text = shorten(cellText(item[attribute]));
        if (at === 0)
          return h(
            "button",
            {
              type: "button",
              class: "link mono",
              "aria-pressed": String(key === selectedKey),
              onclick: () => select(key),
            },
            text,
          );
        return viewCell(text, item[attribute], mark, attribute);
      }),
    };
  }
}

function viewCell(text, value, mark, attribute) {
  if (value === undefined && mark?.former[attribute] === undefined)
    return h("span", { class: "quiet", "aria-label": "no value" }, "–");
  const isChanged = mark?.former[attribute] !== undefined;
  return h(
    "span",
    { class: `value ${isChanged ? "is-changed" : ""}`, key: isChanged ? `${mark.at}` : "same" },
    isChanged &&
      mark.former[attribute] !== "" && [
        h("s", { class: "former", "aria-label": "before" }, shorten(mark.former[attribute])),
        h("span", { "aria-hidden": "true" }, " → "),
      ],
    h("span", { class: value && "N" in value ? "is-number" : "" }, text),
  );
}

function shorten(text) {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
