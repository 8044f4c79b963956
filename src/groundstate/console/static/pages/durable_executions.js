// The Executions tab of a durable function.

import { call } from "../core/api.js";
import { h } from "../core/dom.js";
import { ago, dateTime, span } from "../core/format.js";
import { now } from "../core/live.js";
import { addressOf } from "../core/router.js";
import { empty, panel, table } from "../ui/parts.js";
import { statusChip } from "../ui/status.js";
import { moreButton } from "./executions_table.js";
import { isRunning } from "./durable_operations.js";

const PAGE = 50;

/** { load, view, isRunning } of a function's tab. */
export function durableExecutions(name, open) {
  let most = PAGE;
  let found = [];
  let hasMore = false;

  return {
    async load() {
      const answer = await call("lambda", "ListDurableExecutionsByFunction", {
        FunctionName: name,
        MaxItems: Math.min(most, 1000),
      });
      found = answer.DurableExecutions;
      hasMore = answer.NextMarker !== undefined;
    },
    isRunning: () => found.some((each) => isRunning(each.Status)),
    view: () =>
      panel(
        "Executions",
        { flush: true },
        found.length === 0
          ? empty("No execution yet.", h("p", {}, "The Test tab starts one."))
          : viewTable(found),
        hasMore &&
          most < 1000 &&
          moreButton(() => {
            most += PAGE;
            open.reload();
          }),
      ),
  };
}

function viewTable(executions) {
  return table(
    "Executions",
    [
      { label: "Name", className: "is-name" },
      { label: "Status", className: "is-status" },
      { label: "Started", className: "is-time" },
      { label: "Duration", className: "number" },
    ],
    executions.map((each) => ({
      key: each.DurableExecutionArn,
      cells: [
        h(
          "a",
          {
            href: addressOf("durable", each.DurableExecutionArn),
            class: "mono strong",
            title: each.DurableExecutionName,
          },
          each.DurableExecutionName,
        ),
        statusChip(each.Status),
        h("span", { title: dateTime(each.StartTimestamp) }, ago(each.StartTimestamp, now())),
        span((each.EndTimestamp ?? now()) - each.StartTimestamp),
      ],
    })),
  );
}
