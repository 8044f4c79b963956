// The state machines of the region, each with its latest executions.

import { call, callAll } from "../core/api.js";
import { h } from "../core/dom.js";
import { ago, count } from "../core/format.js";
import { now } from "../core/live.js";
import { addressOf } from "../core/router.js";
import { command } from "../ui/copy.js";
import { listFilter } from "../ui/list_filter.js";
import { empty, pageHead, panel, table } from "../ui/parts.js";
import { kindOf, labelOf, statusChip, statusMark } from "../ui/status.js";

const LATEST = 12;

/** The machines and the newest executions of each; Express machines keep no list. */
export async function readMachines(latest = LATEST) {
  const machines = await callAll("stepfunctions", "ListStateMachines", {}, "stateMachines");
  return Promise.all(
    machines.map(async (machine) => {
      if (machine.type === "EXPRESS") return { ...machine, executions: [] };
      const page = await call("stepfunctions", "ListExecutions", {
        stateMachineArn: machine.stateMachineArn,
        maxResults: latest,
      });
      return { ...machine, executions: page.executions };
    }),
  );
}

export function machinesPage(open) {
  const list = listFilter(open);
  let machines = [];
  return {
    title: "State machines",
    section: "machines",
    async load() {
      machines = await readMachines();
    },
    ticks: () =>
      machines.some((machine) => machine.executions.some((each) => each.status === "RUNNING")),
    view: () => [
      pageHead({ title: "State machines", facts: count(machines.length, "state machine") }),
      machines.length === 0
        ? empty(
            "No state machine yet.",
            h("p", {}, "State machines come with a stack:"),
            command("groundstate deploy app"),
          )
        : panel(
            null,
            { flush: true },
            list.view(machines),
            table(
              "State machines",
              [
                { label: "Name" },
                { label: "Type" },
                { label: "Latest executions" },
                { label: "Last" },
                { label: "Created" },
              ],
              list
                .filter(machines, (each) => each.name)
                .map((machine) => ({
                  key: machine.stateMachineArn,
                  cells: [
                    h(
                      "a",
                      {
                        href: addressOf("machines", machine.stateMachineArn),
                        class: "strong",
                      },
                      machine.name,
                    ),
                    machine.type === "EXPRESS" ? "Express" : "Standard",
                    recent(machine.executions),
                    machine.executions.length > 0
                      ? [
                          statusChip(machine.executions[0].status),
                          " ",
                          h(
                            "span",
                            { class: "quiet" },
                            ago(machine.executions[0].startDate, now()),
                          ),
                        ]
                      : h("span", { class: "quiet" }, "none"),
                    ago(machine.creationDate, now()),
                  ],
                })),
            ),
          ),
    ],
  };
}

/** The newest executions as a row of marks, the newest last. */
export function recent(executions) {
  return h(
    "span",
    { class: "recent" },
    [...executions].reverse().map((each) =>
      h(
        "a",
        {
          key: each.executionArn,
          href: addressOf("executions", each.executionArn),
          class: `recent-one is-${kindOf(each.status)}`,
          title: `${each.name}: ${labelOf(each.status)}`,
          "aria-label": `${each.name}: ${labelOf(each.status)}`,
        },
        statusMark(kindOf(each.status)),
      ),
    ),
  );
}
