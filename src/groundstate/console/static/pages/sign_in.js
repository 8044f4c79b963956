// Asks for the administrator's credentials, if the runtime has others than the well-known ones.

import { h, render } from "../core/dom.js";
import { beginSession } from "../core/session.js";
import { command } from "../ui/copy.js";
import { errorBox } from "../ui/parts.js";

/** The form; `begin` goes on once there is a session. */
export function signInPage(begin) {
  let error = null;
  let busy = false;

  async function submit(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    busy = true;
    draw();
    try {
      await beginSession({ accessKeyId: form.get("key"), secretAccessKey: form.get("secret") });
      begin();
    } catch (refused) {
      error = refused;
      busy = false;
      draw();
    }
  }

  const draw = () => render(document.body, view());
  const view = () =>
    h(
      "main",
      { class: "sign-in" },
      h("h1", {}, "Groundstate"),
      h("p", {}, "This runtime has credentials of its own. Open the console signed in with"),
      command("groundstate console"),
      h("p", {}, "or give the administrator's credentials:"),
      h(
        "form",
        { class: "form", onsubmit: submit },
        h(
          "label",
          {},
          "Access key id",
          h("input", { name: "key", autocomplete: "username", required: true }),
        ),
        h(
          "label",
          {},
          "Secret access key",
          h("input", {
            name: "secret",
            type: "password",
            autocomplete: "current-password",
            required: true,
          }),
        ),
        h("button", { class: "button is-primary", disabled: busy }, "Sign in"),
      ),
      error && errorBox(error),
    );
  return view();
}
