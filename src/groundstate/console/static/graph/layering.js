// The first step of a layout: which way each edge goes, and which layer each node is in.

/**
 * Turn round the edges that lead back, and give each node a layer so that every edge leads down, a
 * labelled one over at least one layer, where its label will stand.
 *
 * @param ids the nodes, in the order in which they should be met
 * @param edges { from, to, label }; they get `reversed`
 * @returns layers by node
 */
export function assignLayers(ids, edges) {
  const out = new Map(ids.map((id) => [id, []]));
  for (const edge of edges) if (edge.from !== edge.to) out.get(edge.from).push(edge);
  const order = reverseCycles(ids, out);
  const layer = new Map(ids.map((id) => [id, 0]));
  const incoming = new Map(ids.map((id) => [id, []]));
  for (const edge of edges) {
    if (edge.from === edge.to) continue;
    incoming.get(edge.reversed ? edge.from : edge.to).push(edge);
  }
  for (const id of order) {
    for (const edge of incoming.get(id)) {
      const above = edge.reversed ? edge.to : edge.from;
      layer.set(id, Math.max(layer.get(id), layer.get(above) + lengthOf(edge)));
    }
  }
  return layer;
}

/** How many layers an edge spans at least. */
function lengthOf(edge) {
  return edge.label ? 2 : 1;
}

// Depth first: an edge to a node that is still open closes a cycle. Returns a topological order.
function reverseCycles(ids, out) {
  const state = new Map();
  const finished = [];
  for (const root of ids) {
    if (state.has(root)) continue;
    const stack = [{ id: root, next: 0 }];
    state.set(root, "open");
    while (stack.length > 0) {
      const top = stack.at(-1);
      const edge = out.get(top.id)[top.next];
      if (edge === undefined) {
        state.set(top.id, "done");
        finished.push(top.id);
        stack.pop();
        continue;
      }
      top.next += 1;
      const found = state.get(edge.to);
      edge.reversed = found === "open";
      if (found === undefined) {
        state.set(edge.to, "open");
        stack.push({ id: edge.to, next: 0 });
      }
    }
  }
  return finished.reverse();
}
