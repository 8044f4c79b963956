// The states of an execution as bars along its time.

import { h } from "../core/dom.js";
import { span } from "../core/format.js";
import { now } from "../core/live.js";
import { labelOf, statusMark } from "../ui/status.js";

/** A bar for each visit; the parameters are those of `eventsTable`. */
export function timeline(visits, execution, { most, onmore, onstate }) {
  const end = execution.stopDate ?? now();
  const whole = Math.max(0.001, end - execution.startDate);
  const shown = visits.all.slice(0, most);
  return [
    visits.all.length > shown.length &&
      h(
        "p",
        { class: "quiet toolbar" },
        `The first ${most.toLocaleString("en")} of ${visits.all.length.toLocaleString("en")} visits of states. `,
        h("button", { type: "button", class: "link", onclick: onmore }, "Show more"),
      ),
    h(
      "ol",
      { class: "timeline", "aria-label": "Timeline" },
      h(
        "li",
        { class: "timeline-row timeline-scale", key: "scale", "aria-hidden": "true" },
        h("span", {}),
        h(
          "span",
          { class: "timeline-track" },
          [0, 0.25, 0.5, 0.75, 1].map((part) =>
            h("span", { key: part, style: { left: `${part * 100}%` } }, span(part * whole)),
          ),
        ),
        h("span", {}),
      ),
      shown.map((visit) =>
        viewVisit(visit, {
          start: execution.startDate,
          whole,
          end,
          onclick: () => onstate(visit.name, visits.byState.get(visit.name).indexOf(visit)),
        }),
      ),
    ),
  ];
}

function viewVisit(visit, { start, whole, end, onclick }) {
  const took = (visit.exitedAt ?? end) - visit.enteredAt;
  const label = `${visit.name}, ${labelOf(visit.status)}, ${span(took)}`;
  return h(
    "li",
    { class: `timeline-row is-${visit.status}`, key: visit.number },
    h(
      "button",
      {
        type: "button",
        class: "link timeline-name",
        style: { "padding-left": `${depthOf(visit) * 16}px` },
        "aria-label": label,
        onclick,
      },
      statusMark(visit.status),
      h(
        "span",
        {},
        visit.name,
        visit.iteration !== undefined && h("span", { class: "quiet" }, ` #${visit.iteration}`),
      ),
    ),
    h(
      "span",
      { class: "timeline-track" },
      h("span", {
        class: "timeline-bar",
        style: {
          left: `${percent(visit.enteredAt - start, whole)}%`,
          width: `${percent(took, whole)}%`,
        },
      }),
    ),
    h("span", { class: "timeline-took" }, span(took)),
  );
}

function percent(part, whole) {
  return Math.min(100, Math.max(0, (100 * part) / whole)).toFixed(2);
}

function depthOf(visit) {
  let depth = 0;
  for (let each = visit.parent; each !== undefined; each = each.parent) depth += 1;
  return depth;
}
