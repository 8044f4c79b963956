// What is known of one state: its visits with input, output, error and attempts, and its definition.

import { pageOf } from "../core/arn.js";
import { h } from "../core/dom.js";
import { span, timeOfDay } from "../core/format.js";
import { now } from "../core/live.js";
import { resourceLabel } from "../graph/labels.js";
import { jsonView } from "../json/view.js";
import { icon } from "../ui/icons.js";
import { empty, facts, tabPart, tabs } from "../ui/parts.js";
import { labelOf, statusChip } from "../ui/status.js";

// More visits than this are chosen by their number.
const LISTED_MAX = 200;

/**
 * A panel for a node of the graph.
 *
 * @param visits of this state, oldest first; empty where no execution is shown
 * @param chosen { tab, visit } and `choose` to change them; without them the definition is shown
 */
export function statePanel({ node, visits, chosen, choose, onclose }) {
  const visit = visits[chosen?.visit ?? visits.length - 1] ?? visits.at(-1);
  const hasVisits = visits.length > 0;
  const tab = chosen?.tab ?? "data";
  return h(
    "section",
    { class: "panel state-panel", key: `state ${node.id}`, "aria-label": `State ${node.name}` },
    h(
      "div",
      { class: "panel-head" },
      h("h2", {}, node.name, visit && statusChip(visit.status)),
      h(
        "button",
        {
          type: "button",
          class: "icon-button",
          "aria-label": "Close",
          title: "Close",
          onclick: onclose,
        },
        icon("cross"),
      ),
    ),
    h(
      "div",
      { class: "panel-body" },
      h(
        "p",
        { class: "quiet state-kind" },
        [node.kind, node.detail !== node.kind && node.detail].filter(Boolean).join(" · "),
      ),
      hasVisits && visits.length > 1 && visitChoice(visits, visit, choose),
      hasVisits &&
        tabs(
          "State",
          [
            { id: "data", label: "Input and output" },
            { id: "tries", label: "Attempts", count: visit.attempts.length },
            { id: "state", label: "Definition" },
          ],
          tab,
          (id) => choose({ tab: id }),
        ),
      !hasVisits && chosen && h("p", { class: "quiet" }, "Not entered."),
      hasVisits && tab === "data" && tabPart("data", viewData(visit)),
      hasVisits && tab === "tries" && tabPart("tries", viewAttempts(visit)),
      (!hasVisits || tab === "state") && jsonView(node.state, { label: "Definition" }),
    ),
  );
}

function visitChoice(visits, visit, choose) {
  const at = visits.indexOf(visit);
  const label = `Visit ${at + 1} of ${visits.length}`;
  if (visits.length > LISTED_MAX) {
    return h(
      "label",
      { class: "inline visit-choice" },
      label,
      h("input", {
        type: "number",
        min: 1,
        max: visits.length,
        value: String(at + 1),
        onchange: (event) =>
          choose({ visit: Math.min(visits.length, Math.max(1, Number(event.target.value))) - 1 }),
      }),
    );
  }
  return h(
    "label",
    { class: "inline visit-choice" },
    label,
    h(
      "select",
      { value: String(at), onchange: (event) => choose({ visit: Number(event.target.value) }) },
      visits.map((each, number) =>
        h(
          "option",
          { key: number, value: String(number), selected: number === at },
          `${each.iteration === undefined ? `#${number + 1}` : `Iteration ${each.iteration}`} · ${labelOf(each.status)}`,
        ),
      ),
    ),
  );
}

function viewData(visit) {
  return [
    facts(
      [
        ["Entered", timeOfDay(visit.enteredAt)],
        [
          visit.exitedAt === undefined ? "For" : "Took",
          span((visit.exitedAt ?? now()) - visit.enteredAt),
        ],
        ["Iterations", visit.length],
        ["Map run", visit.mapRunArn && h("a", { href: pageOf(visit.mapRunArn) }, "Open")],
      ],
      "is-grid",
    ),
    visit.error !== undefined &&
      h(
        "div",
        { class: `failure is-${visit.status}` },
        h("strong", {}, visit.error || "Error"),
        visit.cause && h("p", {}, visit.cause),
      ),
    h("h3", {}, "Input"),
    jsonView(visit.input ?? "null", { label: "Input", key: `in ${visit.number}` }),
    h("h3", {}, "Output"),
    visit.output === undefined
      ? h("p", { class: "quiet" }, visit.exitedAt === undefined ? "Not yet." : "None.")
      : jsonView(visit.output, { label: "Output", key: `out ${visit.number}` }),
    visit.assigned && [
      h("h3", {}, "Variables"),
      jsonView(visit.assigned, { label: "Assigned variables" }),
    ],
  ];
}

function viewAttempts(visit) {
  if (visit.attempts.length === 0) return empty("This state calls nothing.");
  return visit.attempts.map((attempt, number) =>
    h(
      "div",
      { class: "attempt", key: number },
      h(
        "div",
        { class: "attempt-head" },
        statusChip(
          attempt.error !== undefined
            ? "failed"
            : attempt.endedAt === undefined
              ? "running"
              : "succeeded",
        ),
        h("strong", {}, resourceLabel(asArn(attempt.resource))),
        h(
          "span",
          { class: "quiet" },
          `${number > 0 ? `retry ${number}, ` : ""}${timeOfDay(attempt.scheduledAt)}, ${span((attempt.endedAt ?? now()) - attempt.scheduledAt)}`,
        ),
      ),
      attempt.endedAt === undefined &&
        attempt.resource.endsWith(".waitForTaskToken") &&
        h(
          "p",
          { class: "quiet" },
          "Waits for its callback: SendTaskSuccess or SendTaskFailure with the task's token, which is where the parameters have put it.",
        ),
      attempt.error !== undefined &&
        h(
          "div",
          { class: "failure is-failed" },
          h("strong", {}, attempt.error),
          attempt.cause && h("p", {}, attempt.cause),
        ),
      attempt.parameters !== undefined && [
        h("h3", {}, "Parameters"),
        jsonView(attempt.parameters, { label: "Parameters", key: `p${number}` }),
      ],
      attempt.output !== undefined && [
        h("h3", {}, "Answer"),
        jsonView(attempt.output, { label: "Answer", key: `a${number}` }),
      ],
    ),
  );
}

function asArn(resource) {
  return resource.startsWith("arn:") ? resource : `arn:aws:states:::${resource}`;
}
