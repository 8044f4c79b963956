// A stack: its resources, its events, its outputs, its template.

import { call, callAll } from "../core/api.js";
import { pageOf, pageOfResource } from "../core/arn.js";
import { h } from "../core/dom.js";
import { ago, dateTime, timeOfDay } from "../core/format.js";
import { now } from "../core/live.js";
import { readAddress, replaceQuery } from "../core/router.js";
import { jsonView } from "../json/view.js";
import { copyable } from "../ui/copy.js";
import { empty, facts, pageHead, panel, tabPart, table, tabs } from "../ui/parts.js";
import { kindOf, statusChip } from "../ui/status.js";
import { toSeconds, touchedAt } from "./stacks.js";

export function stackPage(name, open, query) {
  let stack = null;
  let described = "";
  let resources = [];
  let events = [];
  let template = null;
  let tab = query.tab ?? "resources";

  function choose(id) {
    tab = id;
    replaceQuery({ ...readAddress().query, tab: id === "resources" ? undefined : id });
    open.redraw();
    open.reload();
  }

  async function load() {
    // DescribeStacks of a stack that is being deployed is held until it rests; ListStacks is not.
    const all = await callAll("cloudformation", "ListStacks", {}, "StackSummaries", {
      token: "NextToken",
    });
    const summary =
      all.find((each) => each.StackId === name) ?? all.find((each) => each.StackName === name);
    if (summary === undefined)
      throw Object.assign(new Error(`Stack with id ${name} does not exist`), {
        code: "ValidationError",
      });
    const state = JSON.stringify([summary.StackStatus, summary.LastUpdatedTime]);
    if (kindOf(summary.StackStatus) === "running") stack = { ...stack, ...summary };
    else if (state !== described) {
      stack = (await call("cloudformation", "DescribeStacks", { StackName: summary.StackId }))
        .Stacks[0];
      described = state;
    }
    const StackName = summary.StackId;
    if (tab === "resources")
      resources = await callAll(
        "cloudformation",
        "ListStackResources",
        { StackName },
        "StackResourceSummaries",
        { token: "NextToken" },
      );
    if (tab === "events")
      events = (await call("cloudformation", "DescribeStackEvents", { StackName })).StackEvents;
    if (tab === "template")
      template = (await call("cloudformation", "GetTemplate", { StackName })).TemplateBody;
  }

  return {
    title: pageOf(name) ? name.split("/")[1] : name,
    section: "stacks",
    crumbs: [{ label: "Stacks", href: "#/stacks" }],
    load,
    view: () => [
      pageHead({
        kind: "Stack",
        title: stack.StackName,
        status: statusChip(stack.StackStatus),
        facts: [stack.Description, `touched ${ago(touchedAt(stack), now())}`]
          .filter(Boolean)
          .join(" · "),
      }),
      stack.StackStatusReason &&
        h(
          "div",
          { class: `failure is-${kindOf(stack.StackStatus)} is-banner` },
          h("p", {}, stack.StackStatusReason),
        ),
      tabs(
        "Stack",
        [
          { id: "resources", label: "Resources" },
          { id: "events", label: "Events" },
          { id: "outputs", label: "Outputs", count: stack.Outputs?.length ?? 0 },
          { id: "template", label: "Template" },
          { id: "details", label: "Details" },
        ],
        tab,
        choose,
      ),
      tab === "resources" && tabPart("resources", viewResources(resources)),
      tab === "events" && tabPart("events", viewEvents(events)),
      tab === "outputs" && tabPart("outputs", viewOutputs(stack.Outputs ?? [])),
      tab === "template" &&
        template !== null &&
        tabPart("template", panel(null, {}, jsonView(template, { label: "Template" }))),
      tab === "details" &&
        tabPart(
          "details",
          panel(
            null,
            {},
            facts(
              [
                ["Id", h("code", {}, stack.StackId)],
                ["Created", dateTime(toSeconds(stack.CreationTime))],
                [
                  "Parameters",
                  (stack.Parameters ?? []).map((each) =>
                    h(
                      "div",
                      { key: each.ParameterKey },
                      h("code", {}, each.ParameterKey),
                      ` ${each.ParameterValue}`,
                    ),
                  ),
                ],
                [
                  "Tags",
                  (stack.Tags ?? []).map((each) =>
                    h("div", { key: each.Key }, h("code", {}, each.Key), ` ${each.Value}`),
                  ),
                ],
                ["Role", stack.RoleARN],
              ],
              "is-wide",
            ),
          ),
        ),
    ],
  };
}

function viewResources(resources) {
  if (resources.length === 0) return panel(null, {}, empty("No resource."));
  return panel(
    null,
    { flush: true },
    table(
      "Resources",
      [{ label: "Logical id" }, { label: "Type" }, { label: "Physical id" }, { label: "Status" }],
      resources.map((each) => {
        const page = pageOfResource(each.ResourceType, each.PhysicalResourceId);
        return {
          key: each.LogicalResourceId,
          cells: [
            each.LogicalResourceId,
            h("code", {}, each.ResourceType),
            page
              ? h("a", { href: page, class: "break" }, each.PhysicalResourceId)
              : h("span", { class: "break" }, each.PhysicalResourceId ?? ""),
            [
              statusChip(each.ResourceStatus),
              each.ResourceStatusReason && h("p", { class: "quiet" }, each.ResourceStatusReason),
            ],
          ],
        };
      }),
    ),
  );
}

function viewEvents(events) {
  return panel(
    null,
    { flush: true },
    table(
      "Events",
      [{ label: "Time" }, { label: "Resource" }, { label: "Status" }, { label: "Reason" }],
      events.map((each) => ({
        key: each.EventId,
        cells: [
          h(
            "span",
            { class: "mono nowrap", title: dateTime(toSeconds(each.Timestamp)) },
            timeOfDay(toSeconds(each.Timestamp)),
          ),
          [h("div", {}, each.LogicalResourceId), h("code", { class: "quiet" }, each.ResourceType)],
          statusChip(each.ResourceStatus),
          each.ResourceStatusReason ?? "",
        ],
      })),
    ),
  );
}

function viewOutputs(outputs) {
  if (outputs.length === 0) return panel(null, {}, empty("This stack has no outputs."));
  return panel(
    null,
    { flush: true },
    table(
      "Outputs",
      [{ label: "Key" }, { label: "Value" }, { label: "Export" }, { label: "Description" }],
      outputs.map((each) => {
        const page = pageOf(each.OutputValue);
        return {
          key: each.OutputKey,
          cells: [
            h("strong", {}, each.OutputKey),
            copyable(each.OutputValue, {
              content: page ? h("a", { href: page }, each.OutputValue) : undefined,
            }),
            each.ExportName ?? "",
            each.Description ?? "",
          ],
        };
      }),
    ),
  );
}
