"""The CDK's command line, from the first deploy of the Tasks app to its end."""

from __future__ import annotations

import json
import os
import re
import signal

import pytest

from tests.cdk.conftest import ROOT

pytestmark = pytest.mark.cdk

STACK = "AwsStepfunctionStatusStack"


@pytest.fixture(scope="module")
def tasks(bootstrapped):
    return bootstrapped.copy_app(ROOT / "app")


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def invoke(world):
    """What the function answers, and what it logged."""
    client = world.client("lambda")
    answer = client.invoke(
        FunctionName="InvokeTaskStepFunction",
        Payload=json.dumps({"taskId": "Tea"}),
        LogType="Tail",
    )
    return json.loads(answer["Payload"].read()), answer["LogResult"]


def definition(world):
    client = world.client("stepfunctions")
    (machine,) = client.list_state_machines()["stateMachines"]
    found = client.describe_state_machine(stateMachineArn=machine["stateMachineArn"])
    return found["definition"]


def test_round_of_the_tasks_app(bootstrapped, tasks, wait):
    world, handler = bootstrapped, tasks.app / "lambdas" / "invoke" / "index.py"
    source = tasks.app / "aws_stepfunction_status_stack.py"
    assert STACK in tasks.run("ls")
    assert "CreateDynamoTaskItem" in tasks.run("synth")

    # Deployed: every resource's events are shown, and no poll of five seconds is lost.
    text = tasks.deploy()
    assert len(re.findall(r"CREATE_COMPLETE", text)) == 10, text
    assert float(re.search(r"Deployment time: ([\d.]+)s", text)[1]) < 4
    answer, _ = invoke(world)
    item = {"taskId": {"S": "Tea"}, "timestamp": {"N": str(answer["timestamp"])}}
    table = world.client("dynamodb")
    wait(lambda: "Item" in table.get_item(TableName="Tasks", Key=item))

    # Again, with nothing changed.
    assert f"{STACK} (no changes)" in tasks.deploy()
    assert "There were no differences" in tasks.run("diff")
    assert "No drift detected" in tasks.run("drift")
    assert "does not need a rollback" in tasks.run("rollback", fails=True)

    # Changed code, first looked at, then deployed; the table keeps its items.
    edit(handler, '"taskId": task_id, "timestamp": timestamp}\n', '"taskId": "second"}\n')
    assert "[~] AWS::Lambda::Function" in tasks.run("diff")
    assert "UPDATE_COMPLETE" in tasks.deploy()
    assert invoke(world)[0]["taskId"] == "second"
    assert "Item" in table.get_item(TableName="Tasks", Key=item)

    # The short way of the command line, which leaves the stack's record behind.
    edit(handler, '"second"', '"third"')
    assert "hotswapped!" in tasks.run("deploy", "--hotswap")
    assert invoke(world)[0]["taskId"] == "third"
    edit(source, "Duration.seconds(30)", "Duration.seconds(5)")
    assert "hotswapped!" in tasks.run("deploy", "--hotswap")
    assert '"Seconds":5' in definition(world)
    assert "[~] AWS::StepFunctions::StateMachine" in tasks.run("drift")
    assert "UPDATE_COMPLETE" in tasks.deploy("--revert-drift")
    assert "No drift detected" in tasks.run("drift")
    assert '"Seconds":5' in definition(world)
    assert invoke(world)[0]["taskId"] == "third"


def test_watch_of_the_tasks_app(bootstrapped, tasks, wait):
    world, output = bootstrapped, bootstrapped.folder / "watch.log"
    watch = tasks.start("watch", output=output)
    try:
        wait(lambda: "Total time" in output.read_text())
        edit(tasks.app / "lambdas" / "invoke" / "index.py", '"third"', '"fourth"')
        wait(lambda: invoke(world)[0]["taskId"] == "fourth")
        # The command line follows the log of the function.
        wait(lambda: "[/aws/lambda/InvokeTaskStepFunction]" in output.read_text())
    finally:
        os.killpg(watch.pid, signal.SIGTERM)
        watch.wait()


def test_assets_in_use_survive_the_collection_of_garbage(bootstrapped, tasks):
    world = bootstrapped
    tasks.deploy()
    tasks.run(
        "gc",
        *("--unstable=gc", "--confirm=false", "--type=s3"),
        *("--rollback-buffer-days=0", "--created-buffer-days=0"),
    )
    bucket = "cdk-hnb659fds-assets-000000000000-us-east-1"
    kept = world.client("s3").list_objects_v2(Bucket=bucket)["Contents"]
    template = world.client("cloudformation").get_template(StackName=STACK)["TemplateBody"]
    assert [entry["Key"] for entry in kept if entry["Key"].endswith(".zip")] == re.findall(
        r"[0-9a-f]{64}\.zip", json.dumps(template)
    )


def test_what_is_destroyed_is_gone(bootstrapped, tasks):
    assert "destroyed" in tasks.run("destroy", "--force")
    assert bootstrapped.status(STACK) == "DELETE_COMPLETE"
    assert bootstrapped.client("dynamodb").list_tables()["TableNames"] == []
    assert bootstrapped.client("stepfunctions").list_state_machines()["stateMachines"] == []
    assert bootstrapped.client("lambda").list_functions()["Functions"] == []
    # Its name is free again, and so is that of the log group.
    tasks.deploy("--method=direct")
    assert bootstrapped.status(STACK) == "CREATE_COMPLETE"
    tasks.run("destroy", "--force")


TABLE_GRANT = "        table.grant_write_data(state_machine)\n"
# The CDK's tasks bring the rights that they need: without these, too, there is no grant.
NO_RIGHTS = "        state_machine.role.node.try_remove_child('DefaultPolicy')\n"
START_GRANT = "        state_machine.grant_start_execution(function)\n"


@pytest.mark.parametrize(
    ("grant", "instead", "denied"),
    [
        (TABLE_GRANT, NO_RIGHTS, "dynamodb:PutItem"),
        (START_GRANT, "", "states:StartExecution"),
    ],
    ids=["table", "state machine"],
)
def test_missing_grant_fails_with_the_words_of_aws(
    bootstrapped, tasks, grant, instead, denied, wait
):
    world, source = bootstrapped, tasks.app / "aws_stepfunction_status_stack.py"
    text = source.read_text()
    edit(source, grant, instead)
    tasks.deploy()
    source.write_text(text)
    payload, _ = invoke(world)
    message = payload.get("errorMessage", "")
    if "executionArn" in payload:
        states = world.client("stepfunctions")
        execution = {"executionArn": payload["executionArn"]}
        wait(lambda: states.describe_execution(**execution)["status"] == "FAILED")
        message = states.describe_execution(**execution)["cause"]
    assert "is not authorized to perform: " + denied in message
    assert f"because no identity-based policy allows the {denied} action" in message
    assert world.client("dynamodb").scan(TableName="Tasks")["Items"] == []
    tasks.run("destroy", "--force")
