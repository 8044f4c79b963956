// A table: its items, live, and how it is made.

import { call } from "../core/api.js";
import { h } from "../core/dom.js";
import { dateTime, size } from "../core/format.js";
import { readAddress, replaceQuery } from "../core/router.js";
import { recall, remember } from "../core/storage.js";
import { jsonView } from "../json/view.js";
import { button, facts, pageHead, panel, tabPart, tabs } from "../ui/parts.js";
import { statusChip } from "../ui/status.js";
import { itemForm } from "./item_form.js";
import { itemPanel } from "./item_panel.js";
import { tableItems } from "./table_items.js";
import { keyLabel } from "./tables.js";

export function tablePage(name, open, query) {
  let description = null;
  let tab = query.tab ?? "items";
  let shownAs = recall("item.form", "plain");
  const items = tableItems(name, open, () => description);
  const form = itemForm(name, open, () => description);

  function choose(id) {
    tab = id;
    replaceQuery({ ...readAddress().query, tab: id === "items" ? undefined : id });
    open.redraw();
  }

  function showAs(id) {
    shownAs = id;
    remember("item.form", id);
    open.redraw();
  }

  return {
    title: name,
    section: "tables",
    crumbs: [{ label: "Tables", href: "#/tables" }],
    async load() {
      description = (await call("dynamodb", "DescribeTable", { TableName: name })).Table;
      await items.load();
    },
    ticks: () => items.isMarking(),
    view: () => [
      pageHead({
        kind: "Table",
        title: name,
        status: statusChip(description.TableStatus),
        facts: keyLabel(description),
        actions: button("Create item", () => form.create(), { kind: "is-primary", icon: "plus" }),
      }),
      form.view(),
      tabs(
        "Table",
        [
          { id: "items", label: "Items" },
          { id: "details", label: "Details" },
        ],
        tab,
        choose,
      ),
      tab === "items" &&
        tabPart(
          "items",
          h(
            "div",
            { class: items.selected() ? "split is-even" : "" },
            items.view(),
            items.selected() &&
              itemPanel({
                item: items.selected(),
                mark: items.selectedMark(),
                form: shownAs,
                onform: showAs,
                onedit: form.edit,
                ondelete: form.remove,
                onclose: () => items.select(null),
              }),
          ),
        ),
      tab === "details" && tabPart("details", viewDetails(description)),
    ],
  };
}

function viewDetails(description) {
  const indexes = [
    ...(description.GlobalSecondaryIndexes ?? []),
    ...(description.LocalSecondaryIndexes ?? []),
  ];
  return h(
    "div",
    { class: "columns" },
    panel(
      "General",
      {},
      facts([
        ["ARN", h("code", {}, description.TableArn)],
        ["Key", keyLabel(description)],
        ["Items", description.ItemCount.toLocaleString("en")],
        ["Size", size(description.TableSizeBytes)],
        ["Billing", description.BillingModeSummary?.BillingMode ?? "PROVISIONED"],
        ["Created", dateTime(description.CreationDateTime)],
        [
          "Stream",
          description.StreamSpecification?.StreamEnabled
            ? description.StreamSpecification.StreamViewType
            : "off",
        ],
        ["Deletion protection", description.DeletionProtectionEnabled ? "on" : "off"],
        [
          "Indexes",
          indexes.map((index) =>
            h(
              "div",
              { key: index.IndexName },
              h("code", {}, index.IndexName),
              ` ${index.KeySchema.map((each) => each.AttributeName).join(", ")}`,
            ),
          ),
        ],
      ]),
    ),
    panel("Description", {}, jsonView(description, { label: "Description" })),
  );
}
