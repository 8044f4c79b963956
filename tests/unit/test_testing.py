"""What tests of applications build on: time, clients, and the way for clients of their own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from groundstate.store.connection import DataDirectoryInUse
from groundstate.testing import DeployError, Groundstate


def test_time_does_not_go_back(groundstate):
    before = groundstate.clock.now()
    with pytest.raises(ValueError, match="does not go back"):
        groundstate.advance(minutes=-1)
    assert groundstate.clock.now() == before


def test_real_time_cannot_be_advanced():
    with Groundstate(real_time=True) as runtime, pytest.raises(RuntimeError, match="virtual time"):
        runtime.advance(seconds=1)


def test_resource_reaches_the_runtime(groundstate):
    table = groundstate.resource("dynamodb").create_table(
        TableName="Items",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    with table.batch_writer() as batch:
        for number in range(30):
            batch.put_item(Item={"id": str(number), "number": number})
    assert sum(item["number"] for item in table.scan()["Items"]) == 435
    assert [found.name for found in groundstate.resource("dynamodb").tables.all()] == ["Items"]


TEMPLATE = """
Parameters:
  Name: {Type: String}
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Ref Name
      BillingMode: PAY_PER_REQUEST
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      AttributeDefinitions: [{AttributeName: id, AttributeType: %s}]
  Topic:
    Type: AWS::SNS::Topic
Outputs:
  Arn: {Value: !GetAtt Table.Arn}
"""


def test_app_is_deployed_and_its_outputs_are_told(groundstate, tmp_path):
    template = tmp_path / "shop.yaml"
    template.write_text(TEMPLATE % "S")
    for name in ("Orders", "Others"):
        outputs = groundstate.deploy(
            template, parameters={"Name": name}, accept_inert=["AWS::SNS::Topic"]
        )
        arn = f"arn:aws:dynamodb:us-east-1:000000000000:table/{name}"
        assert outputs == {"shop": {"Arn": arn}}
        assert groundstate.client("dynamodb").list_tables()["TableNames"] == [name]


def test_app_that_cannot_be_deployed_is_an_error_that_says_why(groundstate, tmp_path):
    template = tmp_path / "shop.yaml"
    template.write_text(TEMPLATE % "S")
    with pytest.raises(DeployError, match="AWS::SNS::Topic"):
        groundstate.deploy(template, parameters={"Name": "Orders"})
    template.write_text(TEMPLATE % "N")
    with pytest.raises(DeployError, match=r"Table .*failed first: .*TableName"):
        groundstate.deploy(template, parameters={"Name": "?"}, accept_inert=["all"])
    with pytest.raises(DeployError, match="no CDK app"):
        groundstate.deploy(tmp_path)


@pytest.mark.slow
@pytest.mark.process
def test_another_process_reaches_the_runtime():
    code = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"
    with Groundstate(access_key_id="mine", secret_access_key="secret") as runtime:
        answer = subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | runtime.environment,
            capture_output=True,
            text=True,
            check=True,
        )
    assert answer.stdout == "000000000000\n"


# Holds a data directory's lock for a moment, as a child does that a killed runtime was forking.
HOLD = """
import fcntl, sys, time
lock = open(sys.argv[1] + "/lock", "w")
fcntl.flock(lock, fcntl.LOCK_EX)
print(flush=True)
time.sleep(0.3)
"""


@pytest.mark.process
def test_data_that_are_let_go_soon_are_waited_for(tmp_path):
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout.readline() == b"\n"
        with Groundstate(tmp_path) as runtime:
            assert runtime.client("dynamodb").list_tables()["TableNames"] == []


def test_data_are_one_runtime_s(tmp_path):
    with Groundstate(tmp_path), pytest.raises(DataDirectoryInUse):
        Groundstate(tmp_path).start()
