// Lines of a log.

import { pageOf } from "../core/arn.js";
import { h } from "../core/dom.js";
import { timeOfDay } from "../core/format.js";

const ARN = /arn:aws[\w-]*:[a-z0-9-]+:[\w-]*:\d*:[^\s"',\])}]+/g;

/** Lines { key, message, timestamp }, timestamps in milliseconds. */
export function logLines(lines, { label = "Log output", stream } = {}) {
  return h(
    "div",
    { class: "log", role: "log", "aria-label": label, tabindex: "0" },
    lines.map((line) =>
      h(
        "div",
        { class: `log-line ${kindOf(line.message)}`, key: line.key },
        line.timestamp !== undefined &&
          h(
            "time",
            { class: "log-time", title: new Date(line.timestamp).toISOString() },
            timeOfDay(line.timestamp / 1000),
          ),
        stream && h("span", { class: "log-stream" }, stream(line)),
        h("span", { class: "log-text" }, linked(line.message.replace(/\n$/, ""))),
      ),
    ),
  );
}

function kindOf(message) {
  if (/^(START|END|REPORT|INIT_START|INIT_REPORT)\b/.test(message)) return "is-platform";
  if (/^\[ERROR\]|\bERROR\b|Traceback|"level":\s*"(?:ERROR|FATAL)"|Task timed out/.test(message))
    return "is-error";
  if (/^\[WARN|\bWARN(?:ING)?\b/.test(message)) return "is-warning";
  return "";
}

function linked(text) {
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(ARN)) {
    const page = pageOf(match[0]);
    if (page === null) continue;
    parts.push(text.slice(at, match.index), h("a", { href: page }, match[0]));
    at = match.index + match[0].length;
  }
  parts.push(text.slice(at));
  return parts;
}
