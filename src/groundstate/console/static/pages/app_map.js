// The application as a picture: functions, state machines and tables, and which uses which.

import { h } from "../core/dom.js";
import { addressOf } from "../core/router.js";
import { layoutAcross } from "../graph/across.js";
import { relationsOf } from "../graph/relations.js";
import { shorten, textWidth } from "../graph/text.js";
import { icon } from "../ui/icons.js";
import { MARKS, kindOf, labelOf } from "../ui/status.js";

const HEIGHT = 52;
const NAME_WIDTH = 230;

/** The map of what is deployed; null if nothing uses anything. See `relationsOf`. */
export function appMap(parts) {
  const relations = relationsOf(parts);
  if (relations.length === 0) return null;
  const used = new Set(relations.flatMap(({ from, to }) => [from, to]));
  const nodes = nodesOf(parts).filter((node) => used.has(node.id));
  return layoutAcross(nodes, relations);
}

/** Draw it. `executions` are the latest ones of each machine, by its ARN. */
export function drawAppMap(map, executions) {
  const margin = 12;
  const [width, height] = [map.width + 2 * margin, map.height + 2 * margin];
  return h(
    "div",
    { class: "app-map" },
    h(
      "svg",
      {
        viewBox: `${-margin} ${-margin} ${width} ${height}`,
        style: { width: `${width}px` },
        role: "group",
        "aria-label": "The application's parts, and which uses which",
      },
      map.edges.map((edge) =>
        h(
          "g",
          { class: "edge", key: `${edge.from} ${edge.to}` },
          h("path", { class: "edge-line", d: curve(edge.points) }),
          h("path", { class: "edge-head", d: headOf(edge.points) }),
        ),
      ),
      map.nodes.map((node) => drawPart(node, executions.get(node.arn)?.[0])),
    ),
  );
}

function nodesOf({ functions, machines, tables }) {
  const make = (id, name, detail, kind, href, arn) => {
    const shown = shorten(name, NAME_WIDTH);
    const width = Math.max(150, textWidth(shown) + 74, textWidth(detail, 11) + 74);
    return { id, name, shown, detail, kind, href, arn, width: Math.round(width), height: HEIGHT };
  };
  return [
    ...functions.map(({ FunctionName: name }) =>
      make(`function:${name}`, name, "Function", "function", addressOf("functions", name)),
    ),
    ...machines.map(({ name, stateMachineArn: arn }) =>
      make(`machine:${arn}`, name, "State machine", "machine", addressOf("machines", arn), arn),
    ),
    ...tables.map(({ TableName: name }) =>
      make(`table:${name}`, name, "Table", "table", addressOf("tables", name)),
    ),
  ];
}

function drawPart(node, latest) {
  const status = latest && kindOf(latest.status);
  return h(
    "a",
    {
      key: node.id,
      href: node.href,
      class: "map-part",
      transform: `translate(${node.x} ${node.y})`,
      "aria-label": `${node.name}, ${node.detail}${latest ? `, last execution: ${labelOf(latest.status)}` : ""}`,
    },
    h("rect", { class: "node-box", width: node.width, height: node.height, rx: 9 }),
    h(
      "g",
      { class: "node-icon", transform: `translate(12 ${node.height / 2 - 14})` },
      h("rect", { class: "node-icon-back", width: 28, height: 28, rx: 7 }),
      h("path", { class: "node-icon-line", d: icon.path(node.kind), transform: "translate(4 4)" }),
    ),
    h("text", { class: "node-name", x: 51, y: 23, "aria-hidden": "true" }, node.shown),
    h("text", { class: "node-detail", x: 51, y: 39, "aria-hidden": "true" }, node.detail),
    status &&
      h(
        "g",
        { class: `node-mark is-${status}`, transform: `translate(${node.width - 11} -7)` },
        h("circle", { class: "mark-back", cx: 8, cy: 8, r: 9 }),
        h("path", { class: "mark-line", d: MARKS[status] }),
      ),
    node.shown !== node.name && h("title", {}, node.name),
  );
}

function curve(points) {
  return points
    .map(({ x, y }, at) => {
      if (at === 0) return `M${x} ${y}`;
      const before = points[at - 1];
      const middle = (before.x + x) / 2;
      return `C${middle} ${before.y} ${middle} ${y} ${x} ${y}`;
    })
    .join("");
}

function headOf(points) {
  const { x, y } = points.at(-1);
  return points.at(-2).x > x ? `M${x} ${y}l7 -4v8z` : `M${x} ${y}l-7 -4v8z`;
}
