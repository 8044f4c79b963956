// A nested, layered layout: places for nodes and paths for edges, in pixels from the top left.
//
// Each scope is laid out by itself, the innermost first; a Parallel or Map is then a node of the size
// of what is in it. See layering.js, ordering.js and placing.js for the steps.

import { assignLayers } from "./layering.js";
import { orderLayers } from "./ordering.js";
import { placeNodes } from "./placing.js";
import { shorten, textWidth, wrap } from "./text.js";

export const HEAD_HEIGHT = 46;
const GAP_X = 34;
const GAP_Y = 40;
const PADDING = 18;
const NAME_WIDTH = 190;
const LABEL_WIDTH = 190;
const LABEL_HEIGHT = 18;
const PORT_GAP = 18;
const LOOP_ROOM = 34;

/** Lay a graph of `modelOf` out: { width, height, nodes, edges }, all nested ones among them. */
export function layoutGraph(scope) {
  const placed = layoutScope(scope);
  const nodes = [];
  const edges = [];
  flatten(placed, 0, 0, 0, nodes, edges);
  return { width: placed.width, height: placed.height, nodes, edges };
}

function layoutScope(scope) {
  const nodes = new Map(scope.nodes.map((node) => [node.id, { ...node, ...sizeOf(node), up: [], down: [], isDummy: false }]));
  const order = [scope.start, ...scope.nodes.map((node) => node.id)].filter((id) => nodes.has(id));
  const edges = scope.edges.map((edge) => ({ ...edge, label: shorten(edge.label, LABEL_WIDTH, 11.5), reversed: false }));
  const layerOf = assignLayers([...new Set(order)], edges);
  sinkEnd(layerOf);
  const layers = [];
  for (const id of [...new Set(order)]) (layers[layerOf.get(id)] ??= []).push(nodes.get(id));
  for (let at = 0; at < layers.length; at += 1) layers[at] ??= [];
  for (const edge of edges) connect(edge, nodes, layerOf, layers);
  orderLayers(layers);
  placeNodes(layers, GAP_X);
  const height = stack(layers);
  const width = moveToOrigin(layers, edges);
  return { width, height, nodes: [...nodes.values()], edges: edges.map((edge) => ({ ...edge, ...route(edge, nodes) })) };
}

function sizeOf(node) {
  if (node.kind === "start" || node.kind === "end") return { width: 74, height: 32, lines: [node.name], inner: [] };
  const lines = wrap(node.name, NAME_WIDTH);
  const detail = shorten(node.detail ?? "", NAME_WIDTH, 11);
  const text = Math.max(...lines.map((line) => textWidth(line)), textWidth(detail, 11));
  const width = Math.max(132, Math.round(text + 66));
  const height = lines.length > 1 ? 64 : 48;
  if (node.scopes.length === 0) return { width, height, lines, detail, inner: [] };
  const inner = node.scopes.map(layoutScope);
  const room = inner.reduce((sum, scope) => sum + scope.width + PADDING, PADDING);
  const head = lines.length > 1 ? HEAD_HEIGHT + 16 : HEAD_HEIGHT;
  return {
    lines, detail, inner, head,
    width: Math.max(width, room),
    height: head + Math.max(...inner.map((scope) => scope.height)) + PADDING,
    spare: Math.max(0, width - room),
  };
}

// The end stands below everything, wherever the last state is.
function sinkEnd(layerOf) {
  if (layerOf.has("·end")) {
    const lowest = Math.max(...[...layerOf].map(([id, layer]) => (id === "·end" ? 0 : layer + 1)));
    layerOf.set("·end", Math.max(layerOf.get("·end"), lowest));
  }
}

// Put dummies for an edge into the layers between its ends; the first one holds its label.
function connect(edge, nodes, layerOf, layers) {
  edge.chain = [];
  if (edge.from === edge.to) return;
  const [top, bottom] = edge.reversed ? [edge.to, edge.from] : [edge.from, edge.to];
  let above = nodes.get(top);
  const from = layerOf.get(top);
  const to = layerOf.get(bottom);
  const labelLayer = edge.reversed ? to - 1 : from + 1;
  for (let layer = from + 1; layer < to; layer += 1) {
    const holds = edge.label !== "" && layer === labelLayer;
    const dummy = {
      isDummy: true, isLabel: holds, up: [], down: [],
      width: holds ? textWidth(edge.label, 11.5) + 12 : 6, height: holds ? LABEL_HEIGHT : 0,
    };
    link(above, dummy);
    layers[layer].push(dummy);
    edge.chain.push(dummy);
    above = dummy;
  }
  link(above, nodes.get(bottom));
}

function link(above, below) {
  above.down.push(below);
  below.up.push(above);
}

function stack(layers) {
  let y = 0;
  for (const layer of layers) {
    const height = Math.max(0, ...layer.map((node) => node.height));
    const onlyLabels = layer.every((node) => node.isDummy);
    for (const node of layer) {
      node.layerTop = y;
      node.layerBottom = y + height;
      node.y = onlyLabels ? y : y + (node.isDummy ? 0 : (height - node.height) / 2);
      if (node.isLabel) node.y = y;
    }
    y += height + (onlyLabels ? GAP_Y * 0.55 : GAP_Y);
  }
  return Math.max(0, y - GAP_Y);
}

function moveToOrigin(layers, edges) {
  const all = layers.flat();
  const left = Math.min(...all.map((node) => node.x - node.width / 2));
  for (const node of all) node.x -= left;
  const loops = edges.some((edge) => edge.from === edge.to) ? LOOP_ROOM : 0;
  return Math.max(...all.map((node) => node.x + node.width / 2)) + loops;
}

function route(edge, nodes) {
  const from = nodes.get(edge.from);
  const to = nodes.get(edge.to);
  if (from === to) return routeLoop(from, edge);
  const points = [];
  const [top, bottom] = edge.reversed ? [to, from] : [from, to];
  points.push({ x: top.x + portOffset(top, "down", edge.chain[0] ?? bottom), y: top.y + top.height });
  if (top.y + top.height < top.layerBottom) points.push({ x: points[0].x, y: top.layerBottom });
  let labelAt = null;
  for (const dummy of edge.chain) {
    points.push({ x: dummy.x, y: dummy.layerTop });
    if (dummy.layerBottom > dummy.layerTop) points.push({ x: dummy.x, y: dummy.layerBottom });
    if (dummy.isLabel) labelAt = { x: dummy.x, y: dummy.y + LABEL_HEIGHT / 2, width: dummy.width };
  }
  const x = bottom.x + portOffset(bottom, "up", edge.chain.at(-1) ?? top);
  if (bottom.y > bottom.layerTop) points.push({ x, y: bottom.layerTop });
  points.push({ x, y: bottom.y });
  if (edge.reversed) points.reverse();
  return { points, labelAt };
}

function routeLoop(node, edge) {
  const x = node.x + node.width / 2;
  const y = node.y + node.height / 2;
  return {
    isLoop: true,
    points: [{ x, y: y + 10 }, { x: x + LOOP_ROOM - 8, y: y + 10 }, { x: x + LOOP_ROOM - 8, y: y - 10 }, { x, y: y - 10 }],
    labelAt: edge.label ? { x: x + LOOP_ROOM / 2, y: y - 20, width: textWidth(edge.label, 11.5) } : null,
  };
}

// Several edges leave a node side by side, in the order of where they go.
function portOffset(node, side, neighbour) {
  const others = [...node[side]].sort((a, b) => a.x - b.x);
  const gap = Math.min(PORT_GAP, (node.width - 24) / Math.max(1, others.length));
  return (others.indexOf(neighbour) - (others.length - 1) / 2) * gap;
}

function flatten(placed, dx, dy, depth, nodes, edges) {
  for (const node of placed.nodes) {
    const left = node.x - node.width / 2 + dx;
    const top = node.y + dy;
    nodes.push({
      id: node.id, kind: node.kind, name: node.name, lines: node.lines, detail: node.detail, depth,
      x: left, y: top, width: node.width, height: node.height, state: node.state, head: node.head,
      separators: separators(node, left),
    });
    let at = left + PADDING + (node.spare ?? 0) / 2;
    for (const inner of node.inner) {
      const innerHeight = node.height - node.head - PADDING;
      flatten(inner, at, top + node.head + (innerHeight - inner.height) / 2, depth + 1, nodes, edges);
      at += inner.width + PADDING;
    }
  }
  for (const edge of placed.edges) {
    edges.push({
      from: edge.from, to: edge.to, kind: edge.kind, label: edge.label, isLoop: edge.isLoop ?? false, depth,
      points: edge.points.map((point) => ({ x: point.x + dx, y: point.y + dy })),
      labelAt: edge.labelAt && { ...edge.labelAt, x: edge.labelAt.x + dx, y: edge.labelAt.y + dy },
    });
  }
}

function separators(node, left) {
  let at = left + PADDING + (node.spare ?? 0) / 2;
  return node.inner.slice(0, -1).map((inner) => {
    at += inner.width + PADDING;
    return at - PADDING / 2;
  });
}
