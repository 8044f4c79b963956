// An execution of a durable function: its operations as they come and go, what happened, and what
// one can do with it: pause, stop, answer a callback.

import { call, callAll } from "../core/api.js";
import { h } from "../core/dom.js";
import { dateTime, span, timeOfDay } from "../core/format.js";
import { now } from "../core/live.js";
import { addressOf } from "../core/router.js";
import { jsonView } from "../json/view.js";
import { button, empty, errorBox, facts, pageHead, panel, table } from "../ui/parts.js";
import { statusChip } from "../ui/status.js";
import { callbackForm } from "./callback_form.js";
import { isRunning, operationsOf } from "./durable_operations.js";

const EVENTS_MAX = 5000;

export function durableExecutionPage(arn, open) {
  const unfolded = new Set();
  const answer = callbackForm(open);
  const functionName = arn.split(":")[6];
  let execution = null;
  let events = [];
  let refused = null;

  async function act(operation) {
    refused = null;
    try {
      await call("lambda", operation, { DurableExecutionArn: arn });
      await open.reload();
    } catch (error) {
      refused = error;
      open.redraw();
    }
  }

  return {
    title: arn.split("/").at(-2),
    section: "functions",
    crumbs: [
      { label: "Functions", href: "#/functions" },
      { label: functionName, href: `${addressOf("functions", functionName)}?tab=executions` },
    ],
    async load() {
      execution = await call("lambda", "GetDurableExecution", { DurableExecutionArn: arn });
      events = await callAll(
        "lambda",
        "GetDurableExecutionHistory",
        { DurableExecutionArn: arn, MaxItems: 1000 },
        "Events",
        { token: "Marker", most: EVENTS_MAX },
      );
    },
    ticks: () => isRunning(execution?.Status),
    view: () => [
      pageHead({
        kind: "Durable execution",
        title: h("span", { class: "mono" }, execution.DurableExecutionName),
        status: statusChip(execution.Status),
        facts: timesOf(execution),
        actions: isRunning(execution.Status) && [
          execution.Status === "RUNNING"
            ? button("Pause", () => act("PauseDurableExecution"))
            : button("Resume", () => act("ResumeDurableExecution"), { icon: "play" }),
          button("Stop", () => act("StopDurableExecution"), { icon: "stop" }),
        ],
      }),
      answer.view(),
      refused && errorBox(refused),
      execution.Error &&
        h(
          "div",
          { class: "failure is-failed is-banner" },
          h("strong", {}, execution.Error.ErrorType ?? "Failed"),
          h("p", {}, execution.Error.ErrorMessage ?? ""),
        ),
      panel("Operations", { flush: true }, viewOperations(events, answer)),
      h(
        "div",
        { class: "columns" },
        panel("Input", {}, jsonView(execution.InputPayload ?? "", { label: "Input" })),
        panel(
          "Result",
          {},
          execution.Result === undefined
            ? empty(isRunning(execution.Status) ? "There is none yet." : "There is none.")
            : jsonView(execution.Result, { label: "Result" }),
        ),
      ),
      panel(
        "Events",
        { flush: true },
        h(
          "ol",
          { class: "events", "aria-label": "Events" },
          events.map((event) =>
            viewEvent(event, execution.StartTimestamp, unfolded.has(event.EventId), () => {
              if (!unfolded.delete(event.EventId)) unfolded.add(event.EventId);
              open.redraw();
            }),
          ),
        ),
      ),
      panel(
        "Details",
        {},
        facts(
          [
            ["Function", execution.FunctionArn],
            ["Version", execution.Version],
            ["Times out", dateTime(execution.ExpectedExecutionTimeoutTimestamp)],
            ["Kept for", `${execution.DurableConfig.RetentionPeriodInDays} days after its end`],
          ],
          "is-grid",
        ),
      ),
    ],
  };
}

function timesOf(execution) {
  const took = span((execution.EndTimestamp ?? now()) - execution.StartTimestamp);
  const running = isRunning(execution.Status);
  return `Started ${dateTime(execution.StartTimestamp)} · ${running ? "running for" : "took"} ${took}`;
}

function viewOperations(events, answer) {
  const operations = operationsOf(events);
  if (operations.length === 0) return empty("The function has begun no operation yet.");
  const columns = [
    { label: "Name", className: "is-name" },
    { label: "Kind" },
    { label: "Status", className: "is-status" },
    { label: "Attempts", className: "number" },
    { label: "Started", className: "is-time" },
    { label: "Duration", className: "number" },
    { label: "" },
  ];
  return table(
    "Operations",
    columns,
    operations.map((each) => ({
      key: each.id,
      cells: [
        h(
          "span",
          { class: "strong", style: { paddingLeft: `${each.depth * 18}px` } },
          each.name ?? h("span", { class: "quiet" }, each.kind),
        ),
        each.kind,
        statusChip(each.status),
        each.attempts > 1 ? String(each.attempts) : "",
        timeOfDay(each.startedAt),
        span((each.endedAt ?? now()) - each.startedAt),
        each.callbackId !== undefined && each.status === "STARTED"
          ? button("Answer", () => answer.open(each.callbackId, each.name), {
              title: "Complete this callback",
            })
          : "",
      ],
    })),
  );
}

function viewEvent(event, startedAt, isUnfolded, onunfold) {
  const details = event[`${event.EventType}Details`] ?? {};
  const colour = /(Failed|TimedOut)$/.test(event.EventType)
    ? "is-failed"
    : /Succeeded$/.test(event.EventType)
      ? "is-succeeded"
      : "";
  return h(
    "li",
    { key: event.EventId, class: `event ${colour}` },
    h(
      "div",
      { class: "event-row" },
      h("span", { class: "event-id" }, event.EventId),
      h(
        "button",
        {
          type: "button",
          class: "event-type",
          "aria-expanded": String(isUnfolded),
          onclick: onunfold,
        },
        event.EventType,
      ),
      h("span", {}, event.Name ?? ""),
      h("span", { class: "event-summary" }, summaryOf(details)),
      h("time", { class: "event-clock" }, timeOfDay(event.EventTimestamp)),
      h("span", { class: "event-time" }, `+${span(event.EventTimestamp - startedAt)}`),
    ),
    isUnfolded &&
      h(
        "div",
        { class: "event-details" },
        jsonView(details, { label: `Details of event ${event.EventId}` }),
      ),
  );
}

// What one wants to know before unfolding.
function summaryOf(details) {
  const error = details.Error?.Payload;
  if (error) return [error.ErrorType, error.ErrorMessage].filter(Boolean).join(": ");
  return (
    details.Result?.Payload ??
    details.Input?.Payload ??
    details.FunctionName ??
    (details.Duration === undefined ? "" : span(details.Duration))
  );
}
