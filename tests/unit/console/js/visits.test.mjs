import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./modules.mjs";

const { Visits, statusOf } = await load("history/visits.js");
const { coloursOf } = await load("graph/coloured.js");
const { edgeKey } = await load("graph/draw.js");

/** A history from lines "id previous Type name-or-details". */
function history(...lines) {
  const visits = new Visits();
  visits.add(
    lines.map(([id, previousEventId, type, details = {}]) => {
      const event = { id, previousEventId, type, timestamp: 100 + id };
      if (type.endsWith("Entered"))
        event.stateEnteredEventDetails =
          typeof details === "string" ? { name: details, input: "{}" } : details;
      else if (type.endsWith("Exited"))
        event.stateExitedEventDetails =
          typeof details === "string" ? { name: details, output: "{}" } : details;
      else event[`${type[0].toLowerCase()}${type.slice(1)}EventDetails`] = details;
      return event;
    }),
  );
  return visits;
}

const status = (visits, name) => statusOf(visits.byState.get(name));

const TASK = [
  [1, 0, "ExecutionStarted"],
  [2, 0, "TaskStateEntered", "T"],
  [3, 2, "TaskScheduled", { resourceType: "lambda", resource: "invoke" }],
  [4, 3, "TaskStarted"],
  [5, 4, "TaskFailed", { error: "Boom", cause: "why" }],
];

test("a state is in progress from its entry to its exit", () => {
  const visits = history([1, 0, "ExecutionStarted"], [2, 0, "WaitStateEntered", "W"]);
  assert.equal(status(visits, "W"), "running");
  visits.add([
    {
      id: 3,
      previousEventId: 2,
      type: "WaitStateExited",
      timestamp: 130,
      stateExitedEventDetails: { name: "W", output: "1" },
    },
  ]);
  assert.equal(status(visits, "W"), "succeeded");
  const [visit] = visits.byState.get("W");
  assert.deepEqual([visit.enteredAt, visit.exitedAt, visit.output], [102, 130, "1"]);
});

test("events that are there already are not taken twice", () => {
  const visits = history(...TASK);
  visits.add(visits.events.slice());
  assert.equal(visits.all.length, 1);
});

test("a failed attempt waits for what comes next", () => {
  const visits = history(...TASK);
  assert.equal(status(visits, "T"), "retrying");
  assert.deepEqual(
    visits.byState.get("T")[0].attempts.map((attempt) => attempt.error),
    ["Boom"],
  );
});

test("an attempt that succeeds after one that failed makes the state succeed", () => {
  const visits = history(
    ...TASK,
    [6, 5, "TaskScheduled", { resourceType: "lambda", resource: "invoke" }],
    [7, 6, "TaskStarted"],
    [8, 7, "TaskSucceeded", { output: "2" }],
    [9, 8, "TaskStateExited", "T"],
    [10, 9, "ExecutionSucceeded"],
  );
  assert.equal(status(visits, "T"), "succeeded");
  assert.equal(visits.byState.get("T")[0].attempts.length, 2);
  assert.equal(visits.status, "SUCCEEDED");
});

test("an error that is caught colours its state and its edge", () => {
  const visits = history(
    ...TASK,
    [6, 5, "TaskStateExited", "T"],
    [7, 6, "PassStateEntered", "H"],
    [8, 7, "PassStateExited", "H"],
    [9, 8, "ExecutionSucceeded"],
  );
  assert.equal(status(visits, "T"), "caught");
  const { taken } = coloursOf(visits);
  assert.ok(taken.has(edgeKey("T", "H", true)));
  assert.ok(taken.has(edgeKey("H", "·end")));
  assert.ok(!taken.has(edgeKey("T", "H", false)));
});

test("an error that nobody catches fails the state and the execution", () => {
  const visits = history(...TASK, [6, 5, "ExecutionFailed", { error: "Boom", cause: "why" }]);
  assert.equal(status(visits, "T"), "failed");
  assert.equal(coloursOf(visits).focus, "T");
  assert.deepEqual([visits.byState.get("T")[0].error, visits.status], ["Boom", "FAILED"]);
});

test("a Fail state fails", () => {
  const visits = history(
    [1, 0, "ExecutionStarted"],
    [2, 0, "FailStateEntered", "F"],
    [3, 2, "ExecutionFailed", { error: "E" }],
  );
  assert.equal(status(visits, "F"), "failed");
});

test("what was open when the execution was stopped is cancelled", () => {
  const visits = history(
    [1, 0, "ExecutionStarted"],
    [2, 0, "WaitStateEntered", "W"],
    [3, 0, "ExecutionAborted"],
  );
  assert.equal(status(visits, "W"), "cancelled");
});

const PARALLEL = [
  [1, 0, "ExecutionStarted"],
  [2, 0, "ParallelStateEntered", "P"],
  [3, 2, "ParallelStateStarted"],
  [4, 3, "WaitStateEntered", "A"],
  [5, 3, "FailStateEntered", "F"],
];

test("branches belong to their Parallel", () => {
  const visits = history(...PARALLEL);
  assert.equal(visits.byState.get("A")[0].parent.name, "P");
  assert.equal(visits.byState.get("F")[0].parent.name, "P");
});

test("a branch that fails cancels the others; the Parallel may catch it", () => {
  const visits = history(
    ...PARALLEL,
    [6, 5, "ParallelStateFailed"],
    [7, 6, "ParallelStateExited", "P"],
  );
  assert.deepEqual(
    ["P", "A"].map((name) => status(visits, name)),
    ["caught", "cancelled"],
  );
});

test("a branch that fails fails the execution if nothing catches it", () => {
  const visits = history(...PARALLEL, [6, 5, "ParallelStateFailed"], [7, 6, "ExecutionFailed"]);
  assert.deepEqual(
    ["P", "A"].map((name) => status(visits, name)),
    ["failed", "cancelled"],
  );
});

test("the exit of a Parallel may follow a branch's last event", () => {
  const visits = history(
    [1, 0, "ExecutionStarted"],
    [2, 0, "ParallelStateEntered", "P"],
    [3, 2, "ParallelStateStarted"],
    [4, 3, "PassStateEntered", "A"],
    [5, 4, "PassStateExited", "A"],
    [6, 5, "ParallelStateSucceeded"],
    [7, 5, "ParallelStateExited", "P"],
    [8, 7, "PassStateEntered", "N"],
  );
  assert.deepEqual(
    ["P", "A"].map((name) => status(visits, name)),
    ["succeeded", "succeeded"],
  );
  assert.equal(visits.byState.get("N")[0].parent, undefined);
  assert.equal(visits.byState.get("N")[0].before.name, "P");
});

test("iterations of a Map are told apart", () => {
  const visits = history(
    [1, 0, "ExecutionStarted"],
    [2, 0, "MapStateEntered", "M"],
    [3, 2, "MapStateStarted", { length: 2 }],
    [4, 3, "MapIterationStarted", { name: "M", index: 0 }],
    [5, 3, "MapIterationStarted", { name: "M", index: 1 }],
    [6, 4, "PassStateEntered", "I"],
    [7, 6, "PassStateExited", "I"],
    [8, 7, "PassStateEntered", "J"],
    [9, 8, "PassStateExited", "J"],
    [10, 9, "MapIterationSucceeded", { name: "M", index: 0 }],
    [11, 5, "PassStateEntered", "I"],
  );
  assert.deepEqual(
    visits.byState.get("I").map((visit) => visit.iteration),
    [0, 1],
  );
  assert.equal(visits.byState.get("J")[0].iteration, 0);
  assert.equal(visits.byState.get("M")[0].length, 2);
  assert.equal(status(visits, "I"), "running");
});

test("a map run is known by its ARN", () => {
  const visits = history(
    [1, 0, "ExecutionStarted"],
    [2, 0, "MapStateEntered", "M"],
    [3, 2, "MapStateStarted", { length: 2 }],
    [4, 3, "MapRunStarted", { mapRunArn: "arn:run" }],
  );
  assert.deepEqual(
    visits.mapRuns.map((run) => run.mapRunArn),
    ["arn:run"],
  );
});

test("a redrive opens what had failed", () => {
  const visits = history(
    ...TASK,
    [6, 5, "ExecutionFailed", { error: "Boom" }],
    [7, 6, "ExecutionRedriven", { redriveCount: 1 }],
  );
  assert.equal(visits.status, "RUNNING");
  visits.add([
    {
      id: 8,
      previousEventId: 7,
      type: "TaskScheduled",
      timestamp: 200,
      taskScheduledEventDetails: { resource: "x" },
    },
  ]);
  assert.equal(status(visits, "T"), "running");
  assert.equal(visits.byState.get("T")[0].error, undefined);
});
