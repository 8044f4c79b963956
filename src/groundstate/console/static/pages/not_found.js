// An address that leads nowhere.

import { h } from "../core/dom.js";
import { empty } from "../ui/parts.js";

export function notFoundPage() {
  return {
    title: "Not found",
    section: "",
    early: true,
    view: () =>
      empty("There is no such page.", h("p", {}, h("a", { href: "#/" }, "Go to the overview"))),
  };
}
