// The tables of the region.

import { call, callAll } from "../core/api.js";
import { h } from "../core/dom.js";
import { count, size } from "../core/format.js";
import { addressOf } from "../core/router.js";
import { command } from "../ui/copy.js";
import { listFilter } from "../ui/list_filter.js";
import { empty, pageHead, panel, table } from "../ui/parts.js";
import { statusChip } from "../ui/status.js";

/** The descriptions of all tables. */
export async function readTables() {
  const names = await callAll("dynamodb", "ListTables", {}, "TableNames", {
    token: "ExclusiveStartTableName",
  });
  return Promise.all(
    names.map(async (name) => (await call("dynamodb", "DescribeTable", { TableName: name })).Table),
  );
}

/** A key as people write it: `taskId (S), timestamp (N)`. */
export function keyLabel(description) {
  const types = Object.fromEntries(
    description.AttributeDefinitions.map((each) => [each.AttributeName, each.AttributeType]),
  );
  return description.KeySchema.map(
    ({ AttributeName }) => `${AttributeName} (${types[AttributeName]})`,
  ).join(", ");
}

export function tablesPage(open) {
  const list = listFilter(open);
  let tables = [];
  return {
    title: "Tables",
    section: "tables",
    async load() {
      tables = await readTables();
    },
    view: () => [
      pageHead({ title: "Tables", facts: count(tables.length, "table") }),
      tables.length === 0
        ? empty(
            "No table yet.",
            h("p", {}, "Tables come with a stack, or from any AWS client:"),
            command("groundstate deploy app"),
          )
        : panel(
            null,
            { flush: true },
            list.view(tables),
            table(
              "Tables",
              [
                { label: "Name" },
                { label: "Key" },
                { label: "Items", className: "number" },
                { label: "Size", className: "number" },
                { label: "Indexes", className: "number" },
                { label: "Stream" },
                { label: "Status" },
              ],
              list
                .filter(tables, (each) => each.TableName)
                .map((each) => ({
                  key: each.TableName,
                  cells: [
                    h(
                      "a",
                      { href: addressOf("tables", each.TableName), class: "strong" },
                      each.TableName,
                    ),
                    h("code", {}, keyLabel(each)),
                    each.ItemCount.toLocaleString("en"),
                    size(each.TableSizeBytes),
                    (each.GlobalSecondaryIndexes?.length ?? 0) +
                      (each.LocalSecondaryIndexes?.length ?? 0),
                    each.StreamSpecification?.StreamEnabled
                      ? "on"
                      : h("span", { class: "quiet" }, "off"),
                    statusChip(each.TableStatus),
                  ],
                })),
            ),
          ),
    ],
  };
}
