// The dialog that starts an execution. An Express one is waited for, and its output shown.

import { call } from "../core/api.js";
import { h } from "../core/dom.js";
import { span } from "../core/format.js";
import { addressOf, go } from "../core/router.js";
import { recall, remember } from "../core/storage.js";
import { editorFoot, jsonEditor } from "../json/editor.js";
import { faultOf } from "../json/tokens.js";
import { jsonView } from "../json/view.js";
import { dialog } from "../ui/dialog.js";
import { button, errorBox, facts } from "../ui/parts.js";
import { statusChip } from "../ui/status.js";

/** { open, view } of a machine's dialog; `type()` is STANDARD or EXPRESS. */
export function startForm(arn, page, type) {
  const kept = `input.${arn}`;
  let isOpen = false;
  let text = "";
  let name = "";
  let busy = false;
  let error = null;
  let answer = null;

  function close() {
    isOpen = false;
    page.redraw();
  }

  async function start() {
    if (busy || faultOf(text) !== null) return;
    busy = true;
    error = null;
    page.redraw();
    remember(kept, text);
    const request = { stateMachineArn: arn, input: text };
    if (name.trim()) request.name = name.trim();
    try {
      if (type() === "EXPRESS") {
        answer = await call("stepfunctions", "StartSyncExecution", request);
      } else {
        const started = await call("stepfunctions", "StartExecution", request);
        isOpen = false;
        go(addressOf("executions", started.executionArn));
      }
    } catch (refused) {
      error = refused;
    }
    busy = false;
    page.redraw();
  }

  return {
    open(input) {
      text = typeof input === "string" ? input : recall(kept, "{\n  \n}");
      name = "";
      error = null;
      answer = null;
      isOpen = true;
      page.redraw();
    },
    view: () =>
      isOpen &&
      dialog(
        { title: "Start execution", onclose: close },
        h(
          "label",
          { class: "field" },
          h("span", {}, "Name ", h("span", { class: "quiet" }, "optional")),
          h("input", {
            value: name,
            spellcheck: "false",
            maxlength: 80,
            oninput: (event) => {
              name = event.target.value;
            },
          }),
        ),
        h(
          "div",
          { class: "field" },
          h("span", {}, "Input"),
          jsonEditor({
            value: text,
            label: "Input, JSON",
            rows: 9,
            onchange: (next) => {
              text = next;
              page.redraw();
            },
            onsubmit: start,
          }),
          editorFoot(
            text,
            (next) => {
              text = next;
              page.redraw();
            },
            { hint: "Ctrl+Enter starts it." },
          ),
        ),
        error && errorBox(error),
        answer && viewAnswer(answer),
        h(
          "div",
          { class: "dialog-actions" },
          button("Cancel", close),
          button("Start execution", start, {
            kind: "is-primary",
            icon: "play",
            busy,
            disabled: faultOf(text) !== null,
          }),
        ),
      ),
  };
}

function viewAnswer(answer) {
  return h(
    "div",
    { class: "answer" },
    facts(
      [
        ["Status", statusChip(answer.status)],
        ["Took", span(answer.stopDate - answer.startDate)],
        ["Error", answer.error],
        ["Cause", answer.cause],
      ],
      "is-grid",
    ),
    answer.output && jsonView(answer.output, { label: "Output" }),
  );
}
