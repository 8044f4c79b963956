// The console's icons: 20 by 20, drawn with strokes of the text's colour.

import { h } from "../core/dom.js";

const PATHS = {
  home: "M3.5 9.5 10 4l6.5 5.5M5.5 8.5V16h9V8.5",
  function: "M6 16c2.2 0 2.6-1.4 3-4l.7-4.6C10 5 10.6 4 12.5 4M6.5 9h6.5",
  machine: "M4 4.5h5v4H4zM11 11.5h5v4h-5zM6.5 8.5v5h4.5",
  table: "M3.5 4.5h13v11h-13zM3.5 8.2h13M3.5 11.9h13M8 8.2v7.3",
  logs: "M4 5h12M4 8.3h8M4 11.7h12M4 15h6",
  stack: "M10 3.5 17 7l-7 3.5L3 7zM3.5 10.3 10 13.5l6.5-3.2M3.5 13.6 10 16.8l6.5-3.2",
  copy: "M7 7h9v9H7zM4 13V4h9",
  check: "M4.5 10.5l3.7 3.7 7.3-8",
  cross: "M5.5 5.5l9 9M14.5 5.5l-9 9",
  play: "M6.5 4.5v11l9-5.5z",
  stop: "M5.5 5.5h9v9h-9z",
  redrive: "M15.5 6.5A6.5 6.5 0 1 0 16.5 11M16 3v4h-4",
  plus: "M10 4.5v11M4.5 10h11",
  minus: "M4.5 10h11",
  fit: "M4 7.5V4h3.5M12.5 4H16v3.5M16 12.5V16h-3.5M7.5 16H4v-3.5",
  trash: "M4.5 6h11M8 6V4h4v2M6 6l.7 10h6.6L14 6M8.7 9v4.5M11.3 9v4.5",
  edit: "M4.5 15.5l.7-3.2 7.8-7.8 2.5 2.5-7.8 7.8zM11.5 6l2.5 2.5",
  right: "M8 5l5 5-5 5",
  down: "M5 8l5 5 5-5",
  search: "M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4zM12.8 12.8 16.5 16.5",
  warning: "M10 3.5 17.5 16.5h-15zM10 8.5v3.7M10 14.2v.3",
  clock: "M10 3.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM10 6.5V10l2.5 2",
  menu: "M3.5 6h13M3.5 10h13M3.5 14h13",
  external: "M8 5H5v10h10v-3M11 4.5h4.5V9M15.5 4.5 9 11",
  skip: "M4.5 12.5c0-4 2.5-6 6-6H15M12 3.5l3.2 3-3.2 3",
};

/** An icon. It says nothing to screen readers: the text beside it does. */
export function icon(name, className = "icon") {
  return h(
    "svg",
    { class: className, viewBox: "0 0 20 20", "aria-hidden": "true" },
    h("path", {
      d: PATHS[name],
      fill: "none",
      stroke: "currentColor",
      "stroke-width": "1.6",
      "stroke-linecap": "round",
      "stroke-linejoin": "round",
    }),
  );
}

/** The same as an element, for widgets. */
icon.element = (name) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [key, value] of Object.entries({
    d: PATHS[name],
    fill: "none",
    stroke: "currentColor",
    "stroke-width": "1.6",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
  }))
    path.setAttribute(key, value);
  svg.append(path);
  return svg;
};

icon.path = (name) => PATHS[name];
