// The log groups of the region.

import { callAll } from "../core/api.js";
import { h } from "../core/dom.js";
import { ago, count, size } from "../core/format.js";
import { now } from "../core/live.js";
import { addressOf } from "../core/router.js";
import { listFilter } from "../ui/list_filter.js";
import { empty, pageHead, panel, table } from "../ui/parts.js";

export function logGroupsPage(open) {
  const list = listFilter(open);
  let groups = [];
  return {
    title: "Logs",
    section: "logs",
    async load() {
      groups = await callAll("logs", "DescribeLogGroups", {}, "logGroups");
    },
    view: () => [
      pageHead({ title: "Logs", facts: count(groups.length, "log group") }),
      groups.length === 0
        ? empty(
            "No log group yet.",
            h("p", {}, "A function's group is made when it logs for the first time."),
          )
        : panel(
            null,
            { flush: true },
            list.view(groups),
            table(
              "Log groups",
              [
                { label: "Name" },
                { label: "Retention" },
                { label: "Size", className: "number" },
                { label: "Created" },
              ],
              list
                .filter(groups, (each) => each.logGroupName)
                .map((group) => ({
                  key: group.logGroupName,
                  cells: [
                    h(
                      "a",
                      { href: addressOf("logs", group.logGroupName), class: "strong" },
                      group.logGroupName,
                    ),
                    group.retentionInDays ? count(group.retentionInDays, "day") : "for ever",
                    size(group.storedBytes),
                    ago(group.creationTime / 1000, now()),
                  ],
                })),
            ),
          ),
    ],
  };
}
