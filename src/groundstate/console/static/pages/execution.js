// An execution: the graph as it runs, each state's data, the events, and what one can do with it.

import { call } from "../core/api.js";
import { machineOf, nameOf } from "../core/arn.js";
import { h } from "../core/dom.js";
import { now } from "../core/live.js";
import { addressOf, readAddress, replaceQuery } from "../core/router.js";
import { coloursOf } from "../graph/coloured.js";
import { layoutGraph } from "../graph/layout.js";
import { modelOf } from "../graph/model.js";
import { graphView } from "../graph/view.js";
import { Visits } from "../history/visits.js";
import { button, errorBox, pageHead, panel, tabPart, tabs } from "../ui/parts.js";
import { statusChip, statusMark } from "../ui/status.js";
import { eventsTable } from "./events_table.js";
import { executionPanel } from "./execution_panel.js";
import { timesOf } from "./executions_table.js";
import { startForm } from "./start_execution.js";
import { statePanel } from "./state_panel.js";
import { timeline } from "./timeline.js";

const PAGE = 1000;
// Events, or bars of the timeline; more when asked.
const SHOWN = 300;

export function executionPage(arn, open, query) {
  const visits = new Visits();
  const unfolded = new Set();
  let execution = null;
  let layout = null;
  let colours = null;
  let drawnUpTo = -1;
  let selected = query.state ?? null;
  let chosen = { tab: "data" };
  let tab = query.tab ?? "data";
  let history = "events";
  let most = SHOWN;
  let refused = null;
  const start = startForm(machineOf(arn), open, () => "STANDARD");

  async function readNewEvents() {
    const found = [];
    let next;
    // From the end, so that a long history costs one page.
    do {
      const request = {
        executionArn: arn,
        reverseOrder: true,
        maxResults: visits.lastId === 0 ? PAGE : 100,
        includeExecutionData: true,
      };
      const page = await call(
        "stepfunctions",
        "GetExecutionHistory",
        next ? { ...request, nextToken: next } : request,
      );
      const fresh = page.events.filter((event) => event.id > visits.lastId);
      found.push(...fresh);
      next = fresh.length === page.events.length ? page.nextToken : undefined;
    } while (next);
    visits.add(found.reverse());
  }

  async function act(operation) {
    refused = null;
    try {
      await call("stepfunctions", operation, { executionArn: arn });
      await open.reload();
    } catch (error) {
      refused = error;
      open.redraw();
    }
  }

  function select(state, visit) {
    selected = selected === state ? null : state;
    chosen = { tab: chosen.tab, visit };
    replaceQuery({ ...readAddress().query, state: selected ?? undefined });
    open.redraw();
  }

  function chooseTab(id) {
    tab = id;
    replaceQuery({ ...readAddress().query, tab: id === "data" ? undefined : id });
    open.redraw();
  }

  return {
    title: nameOf(arn),
    section: "machines",
    crumbs: [
      { label: "State machines", href: "#/machines" },
      { label: nameOf(machineOf(arn)), href: addressOf("machines", machineOf(arn)) },
    ],
    async load() {
      if (layout === null) {
        const machine = await call("stepfunctions", "DescribeStateMachineForExecution", {
          executionArn: arn,
        });
        layout = layoutGraph(modelOf(JSON.parse(machine.definition)));
      }
      // Before the history: a status that is newer than the events would show a graph that is behind.
      execution = await call("stepfunctions", "DescribeExecution", { executionArn: arn });
      await readNewEvents();
      if (visits.lastId !== drawnUpTo) {
        drawnUpTo = visits.lastId;
        colours = coloursOf(visits);
      }
    },
    ticks: () => execution?.status === "RUNNING",
    view: () => [
      pageHead({
        kind: "Execution",
        title: h("span", { class: "mono" }, nameOf(arn)),
        status: statusChip(execution.status),
        facts: [timesOf(execution), redrivesOf(execution)].filter(Boolean).join(" · "),
        actions: [
          execution.status === "RUNNING" &&
            button("Stop", () => act("StopExecution"), { icon: "stop" }),
          execution.redriveStatus === "REDRIVABLE" &&
            button("Redrive", () => act("RedriveExecution"), {
              icon: "redrive",
              title: "Go on from where it failed",
            }),
          !execution.mapRunArn &&
            button("New execution", () => start.open(execution.input), {
              icon: "play",
              title: "Start another one, with this input",
            }),
        ],
      }),
      start.view(),
      refused && errorBox(refused),
      execution.error !== undefined &&
        h(
          "div",
          { class: "failure is-failed is-banner" },
          h("strong", {}, execution.error || "Failed"),
          colours.focus !== undefined &&
            selected !== colours.focus && [
              " in ",
              h(
                "button",
                { type: "button", class: "link", onclick: () => select(colours.focus) },
                colours.focus,
              ),
            ],
          execution.cause && h("p", {}, execution.cause),
        ),
      h(
        "div",
        { class: "split is-fixed" },
        panel(
          "Graph",
          { flush: true, className: "graph-panel", actions: legend() },
          graphView({
            layout,
            key: arn,
            label: `Graph of the execution ${nameOf(arn)}`,
            selected,
            onselect: (state) => select(state),
            now: execution.status === "RUNNING" ? now() : undefined,
            follow: colours.focus,
            ...colours,
          }),
        ),
        h(
          "div",
          { class: "split-side" },
          node() !== undefined
            ? statePanel({
                node: node(),
                visits: visits.byState.get(selected) ?? [],
                chosen,
                choose: (change) => {
                  chosen = { ...chosen, ...change };
                  open.redraw();
                },
                onclose: () => select(selected),
              })
            : executionPanel({ execution, mapRuns: visits.mapRuns, tab, choose: chooseTab }),
        ),
      ),
      viewHistory(),
    ],
  };

  function viewHistory() {
    const options = {
      most,
      unfolded,
      onunfold: (id) => {
        if (!unfolded.delete(id)) unfolded.add(id);
        open.redraw();
      },
      onmore: () => {
        most += SHOWN;
        open.redraw();
      },
      onstate: (state, visit) => {
        chosen = { ...chosen, visit };
        if (selected !== state) select(state, visit);
        else open.redraw();
      },
    };
    return h(
      "section",
      { class: "panel is-flush has-tabs", key: "history", "aria-label": "History" },
      tabs(
        "History",
        [
          { id: "events", label: "Events", count: visits.events.length },
          { id: "timeline", label: "Timeline", count: visits.all.length },
        ],
        history,
        (id) => {
          history = id;
          open.redraw();
        },
      ),
      history === "events"
        ? tabPart("events", eventsTable(visits, execution.startDate, options))
        : tabPart("timeline", timeline(visits, execution, options)),
    );
  }

  function node() {
    return layout.nodes.find((each) => each.id === selected && each.state !== undefined);
  }
}

function redrivesOf({ redriveCount }) {
  return redriveCount ? `redriven ${redriveCount} times` : "";
}

function legend() {
  const kinds = [
    ["running", "In progress"],
    ["succeeded", "Succeeded"],
    ["failed", "Failed"],
    ["caught", "Caught"],
    ["cancelled", "Cancelled"],
  ];
  return h(
    "ul",
    { class: "legend", "aria-label": "Legend" },
    kinds.map(([kind, label]) =>
      h("li", { key: kind, class: `is-${kind}` }, statusMark(kind), label),
    ),
  );
}
