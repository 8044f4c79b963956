// What is around every page: where one can go, where one is, and whether the runtime answers.

import { chooseRegion } from "./core/api.js";
import { h } from "./core/dom.js";
import { settings } from "./core/settings.js";
import { icon } from "./ui/icons.js";
import { errorBox, loading } from "./ui/parts.js";

const SECTIONS = [
  { id: "overview", label: "Overview", icon: "home", href: "#/" },
  { id: "functions", label: "Functions", icon: "function", href: "#/functions" },
  { id: "machines", label: "State machines", icon: "machine", href: "#/machines" },
  { id: "tables", label: "Tables", icon: "table", href: "#/tables" },
  { id: "logs", label: "Logs", icon: "logs", href: "#/logs" },
  { id: "stacks", label: "Stacks", icon: "stack", href: "#/stacks" },
];
const REGIONS = [
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
  "eu-central-1",
  "eu-west-1",
  "eu-west-2",
  "eu-north-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "ap-northeast-1",
  "ap-south-1",
  "ca-central-1",
  "sa-east-1",
];

/** The whole of the document's body. */
export function shell(open, { connected, region, onregion }) {
  const { page } = open;
  return [
    h(
      "a",
      {
        class: "skip",
        href: "#main",
        onclick: (event) => {
          event.preventDefault();
          document.getElementById("main").focus();
        },
      },
      "Skip to the content",
    ),
    h(
      "div",
      { class: "shell" },
      h(
        "nav",
        { class: "side", "aria-label": "Console" },
        h("a", { class: "brand", href: "#/" }, brandMark(), h("span", {}, "Groundstate")),
        h(
          "ul",
          { class: "sections" },
          SECTIONS.map((section) =>
            h(
              "li",
              { key: section.id },
              h(
                "a",
                {
                  href: section.href,
                  class: "section",
                  "aria-current": section.id === page.section ? "page" : undefined,
                },
                icon(section.icon),
                h("span", {}, section.label),
              ),
            ),
          ),
        ),
        h("div", { class: "side-foot" }, regionChoice(region, onregion), runtimeFacts(connected)),
      ),
      h(
        "div",
        { class: "content" },
        !connected &&
          h(
            "div",
            { class: "banner", role: "alert" },
            icon("warning"),
            h(
              "span",
              {},
              "The runtime does not answer. Start it again with ",
              h("code", {}, "groundstate serve"),
              "; this page goes on by itself.",
            ),
          ),
        h(
          "main",
          { id: "main", tabindex: "-1", key: location.hash.split("?")[0] },
          crumbs(page),
          viewPage(open),
        ),
      ),
    ),
  ];
}

function viewPage({ page, error, loaded, reload }) {
  if (error !== null && !loaded) return errorBox(error, { retry: reload });
  if (!loaded && !page.early) return loading(6);
  try {
    // What was there and is no more: say so above what was last known of it.
    return [error !== null && errorBox(error, { retry: reload }), page.view()];
  } catch (bug) {
    console.error(bug);
    return errorBox(bug, { title: "This page could not be drawn", retry: reload });
  }
}

function crumbs(page) {
  if (!page.crumbs) return null;
  return h(
    "nav",
    { class: "crumbs", "aria-label": "Where this is" },
    page.crumbs.map(({ label, href }) => [
      h("a", { href }, label),
      h("span", { "aria-hidden": "true" }, "/"),
    ]),
    h("span", { "aria-current": "page" }, page.title),
  );
}

function regionChoice(region, onregion) {
  const names = REGIONS.includes(region) ? REGIONS : [region, ...REGIONS];
  return h(
    "label",
    { class: "region" },
    h("span", {}, "Region"),
    h(
      "select",
      {
        value: region,
        onchange: (event) => {
          chooseRegion(event.target.value);
          onregion();
        },
      },
      names.map((name) => h("option", { key: name, value: name, selected: name === region }, name)),
    ),
  );
}

function runtimeFacts(connected) {
  return h(
    "p",
    { class: "runtime" },
    h("span", { class: connected ? "dot is-on" : "dot", "aria-hidden": "true" }),
    h(
      "span",
      {},
      connected ? "Live" : "Not connected",
      h("br"),
      h(
        "small",
        { title: settings.data ? `Data in ${settings.data}` : "Everything is in memory" },
        `${settings.version} · ${settings.data ? "durable" : "in memory"}${settings.clock === "virtual" ? " · virtual time" : ""}`,
      ),
    ),
  );
}

function brandMark() {
  return h(
    "svg",
    { class: "brand-mark", viewBox: "0 0 32 32", "aria-hidden": "true" },
    h("rect", { width: 32, height: 32, rx: 8, class: "brand-back" }),
    h("path", { d: "M8 24h16", class: "brand-line" }),
    h("path", { d: "M8 16.5h16", class: "brand-line", opacity: ".62" }),
    h("path", { d: "M8 9h16", class: "brand-line", opacity: ".32" }),
    h("circle", { cx: 16, cy: 24, r: 3.6, class: "brand-dot" }),
  );
}
