import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./modules.mjs";

const { catchLabel, resourceLabel, ruleLabel, stateDetail } = await load("graph/labels.js");
const { shorten, textWidth, wrap } = await load("graph/text.js");
const { pageOf } = await load("core/arn.js");

test("choice rules are written as people would", () => {
  assert.equal(ruleLabel({ Variable: "$.n", NumericGreaterThanEquals: 5, Next: "A" }), "$.n >= 5");
  assert.equal(ruleLabel({ Variable: "$.s", StringEquals: "x" }), '$.s == "x"');
  assert.equal(ruleLabel({ Variable: "$.s", StringLessThanPath: "$.t" }), "$.s < $.t");
  assert.equal(ruleLabel({ Variable: "$.s", IsPresent: false }), "$.s is not present");
  assert.equal(ruleLabel({ Not: { Variable: "$.b", BooleanEquals: true } }), "not($.b == true)");
  assert.equal(
    ruleLabel({
      And: [
        { Variable: "$.a", IsNull: true },
        { Variable: "$.b", IsString: true },
      ],
    }),
    "$.a is null && $.b is string",
  );
  assert.equal(ruleLabel({ Condition: "{% $states.input.n > 1 %}" }), "$states.input.n > 1");
});

test("resources are called by service and operation", () => {
  assert.equal(resourceLabel("arn:aws:states:::dynamodb:putItem"), "DynamoDB: PutItem");
  assert.equal(
    resourceLabel("arn:aws:states:::lambda:invoke.waitForTaskToken"),
    "Lambda: Invoke, callback",
  );
  assert.equal(resourceLabel("arn:aws:states:::aws-sdk:s3:getObject"), "S3: GetObject");
  assert.equal(
    resourceLabel("arn:aws:states:::states:startExecution.sync:2"),
    "Step Functions: StartExecution, sync",
  );
  assert.equal(resourceLabel("arn:aws:lambda:us-east-1:1:function:Hello:prod"), "Lambda: Hello");
  assert.equal(
    resourceLabel("arn:aws:states:us-east-1:000000000000:activity:Paint"),
    "Activity: Paint",
  );
});

test("states and catchers say what they do", () => {
  assert.equal(stateDetail({ Type: "Wait", Seconds: 30 }), "Wait 30 s");
  assert.equal(stateDetail({ Type: "Fail", Error: "Bad" }), "Fail: Bad");
  assert.equal(catchLabel({ ErrorEquals: ["A", "B"] }), "A +1");
});

test("texts are cut to their width", () => {
  const text = "A very long name of a state that does not fit into a box";
  assert.ok(textWidth(shorten(text, 100)) <= 115);
  assert.equal(wrap("Short", 190).length, 1);
  assert.equal(wrap("Execute long running task...wait 30 seconds", 190).length, 2);
});

test("ARNs lead to the pages of what they name", () => {
  const execution = "arn:aws:states:us-east-1:000000000000:execution:M:x";
  assert.equal(pageOf(execution), `#/executions/${encodeURIComponent(execution)}`);
  assert.equal(pageOf("arn:aws:dynamodb:us-east-1:000000000000:table/Tasks"), "#/tables/Tasks");
  assert.equal(pageOf("arn:aws:lambda:us-east-1:000000000000:function:F:$LATEST"), "#/functions/F");
  assert.equal(pageOf("arn:aws:iam::000000000000:role/R"), null);
  assert.equal(pageOf("nothing"), null);
});
