// The end of a log group, live: new lines come below, and the view stays at the end if it was there.

import { call } from "../core/api.js";
import { h } from "../core/dom.js";
import { now } from "../core/live.js";
import { replaceQuery, readAddress } from "../core/router.js";
import { empty, errorBox, panel } from "../ui/parts.js";
import { icon } from "../ui/icons.js";
import { logLines } from "./log_lines.js";

const LINES_MAX = 2000;
const SPANS = [
  { id: "900", label: "15 minutes" },
  { id: "3600", label: "1 hour" },
  { id: "86400", label: "1 day" },
  { id: "", label: "All" },
];

/** { load, view } of a log group's events. `group()` is its name, `stream()` one stream's or undefined. */
export function logTail({ open, group, stream = () => undefined }) {
  const query = readAddress().query;
  let pattern = query.filter ?? "";
  let span = query.span ?? "86400";
  let events = [];
  let asked = "";
  let error = null;
  let missing = false;
  let paused = false;
  let more = false;

  function requestNow() {
    const request = { logGroupName: group(), limit: LINES_MAX };
    if (stream() !== undefined) request.logStreamNames = [stream()];
    if (pattern.trim()) request.filterPattern = pattern.trim();
    return request;
  }

  async function load() {
    if (paused) return;
    const request = requestNow();
    const key = JSON.stringify([request, span]);
    const isSame = key === asked && events.length > 0;
    // Look again at the last second: lines of one millisecond may arrive in two commits.
    if (isSame) request.startTime = events.at(-1).timestamp - 1000;
    else if (span !== "") request.startTime = Math.floor(now() - Number(span)) * 1000;
    try {
      const found = await readAll(request);
      if (key !== JSON.stringify([requestNow(), span])) return;
      events = isSame ? merge(events, found.events) : found.events;
      more = found.more || events.length > LINES_MAX;
      events = events.slice(-LINES_MAX);
      asked = key;
      error = null;
      missing = false;
    } catch (refused) {
      if (refused.code === "NoRuntime") throw refused;
      missing = refused.code === "ResourceNotFoundException";
      error = missing ? null : refused;
      events = [];
    }
  }

  function ask() {
    replaceQuery({
      ...readAddress().query,
      filter: pattern,
      span: span === "86400" ? undefined : span,
    });
    open.reload();
  }

  function view() {
    return panel(
      null,
      { flush: true, className: "tail" },
      h(
        "div",
        { class: "toolbar" },
        h(
          "label",
          { class: "search" },
          icon("search"),
          h("span", { class: "sr" }, "Filter pattern"),
          h("input", {
            type: "search",
            placeholder: 'Filter, as in CloudWatch: ERROR, "two words", { $.level = "ERROR" }',
            value: pattern,
            oninput: (event) => {
              pattern = event.target.value;
            },
            onchange: ask,
          }),
        ),
        h(
          "label",
          { class: "inline" },
          "Since",
          h(
            "select",
            {
              value: span,
              onchange: (event) => {
                span = event.target.value;
                ask();
              },
            },
            SPANS.map(({ id, label }) =>
              h("option", { key: id, value: id, selected: id === span }, label),
            ),
          ),
        ),
        h(
          "button",
          {
            type: "button",
            class: `button ${paused ? "" : "is-live"}`,
            "aria-pressed": String(!paused),
            onclick: () => {
              paused = !paused;
              open.redraw();
              open.reload();
            },
          },
          h("span", { class: paused ? "dot" : "dot is-on", "aria-hidden": "true" }),
          paused ? "Paused" : "Live",
        ),
      ),
      error !== null
        ? errorBox(error)
        : events.length === 0
          ? empty(
              missing
                ? "Nothing logged yet: the group does not exist."
                : pattern
                  ? "No event fits the filter."
                  : "No events in this span.",
            )
          : [
              more &&
                h(
                  "p",
                  { class: "quiet tail-more" },
                  `The last ${LINES_MAX.toLocaleString("en")} events.`,
                ),
              follow(events),
            ],
    );
  }

  return { load, view };
}

function follow(events) {
  const lines = logLines(
    events.map((event) => ({
      key: event.eventId,
      message: event.message,
      timestamp: event.timestamp,
    })),
    { label: "Events" },
  );
  const log = document.querySelector(".tail .log");
  const wasAtEnd = log === null || log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  if (wasAtEnd) {
    queueMicrotask(() => {
      const now = document.querySelector(".tail .log");
      if (now !== null) now.scrollTop = now.scrollHeight;
    });
  }
  return lines;
}

async function readAll(request) {
  const events = [];
  let next;
  let pages = 0;
  do {
    const page = await call(
      "logs",
      "FilterLogEvents",
      next ? { ...request, nextToken: next } : request,
    );
    events.push(...page.events);
    if (events.length > 2 * LINES_MAX) events.splice(0, events.length - LINES_MAX);
    next = page.nextToken;
    pages += 1;
  } while (next && pages < 50);
  return { events, more: Boolean(next) };
}

function merge(events, found) {
  const known = new Set(events.slice(-LINES_MAX).map((event) => event.eventId));
  return [...events, ...found.filter((event) => !known.has(event.eventId))];
}
