// A state machine: its graph, its executions, a way to start one.

import { call } from "../core/api.js";
import { nameOf } from "../core/arn.js";
import { h } from "../core/dom.js";
import { dateTime } from "../core/format.js";
import { readAddress, replaceQuery } from "../core/router.js";
import { layoutGraph } from "../graph/layout.js";
import { modelOf } from "../graph/model.js";
import { graphView } from "../graph/view.js";
import { jsonView } from "../json/view.js";
import { copyable } from "../ui/copy.js";
import { button, empty, facts, pageHead, panel, tabPart, tabs } from "../ui/parts.js";
import { statusChip } from "../ui/status.js";
import { executionsTable, moreButton, readExecutions, statusFilter } from "./executions_table.js";
import { startForm } from "./start_execution.js";
import { statePanel } from "./state_panel.js";

const PAGE = 50;

export function machinePage(arn, open, query) {
  let machine = null;
  let layout = null;
  let definition = "";
  let executions = [];
  let next;
  let shown = PAGE;
  let status = query.status ?? "";
  let tab = query.tab ?? "executions";
  let selected = null;
  const start = startForm(arn, open, () => machine.type);

  function choose(id) {
    tab = id;
    replaceQuery({ ...readAddress().query, tab: id === "executions" ? undefined : id });
    open.redraw();
  }

  return {
    title: nameOf(arn),
    section: "machines",
    crumbs: [{ label: "State machines", href: "#/machines" }],
    async load() {
      machine = await call("stepfunctions", "DescribeStateMachine", { stateMachineArn: arn });
      if (machine.definition !== definition) {
        definition = machine.definition;
        layout = layoutGraph(modelOf(JSON.parse(definition)));
      }
      if (machine.type === "EXPRESS") return;
      const request = { stateMachineArn: arn, statusFilter: status || undefined };
      ({ executions, next } = await readExecutions(request, shown));
    },
    ticks: () => executions.some((each) => each.status === "RUNNING"),
    view: () => [
      pageHead({
        kind: "State machine",
        title: machine.name,
        status: statusChip(machine.status),
        facts: [machine.type === "EXPRESS" ? "Express" : "Standard", machine.description]
          .filter(Boolean)
          .join(" · "),
        actions: button("Start execution", start.open, { kind: "is-primary", icon: "play" }),
      }),
      start.view(),
      h(
        "div",
        { class: "split is-fixed" },
        panel(
          "Graph",
          { flush: true, className: "graph-panel" },
          graphView({
            layout,
            key: arn,
            label: `Graph of ${machine.name}`,
            selected,
            onselect: (id) => {
              selected = selected === id ? null : id;
              open.redraw();
            },
          }),
        ),
        h(
          "div",
          { class: "split-side" },
          selected !== null
            ? statePanel({
                node: layout.nodes.find((node) => node.id === selected),
                visits: [],
                onclose: () => {
                  selected = null;
                  open.redraw();
                },
              })
            : viewMachine(),
        ),
      ),
    ],
  };

  function viewMachine() {
    const parts = [
      { id: "executions", label: "Executions" },
      { id: "definition", label: "Definition" },
      { id: "details", label: "Details" },
    ];
    return h(
      "section",
      { class: "panel has-tabs", key: "machine", "aria-label": "State machine" },
      tabs("State machine", parts, tab, choose),
      tab === "executions" && tabPart("executions", viewExecutions()),
      tab === "definition" &&
        tabPart(
          "definition",
          h("div", { class: "panel-body" }, jsonView(definition, { label: "Definition" })),
        ),
      tab === "details" &&
        tabPart("details", h("div", { class: "panel-body" }, viewDetails(machine))),
    );
  }

  function viewExecutions() {
    if (machine.type === "EXPRESS") {
      return h(
        "div",
        {},
        empty(
          "Express workflows keep no list of executions.",
          h("p", {}, "Start one here to see its output; its log, if it has one, has the events."),
        ),
      );
    }
    const filter = statusFilter(status, (chosen) => {
      status = chosen;
      shown = PAGE;
      replaceQuery({ ...readAddress().query, status });
      open.reload();
    });
    return h(
      "div",
      {},
      h(
        "div",
        { class: "toolbar" },
        h("span", { class: "quiet" }, `${executions.length}${next ? "+" : ""} executions`),
        filter,
      ),
      executions.length === 0
        ? empty(
            status ? "No execution with this status." : "No execution yet.",
            !status && h("p", {}, "Start one, or invoke the function that does."),
          )
        : [
            executionsTable(executions),
            next &&
              moreButton(() => {
                shown += 200;
                open.reload();
              }),
          ],
    );
  }
}

function viewDetails(machine) {
  return facts([
    ["ARN", copyable(machine.stateMachineArn)],
    ["Role", nameOf(machine.roleArn)],
    ["Created", dateTime(machine.creationDate)],
    ["Revision", machine.revisionId],
    ["Log level", machine.loggingConfiguration?.level],
  ]);
}
