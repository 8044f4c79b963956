import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./modules.mjs";

const { relationsOf } = await load("graph/relations.js");
const { layoutAcross } = await load("graph/across.js");

const MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:M";
const FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:F";
const TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/Tasks";

const parts = (more) => ({
  functions: [{ FunctionName: "F", FunctionArn: FUNCTION }],
  machines: [{ stateMachineArn: MACHINE, definition: "{}" }],
  tables: [{ TableName: "Tasks", TableArn: TABLE }],
  mappings: [],
  ...more,
});

test("a function uses what its environment names", () => {
  const functions = [
    {
      FunctionName: "F",
      FunctionArn: FUNCTION,
      Environment: { Variables: { A: MACHINE, B: "Tasks", C: "something else" } },
    },
  ];
  assert.deepEqual(relationsOf(parts({ functions })), [
    { from: "function:F", to: `machine:${MACHINE}` },
    { from: "function:F", to: "table:Tasks" },
  ]);
});

test("a state machine uses what its tasks name, however nested", () => {
  const definition = JSON.stringify({
    States: {
      P: {
        Branches: [
          { States: { A: { Resource: "x", Parameters: { TableName: "Tasks" } } } },
          { States: { B: { Arguments: { FunctionName: `${FUNCTION}:prod` } } } },
        ],
      },
    },
  });
  const machines = [{ stateMachineArn: MACHINE, definition }];
  assert.deepEqual(
    relationsOf(parts({ machines })).map(({ to }) => to),
    ["table:Tasks", "function:F"],
  );
});

test("a stream leads from its table to its function", () => {
  const mappings = [{ EventSourceArn: `${TABLE}/stream/2026`, FunctionArn: FUNCTION }];
  assert.deepEqual(relationsOf(parts({ mappings })), [{ from: "table:Tasks", to: "function:F" }]);
});

test("what is used stands to the right", () => {
  const nodes = ["a", "b", "c", "d"].map((id) => ({ id, width: 100, height: 50 }));
  const map = layoutAcross(nodes, [
    { from: "a", to: "b" },
    { from: "b", to: "c" },
    { from: "a", to: "c" },
    { from: "c", to: "a" },
    { from: "d", to: "c" },
  ]);
  const x = Object.fromEntries(map.nodes.map((node) => [node.id, node.x]));
  assert.ok(x.a < x.b && x.b < x.c && x.d < x.c);
  for (const edge of map.edges) {
    for (const point of edge.points) assert.ok(Number.isFinite(point.x + point.y));
  }
  map.nodes.forEach((one, at) =>
    map.nodes.slice(at + 1).forEach((other) => {
      assert.ok(one.x !== other.x || Math.abs(one.y - other.y) >= 50);
    }),
  );
});
