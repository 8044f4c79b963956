#!/usr/bin/env python3
"""The CDK app: one stack, in whatever account and region it is deployed to."""

import aws_cdk as cdk

from aws_stepfunction_status_stack import AwsStepfunctionStatusStack

app = cdk.App()
AwsStepfunctionStatusStack(app, "AwsStepfunctionStatusStack")
app.synth()
