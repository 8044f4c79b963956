// The dialogs that create, change and delete an item.

import { call } from "../core/api.js";
import { h } from "../core/dom.js";
import { isPlain, keyText, parsePlain, plainText } from "../dynamodb/values.js";
import { editorFoot, jsonEditor } from "../json/editor.js";
import { format } from "../json/tokens.js";
import { jsonView } from "../json/view.js";
import { dialog } from "../ui/dialog.js";
import { button, errorBox } from "../ui/parts.js";
import { formChoice } from "./item_panel.js";

/** { create, edit, remove, view } for a table's items. */
export function itemForm(name, open, description) {
  let state = null;

  const keyNames = () => description().KeySchema.map((each) => each.AttributeName);
  const set = (change) => {
    state = { ...state, ...change };
    open.redraw();
  };
  const close = () => {
    state = null;
    open.redraw();
  };

  function read() {
    return state.form === "plain" ? parsePlain(state.text) : JSON.parse(state.text);
  }

  function fault() {
    try {
      read();
      return null;
    } catch (error) {
      return error.message;
    }
  }

  function changeForm(form) {
    if (fault() !== null) return;
    const item = read();
    if (form === "plain" && !isPlain(item)) {
      set({
        error: {
          code: "Only DynamoDB JSON",
          message:
            "The item has sets or binary values, which plain JSON cannot tell from lists and texts.",
        },
      });
      return;
    }
    set({
      form,
      text: format(form === "plain" ? plainText(item) : JSON.stringify(item)),
      error: null,
    });
  }

  async function perform(work) {
    set({ busy: true, error: null });
    try {
      await work();
      state = null;
      await open.reload();
    } catch (error) {
      set({ busy: false, error });
    }
    open.redraw();
  }

  function save() {
    if (state.busy || fault() !== null) return;
    const item = read();
    const names = keyNames();
    perform(async () => {
      const request = { TableName: name, Item: item };
      if (state.before === undefined) {
        // What is there already is not to be overwritten unseen.
        request.ConditionExpression = "attribute_not_exists(#key)";
        request.ExpressionAttributeNames = { "#key": names[0] };
      }
      await call("dynamodb", "PutItem", request);
      if (state.before !== undefined && keyText(state.before, names) !== keyText(item, names)) {
        await call("dynamodb", "DeleteItem", { TableName: name, Key: pick(state.before, names) });
      }
    });
  }

  return {
    create() {
      const types = Object.fromEntries(
        description().AttributeDefinitions.map((each) => [each.AttributeName, each.AttributeType]),
      );
      const item = Object.fromEntries(
        keyNames().map((key) => [
          key,
          { [types[key]]: types[key] === "N" ? String(Math.floor(Date.now() / 1000)) : "" },
        ]),
      );
      const form = isPlain(item) ? "plain" : "typed";
      set({
        kind: "create",
        form,
        text: format(form === "plain" ? plainText(item) : JSON.stringify(item)),
        before: undefined,
        error: null,
        busy: false,
      });
    },
    edit(item) {
      const form = isPlain(item) ? "plain" : "typed";
      set({
        kind: "edit",
        form,
        text: format(form === "plain" ? plainText(item) : JSON.stringify(item)),
        before: item,
        error: null,
        busy: false,
      });
    },
    remove(item) {
      set({ kind: "remove", before: item, error: null, busy: false });
    },
    view: () => state !== null && (state.kind === "remove" ? viewRemove() : viewEdit()),
  };

  function viewEdit() {
    const isNew = state.before === undefined;
    return dialog(
      { title: isNew ? "Create item" : "Edit item", onclose: close, wide: true },
      h(
        "div",
        { class: "field" },
        formChoice(state.form, changeForm, fault() !== null),
        jsonEditor({
          value: state.text,
          label: "Item",
          rows: 12,
          invalid: fault() !== null,
          onchange: (text) => set({ text }),
          onsubmit: save,
        }),
        editorFoot(state.text, (text) => set({ text }), {
          fault: fault(),
          hint: "Ctrl+Enter saves.",
        }),
      ),
      state.error &&
        errorBox(
          state.error,
          state.error.code === "ConditionalCheckFailedException" && isNew
            ? { title: "An item with this key exists" }
            : {},
        ),
      h(
        "div",
        { class: "dialog-actions" },
        button("Cancel", close),
        button(isNew ? "Create item" : "Save", save, {
          kind: "is-primary",
          busy: state.busy,
          disabled: fault() !== null,
        }),
      ),
    );
  }

  function viewRemove() {
    const names = keyNames();
    return dialog(
      { title: "Delete this item?", onclose: close },
      jsonView(plainText(pick(state.before, names)), { label: "Key" }),
      state.error && errorBox(state.error),
      h(
        "div",
        { class: "dialog-actions" },
        button("Cancel", close),
        button(
          "Delete",
          () =>
            perform(() =>
              call("dynamodb", "DeleteItem", { TableName: name, Key: pick(state.before, names) }),
            ),
          { kind: "is-danger", icon: "trash", busy: state.busy },
        ),
      ),
    );
  }
}

function pick(item, names) {
  return Object.fromEntries(names.map((name) => [name, item[name]]));
}
