// Statuses: a colour, and a mark for those who do not see it.

import { h } from "../core/dom.js";

const KINDS = {
  RUNNING: "running",
  SUCCEEDED: "succeeded",
  FAILED: "failed",
  TIMED_OUT: "failed",
  ABORTED: "cancelled",
  STOPPED: "cancelled",
  CANCELLED: "cancelled",
  PAUSED: "caught",
  PAUSING: "caught",
  STARTED: "running",
  PENDING: "retrying",
  PENDING_REDRIVE: "caught",
  ACTIVE: "succeeded",
  CREATING: "running",
  UPDATING: "running",
  DELETING: "running",
  Active: "succeeded",
  Pending: "running",
  Inactive: "cancelled",
  Failed: "failed",
};
const LABELS = {
  RUNNING: "Running",
  SUCCEEDED: "Succeeded",
  FAILED: "Failed",
  TIMED_OUT: "Timed out",
  ABORTED: "Aborted",
  STARTED: "In progress",
  PENDING: "Waiting to retry",
  PENDING_REDRIVE: "Pending redrive",
  running: "In progress",
  succeeded: "Succeeded",
  failed: "Failed",
  caught: "Caught error",
  cancelled: "Cancelled",
  retrying: "Waiting to retry",
};

/** The mark of a kind, as the path of a 16 by 16 drawing. */
export const MARKS = {
  succeeded: "M3.5 8.5l3 3 6-6.8",
  failed: "M4.5 4.5l7 7M11.5 4.5l-7 7",
  running: "M8 3.2v4.8l3 1.8",
  caught: "M8 4v5M8 11.6v.2",
  cancelled: "M4.5 8h7",
  retrying: "M11.8 6A4.3 4.3 0 1 0 12.3 9M12.2 3.2v3h-3",
};

/** The kind of a status: running, succeeded, failed, caught or cancelled. */
export function kindOf(status) {
  if (KINDS[status]) return KINDS[status];
  if (/ROLLBACK_COMPLETE$/.test(status)) return "failed";
  if (/FAILED$/.test(status)) return "failed";
  if (/IN_PROGRESS$/.test(status)) return "running";
  if (/COMPLETE$/.test(status)) return "succeeded";
  return "cancelled";
}

export function labelOf(status) {
  if (LABELS[status]) return LABELS[status];
  const words = status
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .replaceAll("_", " ");
  return words[0].toUpperCase() + words.slice(1);
}

/** A status as a chip. */
export function statusChip(status, kind = MARKS[status] ? status : kindOf(status)) {
  return h("span", { class: `status is-${kind}` }, statusMark(kind), labelOf(status));
}

export function statusMark(kind) {
  return h(
    "svg",
    { class: "mark", viewBox: "0 0 16 16", "aria-hidden": "true" },
    h("circle", { cx: 8, cy: 8, r: 7.2, class: "mark-back" }),
    h("path", { d: MARKS[kind], class: "mark-line" }),
  );
}
