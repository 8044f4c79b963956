import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./modules.mjs";

const { modelOf } = await load("graph/model.js");
const { layoutGraph } = await load("graph/layout.js");
const { crossings } = await load("graph/ordering.js");
const { neighbour } = await load("graph/view.js");

const pass = (Next) => (Next ? { Type: "Pass", Next } : { Type: "Pass", End: true });
const layout = (definition) => layoutGraph(modelOf(definition));
const find = (graph, id) => graph.nodes.find((node) => node.id === id);

function chain(count, more = {}) {
  const states = {};
  for (let at = 0; at < count; at += 1)
    states[`State ${at}`] = { ...pass(at + 1 < count ? `State ${at + 1}` : undefined), ...more };
  return { StartAt: "State 0", States: states };
}

const ORDER = {
  StartAt: "Check",
  States: {
    Check: {
      Type: "Choice",
      Choices: [
        { Variable: "$.n", NumericGreaterThan: 5, Next: "Both" },
        { Variable: "$.n", NumericLessThan: 0, Next: "Bad" },
      ],
      Default: "Wait",
    },
    Wait: { Type: "Wait", Seconds: 3, Next: "Check" },
    Both: {
      Type: "Parallel",
      Next: "Each",
      Catch: [{ ErrorEquals: ["States.ALL"], Next: "Bad" }],
      Branches: [
        { StartAt: "A", States: { A: pass("B"), B: pass() } },
        { StartAt: "C", States: { C: pass() } },
      ],
    },
    Each: { Type: "Map", ItemProcessor: { StartAt: "Item", States: { Item: pass() } }, End: true },
    Bad: { Type: "Fail", Error: "Bad" },
  },
};

test("every state and every transition is drawn", () => {
  const graph = layout(ORDER);
  assert.deepEqual(
    graph.nodes.map((node) => node.id).sort(),
    ["A", "B", "Bad", "Both", "C", "Check", "Each", "Item", "Wait", "·end", "·start"].sort(),
  );
  const drawn = graph.edges.map((edge) => `${edge.from}>${edge.to} ${edge.kind}`);
  for (const wanted of [
    "·start>Check next",
    "Check>Both choice",
    "Check>Bad choice",
    "Check>Wait default",
    "Wait>Check next",
    "Both>Each next",
    "Both>Bad catch",
    "A>B next",
    "Each>·end next",
    "Bad>·end next",
  ]) {
    assert.ok(drawn.includes(wanted), wanted);
  }
});

test("places are numbers inside of the drawing", () => {
  const graph = layout(ORDER);
  for (const { x, y, width, height } of graph.nodes) {
    assert.ok(
      x >= -0.01 &&
        y >= -0.01 &&
        x + width <= graph.width + 0.01 &&
        y + height <= graph.height + 0.01,
    );
  }
  for (const edge of graph.edges) {
    assert.ok(edge.points.length >= 2);
    for (const { x, y } of edge.points) assert.ok(Number.isFinite(x) && Number.isFinite(y));
  }
});

function overlaps(a, b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

test("states of one scope do not overlap", () => {
  const states = {};
  for (let at = 0; at < 60; at += 1) {
    states[`S${at}`] =
      at % 4 === 0
        ? {
            Type: "Choice",
            Choices: [1, 2, 3, 7].map((step) => ({
              Variable: "$.x",
              NumericEquals: step,
              Next: `S${Math.min(59, at + step)}`,
            })),
          }
        : pass(at < 59 ? `S${at + 1}` : undefined);
  }
  const { nodes } = layout({ StartAt: "S0", States: states });
  nodes.forEach((a, at) =>
    nodes.slice(at + 1).forEach((b) => assert.ok(!overlaps(a, b), `${a.id} and ${b.id}`)),
  );
});

test("what is in a container stands inside of it, below its name", () => {
  const graph = layout(ORDER);
  for (const [outer, inner] of [
    ["Both", "A"],
    ["Both", "B"],
    ["Both", "C"],
    ["Each", "Item"],
  ]) {
    const [box, node] = [find(graph, outer), find(graph, inner)];
    assert.ok(node.x >= box.x && node.x + node.width <= box.x + box.width);
    assert.ok(node.y >= box.y + box.head && node.y + node.height <= box.y + box.height);
    assert.ok(node.depth > box.depth);
  }
  assert.equal(find(graph, "Both").separators.length, 1);
});

test("transitions lead down, except those that lead back", () => {
  const graph = layout(ORDER);
  for (const edge of graph.edges) {
    const down = edge.points.at(-1).y > edge.points[0].y;
    assert.equal(
      down,
      !(edge.from === "Wait" && edge.to === "Check"),
      `${edge.from} to ${edge.to}`,
    );
  }
});

test("an edge begins and ends at the boxes that it joins", () => {
  const graph = layout(ORDER);
  for (const edge of graph.edges) {
    for (const [id, point] of [
      [edge.from, edge.points[0]],
      [edge.to, edge.points.at(-1)],
    ]) {
      const box = find(graph, id);
      assert.ok(point.x > box.x && point.x < box.x + box.width);
      assert.ok(Math.abs(point.y - box.y) < 0.5 || Math.abs(point.y - box.y - box.height) < 0.5);
    }
  }
});

test("the main way is straight", () => {
  const graph = layout({
    StartAt: "A",
    States: {
      A: { ...pass("B"), Catch: [{ ErrorEquals: ["E"], Next: "Z" }] },
      B: { ...pass("C"), Catch: [{ ErrorEquals: ["E"], Next: "Z" }] },
      C: pass(),
      Z: pass(),
    },
  });
  const middles = ["A", "B", "C"]
    .map((id) => find(graph, id))
    .map((node) => Math.round(node.x + node.width / 2));
  assert.equal(new Set(middles).size, 1);
});

test("labels do not overlap", () => {
  const graph = layout({
    StartAt: "A",
    States: {
      A: {
        Type: "Choice",
        Choices: Array.from({ length: 8 }, (_, at) => ({
          Variable: `$.quite.long.path[${at}]`,
          StringEquals: "something",
          Next: `B${at}`,
        })),
      },
      ...Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`B${at}`, pass()])),
    },
  });
  const labels = graph.edges
    .filter((edge) => edge.labelAt)
    .map(({ labelAt }) => ({
      x: labelAt.x - labelAt.width / 2,
      y: labelAt.y - 9,
      width: labelAt.width,
      height: 18,
    }));
  assert.equal(labels.length, 8);
  labels.forEach((a, at) => labels.slice(at + 1).forEach((b) => assert.ok(!overlaps(a, b))));
});

test("a state that follows itself has a loop", () => {
  const graph = layout({
    StartAt: "A",
    States: {
      A: {
        Type: "Choice",
        Choices: [{ Variable: "$.x", IsPresent: true, Next: "B" }],
        Default: "A",
      },
      B: pass(),
    },
  });
  assert.ok(graph.edges.find((edge) => edge.from === "A" && edge.to === "A").isLoop);
});

test("states that nothing leads to, and goals that do not exist, are no obstacle", () => {
  const graph = layout({ StartAt: "A", States: { A: pass("Missing"), Alone: pass() } });
  assert.equal(graph.nodes.length, 4);
});

test("a cycle of everything is laid out", () => {
  const graph = layout({ StartAt: "A", States: { A: pass("B"), B: pass("C"), C: pass("A") } });
  assert.equal(graph.edges.length, 4);
});

test("500 states with a catcher each are narrow, and fast", () => {
  const definition = chain(500, { Catch: [{ ErrorEquals: ["States.ALL"], Next: "Failed" }] });
  definition.States.Failed = { Type: "Fail" };
  layout(chain(20));
  const began = process.cpuUsage();
  const graph = layout(definition);
  const tookMs = process.cpuUsage(began).user / 1000;
  assert.equal(graph.nodes.length, 503);
  assert.ok(graph.width < 800, `${graph.width} pixels wide`);
  // Some 50 ms on a quiet machine; this bound is for a square of the number of states.
  assert.ok(tookMs < 2000, `${tookMs} ms`);
});

test("crossings are counted", () => {
  const node = (order) => ({ order, up: [], down: [] });
  const [a, b, c, d] = [node(0), node(1), node(0), node(1)];
  a.down.push({ node: d });
  b.down.push({ node: c });
  assert.equal(
    crossings([
      [a, b],
      [c, d],
    ]),
    1,
  );
  a.down = [{ node: c }];
  b.down = [{ node: d }];
  assert.equal(
    crossings([
      [a, b],
      [c, d],
    ]),
    0,
  );
});

test("arrow keys go to the state in their direction", () => {
  const graph = layout(ORDER);
  assert.equal(neighbour(graph.nodes, "A", "ArrowDown"), "B");
  assert.equal(neighbour(graph.nodes, "A", "ArrowRight"), "C");
  assert.equal(neighbour(graph.nodes, "B", "ArrowUp"), "A");
});
