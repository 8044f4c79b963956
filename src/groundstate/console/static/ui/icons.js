// The console's icons: 20 by 20, drawn with strokes of the text's colour.

import { h } from "../core/dom.js";

const PATHS = {
  home: "M3.5 9.5 10 4l6.5 5.5M5.5 8.5V16h9V8.5",
  function: "M6 16c2.2 0 2.6-1.4 3-4l.7-4.6C10 5 10.600 4 12.500 4M6.500 9h6.500",
  machine: "M4 4.500h5v4H4zM11 11.500h5v4h-5zM6.500 8.500v5h4.500",
  table: "M3.500 4.500h13v11h-13zM3.500 8.200h13M3.500 11.900h13M8 8.200v7.300",
  logs: "M4 5h12M4 8.300h8M4 11.700h12M4 15h6",
  stack: "M10 3.500 17 7l-7 3.500L3 7zM3.500 10.300 10 13.500l6.500-3.200M3.500 13.600 10 16.800l6.500-3.200",
  copy: "M7 7h9v9H7zM4 13V4h9",
  check: "M4.500 10.500l3.700 3.700 7.300-8",
  cross: "M5.500 5.500l9 9M14.500 5.500l-9 9",
  play: "M6.500 4.500v11l9-5.500z",
  stop: "M5.500 5.500h9v9h-9z",
  redrive: "M15.500 6.500A6.500 6.500 0 1 0 16.500 11M16 3v4h-4",
  plus: "M10 4.500v11M4.500 10h11",
  minus: "M4.500 10h11",
  fit: "M4 7.500V4h3.500M12.500 4H16v3.500M16 12.500V16h-3.500M7.500 16H4v-3.500",
  trash: "M4.500 6h11M8 6V4h4v2M6 6l.7 10h6.600L14 6M8.700 9v4.500M11.300 9v4.500",
  edit: "M4.500 15.500l.7-3.200 7.800-7.800 2.500 2.500-7.800 7.800zM11.500 6l2.500 2.500",
  right: "M8 5l5 5-5 5",
  down: "M5 8l5 5 5-5",
  search: "M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4zM12.800 12.800 16.500 16.500",
  warning: "M10 3.500 17.500 16.500h-15zM10 8.500v3.700M10 14.200v.3",
  clock: "M10 3.500a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13zM10 6.500V10l2.500 2",
  menu: "M3.500 6h13M3.500 10h13M3.500 14h13",
  external: "M8 5H5v10h10v-3M11 4.500h4.500V9M15.500 4.500 9 11",
  skip: "M4.500 12.500c0-4 2.500-6 6-6H15M12 3.500l3.200 3-3.200 3",
};

/** An icon. It says nothing to screen readers: the text beside it does. */
export function icon(name, className = "icon") {
  return h("svg", { class: className, viewBox: "0 0 20 20", "aria-hidden": "true" },
    h("path", { d: PATHS[name], fill: "none", stroke: "currentColor", "stroke-width": "1.6",
      "stroke-linecap": "round", "stroke-linejoin": "round" }));
}

/** The same as an element, for widgets. */
icon.element = (name) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [key, value] of Object.entries({ d: PATHS[name], fill: "none", stroke: "currentColor",
    "stroke-width": "1.6", "stroke-linecap": "round", "stroke-linejoin": "round" })) path.setAttribute(key, value);
  svg.append(path);
  return svg;
};

icon.path = (name) => PATHS[name];
