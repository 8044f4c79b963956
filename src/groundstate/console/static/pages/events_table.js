// The events of an execution, each with its details to unfold.

import { h } from "../core/dom.js";
import { span, timeOfDay } from "../core/format.js";
import { detailsOf } from "../history/visits.js";
import { jsonView } from "../json/view.js";

// The document stays small: the newest ones, and more when asked.
const SHOWN = 300;

/** A table of events; `onstate(name, visit)` shows a state. */
export function eventsTable(visits, startedAt, onstate) {
  const shown = visits.events.slice(-SHOWN);
  return [
    visits.events.length > shown.length && h("p", { class: "quiet toolbar" }, `The last ${SHOWN} of ${visits.events.length.toLocaleString("en")} events.`),
    h("ol", { class: "events", "aria-label": "Events" }, shown.map((event) => {
      const visit = visits.visitOf(event);
      return viewEvent(event, visit, startedAt, () => onstate(visit.name, visits.byState.get(visit.name).indexOf(visit)));
    })),
  ];
}

function viewEvent(event, visit, startedAt, onclick) {
  const details = detailsOf(event);
  const hasDetails = Object.keys(details).length > 0;
  return h("li", { key: event.id, class: `event ${colourOf(event.type)}` },
    h("details", {},
      h("summary", { class: hasDetails ? "" : "is-bare", onclick: hasDetails ? undefined : (clicked) => clicked.preventDefault() },
        h("span", { class: "event-id" }, event.id),
        h("span", { class: "event-type" }, event.type),
        visit !== undefined
          ? h("button", { type: "button", class: "link event-state", onclick: (clicked) => { clicked.preventDefault(); onclick(); } }, visit.name)
          : h("span", {}),
        h("span", { class: "event-summary" }, summaryOf(details)),
        h("time", { class: "event-clock" }, timeOfDay(event.timestamp)),
        h("span", { class: "event-time" }, `+${span(event.timestamp - startedAt)}`)),
      hasDetails && h("div", { class: "event-details" }, jsonView(readable(details), { label: `Details of event ${event.id}` }))));
}

// What one wants to know before unfolding.
function summaryOf(details) {
  if (details.error !== undefined) return `${details.error}${details.cause ? `: ${details.cause}` : ""}`;
  if (details.resourceType !== undefined) return `${details.resourceType}:${details.resource}`;
  return details.output ?? details.input ?? details.resource ?? (details.index !== undefined ? `iteration ${details.index}` : "");
}

function colourOf(type) {
  if (/(Failed|TimedOut)$/.test(type)) return "is-failed";
  if (/(Succeeded|Exited)$/.test(type)) return "is-succeeded";
  if (/Aborted$/.test(type)) return "is-cancelled";
  return "";
}

// Members that are JSON in a string are shown as JSON.
function readable(details) {
  const parts = Object.entries(details).filter(([name]) => name !== "inputDetails" && name !== "outputDetails").map(([name, value]) => {
    const isJson = typeof value === "string" && /^\s*[[{]/.test(value) && isValid(value);
    return `${JSON.stringify(name)}:${isJson ? value : JSON.stringify(value)}`;
  });
  return `{${parts.join(",")}}`;
}

function isValid(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
