// What an execution's visits mean for the drawing: the status of each state, the edges that were taken.

import { statusOf } from "../history/visits.js";
import { edgeKey } from "./draw.js";

/** { states, taken } for `drawGraph`, and `focus`: the state to look at, the last or the failed one. */
export function coloursOf(visits) {
  const states = new Map();
  for (const [name, each] of visits.byState) {
    const tried = each.length === 1 ? each[0].attempts.length : 0;
    const status = statusOf(each);
    const since =
      status === "running" ? each.find((visit) => visit.status === "running").enteredAt : undefined;
    states.set(name, { status, count: each.length, tried, since });
  }
  const taken = new Set();
  for (const visit of visits.all) {
    const before = visit.before;
    if (before !== undefined)
      taken.add(edgeKey(before.name, visit.name, before.status === "caught"));
    else if (visit.parent === undefined) taken.add(edgeKey("·start", visit.name));
  }
  if (visits.events.length > 0) states.set("·start", { status: "succeeded" });
  if (visits.status === "SUCCEEDED") {
    states.set("·end", { status: "succeeded" });
    const last = visits.all.filter((visit) => visit.parent === undefined).at(-1);
    if (last !== undefined) taken.add(edgeKey(last.name, "·end"));
  }
  const failed = visits.all.findLast((visit) => visit.status === "failed");
  const focus = visits.status === "RUNNING" ? visits.all.at(-1)?.name : failed?.name;
  return { states, taken, focus };
}
