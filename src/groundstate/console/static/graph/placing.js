// The third step of a layout: where in its layer each node stands, so that edges run straight.
//
// Each node would stand at the mean of its neighbours. With the order and the gaps kept, the places
// that come nearest to these wishes (least squares) are found exactly, in one pass: neighbours whose
// wishes contradict each other are pooled and share their mean.

const ROUNDS = 10;

/**
 * Write `x`, the middle of each node, in pixels.
 *
 * @param layers lists of nodes in their order: { width, up, down, isDummy }
 * @param gap between two nodes
 */
export function placeNodes(layers, gap) {
  for (const layer of layers) {
    let at = 0;
    for (const node of layer) {
      node.x = at + node.width / 2;
      at += node.width + gap;
    }
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    const isDown = round % 2 === 0;
    const sequence = isDown ? layers : [...layers].reverse();
    for (const layer of sequence) settle(layer, gap, round < ROUNDS - 2 ? (isDown ? ["up"] : ["down"]) : ["up", "down"]);
  }
}

function settle(layer, gap, sides) {
  // Shift each wish by the room that the nodes before it need: then only the order is left to keep.
  let offset = 0;
  const pools = [];
  layer.forEach((node, at) => {
    if (at > 0) offset += (layer[at - 1].width + node.width) / 2 + gap;
    const [wish, weight] = wishOf(node, sides);
    pools.push({ sum: (wish - offset) * weight, weight, count: 1 });
    while (pools.length > 1 && mean(pools.at(-2)) > mean(pools.at(-1))) {
      const last = pools.pop();
      const pool = pools.at(-1);
      pool.sum += last.sum;
      pool.weight += last.weight;
      pool.count += last.count;
    }
  });
  offset = 0;
  let at = 0;
  for (const pool of pools) {
    for (let member = 0; member < pool.count; member += 1, at += 1) {
      if (at > 0) offset += (layer[at - 1].width + layer[at].width) / 2 + gap;
      layer[at].x = mean(pool) + offset;
    }
  }
}

function wishOf(node, sides) {
  let sum = 0;
  let weight = 0;
  for (const side of sides) {
    for (const other of node[side]) {
      // Long edges are to be straight before anything else.
      const each = node.isDummy && other.isDummy ? 8 : node.isDummy || other.isDummy ? 2 : 1;
      sum += other.x * each;
      weight += each;
    }
  }
  return weight > 0 ? [sum / weight, weight] : [node.x, 0.1];
}

function mean(pool) {
  return pool.sum / pool.weight;
}
