// The functions of the region.

import { callAll } from "../core/api.js";
import { h } from "../core/dom.js";
import { ago, count, size } from "../core/format.js";
import { now } from "../core/live.js";
import { addressOf } from "../core/router.js";
import { command } from "../ui/copy.js";
import { listFilter } from "../ui/list_filter.js";
import { empty, pageHead, panel, table } from "../ui/parts.js";
import { statusChip } from "../ui/status.js";

export function functionsPage(open) {
  const list = listFilter(open);
  let functions = [];
  return {
    title: "Functions",
    section: "functions",
    async load() {
      functions = await callAll("lambda", "ListFunctions", {}, "Functions", { token: "Marker" });
    },
    view: () => [
      pageHead({ title: "Functions", facts: count(functions.length, "function") }),
      functions.length === 0
        ? empty(
            "No function yet.",
            h("p", {}, "Functions come with a stack:"),
            command("groundstate deploy app"),
          )
        : panel(
            null,
            { flush: true },
            list.view(functions),
            table(
              "Functions",
              [
                { label: "Name" },
                { label: "Runtime" },
                { label: "Memory", className: "number" },
                { label: "Code", className: "number" },
                { label: "Modified" },
                { label: "State" },
              ],
              list
                .filter(functions, (each) => each.FunctionName)
                .map((each) => ({
                  key: each.FunctionName,
                  cells: [
                    h(
                      "a",
                      {
                        href: addressOf("functions", each.FunctionName),
                        class: "strong",
                      },
                      each.FunctionName,
                    ),
                    each.Runtime,
                    `${each.MemorySize} MB`,
                    size(each.CodeSize),
                    ago(Date.parse(each.LastModified) / 1000, now()),
                    statusChip(each.State ?? "Active"),
                  ],
                })),
            ),
          ),
    ],
  };
}
