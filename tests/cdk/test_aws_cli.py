"""`aws cloudformation package` and `deploy` of a template that was written by hand."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cdk.conftest import HERE

pytestmark = pytest.mark.cdk

AWS = [sys.executable, str(Path(sys.executable).with_name("aws"))]
STACK = ("--stack-name", "Plain")


@pytest.fixture(scope="module")
def aws(world):
    def run(*arguments, code=0):
        if arguments[1] == "deploy":
            # The CLI names its change sets by the second, and a name can be had once, as on AWS.
            time.sleep(1 - time.time() % 1)
        finished = subprocess.run(
            [*AWS, *arguments],
            env=world.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert finished.returncode == code, finished.stdout
        return finished.stdout

    return run


def word(world):
    name = world.outputs("Plain")["FunctionName"]
    return json.loads(world.client("lambda").invoke(FunctionName=name)["Payload"].read())


def test_round_of_a_template_in_yaml(world, aws, tmp_path):
    packaged = str(tmp_path / "packaged.yaml")
    deploy = ("cloudformation", "deploy", "--template-file", packaged, *STACK)
    world.client("s3").create_bucket(Bucket="code")
    aws(
        *("cloudformation", "package", "--template-file", str(HERE / "plain" / "template.yaml")),
        *("--s3-bucket", "code", "--output-template-file", packaged),
    )
    refused = aws(*deploy, code=255)
    assert "Requires capabilities : [CAPABILITY_IAM]" in refused
    # Without its tags the stack loses them, which is a change too.
    deploy = (*deploy, "--capabilities", "CAPABILITY_IAM", "--tags", "team=one")
    aws(*deploy)
    assert word(world) == "Hello"
    assert "No changes to deploy" in aws(*deploy, "--no-fail-on-empty-changeset")
    aws(*deploy, "--parameter-overrides", "Word=Bye")
    assert word(world) == "Bye"
    words = world.client("dynamodb").scan(TableName=world.outputs("Plain")["TableName"])["Items"]
    assert sorted(item["word"]["S"] for item in words) == ["Bye", "Hello"]
    events = json.loads(aws("cloudformation", "describe-stack-events", *STACK))["StackEvents"]
    assert events[0]["ResourceStatus"] == "UPDATE_COMPLETE"
    aws("cloudformation", "delete-stack", *STACK)
    aws("cloudformation", "wait", "stack-delete-complete", *STACK)
    assert world.status("Plain") == "DELETE_COMPLETE"
