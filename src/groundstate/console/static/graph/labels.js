// What stands on edges and under names: choice rules, resources and waits, in few words.

const OPERATORS = {
  Equals: "==",
  LessThanEquals: "<=",
  LessThan: "<",
  GreaterThanEquals: ">=",
  GreaterThan: ">",
  Matches: "matches",
};

/** A choice rule in words. */
export function ruleLabel(rule) {
  if (rule.Comment) return rule.Comment;
  if (typeof rule.Condition === "string") return rule.Condition.replace(/^\{%\s*|\s*%\}$/g, "");
  if (rule.Condition !== undefined) return String(rule.Condition);
  if (rule.And) return rule.And.map(ruleLabel).join(" && ");
  if (rule.Or) return rule.Or.map(ruleLabel).join(" || ");
  if (rule.Not) return `not(${ruleLabel(rule.Not)})`;
  const operator = Object.keys(rule).find(
    (name) => name !== "Variable" && name !== "Next" && name !== "Assign" && name !== "Output",
  );
  if (operator === undefined) return "";
  const value = rule[operator];
  if (operator.startsWith("Is")) {
    return `${rule.Variable} ${value ? "is" : "is not"} ${operator.slice(2).toLowerCase()}`;
  }
  const [, sign] = /^(?:String|Numeric|Boolean|Timestamp)(\w+?)(?:Path)?$/.exec(operator) ?? [];
  const shown = operator.endsWith("Path") ? value : JSON.stringify(value);
  return `${rule.Variable} ${OPERATORS[sign] ?? operator} ${shown}`;
}

/** The errors that a catcher catches. */
export function catchLabel(catcher) {
  const [first, ...others] = catcher.ErrorEquals ?? [];
  return others.length > 0 ? `${first} +${others.length}` : (first ?? "");
}

/** What a state does, in few words. */
export function stateDetail(state) {
  switch (state.Type) {
    case "Task":
      return resourceLabel(state.Resource ?? "");
    case "Wait":
      return waitLabel(state);
    case "Map":
      return state.ItemProcessor?.ProcessorConfig?.Mode === "DISTRIBUTED"
        ? "Distributed map"
        : "Map";
    case "Parallel":
      return `Parallel, ${state.Branches?.length ?? 0} branches`;
    case "Fail":
      return state.Error ? `Fail: ${state.Error}` : "Fail";
    default:
      return state.Type;
  }
}

/** A task's resource: `DynamoDB: PutItem`. */
export function resourceLabel(resource) {
  const integration = /^arn:[^:]+:states:[^:]*:[^:]*:(aws-sdk:)?([^:]+)(?::([^.]+))?(\..+)?$/.exec(
    resource,
  );
  if (integration !== null) {
    const [, , service, operation, pattern] = integration;
    if (service === "activity") return `Activity: ${operation}`;
    const name = SERVICES[service.toLowerCase()] ?? service;
    const verb = operation ? `: ${operation[0].toUpperCase()}${operation.slice(1)}` : "";
    return `${name}${verb}${pattern === ".waitForTaskToken" ? ", callback" : pattern ? ", sync" : ""}`;
  }
  const direct = /^arn:[^:]+:lambda:[^:]*:[^:]*:function:([^:]+)/.exec(resource);
  if (direct !== null) return `Lambda: ${direct[1]}`;
  return resource || "Task";
}

const SERVICES = {
  dynamodb: "DynamoDB",
  lambda: "Lambda",
  states: "Step Functions",
  sfn: "Step Functions",
  sqs: "SQS",
  sns: "SNS",
  events: "EventBridge",
  http: "HTTP",
  s3: "S3",
  ecs: "ECS",
  ssm: "Parameter Store",
  cloudwatchlogs: "Logs",
};

function waitLabel(state) {
  if (typeof state.Seconds === "number") return `Wait ${state.Seconds} s`;
  const until = state.Timestamp ?? state.TimestampPath;
  if (until !== undefined) return `Wait until ${until}`;
  return `Wait ${state.SecondsPath ?? state.Seconds ?? ""} s`;
}
