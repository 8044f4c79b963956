// The third step of a layout: where in its layer each node stands, so that edges run straight.
//
// Each node would stand at the mean of its neighbours. With the order and the gaps kept, the places
// that come nearest to these wishes (least squares) are found exactly, in one pass: neighbours whose
// wishes contradict each other are pooled and share their mean.

const ROUNDS = 10;

/**
 * Write `x`, the middle of each node, in pixels.
 *
 * @param layers lists of nodes in their order: { width, up, down }, neighbours with their `weight`
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
    for (const layer of sequence)
      settle(layer, gap, round < ROUNDS - 2 ? (isDown ? ["up"] : ["down"]) : ["up", "down"]);
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
  let total = 0;
  for (const side of sides) {
    for (const { node: other, weight } of node[side]) {
      sum += other.x * weight;
      total += weight;
    }
  }
  return total > 0 ? [sum / total, total] : [node.x, 0.1];
}

/**
 * Make long edges straight where there is room: dummies of an edge that can all stand at one place
 * are moved there, and what cannot makes a bend.
 *
 * @param chains the dummies of each edge, from above
 */
export function straighten(layers, chains, gap) {
  const room = new Map();
  for (const layer of layers) {
    layer.forEach((node, at) => room.set(node, [layer[at - 1], layer[at + 1]]));
  }
  const bounds = (node) => {
    const [left, right] = room.get(node);
    return [
      left === undefined ? -Infinity : left.x + (left.width + node.width) / 2 + gap,
      right === undefined ? Infinity : right.x - (right.width + node.width) / 2 - gap,
    ];
  };
  for (const chain of chains) {
    let from = 0;
    while (from < chain.length) {
      let [low, high] = bounds(chain[from]);
      let to = from + 1;
      for (; to < chain.length; to += 1) {
        const [nextLow, nextHigh] = bounds(chain[to]);
        if (Math.max(low, nextLow) > Math.min(high, nextHigh)) break;
        low = Math.max(low, nextLow);
        high = Math.min(high, nextHigh);
      }
      const run = chain.slice(from, to);
      const wish = run.reduce((sum, node) => sum + node.x, 0) / run.length;
      for (const node of run) node.x = Math.min(high, Math.max(low, wish));
      from = to;
    }
  }
}

function mean(pool) {
  return pool.sum / pool.weight;
}
