"""SAM resources and their expansion, for the tests of the transform."""

import json

from groundstate.services.cloudformation.template.sam.serverless import (
    SERVERLESS,
    expand_serverless,
)

CODE = {"Handler": "app.handler", "Runtime": "python3.12", "CodeUri": "s3://code/app.zip"}
DEFINITION = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


def function(**properties):
    return {"Type": "AWS::Serverless::Function", "Properties": {**CODE, **properties}}


def machine(**properties):
    return {"Type": "AWS::Serverless::StateMachine", "Properties": properties}


def transform(resources, values=None, **sections):
    body = {"Transform": SERVERLESS, "Resources": resources, **sections}
    before = json.dumps(body)
    made = expand_serverless(body, values or {})
    assert json.dumps(body) == before, "the template as parsed is shared, and must stay as it is"
    return made


def expand(resources, values=None, **sections):
    return transform(resources, values, **sections)["Resources"]


def types(resources):
    return {logical_id: resource["Type"] for logical_id, resource in resources.items()}
