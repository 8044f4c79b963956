// The dialog that answers a callback of a durable execution.

import { call, toBlob } from "../core/api.js";
import { h } from "../core/dom.js";
import { editorFoot, jsonEditor } from "../json/editor.js";
import { faultOf } from "../json/tokens.js";
import { dialog } from "../ui/dialog.js";
import { button, errorBox } from "../ui/parts.js";

/** { open, view } of a page's dialog. */
export function callbackForm(page) {
  let callback = null;
  let text = "";
  let busy = false;
  let error = null;

  function close() {
    callback = null;
    page.redraw();
  }

  function change(next) {
    text = next;
    page.redraw();
  }

  async function send(operation, answer) {
    if (busy || faultOf(text) !== null) return;
    busy = true;
    error = null;
    page.redraw();
    try {
      await call("lambda", operation, { CallbackId: callback.id, ...answer() });
      callback = null;
      await page.reload();
    } catch (refused) {
      error = refused;
    }
    busy = false;
    page.redraw();
  }

  const succeed = () =>
    send("SendDurableExecutionCallbackSuccess", () => ({ Result: toBlob(text) }));
  const fail = () =>
    send("SendDurableExecutionCallbackFailure", () => ({
      Error: { ErrorType: "Console", ErrorMessage: text },
    }));

  return {
    open(id, name) {
      callback = { id, name };
      text = "{\n  \n}";
      error = null;
      page.redraw();
    },
    view: () =>
      callback !== null &&
      dialog(
        { title: callback.name ? `Answer ${callback.name}` : "Answer the callback", onclose: close },
        h(
          "div",
          { class: "field" },
          h("span", {}, "Result"),
          jsonEditor({
            value: text,
            label: "Result, JSON",
            rows: 7,
            onchange: change,
            onsubmit: succeed,
          }),
          editorFoot(text, change, { hint: "Ctrl+Enter sends it as a success." }),
        ),
        error && errorBox(error),
        h(
          "div",
          { class: "dialog-actions" },
          button("Cancel", close),
          button("Fail", fail, { busy, disabled: faultOf(text) !== null }),
          button("Succeed", succeed, {
            kind: "is-primary",
            busy,
            disabled: faultOf(text) !== null,
          }),
        ),
      ),
  };
}
