// The events of an execution, each with its details to unfold.

import { h } from "../core/dom.js";
import { span, timeOfDay } from "../core/format.js";
import { detailsOf } from "../history/visits.js";
import { jsonView } from "../json/view.js";

/**
 * A table of events.
 *
 * @param most so many of the newest are shown: the document stays small
 * @param onmore shows earlier ones
 * @param onstate called with a state's name and the number of its visit
 * @param unfolded ids of the events whose details are shown; `onunfold(id)` changes that
 */
export function eventsTable(visits, startedAt, { most, onmore, onstate, unfolded, onunfold }) {
  const shown = visits.events.slice(-most);
  return [
    visits.events.length > shown.length &&
      h(
        "p",
        { class: "quiet toolbar" },
        `The last ${most.toLocaleString("en")} of ${visits.events.length.toLocaleString("en")} events. `,
        h("button", { type: "button", class: "link", onclick: onmore }, "Show earlier ones"),
      ),
    h(
      "ol",
      { class: "events", "aria-label": "Events" },
      shown.map((event) => {
        const visit = visits.visitOf(event);
        return viewEvent(event, visit, startedAt, {
          isUnfolded: unfolded.has(event.id),
          onunfold: () => onunfold(event.id),
          onstate: () => onstate(visit.name, visits.byState.get(visit.name).indexOf(visit)),
        });
      }),
    ),
  ];
}

function viewEvent(event, visit, startedAt, { isUnfolded, onunfold, onstate }) {
  const details = detailsOf(event);
  const hasDetails = Object.keys(details).length > 0;
  const unfold = (clicked) => {
    if (hasDetails && clicked.target.closest("button, a") === null) onunfold();
  };
  return h(
    "li",
    { key: event.id, class: `event ${colourOf(event.type)}` },
    h(
      "div",
      { class: hasDetails ? "event-row" : "event-row is-bare", onclick: unfold },
      h("span", { class: "event-id" }, event.id),
      hasDetails
        ? h(
            "button",
            {
              type: "button",
              class: "event-type",
              "aria-expanded": String(isUnfolded),
              onclick: onunfold,
            },
            event.type,
          )
        : h("span", { class: "event-type" }, event.type),
      visit !== undefined
        ? h("button", { type: "button", class: "link event-state", onclick: onstate }, visit.name)
        : h("span", {}),
      h("span", { class: "event-summary" }, summaryOf(details)),
      h("time", { class: "event-clock" }, timeOfDay(event.timestamp)),
      h("span", { class: "event-time" }, `+${span(event.timestamp - startedAt)}`),
    ),
    isUnfolded &&
      h(
        "div",
        { class: "event-details" },
        jsonView(readable(details), { label: `Details of event ${event.id}` }),
      ),
  );
}

// What one wants to know before unfolding.
function summaryOf(details) {
  if (details.error !== undefined)
    return `${details.error}${details.cause ? `: ${details.cause}` : ""}`;
  if (details.resourceType !== undefined) return `${details.resourceType}:${details.resource}`;
  return (
    details.output ??
    details.input ??
    details.resource ??
    (details.index !== undefined ? `iteration ${details.index}` : "")
  );
}

function colourOf(type) {
  if (/(Failed|TimedOut)$/.test(type)) return "is-failed";
  if (/(Succeeded|Exited)$/.test(type)) return "is-succeeded";
  if (/Aborted$/.test(type)) return "is-cancelled";
  return "";
}

// Members that are JSON in a string are shown as JSON.
function readable(details) {
  const parts = Object.entries(details)
    .filter(([name]) => name !== "inputDetails" && name !== "outputDetails")
    .map(([name, value]) => {
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
