// A nested, layered layout: places for nodes and paths for edges, in pixels from the top left.
//
// Each scope is laid out by itself, the innermost first; a Parallel or Map is then a node of the size
// of what is in it. See layering.js, ordering.js and placing.js for the steps.

import { assignLayers } from "./layering.js";
import { orderLayers } from "./ordering.js";
import { placeNodes, straighten } from "./placing.js";
import { shorten, textWidth, wrap } from "./text.js";

const HEAD_HEIGHT = 54;
const GAP_X = 34;
const GAP_Y = 40;
const PADDING = 18;
const NAME_WIDTH = 190;
const WIDTH_MIN = 168;
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
  const nodes = new Map(
    scope.nodes.map((node) => [
      node.id,
      { ...node, ...sizeOf(node), up: [], down: [], isDummy: false },
    ]),
  );
  const order = [scope.start, ...scope.nodes.map((node) => node.id)].filter((id) => nodes.has(id));
  const edges = scope.edges.map((edge) => ({
    ...edge,
    label: shorten(edge.label, LABEL_WIDTH, 11.5),
    reversed: false,
  }));
  const layerOf = assignLayers([...new Set(order)], edges);
  sinkEnd(layerOf);
  const layers = [];
  for (const id of [...new Set(order)]) (layers[layerOf.get(id)] ??= []).push(nodes.get(id));
  for (let at = 0; at < layers.length; at += 1) layers[at] ??= [];
  const trunks = new Map();
  for (const edge of edges) connect(edge, nodes, layerOf, layers, trunks);
  const long = edges
    .filter((edge) => edge.reversed)
    .map((edge) => edge.chain.filter((dummy) => !dummy.isLabel));
  const straight = [...lines([...nodes.values()]), ...[...trunks.values()].map(fromAbove), ...long];
  orderLayers(layers);
  placeNodes(layers, GAP_X);
  straighten(layers, straight, GAP_X);
  const height = stack(layers);
  const width = moveToOrigin(layers, edges);
  for (const trunk of trunks.values()) {
    const dummies = fromAbove(trunk);
    trunk.corners = cornersOf(dummies.flatMap(pointsOf));
    trunk.last = dummies.at(-1);
  }
  return {
    width,
    height,
    nodes: [...nodes.values()],
    edges: edges.map((edge) => ({ ...edge, ...route(edge, nodes) })),
  };
}

function sizeOf(node) {
  if (node.kind === "start" || node.kind === "end")
    return { width: 74, height: 32, lines: [node.name], inner: [] };
  const lines = wrap(node.name, NAME_WIDTH);
  const detail = shorten(node.detail ?? "", NAME_WIDTH, 11);
  const text = Math.max(...lines.map((line) => textWidth(line)), textWidth(detail, 11));
  const width = Math.max(WIDTH_MIN, Math.round(text + 66));
  const height = lines.length > 1 ? 64 : 48;
  if (node.scopes.length === 0) return { width, height, lines, detail, inner: [] };
  const inner = node.scopes.map(layoutScope);
  const room = inner.reduce((sum, scope) => sum + scope.width + PADDING, PADDING);
  const head = lines.length > 1 ? HEAD_HEIGHT + 16 : HEAD_HEIGHT;
  return {
    lines,
    detail,
    inner,
    head,
    width: Math.max(width, room),
    height: head + Math.max(...inner.map((scope) => scope.height)) + PADDING,
    spare: Math.max(0, width - room),
  };
}

// Nodes that follow each other on the main way: those are to stand in one line.
function lines(nodes) {
  const mainly = (node, side) => {
    const found = node[side].filter((each) => each.kind === "next");
    return found.length === 1 ? found[0] : undefined;
  };
  const next = new Map();
  for (const node of nodes) {
    const down = mainly(node, "down");
    const up = down && mainly(down.node, "up");
    if (up?.node !== node || down.node.isDummy) continue;
    down.weight = up.weight = STRAIGHT;
    next.set(node, down.node);
  }
  const followed = new Set(next.values());
  return nodes
    .filter((node) => !followed.has(node))
    .map((node) => {
      const line = [];
      for (let each = node; each !== undefined; each = next.get(each)) line.push(each);
      return line;
    });
}

// A trunk from above. It has no gap: who joins it goes along to its end.
function fromAbove(trunk) {
  return [...trunk.dummies.keys()].sort((a, b) => a - b).map((layer) => trunk.dummies.get(layer));
}

// The end stands below everything, wherever the last state is.
function sinkEnd(layerOf) {
  if (layerOf.has("·end")) {
    const lowest = Math.max(...[...layerOf].map(([id, layer]) => (id === "·end" ? 0 : layer + 1)));
    layerOf.set("·end", Math.max(layerOf.get("·end"), lowest));
  }
}

// Put dummies for an edge into the layers between its ends; one of them holds its label. Edges with
// the same goal share the rest of their way, a trunk: a hundred catchers of one state are one line.
function connect(edge, nodes, layerOf, layers, trunks) {
  edge.chain = [];
  if (edge.from === edge.to) return;
  const [top, bottom] = edge.reversed ? [edge.to, edge.from] : [edge.from, edge.to];
  const from = layerOf.get(top) + 1;
  const to = layerOf.get(bottom);
  const labelLayer = edge.label === "" ? -1 : edge.reversed ? to - 1 : from;
  let above = nodes.get(top);
  for (let layer = from; layer < to; layer += 1) {
    if (!edge.reversed && layer !== labelLayer) {
      joinTrunk(edge, above, nodes.get(bottom), layer, to, layers, trunks);
      return;
    }
    const isLabel = layer === labelLayer;
    const dummy = isLabel
      ? makeDummy(textWidth(edge.label, 11.5) + 12, LABEL_HEIGHT, true)
      : makeDummy(6, 0, false);
    layers[layer].push(dummy);
    link(above, dummy, edge.kind);
    edge.chain.push(dummy);
    above = dummy;
  }
  link(above, nodes.get(bottom), edge.kind);
}

function joinTrunk(edge, above, bottom, from, to, layers, trunks) {
  const key = `${edge.kind === "catch"} ${edge.to}`;
  if (!trunks.has(key)) trunks.set(key, { dummies: new Map(), corners: [], last: undefined });
  const trunk = trunks.get(key);
  edge.trunk = trunk;
  let upper = above;
  for (let layer = from; layer < to; layer += 1) {
    const known = trunk.dummies.get(layer);
    const dummy = known ?? makeDummy(6, 0, false);
    if (layer === from) edge.joint = dummy;
    link(upper, dummy, edge.kind);
    if (known !== undefined) return;
    trunk.dummies.set(layer, dummy);
    layers[layer].push(dummy);
    upper = dummy;
  }
  link(upper, bottom, edge.kind);
}

function makeDummy(width, height, isLabel) {
  return { isDummy: true, isLabel, width, height, up: [], down: [] };
}

// How much a neighbour counts in a node's wish for its place. What is to be straight counts so much
// that a label in the way moves aside, and not the line by a part of it in each layer.
const PULL = { next: 4, default: 2, choice: 2, catch: 0.4 };
const STRAIGHT = 1e5;

function link(above, below, kind) {
  if (above.down.some((each) => each.node === below)) return;
  const isTrunk = above.isDummy && below.isDummy && !above.isLabel && !below.isLabel;
  const weight = isTrunk ? STRAIGHT : PULL[kind];
  above.down.push({ node: below, weight, kind: isTrunk ? "trunk" : kind });
  below.up.push({ node: above, weight, kind: isTrunk ? "trunk" : kind });
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
  const [top, bottom] = edge.reversed ? [to, from] : [from, to];
  const first = top.x + portOffset(top, "down", edge.chain[0] ?? edge.joint ?? bottom);
  const last = bottom.x + portOffset(bottom, "up", edge.trunk?.last ?? edge.chain.at(-1) ?? top);
  const points = [
    { x: first, y: top.y + top.height },
    { x: first, y: top.layerBottom },
    ...edge.chain.flatMap(pointsOf),
  ];
  if (edge.trunk) {
    const [joint] = pointsOf(edge.joint);
    points.push(joint, ...edge.trunk.corners.filter(({ y }) => y > joint.y));
  }
  points.push({ x: last, y: bottom.layerTop }, { x: last, y: bottom.y });
  if (edge.reversed) points.reverse();
  const label = edge.chain.find((dummy) => dummy.isLabel);
  return {
    points: cornersOf(points),
    labelAt: label ? { x: label.x, y: label.y + LABEL_HEIGHT / 2, width: label.width } : null,
  };
}

function pointsOf(dummy) {
  return [
    { x: dummy.x, y: dummy.layerTop },
    { x: dummy.x, y: dummy.layerBottom },
  ];
}

// Points without those in the middle of a straight piece.
function cornersOf(points) {
  const apart = points.filter(
    ({ x, y }, at) => at === 0 || x !== points[at - 1].x || y !== points[at - 1].y,
  );
  return apart.filter(({ x }, at) => {
    if (at === 0 || at === apart.length - 1) return true;
    return Math.abs(apart[at - 1].x - x) > 0.01 || Math.abs(apart[at + 1].x - x) > 0.01;
  });
}

function routeLoop(node, edge) {
  const x = node.x + node.width / 2;
  const y = node.y + node.height / 2;
  return {
    isLoop: true,
    points: [
      { x, y: y + 10 },
      { x: x + LOOP_ROOM - 8, y: y + 10 },
      { x: x + LOOP_ROOM - 8, y: y - 10 },
      { x, y: y - 10 },
    ],
    labelAt: edge.label
      ? { x: x + LOOP_ROOM / 2, y: y - 20, width: textWidth(edge.label, 11.5) }
      : null,
  };
}

// Several edges leave a node side by side, in the order of where they go; what goes straight on leaves
// in the middle.
function portOffset(node, side, neighbour) {
  const links = [...node[side]].sort((a, b) => a.node.x - b.node.x);
  const gap = Math.min(PORT_GAP, (node.width - 24) / Math.max(1, 2 * links.length - 1));
  const main = links.findIndex((each) => each.weight === STRAIGHT && each.kind === "next");
  const middle = main >= 0 ? main : (links.length - 1) / 2;
  return (links.findIndex((each) => each.node === neighbour) - middle) * gap;
}

function flatten(placed, dx, dy, depth, nodes, edges) {
  for (const node of placed.nodes) {
    const left = node.x - node.width / 2 + dx;
    const top = node.y + dy;
    nodes.push({
      id: node.id,
      kind: node.kind,
      name: node.name,
      lines: node.lines,
      detail: node.detail,
      depth,
      x: left,
      y: top,
      width: node.width,
      height: node.height,
      state: node.state,
      head: node.head,
      separators: separators(node, left),
    });
    let at = left + PADDING + (node.spare ?? 0) / 2;
    for (const inner of node.inner) {
      flatten(inner, at, top + node.head, depth + 1, nodes, edges);
      at += inner.width + PADDING;
    }
  }
  for (const edge of placed.edges) {
    edges.push({
      from: edge.from,
      to: edge.to,
      kind: edge.kind,
      label: edge.label,
      isLoop: edge.isLoop ?? false,
      depth,
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
