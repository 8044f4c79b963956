"""A small app whose context says what is wrong with it, or what it takes over."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ssm as ssm

app = cdk.App()
stack = cdk.Stack(app, "Small")
ssm.StringParameter(
    stack, "One", parameter_name="/small/one", string_value=app.node.try_get_context("one") or "1"
)
if app.node.try_get_context("broken"):
    # The name is taken.
    ssm.StringParameter(stack, "Broken", parameter_name="/taken", string_value="2")
if app.node.try_get_context("imports"):
    dynamodb.Table(
        stack,
        "Kept",
        table_name="Kept",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
    )
app.synth()
