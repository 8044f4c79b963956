// Which page of the console shows what an ARN names.

import { addressOf } from "./router.js";

const PATTERNS = [
  [
    /^arn:[^:]+:states:([^:]+):\d+:execution:([^:]+):([^:]+)$/,
    (arn) => addressOf("executions", arn),
  ],
  [/^arn:[^:]+:states:([^:]+):\d+:express:([^:]+):.+$/, () => null],
  [
    /^arn:[^:]+:states:([^:]+):\d+:stateMachine:([^:]+)(:[^:]+)?$/,
    (arn, _, name) => addressOf("machines", arn.split(":").slice(0, 7).join(":")),
  ],
  [/^arn:[^:]+:states:([^:]+):\d+:mapRun:.+$/, (arn) => addressOf("mapruns", arn)],
  [
    /^arn:[^:]+:lambda:([^:]+):\d+:function:[^:]+:[^:]+\/durable-execution\/.+$/,
    (arn) => addressOf("durable", arn),
  ],
  [
    /^arn:[^:]+:lambda:([^:]+):\d+:function:([^:]+)(:[^:/]+)?$/,
    (_, __, name) => addressOf("functions", name),
  ],
  [/^arn:[^:]+:dynamodb:([^:]+):\d+:table\/([^/]+)$/, (_, __, name) => addressOf("tables", name)],
  [
    /^arn:[^:]+:logs:([^:]+):\d+:log-group:([^:]+)(:\*)?$/,
    (_, __, name) => addressOf("logs", name),
  ],
  [
    /^arn:[^:]+:cloudformation:([^:]+):\d+:stack\/([^/]+)\/.+$/,
    (_, __, name) => addressOf("stacks", name),
  ],
];

/** The address of the page for an ARN; null if there is none. */
export function pageOf(arn) {
  if (!arn.startsWith("arn:")) return null;
  for (const [pattern, make] of PATTERNS) {
    const match = pattern.exec(arn);
    if (match !== null) return make(...match);
  }
  return null;
}

/** The page for a resource of a stack, by its type and physical id; null if there is none. */
export function pageOfResource(type, physicalId) {
  if (!physicalId) return null;
  switch (type) {
    case "AWS::Lambda::Function":
      return addressOf("functions", physicalId);
    case "AWS::DynamoDB::Table":
    case "AWS::DynamoDB::GlobalTable":
      return addressOf("tables", physicalId);
    case "AWS::StepFunctions::StateMachine":
      return addressOf("machines", physicalId);
    case "AWS::Logs::LogGroup":
      return addressOf("logs", physicalId);
    case "AWS::CloudFormation::Stack":
      return pageOf(physicalId);
    default:
      return null;
  }
}

/** The last part of an ARN: a name. */
export function nameOf(arn) {
  return arn === undefined ? "" : arn.split(/[:/]/).at(-1);
}

/** The ARN of an execution's state machine. */
export function machineOf(executionArn) {
  const parts = executionArn.split(":");
  return [...parts.slice(0, 5), "stateMachine", parts[6].split("/")[0]].join(":");
}
