// A function: test it, read its log, see how it is configured.

import { call } from "../core/api.js";
import { nameOf } from "../core/arn.js";
import { h } from "../core/dom.js";
import { ago, size, span } from "../core/format.js";
import { now } from "../core/live.js";
import { addressOf, replaceQuery } from "../core/router.js";
import { copyable } from "../ui/copy.js";
import { facts, pageHead, panel, tabPart, tabs } from "../ui/parts.js";
import { statusChip } from "../ui/status.js";
import { durableExecutions } from "./durable_executions.js";
import { functionTest } from "./function_test.js";
import { logTail } from "./log_tail.js";

export function functionPage(name, open, query) {
  let configuration = null;
  let tab = query.tab ?? "test";
  const test = functionTest(name, open, () => configuration.DurableConfig);
  const executions = durableExecutions(name, open);
  const tail = logTail({
    open,
    group: () => configuration.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
  });

  function choose(id) {
    tab = id;
    replaceQuery({ tab: id === "test" ? undefined : id });
    open.redraw();
    open.reload();
  }

  return {
    title: name,
    section: "functions",
    crumbs: [{ label: "Functions", href: "#/functions" }],
    async load() {
      configuration = (await call("lambda", "GetFunction", { FunctionName: name })).Configuration;
      if (tab === "logs") await tail.load();
      if (tab === "executions") await executions.load();
    },
    ticks: () => test.isRunning() || (tab === "executions" && executions.isRunning()),
    view: () => [
      pageHead({
        kind: "Function",
        title: name,
        status: statusChip(configuration.State ?? "Active"),
        facts: [
          configuration.Description,
          `${configuration.Runtime ?? configuration.PackageType}, ${configuration.MemorySize} MB, ${configuration.Timeout} s`,
        ]
          .filter(Boolean)
          .join(" · "),
      }),
      tabs(
        "Function",
        [
          { id: "test", label: "Test" },
          ...(configuration.DurableConfig ? [{ id: "executions", label: "Executions" }] : []),
          { id: "logs", label: "Logs" },
          { id: "configuration", label: "Configuration" },
        ],
        tab,
        choose,
      ),
      tab === "test" && tabPart("test", test.view()),
      tab === "executions" && tabPart("executions", executions.view()),
      tab === "logs" && tabPart("logs", tail.view()),
      tab === "configuration" && tabPart("configuration", viewConfiguration(configuration)),
    ],
  };
}

function viewConfiguration(configuration) {
  const variables = Object.entries(configuration.Environment?.Variables ?? {});
  return h(
    "div",
    { class: "columns" },
    panel(
      "General",
      {},
      facts([
        ["ARN", copyable(configuration.FunctionArn)],
        ["Runtime", configuration.Runtime],
        ["Handler", configuration.Handler && h("code", {}, configuration.Handler)],
        ["Memory", `${configuration.MemorySize} MB`],
        ["Timeout", `${configuration.Timeout} s`],
        [
          "Durable",
          configuration.DurableConfig &&
            `executions of up to ${span(configuration.DurableConfig.ExecutionTimeout)}, kept for ${configuration.DurableConfig.RetentionPeriodInDays} days`,
        ],
        [
          "Role",
          configuration.Role &&
            copyable(configuration.Role, {
              content: h("span", {}, nameOf(configuration.Role)),
              label: "Copy the role's ARN",
            }),
        ],
        ["Architecture", (configuration.Architectures ?? []).join(", ")],
        [
          "Code",
          `${size(configuration.CodeSize)}, SHA-256 ${configuration.CodeSha256?.slice(0, 12)}…`,
        ],
        ["Layers", (configuration.Layers ?? []).map((layer) => h("div", {}, layer.Arn))],
        [
          "Log group",
          configuration.LoggingConfig?.LogGroup &&
            h(
              "a",
              { href: addressOf("logs", configuration.LoggingConfig.LogGroup) },
              configuration.LoggingConfig.LogGroup,
            ),
        ],
        ["Modified", ago(Date.parse(configuration.LastModified) / 1000, now())],
        ["Version", configuration.Version],
      ]),
    ),
    panel(
      "Environment",
      { note: String(variables.length) },
      variables.length === 0
        ? h("p", { class: "quiet" }, "No environment variables.")
        : facts(
            variables.map(([key, value]) => [key, copyable(value)]),
            "is-wide",
          ),
    ),
  );
}
