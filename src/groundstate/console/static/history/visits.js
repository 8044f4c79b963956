// An execution's history as visits of states: what entered, what came out, what was tried between.
//
// Each event names the one before it in its own chain (`previousEventId`), so the branches of a
// Parallel and the iterations of a Map can be told apart. An event belongs to the visit that its
// predecessor belongs to, unless it enters a state, or speaks of a state around that visit.

const FAILURES = /(?:Failed|TimedOut)$/;
const ENDS = {
  ExecutionSucceeded: "SUCCEEDED",
  ExecutionFailed: "FAILED",
  ExecutionTimedOut: "TIMED_OUT",
  ExecutionAborted: "ABORTED",
};

/** The details of an event, whatever their member is called. */
export function detailsOf(event) {
  for (const name in event) if (name.endsWith("EventDetails")) return event[name];
  return {};
}

/** A history that grows. `add` takes events in their order, each once. */
export class Visits {
  constructor() {
    this.events = [];
    this.all = [];
    this.byState = new Map();
    this.status = "RUNNING";
    this.mapRuns = [];
    this._at = new Map();
  }

  get lastId() {
    return this.events.at(-1)?.id ?? 0;
  }

  add(events) {
    for (const event of events) {
      if (event.id <= this.lastId) continue;
      this.events.push(event);
      this._take(event);
    }
  }

  /** The visit that an event belongs to; undefined for events of the execution itself. */
  visitOf(event) {
    return this._at.get(event.id)?.visit;
  }

  _take(event) {
    const { type } = event;
    const place = this._at.get(event.previousEventId) ?? { visit: undefined, iteration: undefined };
    if (type.startsWith("Execution")) this._takeExecution(event, place);
    else if (type.endsWith("StateEntered")) this._enter(event, place);
    else if (type.endsWith("StateExited")) this._exit(event, place);
    else this._takeInside(event, place);
  }

  _takeExecution(event, place) {
    this._at.set(event.id, place);
    if (event.type === "ExecutionRedriven") {
      this.status = "RUNNING";
      return;
    }
    const status = ENDS[event.type];
    if (status === undefined) return;
    this.status = status;
    if (status === "FAILED") {
      for (let visit = place.visit; visit !== undefined; visit = visit.parent) {
        if (isOpen(visit)) close(visit, event, "failed");
      }
    }
    for (const visit of this.all) if (isOpen(visit)) close(visit, event, "cancelled");
  }

  _enter(event, { visit: before, iteration }) {
    const details = detailsOf(event);
    // A closed predecessor is a sibling; an open one is the state around this one.
    const parent =
      before === undefined || (isContainer(before) && isOpen(before)) ? before : before.parent;
    const visit = {
      number: this.all.length,
      name: details.name,
      type: event.type.replace("StateEntered", ""),
      parent,
      iteration: before === parent ? iteration : before?.iteration,
      enteredAt: event.timestamp,
      exitedAt: undefined,
      status: "running",
      input: details.input,
      output: undefined,
      assigned: undefined,
      error: undefined,
      cause: undefined,
      attempts: [],
      mapRunArn: undefined,
      length: undefined,
      failing: false,
      before: before === parent ? undefined : before,
      enteredId: event.id,
    };
    reopen(parent);
    this.all.push(visit);
    const same = this.byState.get(visit.name);
    if (same === undefined) this.byState.set(visit.name, [visit]);
    else same.push(visit);
    this._at.set(event.id, { visit, iteration: undefined });
  }

  _exit(event, { visit: before }) {
    const details = detailsOf(event);
    const visit = climb(before, (each) => each.name === details.name) ?? before;
    if (visit === undefined) return;
    visit.output = details.output;
    visit.assigned = details.assignedVariables;
    close(visit, event, visit.failing ? "caught" : "succeeded");
    if (isContainer(visit)) this._cancelInside(visit, event);
    this._at.set(event.id, { visit, iteration: undefined });
  }

  // A Parallel that ends with an error leaves branches behind that never come to an end.
  _cancelInside(visit, event) {
    for (let number = visit.number + 1; number < this.all.length; number += 1) {
      const other = this.all[number];
      if (isOpen(other) && climb(other, (each) => each === visit)) close(other, event, "cancelled");
    }
  }

  _takeInside(event, { visit: before, iteration }) {
    const { type } = event;
    const details = detailsOf(event);
    if (type.startsWith("MapIteration")) {
      const visit = climb(before, (each) => each.name === details.name) ?? before;
      reopen(visit);
      this._at.set(event.id, { visit, iteration: details.index });
      return;
    }
    const isOfContainer = /^(?:Parallel|Map)State|^MapRun/.test(type);
    const visit = isOfContainer
      ? (climb(before, (each) => isContainer(each) && isOpen(each)) ?? before)
      : before;
    this._at.set(event.id, { visit, iteration });
    if (visit === undefined) return;
    reopen(visit);
    if (type === "MapStateStarted") visit.length = details.length;
    if (details.mapRunArn) {
      visit.mapRunArn = details.mapRunArn;
      this.mapRuns.push({ mapRunArn: details.mapRunArn, visit });
    }
    takeAttempt(visit, event, details);
  }
}

/** The state's status in words of the graph, from all of its visits: the most urgent one. */
export function statusOf(visits) {
  if (visits === undefined || visits.length === 0) return undefined;
  for (const status of ["failed", "running", "retrying"]) {
    if (visits.some((visit) => visit.status === status)) return status;
  }
  return visits.at(-1).status;
}

function takeAttempt(visit, event, details) {
  const { type } = event;
  if (type.endsWith("Scheduled")) {
    visit.failing = false;
    visit.status = "running";
    visit.attempts.push({
      scheduledAt: event.timestamp,
      resource: resourceOf(type, details),
      parameters: details.parameters ?? details.input,
      startedAt: undefined,
      endedAt: undefined,
      error: undefined,
      cause: undefined,
      output: undefined,
      eventId: event.id,
    });
    return;
  }
  const attempt = visit.attempts.at(-1);
  if (type.endsWith("Started") && attempt) attempt.startedAt ??= event.timestamp;
  if (type.endsWith("Submitted") && attempt) attempt.submitted = details.output;
  if (type.endsWith("Succeeded") && attempt && !/^(Parallel|Map)/.test(type)) {
    attempt.endedAt = event.timestamp;
    attempt.output = details.output;
  }
  if (!FAILURES.test(type)) return;
  visit.failing = true;
  visit.error = details.error ?? visit.error;
  visit.cause = details.cause ?? visit.cause;
  if (attempt && attempt.endedAt === undefined) {
    attempt.endedAt = event.timestamp;
    attempt.error = details.error ?? type;
    attempt.cause = details.cause;
  }
  // Whether it is tried again, caught, or the end: the next event of its chain says.
  if (!isContainer(visit)) visit.status = "retrying";
}

function resourceOf(type, details) {
  if (details.resourceType) return `${details.resourceType}:${details.resource}`;
  return details.resource ?? type.replace("Scheduled", "");
}

function isContainer(visit) {
  return visit.type === "Parallel" || visit.type === "Map";
}

function isOpen(visit) {
  return visit.status === "running" || visit.status === "retrying";
}

function close(visit, event, status) {
  visit.exitedAt = event.timestamp;
  visit.status = status;
  if (status === "failed" && visit.error === undefined) {
    const details = detailsOf(event);
    visit.error = details.error;
    visit.cause = details.cause;
  }
}

// After a redrive, what had failed or was cancelled goes on.
function reopen(visit) {
  for (let each = visit; each !== undefined; each = each.parent) {
    if (each.status !== "failed" && each.status !== "cancelled") continue;
    each.status = "running";
    each.exitedAt = undefined;
    each.failing = false;
    each.error = undefined;
    each.cause = undefined;
  }
}

function climb(visit, test) {
  for (let each = visit; each !== undefined; each = each.parent) if (test(each)) return each;
  return undefined;
}
