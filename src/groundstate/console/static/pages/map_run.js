// A map run: how far it is, and the executions of its items.

import { call } from "../core/api.js";
import { nameOf } from "../core/arn.js";
import { h } from "../core/dom.js";
import { addressOf } from "../core/router.js";
import { empty, facts, pageHead, panel } from "../ui/parts.js";
import { labelOf, statusChip } from "../ui/status.js";
import {
  executionsTable,
  moreButton,
  readExecutions,
  statusFilter,
  timesOf,
} from "./executions_table.js";

const PARTS = [
  ["succeeded", "succeeded"],
  ["failed", "failed"],
  ["timedOut", "failed"],
  ["aborted", "cancelled"],
  ["running", "running"],
  ["pending", "pending"],
];

export function mapRunPage(arn, open) {
  let run = null;
  let executions = [];
  let next;
  let shown = 50;
  let status = "";
  return {
    title: nameOf(arn),
    section: "machines",
    crumbs: [{ label: "State machines", href: "#/machines" }],
    async load() {
      run = await call("stepfunctions", "DescribeMapRun", { mapRunArn: arn });
      const request = { mapRunArn: arn, statusFilter: status || undefined };
      ({ executions, next } = await readExecutions(request, shown));
    },
    ticks: () => run?.status === "RUNNING",
    view: () => [
      pageHead({
        kind: "Map run",
        title: h("span", { class: "mono" }, nameOf(arn)),
        status: statusChip(run.status),
        facts: timesOf(run),
      }),
      panel("Items", { note: String(run.itemCounts.total) }, progress(run.itemCounts)),
      panel(
        "Limits",
        {},
        facts(
          [
            [
              "Execution",
              h(
                "a",
                { href: addressOf("executions", run.executionArn) },
                nameOf(run.executionArn),
              ),
            ],
            ["Concurrency", run.maxConcurrency === 0 ? "as many as there are" : run.maxConcurrency],
            [
              "Tolerated failures",
              `${run.toleratedFailureCount} items, ${run.toleratedFailurePercentage} %`,
            ],
            ["Redriven", run.redriveCount || undefined],
          ],
          "is-grid",
        ),
      ),
      panel(
        "Child executions",
        { flush: true, note: `${executions.length}${next ? "+" : ""}` },
        h(
          "div",
          { class: "toolbar" },
          statusFilter(status, (chosen) => {
            status = chosen;
            shown = 50;
            open.reload();
          }),
        ),
        executions.length === 0
          ? empty(
              status
                ? "No execution with this status."
                : "None: children of Express type keep no list.",
            )
          : executionsTable(executions),
        next &&
          moreButton(() => {
            shown += 200;
            open.reload();
          }),
      ),
    ],
  };
}

function progress(counts) {
  const total = Math.max(1, counts.total);
  return [
    h(
      "div",
      {
        class: "progress",
        role: "img",
        "aria-label": PARTS.map(([name]) => `${counts[name]} ${labelOf(name)}`).join(", "),
      },
      PARTS.filter(([name]) => counts[name] > 0).map(([name, kind]) =>
        h("span", {
          key: name,
          class: `progress-part is-${kind}`,
          style: { "flex-grow": String(counts[name] / total) },
        }),
      ),
    ),
    facts(
      PARTS.map(([name]) => [labelOf(name), String(counts[name])]),
      "is-grid",
    ),
  ];
}
