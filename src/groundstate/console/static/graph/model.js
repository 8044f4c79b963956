// A definition as a graph: nodes and edges of each scope (the machine, a branch, a Map's processor).

import { catchLabel, ruleLabel, stateDetail } from "./labels.js";

/**
 * The graph of a definition: { start, nodes, edges }. A node is { id, kind, name, detail, state,
 * scopes }, an edge { from, to, kind, label }. Kinds of edges: next, choice, default, catch.
 */
export function modelOf(definition) {
  const scope = scopeOf(definition);
  scope.nodes.unshift({ id: "·start", kind: "start", name: "Start", scopes: [] });
  scope.nodes.push({ id: "·end", kind: "end", name: "End", scopes: [] });
  scope.edges.unshift({ from: "·start", to: definition.StartAt, kind: "next", label: "" });
  for (const [name, state] of Object.entries(definition.States)) {
    if (state.End || state.Type === "Succeed" || state.Type === "Fail") {
      scope.edges.push({ from: name, to: "·end", kind: "next", label: "" });
    }
  }
  scope.start = "·start";
  return scope;
}

function scopeOf(definition) {
  const nodes = [];
  const edges = [];
  const names = new Set(Object.keys(definition.States ?? {}));
  for (const [name, state] of Object.entries(definition.States ?? {})) {
    nodes.push({
      id: name,
      kind: state.Type,
      name,
      detail: stateDetail(state),
      state,
      scopes: innerScopes(state),
    });
    for (const edge of edgesOf(name, state)) if (names.has(edge.to)) edges.push(edge);
  }
  return { start: definition.StartAt, nodes, edges: merged(edges) };
}

function innerScopes(state) {
  if (state.Type === "Parallel") return (state.Branches ?? []).map(scopeOf);
  const processor = state.ItemProcessor ?? state.Iterator;
  return state.Type === "Map" && processor ? [scopeOf(processor)] : [];
}

function* edgesOf(name, state) {
  for (const rule of state.Choices ?? [])
    yield { from: name, to: rule.Next, kind: "choice", label: ruleLabel(rule) };
  if (state.Default) yield { from: name, to: state.Default, kind: "default", label: "Default" };
  if (state.Next) yield { from: name, to: state.Next, kind: "next", label: "" };
  for (const catcher of state.Catch ?? [])
    yield { from: name, to: catcher.Next, kind: "catch", label: catchLabel(catcher) };
}

// Several rules with the same goal share an edge.
function merged(edges) {
  const found = new Map();
  for (const edge of edges) {
    const key = JSON.stringify([edge.from, edge.to, edge.kind === "catch"]);
    const same = found.get(key);
    if (same === undefined) found.set(key, { ...edge });
    else same.label = [same.label, edge.label].filter(Boolean).join(", ");
  }
  return [...found.values()];
}
