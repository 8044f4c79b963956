// A laid out graph as SVG.

import { h } from "../core/dom.js";
import { span } from "../core/format.js";
import { icon } from "../ui/icons.js";
import { MARKS, labelOf } from "../ui/status.js";
import { textWidth } from "./text.js";

const KIND_ICONS = {
  Choice: "M10 3.5 16.5 10 10 16.5 3.5 10z",
  Wait: icon.path("clock"),
  Pass: "M4 10h11M11 6l4 4-4 4",
  Succeed: icon.path("check"),
  Fail: icon.path("cross"),
  Parallel: "M10 3.5v3.5M10 7c0 3-5 2-5 5.5v3.5M10 7c0 3 5 2 5 5.5v3.5",
  Map: "M5 7.5V5.5h10v9h-4M7.5 12 5 14.5 7.5 17M5 14.5h6",
  Task: "M5 4.5h10v11H5zM8 8h4M8 11.5h4",
  lambda: icon.path("function"),
  dynamodb: icon.path("table"),
  states: icon.path("machine"),
};

/**
 * The parts of the drawing.
 *
 * @param layout of `layoutGraph`
 * @param states by node: { status, count, tried, since }
 * @param now the time, for how long a state has been in progress
 * @param taken keys of the edges that the execution went along, of `edgeKey`
 */
export function drawGraph(layout, { states, taken, selected, focused, onselect, now }) {
  const deep = [...layout.nodes].sort((a, b) => a.depth - b.depth);
  const depths = [...new Set(deep.map((node) => node.depth))];
  return depths.map((depth) =>
    h(
      "g",
      { key: depth },
      deep.filter((node) => node.depth === depth && node.separators.length > 0).map(drawSeparators),
      deep
        .filter((node) => node.depth === depth)
        .map((node) =>
          drawNode(node, states?.get(node.id), {
            isSelected: node.id === selected,
            isFocused: node.id === focused,
            onselect,
            now,
          }),
        ),
      inOrder(
        layout.edges.filter((edge) => edge.depth === depth),
        taken,
      ).map((edge) => drawEdge(edge, taken)),
    ),
  );
}

export function edgeKey(from, to, isCatch = false) {
  return JSON.stringify([from, to, isCatch]);
}

function drawNode(node, state, { isSelected, isFocused, onselect, now }) {
  if (node.kind === "start" || node.kind === "end") return drawTerminal(node, state);
  const status = state?.status;
  const isContainer = node.head !== undefined;
  const classes = [
    "node",
    isContainer && "is-container",
    status && `is-${status}`,
    isSelected && "is-selected",
  ];
  const select = () => onselect?.(node.id);
  const head = isContainer ? node.head - 6 : node.height;
  const lines = node.lines.length;
  const textY = head / 2 - (lines - 1) * 8 - (node.detail ? 4 : -4);
  return h(
    "g",
    {
      key: node.id,
      class: classes.filter(Boolean).join(" "),
      transform: `translate(${round(node.x)} ${round(node.y)})`,
      role: "button",
      tabindex: isFocused ? "0" : "-1",
      "data-state": node.id,
      "aria-label": `${node.name}, ${node.detail || node.kind}${status ? `, ${labelOf(status)}` : ""}`,
      "aria-pressed": String(isSelected),
      onclick: select,
    },
    h("rect", { class: "node-box", width: round(node.width), height: round(node.height), rx: 9 }),
    h(
      "g",
      { class: "node-icon", transform: `translate(11 ${round(head / 2 - 13)})` },
      h("rect", { class: "node-icon-back", width: 26, height: 26, rx: 7 }),
      h("path", { class: "node-icon-line", d: iconOf(node), transform: "translate(3 3)" }),
    ),
    h(
      "text",
      { class: "node-name", "aria-hidden": "true", x: 46, y: round(textY) },
      node.lines.map((line, at) => h("tspan", { x: 46, dy: at === 0 ? 0 : 16 }, line)),
    ),
    node.detail &&
      h(
        "text",
        {
          class: "node-detail",
          "aria-hidden": "true",
          x: 46,
          y: round(textY + (lines - 1) * 16 + 16),
        },
        node.detail,
      ),
    state && drawState(node, state, now),
    node.lines.at(-1).endsWith("…") && h("title", {}, node.name),
  );
}

function drawState(node, { status, count, tried, since }, now) {
  const badges = [
    since !== undefined && now !== undefined && now - since >= 1 && span(Math.floor(now - since)),
    count > 1 && `×${count}`,
    tried > 1 && `${tried} tries`,
  ].filter(Boolean);
  return h(
    "g",
    { class: "node-state", "aria-hidden": "true" },
    h(
      "g",
      { class: `node-mark is-${status}`, transform: `translate(${round(node.width - 11)} -7)` },
      h("circle", { class: "mark-back", cx: 8, cy: 8, r: 9 }),
      h("path", { class: "mark-line", d: MARKS[status] }),
    ),
    drawBadges(node, badges),
  );
}

function drawBadges(node, badges) {
  let right = node.width - 8;
  return badges.map((text) => {
    const width = textWidth(text, 10.5) + 14;
    right -= width + 4;
    return drawBadge(node, text, width, right + 4);
  });
}

function drawBadge(node, text, width, x) {
  return h(
    "g",
    { class: "node-badge", transform: `translate(${round(x)} ${round(node.height - 8)})` },
    h("rect", { width: round(width), height: 16, rx: 8 }),
    h("text", { x: round(width / 2), y: 11.5 }, text),
  );
}

function drawTerminal(node, state) {
  return h(
    "g",
    {
      key: node.id,
      class: `terminal ${state ? `is-${state.status}` : ""}`,
      transform: `translate(${round(node.x)} ${round(node.y)})`,
    },
    h("rect", { width: node.width, height: node.height, rx: node.height / 2 }),
    h("text", { x: node.width / 2, y: node.height / 2 + 4 }, node.name),
  );
}

function drawSeparators(node) {
  return h(
    "g",
    { key: `separators ${node.id}` },
    node.separators.map((x) =>
      h("line", {
        class: "separator",
        x1: round(x),
        x2: round(x),
        y1: round(node.y + node.head),
        y2: round(node.y + node.height - 14),
      }),
    ),
  );
}

// Edges share a part of their way: those that were taken are drawn over the others.
function inOrder(edges, taken) {
  if (!taken) return edges;
  return [
    ...edges.filter((edge) => !isTakenBy(edge, taken)),
    ...edges.filter((edge) => isTakenBy(edge, taken)),
  ];
}

function isTakenBy(edge, taken) {
  return taken?.has(edgeKey(edge.from, edge.to, edge.kind === "catch")) ?? false;
}

function drawEdge(edge, taken) {
  const isTaken = isTakenBy(edge, taken);
  const end = edge.points.at(-1);
  return h(
    "g",
    {
      key: `edge ${edgeKey(edge.from, edge.to, edge.kind === "catch")}`,
      class: `edge is-${edge.kind} ${isTaken ? "is-taken" : ""}`,
    },
    h("path", { class: "edge-line", d: edge.isLoop ? straight(edge.points) : curve(edge.points) }),
    h("path", { class: "edge-head", d: headOf(edge, end) }),
    edge.labelAt && [
      h("rect", {
        class: "edge-label-back",
        x: round(edge.labelAt.x - edge.labelAt.width / 2),
        y: round(edge.labelAt.y - 9),
        width: round(edge.labelAt.width),
        height: 18,
        rx: 5,
      }),
      h(
        "text",
        { class: "edge-label", x: round(edge.labelAt.x), y: round(edge.labelAt.y + 4) },
        edge.label,
      ),
    ],
  );
}

// Edges arrive from above, those that lead back from below, and loops from the right.
function headOf(edge, { x, y }) {
  if (edge.isLoop) return `M${round(x)} ${round(y)}l7 -4v8z`;
  const up = edge.points.at(-2).y > y;
  return up ? `M${round(x)} ${round(y)}l-4 7h8z` : `M${round(x)} ${round(y)}l-4 -7h8z`;
}

function curve(points) {
  let path = `M${round(points[0].x)} ${round(points[0].y)}`;
  for (let at = 1; at < points.length; at += 1) {
    const from = points[at - 1];
    const to = points[at];
    if (Math.abs(from.x - to.x) < 0.5) {
      path += `L${round(to.x)} ${round(to.y)}`;
    } else {
      const middle = round((from.y + to.y) / 2);
      path += `C${round(from.x)} ${middle} ${round(to.x)} ${middle} ${round(to.x)} ${round(to.y)}`;
    }
  }
  return path;
}

function straight(points) {
  return points.map(({ x, y }, at) => `${at === 0 ? "M" : "L"}${round(x)} ${round(y)}`).join("");
}

function iconOf(node) {
  if (node.kind === "Task") {
    const text = node.detail.toLowerCase();
    const service =
      ["lambda", "dynamodb"].find((name) => text.startsWith(name)) ??
      (text.startsWith("step functions") ? "states" : "Task");
    return KIND_ICONS[service];
  }
  return KIND_ICONS[node.kind] ?? KIND_ICONS.Task;
}

function round(number) {
  return Math.round(number * 10) / 10;
}
