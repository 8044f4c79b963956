// The second step of a layout: the order of the nodes in each layer, with few crossings.

const ROUNDS = 12;

/**
 * Order the layers. Neighbours are in the layer above (`up`) and below (`down`).
 *
 * @param layers lists of nodes { up, down, order }; `up` and `down` have { node }, `order` is written
 */
export function orderLayers(layers) {
  number(layers);
  let best = snapshot(layers);
  let fewest = crossings(layers);
  for (let round = 0; round < ROUNDS && fewest > 0; round += 1) {
    const isDown = round % 2 === 0;
    const sequence = isDown ? layers.slice(1) : layers.slice(0, -1).reverse();
    for (const layer of sequence) sortByNeighbours(layer, isDown ? "up" : "down");
    const found = crossings(layers);
    if (found < fewest) {
      fewest = found;
      best = snapshot(layers);
    }
  }
  best.forEach((layer, at) => layers[at].splice(0, layer.length, ...layer));
  number(layers);
}

/** How many pairs of edges cross between neighbouring layers. */
export function crossings(layers) {
  let total = 0;
  for (let at = 0; at + 1 < layers.length; at += 1)
    total += crossingsBetween(layers[at], layers[at + 1].length);
  return total;
}

// Count inversions of the lower ends, in the order of the upper ones, with a tree of sums.
function crossingsBetween(upper, lowerCount) {
  const tree = new Int32Array(lowerCount + 1);
  let seen = 0;
  let total = 0;
  for (const node of upper) {
    const ends = node.down.map((below) => below.node.order).sort((a, b) => a - b);
    for (const end of ends) {
      let notRight = 0;
      for (let at = end + 1; at > 0; at -= at & -at) notRight += tree[at];
      total += seen - notRight;
    }
    for (const end of ends) {
      seen += 1;
      for (let at = end + 1; at <= lowerCount; at += at & -at) tree[at] += 1;
    }
  }
  return total;
}

function sortByNeighbours(layer, side) {
  const weight = new Map();
  for (const node of layer) {
    const neighbours = node[side];
    const mean = neighbours.reduce((sum, other) => sum + other.node.order, 0) / neighbours.length;
    weight.set(node, neighbours.length > 0 ? mean : node.order);
  }
  layer.sort((a, b) => weight.get(a) - weight.get(b) || a.order - b.order);
  layer.forEach((node, at) => {
    node.order = at;
  });
}

function number(layers) {
  for (const layer of layers)
    layer.forEach((node, at) => {
      node.order = at;
    });
}

function snapshot(layers) {
  return layers.map((layer) => [...layer]);
}
