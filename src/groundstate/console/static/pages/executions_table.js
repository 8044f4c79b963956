// Executions in a table.

import { call } from "../core/api.js";
import { h } from "../core/dom.js";
import { ago, dateTime, span } from "../core/format.js";
import { now } from "../core/live.js";
import { addressOf } from "../core/router.js";
import { button, table } from "../ui/parts.js";
import { labelOf, statusChip } from "../ui/status.js";

const PAGE_MAX = 1000;

/** The first executions that ListExecutions lists for a request: { executions, next }. */
export async function readExecutions(request, most) {
  const executions = [];
  let nextToken;
  do {
    const page = await call("stepfunctions", "ListExecutions", {
      ...request,
      maxResults: Math.min(PAGE_MAX, most),
      nextToken,
    });
    executions.push(...page.executions);
    nextToken = page.nextToken;
  } while (nextToken && executions.length < most);
  return { executions, next: nextToken };
}

/** A table of what ListExecutions lists. */
export function executionsTable(executions, { machine = false, label = "Executions" } = {}) {
  const columns = [
    { label: "Name", className: "is-name" },
    { label: "Status", className: "is-status" },
    { label: "Started", className: "is-time" },
    { label: "Duration", className: "number" },
  ];
  if (machine) columns.splice(1, 0, { label: "State machine", className: "is-machine" });
  return table(
    label,
    columns,
    executions.map((each) => {
      const cells = [
        h(
          "a",
          {
            href: addressOf("executions", each.executionArn),
            class: "mono strong",
            title: each.name,
          },
          each.name,
        ),
        statusChip(each.status),
        h("span", { title: dateTime(each.startDate) }, ago(each.startDate, now())),
        span((each.stopDate ?? now()) - each.startDate),
      ];
      if (machine) {
        cells.splice(
          1,
          0,
          h(
            "a",
            { href: addressOf("machines", each.stateMachineArn) },
            each.stateMachineArn.split(":")[6],
          ),
        );
      }
      return { key: each.executionArn, cells };
    }),
  );
}

/** When an execution or a map run started, and how long it took or runs. */
export function timesOf({ startDate, stopDate, status }) {
  const took = span((stopDate ?? now()) - startDate);
  return `Started ${dateTime(startDate)} · ${status === "RUNNING" ? "running for" : "took"} ${took}`;
}

const STATUSES = ["", "RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"];

/** A choice of the status that executions are to have; an empty text means any. */
export function statusFilter(status, choose) {
  return h(
    "label",
    { class: "inline" },
    "Status",
    h(
      "select",
      { value: status, onchange: (event) => choose(event.target.value) },
      STATUSES.map((each) =>
        h(
          "option",
          { key: each, value: each, selected: each === status },
          each ? labelOf(each) : "Any",
        ),
      ),
    ),
  );
}

/** What stands below a list that goes on. */
export function moreButton(onmore) {
  return h("div", { class: "more" }, button("Show more", onmore));
}
