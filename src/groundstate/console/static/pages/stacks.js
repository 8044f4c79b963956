// The stacks of the region.

import { callAll } from "../core/api.js";
import { h } from "../core/dom.js";
import { ago, count } from "../core/format.js";
import { now } from "../core/live.js";
import { addressOf } from "../core/router.js";
import { command } from "../ui/copy.js";
import { listFilter } from "../ui/list_filter.js";
import { empty, pageHead, panel, table } from "../ui/parts.js";
import { statusChip } from "../ui/status.js";

/** The stacks that are there, newest first. */
export async function readStacks() {
  const all = await callAll("cloudformation", "ListStacks", {}, "StackSummaries", {
    token: "NextToken",
  });
  return all.filter((stack) => stack.StackStatus !== "DELETE_COMPLETE");
}

/** When a stack was last touched, in epoch seconds. */
export function touchedAt(stack) {
  return toSeconds(stack.LastUpdatedTime ?? stack.CreationTime);
}

export function toSeconds(time) {
  return typeof time === "number" ? time : Date.parse(time) / 1000;
}

export function stacksPage(open) {
  const list = listFilter(open);
  let stacks = [];
  return {
    title: "Stacks",
    section: "stacks",
    async load() {
      stacks = await readStacks();
    },
    view: () => [
      pageHead({ title: "Stacks", facts: count(stacks.length, "stack") }),
      stacks.length === 0
        ? empty(
            "No stack yet.",
            h("p", {}, "Deploy a CDK app from its folder:"),
            command("groundstate deploy app"),
          )
        : panel(
            null,
            { flush: true },
            list.view(stacks),
            table(
              "Stacks",
              [
                { label: "Name" },
                { label: "Status" },
                { label: "Touched" },
                { label: "Description" },
              ],
              list
                .filter(stacks, (each) => each.StackName)
                .map((stack) => ({
                  key: stack.StackId,
                  cells: [
                    h(
                      "a",
                      { href: addressOf("stacks", stack.StackName), class: "strong" },
                      stack.StackName,
                    ),
                    statusChip(stack.StackStatus),
                    ago(touchedAt(stack), now()),
                    stack.TemplateDescription ?? "",
                  ],
                })),
            ),
          ),
    ],
  };
}
