"""A stack with a nested stack and a custom resource; its context says which of two versions."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_ssm as ssm

CODE = """
import json, urllib.request

def handler(event, context):
    word = event["ResourceProperties"]["Word"]
    answer = {
        "Status": "SUCCESS",
        "PhysicalResourceId": "it",
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "Data": {"Answer": word[::-1]},
    }
    request = urllib.request.Request(
        event["ResponseURL"], json.dumps(answer).encode(), {"Content-Type": ""}, method="PUT"
    )
    urllib.request.urlopen(request).close()
"""

app = cdk.App()
word = app.node.try_get_context("word") or "first"
stack = cdk.Stack(app, "Parts")
nested = cdk.NestedStack(stack, "Nested")
dynamodb.Table(
    nested,
    "Table",
    partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
    billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
    removal_policy=cdk.RemovalPolicy.DESTROY,
)
function = lambda_.Function(
    stack,
    "Function",
    runtime=lambda_.Runtime.PYTHON_3_13,
    handler="index.handler",
    code=lambda_.Code.from_inline(CODE),
)
custom = cdk.CustomResource(
    stack, "Custom", service_token=function.function_arn, properties={"Word": word}
)
ssm.StringParameter(nested, "Word", string_value=word)
cdk.CfnOutput(stack, "Answer", value=custom.get_att_string("Answer"))
app.synth()
