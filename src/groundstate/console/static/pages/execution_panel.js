// What is known of an execution as a whole: its input and output, its map runs, its facts.

import { machineOf, nameOf } from "../core/arn.js";
import { h } from "../core/dom.js";
import { dateTime } from "../core/format.js";
import { addressOf } from "../core/router.js";
import { jsonView } from "../json/view.js";
import { copyable } from "../ui/copy.js";
import { facts, tabPart, tabs } from "../ui/parts.js";
import { statusChip } from "../ui/status.js";

/** A panel for what DescribeExecution answers; `mapRuns` are those of `Visits`. */
export function executionPanel({ execution, mapRuns, tab, choose }) {
  const parts = [
    { id: "data", label: "Input and output" },
    mapRuns.length > 0 && { id: "maps", label: "Map runs", count: mapRuns.length },
    { id: "details", label: "Details" },
  ].filter(Boolean);
  return h(
    "section",
    { class: "panel has-tabs", key: "execution", "aria-label": "Execution" },
    tabs("Execution", parts, tab, choose),
    h(
      "div",
      { class: "panel-body" },
      tab === "data" && tabPart("data", viewData(execution)),
      tab === "maps" && tabPart("maps", mapRuns.map(viewMapRun)),
      tab === "details" && tabPart("details", viewDetails(execution)),
    ),
  );
}

function viewData({ input, output, status }) {
  return [
    h("h3", {}, "Input"),
    jsonView(input ?? "null", { label: "Input", key: "input" }),
    h("h3", {}, "Output"),
    output === undefined
      ? h("p", { class: "quiet" }, status === "RUNNING" ? "Not yet." : "None.")
      : jsonView(output, { label: "Output", key: "output" }),
  ];
}

function viewMapRun({ mapRunArn, visit }) {
  return h(
    "p",
    { key: mapRunArn },
    link("mapruns", mapRunArn, visit.name),
    " ",
    statusChip(visit.status),
  );
}

function viewDetails(execution) {
  const { executionArn, mapRunArn } = execution;
  const machine = machineOf(executionArn);
  return facts([
    ["ARN", copyable(executionArn)],
    ["State machine", link("machines", machine, nameOf(machine))],
    ["Version", execution.stateMachineVersionArn],
    ["Alias", execution.stateMachineAliasArn],
    ["Started", dateTime(execution.startDate)],
    ["Ended", dateTime(execution.stopDate)],
    ["Map run", mapRunArn && link("mapruns", mapRunArn, nameOf(mapRunArn))],
    ["Redrive", execution.redriveStatusReason ?? execution.redriveStatus],
  ]);
}

function link(section, arn, label) {
  return h("a", { href: addressOf(section, arn) }, label);
}
