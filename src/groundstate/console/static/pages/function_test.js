// The Test tab: an event, a button, and what came of it.

import { callWithId, fromBlob, toBlob } from "../core/api.js";
import { pageOf } from "../core/arn.js";
import { h } from "../core/dom.js";
import { span, timeOfDay } from "../core/format.js";
import { recall, remember } from "../core/storage.js";
import { editorFoot, jsonEditor } from "../json/editor.js";
import { faultOf, format } from "../json/tokens.js";
import { jsonView } from "../json/view.js";
import { copyButton, copyable } from "../ui/copy.js";
import { icon } from "../ui/icons.js";
import { button, empty, errorBox, facts, panel } from "../ui/parts.js";
import { statusMark } from "../ui/status.js";
import { logLines } from "./log_lines.js";

const FIRST_EVENT = '{\n  "taskId": "Breakfast"\n}';

// Nobody waits for an execution that may take longer than this.
const WAITED_FOR_S = 900;

/** { view, isRunning } of a function's Test tab; `durable()` is its DurableConfig, if it has one. */
export function functionTest(name, open, durable) {
  let text = recall(`event.${name}`, FIRST_EVENT);
  let running = null;
  let outcome = null;
  let number = 0;

  function change(next) {
    text = next;
    remember(`event.${name}`, next);
    open.redraw();
  }

  async function run() {
    if (running !== null || faultOf(text) !== null) return;
    const mine = (number += 1);
    const beganAt = Date.now();
    running = { beganAt };
    open.redraw();
    let found;
    try {
      const { answer, requestId } = await callWithId("lambda", "Invoke", {
        FunctionName: name,
        LogType: "Tail",
        Payload: toBlob(text),
        ...howToInvoke(durable()),
      });
      found = readOutcome(answer, requestId);
    } catch (error) {
      found = { error };
    }
    if (mine !== number) return;
    running = null;
    outcome = { ...found, key: mine, at: beganAt / 1000, took: (Date.now() - beganAt) / 1000 };
    open.redraw();
    document.getElementById("outcome")?.focus({ preventScroll: true });
  }

  return {
    isRunning: () => running !== null,
    view: () =>
      h(
        "div",
        { class: "columns test" },
        panel(
          "Test event",
          {
            actions: button("Test", run, {
              kind: "is-primary",
              icon: "play",
              busy: running !== null,
              disabled: faultOf(text) !== null,
              title: "Ctrl+Enter",
            }),
          },
          jsonEditor({
            value: text,
            label: "Test event, JSON",
            onchange: change,
            onsubmit: run,
            rows: 10,
          }),
          editorFoot(text, change, { hint: "Kept in this browser. Ctrl+Enter runs the test." }),
        ),
        h(
          "div",
          { class: "outcome", id: "outcome", tabindex: "-1", "aria-live": "polite" },
          outcome !== null
            ? viewOutcome(outcome, running !== null)
            : running !== null
              ? panel(
                  "Execution result",
                  {},
                  h(
                    "p",
                    { class: "quiet" },
                    `Running for ${span((Date.now() - running.beganAt) / 1000)}…`,
                  ),
                )
              : panel(
                  "Execution result",
                  {},
                  empty(
                    "Nothing run yet.",
                    h("p", {}, "Change the event if you like, then choose Test."),
                  ),
                ),
        ),
      ),
  };
}

// A durable function is invoked with a qualifier; one that may take long only starts.
function howToInvoke(config) {
  if (!config) return {};
  const isWaitedFor = config.ExecutionTimeout <= WAITED_FOR_S;
  return { Qualifier: "$LATEST", ...(isWaitedFor ? {} : { InvocationType: "Event" }) };
}

/** An answer of Invoke: result, log lines, and what the REPORT line says. */
function readOutcome(answer, requestId) {
  const lines = fromBlob(answer.LogResult)
    .split("\n")
    .filter((line) => line !== "");
  const report = lines.find((line) => line.startsWith("REPORT")) ?? "";
  const read = (label) => new RegExp(`(?:^|\\t)${label}: ([^\\t]+)`).exec(report)?.[1];
  return {
    result: fromBlob(answer.Payload),
    failed: answer.FunctionError,
    lines,
    requestId,
    version: answer.ExecutedVersion,
    execution: answer.DurableExecutionArn,
    isStarted: answer.StatusCode === 202,
    duration: read("Duration"),
    billed: read("Billed Duration"),
    memory: read("Memory Size"),
    used: read("Max Memory Used"),
    init: read("Init Duration"),
  };
}

function viewOutcome(outcome, isStale) {
  if (outcome.error)
    return errorBox(outcome.error, { title: `Not invoked: ${outcome.error.code}` });
  const kind = outcome.failed ? "failed" : "succeeded";
  return h(
    "section",
    {
      class: `panel result is-${kind} ${isStale ? "is-stale" : ""}`,
      key: outcome.key,
      "aria-label": "Execution result",
    },
    h(
      "div",
      { class: "panel-head result-head" },
      h(
        "h2",
        {},
        statusMark(kind),
        outcome.isStarted
          ? "Execution started"
          : outcome.failed
            ? `Executing function: failed (${outcome.failed})`
            : "Executing function: succeeded",
      ),
      h("span", { class: "quiet" }, timeOfDay(outcome.at)),
    ),
    h(
      "details",
      { class: "details", open: true },
      h("summary", {}, "Details"),
      h(
        "div",
        { class: "details-body" },
        outcome.failed && viewFailure(outcome.result),
        !outcome.isStarted && jsonView(outcome.result, { label: "Result" }),
        outcome.execution && followUp(outcome.execution, "Watch the durable execution"),
        followUps(outcome.result),
        h("h3", {}, "Summary"),
        facts(
          [
            ["Request ID", copyable(outcome.requestId)],
            ["Duration", outcome.duration],
            ["Billed duration", outcome.billed],
            ["Init duration", outcome.init],
            ["Resources configured", outcome.memory],
            ["Max memory used", outcome.used],
            ["Version", outcome.version],
          ],
          "is-grid",
        ),
        h(
          "div",
          { class: "details-title" },
          h("h3", {}, "Log output"),
          copyButton(() => outcome.lines.join("\n"), "Copy the log"),
        ),
        outcome.lines.length === 0
          ? h("p", { class: "quiet" }, "The function logged nothing.")
          : logLines(outcome.lines.map((message, key) => ({ key, message }))),
      ),
    ),
  );
}

// An error as its runtime would have printed it: easier to read than inside of JSON.
function viewFailure(result) {
  let error;
  try {
    error = JSON.parse(result);
  } catch {
    return null;
  }
  if (typeof error?.errorMessage !== "string") return null;
  const trace = Array.isArray(error.stackTrace ?? error.trace)
    ? (error.stackTrace ?? error.trace).map((line) => String(line).trimEnd()).join("\n")
    : "";
  return h(
    "div",
    { class: "failure is-failed" },
    h("strong", {}, error.errorType ?? "Error"),
    h("p", {}, error.errorMessage),
    trace && h("pre", { class: "trace" }, trace),
  );
}

// What the function started can be watched: a link for each execution that its result names.
function followUps(result) {
  const arns = new Set(result.match(/arn:aws[\w-]*:states:[\w-]+:\d+:execution:[^"\\\s]+/g) ?? []);
  return [...arns].slice(0, 5).map((arn) => followUp(arn, "Watch the execution"));
}

function followUp(arn, label) {
  return h(
    "p",
    { class: "follow-up", key: arn },
    h("a", { class: "button", href: pageOf(arn) }, icon("machine"), h("span", {}, label)),
  );
}
