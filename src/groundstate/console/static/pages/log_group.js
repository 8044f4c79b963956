// A log group: its events, live, and its streams.

import { call } from "../core/api.js";
import { h } from "../core/dom.js";
import { ago, count } from "../core/format.js";
import { now } from "../core/live.js";
import { readAddress, replaceQuery } from "../core/router.js";
import { empty, pageHead, panel, tabPart, table, tabs } from "../ui/parts.js";
import { logTail } from "./log_tail.js";

const STREAMS = 50;

export function logGroupPage(name, open, query) {
  let streams = [];
  let stream = query.stream;
  let tab = query.tab ?? "events";
  const tail = logTail({ open, group: () => name, stream: () => stream });

  function choose(id, chosen = stream) {
    tab = id;
    stream = chosen;
    replaceQuery({ ...readAddress().query, tab: id === "events" ? undefined : id, stream });
    open.redraw();
    open.reload();
  }

  return {
    title: name,
    section: "logs",
    crumbs: [{ label: "Logs", href: "#/logs" }],
    async load() {
      if (tab === "events") await tail.load();
      else
        streams = (
          await call("logs", "DescribeLogStreams", {
            logGroupName: name,
            orderBy: "LastEventTime",
            descending: true,
            limit: STREAMS,
          })
        ).logStreams;
    },
    view: () => [
      pageHead({
        kind: "Log group",
        title: name,
        facts: stream && [
          "Stream ",
          h("code", {}, stream),
          " ",
          h(
            "button",
            { type: "button", class: "link", onclick: () => choose("events", undefined) },
            "show all",
          ),
        ],
      }),
      tabs(
        "Log group",
        [
          { id: "events", label: "Events" },
          { id: "streams", label: "Streams" },
        ],
        tab,
        choose,
      ),
      tab === "events" && tabPart("events", tail.view()),
      tab === "streams" &&
        tabPart(
          "streams",
          panel(
            null,
            { flush: true },
            streams.length === 0
              ? empty("No stream yet.")
              : [
                  h(
                    "p",
                    { class: "quiet toolbar" },
                    streams.length === STREAMS
                      ? `The newest ${STREAMS}.`
                      : count(streams.length, "stream"),
                  ),
                  table(
                    "Streams",
                    [{ label: "Name" }, { label: "First event" }, { label: "Last event" }],
                    streams.map((each) => ({
                      key: each.logStreamName,
                      cells: [
                        h(
                          "button",
                          {
                            type: "button",
                            class: "link mono",
                            onclick: () => choose("events", each.logStreamName),
                          },
                          each.logStreamName,
                        ),
                        each.firstEventTimestamp ? ago(each.firstEventTimestamp / 1000, now()) : "",
                        each.lastEventTimestamp ? ago(each.lastEventTimestamp / 1000, now()) : "",
                      ],
                    })),
                  ),
                ],
          ),
        ),
    ],
  };
}
