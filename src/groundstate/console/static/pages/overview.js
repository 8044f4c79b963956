// The start page: what is deployed, what runs, what failed lately; and how to begin.

import { call, callAll } from "../core/api.js";
import { h } from "../core/dom.js";
import { ago, count } from "../core/format.js";
import { now } from "../core/live.js";
import { addressOf } from "../core/router.js";
import { settings } from "../core/settings.js";
import { command } from "../ui/copy.js";
import { icon } from "../ui/icons.js";
import { empty, pageHead, panel } from "../ui/parts.js";
import { statusChip } from "../ui/status.js";
import { appMap, drawAppMap } from "./app_map.js";
import { executionsTable } from "./executions_table.js";
import { readMachines, recent } from "./machines.js";
import { readStacks, touchedAt } from "./stacks.js";
import { keyLabel, readTables } from "./tables.js";

const FAILURES = new Set(["FAILED", "TIMED_OUT", "ABORTED"]);
// Where commands look for a runtime that nobody names.
const USUAL_ENDPOINT = "http://127.0.0.1:4566";
const EXECUTIONS_SHOWN = 8;

export function overviewPage() {
  let stacks = [];
  let functions = [];
  let machines = [];
  let tables = [];
  let map = null;
  let mapped = "";

  // Definitions change with a deployment: they are read again then, and not at each look.
  async function readMap() {
    const key = JSON.stringify([
      stacks.map((stack) => [stack.StackId, stack.StackStatus, touchedAt(stack)]),
      functions.map((each) => each.RevisionId),
      machines.map((each) => each.stateMachineArn),
      tables.map((each) => each.TableName),
    ]);
    if (key === mapped) return;
    const [definitions, mappings] = await Promise.all([
      Promise.all(
        machines.map(({ stateMachineArn }) =>
          call("stepfunctions", "DescribeStateMachine", { stateMachineArn }),
        ),
      ),
      callAll("lambda", "ListEventSourceMappings", {}, "EventSourceMappings", { token: "Marker" }),
    ]);
    map = appMap({ functions, machines: definitions, tables, mappings });
    mapped = key;
  }

  async function load() {
    [stacks, functions, machines, tables] = await Promise.all([
      readStacks(),
      callAll("lambda", "ListFunctions", {}, "Functions", { token: "Marker" }),
      readMachines(),
      readTables(),
    ]);
    await readMap();
  }

  function view() {
    const executions = machines
      .flatMap((machine) => machine.executions)
      .sort((a, b) => b.startDate - a.startDate);
    const running = executions.filter((each) => each.status === "RUNNING");
    const failures = executions.filter((each) => FAILURES.has(each.status));
    if (stacks.length + functions.length + machines.length + tables.length === 0)
      return viewBeginning();
    return [
      pageHead({ title: "Overview", facts: [settings.endpoint, ` · account ${settings.account}`] }),
      h(
        "div",
        { class: "cards" },
        card("function", "Functions", "#/functions", functions, (each) => ({
          key: each.FunctionName,
          href: addressOf("functions", each.FunctionName),
          name: each.FunctionName,
          note: [each.Runtime ?? each.PackageType, `${each.MemorySize} MB`].join(", "),
        })),
        card("machine", "State machines", "#/machines", machines, (each) => ({
          key: each.stateMachineArn,
          href: addressOf("machines", each.stateMachineArn),
          name: each.name,
          note:
            each.executions.length > 0
              ? recent(each.executions)
              : each.type === "EXPRESS"
                ? "Express"
                : "no execution yet",
        })),
        card("table", "Tables", "#/tables", tables, (each) => ({
          key: each.TableName,
          href: addressOf("tables", each.TableName),
          name: each.TableName,
          note: [keyLabel(each), count(each.ItemCount, "item")].join(" · "),
        })),
        card("stack", "Stacks", "#/stacks", stacks, (each) => ({
          key: each.StackId,
          href: addressOf("stacks", each.StackName),
          name: each.StackName,
          note: [statusChip(each.StackStatus), ` ${ago(touchedAt(each), now())}`],
        })),
      ),
      map !== null &&
        panel(
          "Application",
          { flush: true },
          drawAppMap(map, new Map(machines.map((each) => [each.stateMachineArn, each.executions]))),
        ),
      panel(
        "Running executions",
        { flush: true, note: String(running.length) },
        running.length === 0
          ? empty(
              "Nothing is running.",
              functions.length > 0 &&
                h(
                  "p",
                  {},
                  "Test ",
                  h(
                    "a",
                    { href: addressOf("functions", functions[0].FunctionName) },
                    functions[0].FunctionName,
                  ),
                  ", or start an execution.",
                ),
            )
          : executionsTable(running.slice(0, EXECUTIONS_SHOWN), {
              machine: true,
              label: "Executions that run",
            }),
      ),
      failures.length > 0 &&
        panel(
          "Recent failures",
          { flush: true, note: String(failures.length) },
          executionsTable(failures.slice(0, EXECUTIONS_SHOWN), {
            machine: true,
            label: "Executions that failed",
          }),
        ),
      executions.length > running.length + failures.length &&
        panel(
          "Latest executions",
          { flush: true },
          executionsTable(
            executions.filter((each) => each.status === "SUCCEEDED").slice(0, EXECUTIONS_SHOWN),
            { machine: true, label: "Executions that succeeded" },
          ),
        ),
    ];
  }

  return {
    title: "Overview",
    section: "overview",
    load,
    view,
    ticks: () =>
      machines.some((machine) => machine.executions.some((each) => each.status === "RUNNING")),
  };
}

function card(name, title, href, entries, describe) {
  const shown = entries.slice(0, 5);
  return h(
    "section",
    { class: "card", key: title, "aria-label": title },
    h(
      "h2",
      {},
      h("a", { href }, icon(name), title),
      h("span", { class: "card-count" }, entries.length),
    ),
    shown.length === 0
      ? h("p", { class: "quiet" }, "None")
      : h(
          "ul",
          {},
          shown
            .map(describe)
            .map((entry) =>
              h(
                "li",
                { key: entry.key },
                h("a", { href: entry.href }, entry.name),
                h("span", { class: "card-note" }, entry.note),
              ),
            ),
        ),
    entries.length > shown.length &&
      h("a", { class: "quiet", href }, `and ${entries.length - shown.length} more`),
  );
}

function viewBeginning() {
  return [
    pageHead({
      title: "Nothing is deployed yet",
      facts: ["The runtime answers at ", h("code", {}, settings.endpoint), "."],
    }),
    h(
      "div",
      { class: "columns" },
      panel(
        "Deploy the Tasks application",
        {},
        h("p", {}, "From the folder that you cloned, in another terminal:"),
        command("source .venv/bin/activate"),
        settings.endpoint !== USUAL_ENDPOINT && command(`export AWS_ENDPOINT_URL=${settings.endpoint}`),
        command("groundstate deploy app"),
        h(
          "p",
          { class: "quiet" },
          "This page shows it as it comes to life: a function, a state machine and a table.",
        ),
      ),
      panel(
        "Or your own CDK app",
        {},
        h("p", {}, "With nothing but Groundstate:"),
        command("groundstate deploy path/to/app"),
        h("p", {}, "or with the CDK's own command line:"),
        command(`export AWS_ENDPOINT_URL=${settings.endpoint}`),
        command(`export ${credentials()} AWS_DEFAULT_REGION=${settings.region}`),
        command("cdk bootstrap && cdk deploy"),
      ),
    ),
  ];
}

// A runtime with a secret of its own does not tell it to its page.
function credentials() {
  return settings.token
    ? "AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test"
    : "AWS_ACCESS_KEY_ID=... AWS_SECRET_ACCESS_KEY=...";
}
