// The operations of a durable execution, worked out from its history.

const KINDS = {
  Context: "Context",
  Step: "Step",
  Wait: "Wait",
  Callback: "Callback",
  ChainedInvoke: "Chained invocation",
};
const EVENT = /^(Context|Step|Wait|Callback|ChainedInvoke)(Started|Succeeded|Failed|TimedOut|Cancelled|Stopped)$/;
const STATUSES = {
  Succeeded: "SUCCEEDED",
  Failed: "FAILED",
  TimedOut: "TIMED_OUT",
  Cancelled: "CANCELLED",
  Stopped: "STOPPED",
};

/** An execution has not ended. */
export function isRunning(status) {
  return ["RUNNING", "PAUSING", "PAUSED"].includes(status);
}

/** Operations in the order in which they began, those of a context below it: { id, name, kind, ... }. */
export function operationsOf(events) {
  const found = new Map();
  for (const event of events) {
    const match = EVENT.exec(event.EventType);
    if (match === null) continue;
    const details = event[`${event.EventType}Details`] ?? {};
    const known = found.get(event.Id);
    const operation = known ?? {
      id: event.Id,
      parent: event.ParentId,
      name: event.Name,
      kind: event.SubType ?? KINDS[match[1]],
      startedAt: event.EventTimestamp,
      attempts: 0,
      callbackId: details.CallbackId,
    };
    found.set(event.Id, operation);
    const retry = details.RetryDetails;
    if (match[2] === "Started") {
      operation.status = "STARTED";
      operation.attempts += 1;
      operation.endedAt = undefined;
    } else if (retry?.NextAttemptDelaySeconds !== undefined) {
      operation.status = "PENDING";
    } else {
      operation.status = STATUSES[match[2]];
      operation.endedAt = event.EventTimestamp;
    }
  }
  return inTree([...found.values()]);
}

function inTree(operations) {
  const children = Map.groupBy(operations, (each) => each.parent);
  const listed = [];
  const list = (parent, depth) => {
    for (const each of children.get(parent) ?? []) {
      listed.push({ ...each, depth });
      list(each.id, depth + 1);
    }
  };
  list(undefined, 0);
  return listed;
}
