// A layered layout from left to right, for graphs without nesting: how parts of an application use
// each other. The steps are those of `layoutGraph`, with the sides exchanged.

import { assignLayers } from "./layering.js";
import { orderLayers } from "./ordering.js";
import { placeNodes, straighten } from "./placing.js";

const GAP_X = 84;
const GAP_Y = 18;

/**
 * Lay a graph out.
 *
 * @param nodes { id, width, height, ... }
 * @param edges { from, to }
 * @returns { width, height, nodes, edges }; nodes with x and y, edges with points
 */
export function layoutAcross(nodes, edges) {
  const layerOf = assignLayers(
    nodes.map((node) => node.id),
    edges.map((edge) => Object.assign(edge, { label: "", reversed: false })),
  );
  // For the steps that are shared, a node's `width` is what it takes in its layer: its height.
  const boxes = new Map(
    nodes.map((node) => [node.id, { node, width: node.height, up: [], down: [], x: 0 }]),
  );
  const layers = [];
  for (const [id, box] of boxes) (layers[layerOf.get(id)] ??= []).push(box);
  for (let at = 0; at < layers.length; at += 1) layers[at] ??= [];
  for (const edge of edges) edge.chain = connect(edge, boxes, layerOf, layers);
  orderLayers(layers);
  placeNodes(layers, GAP_Y);
  straighten(
    layers,
    edges.map((edge) => edge.chain),
    GAP_Y,
  );
  return measure(layers, boxes, edges);
}

function connect(edge, boxes, layerOf, layers) {
  if (edge.from === edge.to) return [];
  const [left, right] = edge.reversed ? [edge.to, edge.from] : [edge.from, edge.to];
  const chain = [];
  let before = boxes.get(left);
  for (let layer = layerOf.get(left) + 1; layer < layerOf.get(right); layer += 1) {
    const dummy = { width: 8, up: [], down: [], x: 0, layer };
    layers[layer].push(dummy);
    chain.push(dummy);
    link(before, dummy);
    before = dummy;
  }
  link(before, boxes.get(right));
  return chain;
}

function link(before, after) {
  before.down.push({ node: after, weight: 1 });
  after.up.push({ node: before, weight: 1 });
}

function measure(layers, boxes, edges) {
  const all = layers.flat();
  const top = Math.min(...all.map((box) => box.x - box.width / 2));
  let x = 0;
  const columns = layers.map((layer) => {
    const width = Math.max(0, ...layer.map((box) => box.node?.width ?? 0));
    const column = { x, width };
    x += width + GAP_X;
    return column;
  });
  layers.forEach((layer, at) => {
    for (const box of layer) {
      box.left = columns[at].x;
      box.right = columns[at].x + columns[at].width;
      box.middle = box.x - top;
    }
  });
  return {
    width: Math.max(0, x - GAP_X),
    height: Math.max(0, ...all.map((box) => box.middle + box.width / 2)),
    nodes: [...boxes.values()].map((box) => ({
      ...box.node,
      x: box.left,
      y: box.middle - box.width / 2,
      // All of a column are as wide as its widest.
      width: box.right - box.left,
    })),
    edges: edges
      .filter((edge) => edge.from !== edge.to)
      .map((edge) => ({ from: edge.from, to: edge.to, points: route(edge, boxes) })),
  };
}

function route(edge, boxes) {
  const [left, right] = edge.reversed
    ? [boxes.get(edge.to), boxes.get(edge.from)]
    : [boxes.get(edge.from), boxes.get(edge.to)];
  const points = [
    { x: left.right, y: left.middle },
    ...edge.chain.flatMap((dummy) => [
      { x: dummy.left, y: dummy.middle },
      { x: dummy.right, y: dummy.middle },
    ]),
    { x: right.left, y: right.middle },
  ];
  return edge.reversed ? points.reverse() : points;
}
