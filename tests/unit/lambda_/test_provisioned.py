"""Provisioned concurrency: environments that are started ahead of the invocations."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from groundstate.services.lambda_ import provisioned
from groundstate.testing import Groundstate

from .conftest import Functions, make_zip

WAIT_S = 10.0
# Tells which process it is, how it was started, and since when it has been there.
TELLS = """
import os, time
began = time.time()
def handler(event, context):
    return [os.getpid(), os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"], began]
"""
# Waits until as many run at once as the event says, which leave notes about it.
MEETS = """
import os, time, boto3
began = time.time()
notes = boto3.resource("dynamodb").Table("provisioned-notes")
def handler(event, context):
    notes.put_item(Item={"id": str(os.getpid())})
    while len(notes.scan(ConsistentRead=True)["Items"]) < event["together"]:
        time.sleep(0.01)
    return os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"]
"""
FAILS = "raise ValueError('no')\ndef handler(event, context):\n    pass\n"


def counts(shown):
    return [
        shown[f"{kind}ProvisionedConcurrentExecutions"]
        for kind in ("Requested", "Allocated", "Available")
    ]


class Provisioner:
    """Provisions and waits."""

    def __init__(self, client, functions=None):
        self.functions = functions
        self.client = client
        self.asked = set()

    def make(self, source=TELLS, **settings):
        """A function with its first version; its name."""
        name = self.functions.make(source, **settings)
        self.client.publish_version(FunctionName=name)
        return name

    def put(self, name, qualifier="1", count=1):
        self.asked.add((name, qualifier))
        return self.client.put_provisioned_concurrency_config(
            FunctionName=name, Qualifier=qualifier, ProvisionedConcurrentExecutions=count
        )

    def get(self, name, qualifier="1"):
        return self.client.get_provisioned_concurrency_config(
            FunctionName=name, Qualifier=qualifier
        )

    def delete(self, name, qualifier="1"):
        self.client.delete_provisioned_concurrency_config(FunctionName=name, Qualifier=qualifier)

    def wait(self, name, qualifier="1", *, status="READY", allocated=None):
        deadline = time.monotonic() + WAIT_S
        while True:
            shown = self.get(name, qualifier)
            if shown["Status"] == status and allocated in (
                None,
                shown["AllocatedProvisionedConcurrentExecutions"],
            ):
                return shown
            assert time.monotonic() < deadline, shown
            time.sleep(0.01)

    def provide(self, name, qualifier="1", count=1):
        self.put(name, qualifier, count)
        return self.wait(name, qualifier)

    def new_version(self, name, source):
        self.client.update_function_code(FunctionName=name, ZipFile=make_zip({"app.py": source}))
        return self.client.publish_version(FunctionName=name)["Version"]


@pytest.fixture
def provisioner(functions):
    made = Provisioner(functions.client, functions)
    yield made
    for name, qualifier in made.asked:
        with contextlib.suppress(made.client.exceptions.ResourceNotFoundException):
            made.delete(name, qualifier)


def is_gone(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return True
    return state in ("Z", "X")


def wait_gone(pid):
    deadline = time.monotonic() + WAIT_S
    while not is_gone(pid):
        assert time.monotonic() < deadline, pid
        time.sleep(0.01)


def wait_messages(functions, name, beginning):
    """The lines of a function's log that begin so, once there are some."""
    deadline = time.monotonic() + WAIT_S
    group = f"/aws/lambda/{name}"
    while True:
        if functions.logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
            found = [text for text in functions.messages(name) if text.startswith(beginning)]
            if found:
                return found
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_environments_are_ready_before_they_are_invoked(functions, provisioner):
    name = provisioner.make()
    put = provisioner.put(name, count=2)
    assert (put["Status"], counts(put)) == ("IN_PROGRESS", [2, 0, 0])
    shown = provisioner.wait(name)
    assert counts(shown) == [2, 2, 2]
    assert "StatusReason" not in shown
    listed = provisioner.client.list_provisioned_concurrency_configs(FunctionName=name)
    (entry,) = listed["ProvisionedConcurrencyConfigs"]
    assert (entry["Status"], counts(entry)) == ("READY", [2, 2, 2])
    before = time.time()
    answer = functions.invoke(name, Qualifier="1")
    assert answer.payload[1] == "provisioned-concurrency"
    assert answer.payload[2] < before
    assert functions.invoke(name).payload[1] == "on-demand"


def test_report_tells_the_initialization_and_does_not_bill_it(functions, provisioner):
    source = "import time\ntime.sleep(0.2)\ndef handler(event, context):\n    print('here')\n"
    name = provisioner.make(source)
    provisioner.provide(name)
    log = functions.invoke(name, Qualifier="1").log
    # What was there before the invocation is not of its log.
    assert "INIT_START" not in log
    (report,) = [line for line in log.splitlines() if line.startswith("REPORT")]
    facts = dict(part.split(": ") for part in report.strip().split("\t"))
    assert float(facts["Init Duration"].removesuffix(" ms")) > 200
    assert int(facts["Billed Duration"].removesuffix(" ms")) < 200


def test_log_is_there_before_the_first_invocation(functions, provisioner):
    name = provisioner.make("print('began')\ndef handler(event, context):\n    pass\n")
    provisioner.provide(name)
    wait_messages(functions, name, "began")
    assert len(wait_messages(functions, name, "INIT_START")) == 1


def test_json_log_names_how_it_was_initialized(functions, provisioner):
    name = provisioner.make(LoggingConfig={"LogFormat": "JSON", "SystemLogLevel": "DEBUG"})
    provisioner.provide(name)
    functions.invoke(name, Qualifier="1")
    events = [json.loads(text) for text in functions.messages(name) if text.startswith("{")]
    of_init = [event for event in events if event["type"].startswith("platform.init")]
    assert [event["type"] for event in of_init] == [
        "platform.initStart",
        "platform.initRuntimeDone",
        "platform.initReport",
    ]
    assert {event["record"]["initializationType"] for event in of_init} == {
        "provisioned-concurrency"
    }


def test_more_invocations_than_are_provisioned_for_run_on_demand(functions, provisioner):
    functions.groundstate.client("dynamodb").create_table(
        TableName="provisioned-notes",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    functions.groundstate.client("iam").attach_role_policy(
        RoleName="Function", PolicyArn="arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"
    )
    name = provisioner.make(MEETS, Timeout=20)
    provisioner.provide(name, count=2)
    kinds = []

    def invoke():
        kinds.append(functions.invoke(name, {"together": 3}, Qualifier="1").payload)

    threads = [threading.Thread(target=invoke) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(kinds) == ["on-demand", "provisioned-concurrency", "provisioned-concurrency"]
    # Those that are there are taken first again, once they wait for the next one.
    deadline = time.monotonic() + WAIT_S
    while functions.invoke(name, {"together": 3}, Qualifier="1").payload == "on-demand":
        assert time.monotonic() < deadline
    assert counts(provisioner.get(name)) == [2, 2, 2]


def test_failing_initialization_fails_the_request_until_it_is_made_again(functions, provisioner):
    name = provisioner.make(FAILS)
    provisioner.put(name, count=2)
    shown = provisioner.wait(name, status="FAILED")
    assert shown["StatusReason"] == "FUNCTION_ERROR_INIT_FAILURE"
    assert counts(shown) == [2, 0, 0]
    assert provisioner.put(name, count=2)["Status"] == "IN_PROGRESS"
    provisioner.wait(name, status="FAILED")
    reports = [text for text in functions.messages(name) if text.startswith("INIT_REPORT")]
    assert len(reports) >= 2
    assert all("Status: error" in report for report in reports), reports


def test_alias_takes_what_is_provisioned_along_to_another_version(functions, provisioner):
    name = provisioner.make("import os\ndef handler(event, context):\n    return os.getpid()\n")
    provisioner.client.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    provisioner.provide(name, "live")
    old = functions.invoke(name, Qualifier="live").payload
    version = provisioner.new_version(name, TELLS)
    provisioner.client.update_alias(FunctionName=name, Name="live", FunctionVersion=version)
    provisioner.wait(name, "live")
    wait_gone(old)
    assert functions.invoke(name, Qualifier="live").payload[1] == "provisioned-concurrency"


@pytest.mark.parametrize("how", ["config", "alias", "function"])
def test_deletion_ends_the_environments(functions, provisioner, how):
    name = provisioner.make()
    provisioner.client.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    provisioner.provide(name, "live")
    pid = functions.invoke(name, Qualifier="live").payload[0]
    if how == "config":
        provisioner.delete(name, "live")
    elif how == "alias":
        provisioner.client.delete_alias(FunctionName=name, Name="live")
    else:
        provisioner.client.delete_function(FunctionName=name)
    wait_gone(pid)
    if how == "config":
        with pytest.raises(
            provisioner.client.exceptions.ProvisionedConcurrencyConfigNotFoundException
        ):
            provisioner.get(name, "live")


def test_fewer_are_kept_when_fewer_are_asked_for(functions, provisioner):
    name = provisioner.make()
    provisioner.provide(name, count=3)
    provisioner.put(name, count=1)
    assert counts(provisioner.wait(name, allocated=1)) == [1, 1, 1]
    assert functions.invoke(name, Qualifier="1").payload[1] == "provisioned-concurrency"


def test_environment_that_dies_at_work_is_followed_by_another_one(functions, provisioner):
    name = provisioner.make(
        "import os\nprint('process', os.getpid())\ndef handler(event, context):\n"
        "    if event: os._exit(1)\n"
        "    return [os.getpid(), os.environ['AWS_LAMBDA_INITIALIZATION_TYPE']]\n"
    )
    provisioner.provide(name)
    (said,) = wait_messages(functions, name, "process")
    assert functions.invoke(name, {"die": 1}, Qualifier="1").error == "Unhandled"
    assert provisioner.get(name)["Status"] == "READY"
    provisioner.wait(name, allocated=1)
    other, kind = functions.invoke(name, Qualifier="1").payload
    assert other != int(said.split()[1])
    assert kind == "provisioned-concurrency"


def test_environment_that_dies_by_itself_is_not_started_over_and_over(functions, provisioner):
    name = provisioner.make(
        "import os\nprint(os.environ['AWS_LAMBDA_INITIALIZATION_TYPE'], os.getpid())\n"
        "def handler(event, context):\n    return 1\n"
    )
    provisioner.provide(name)
    (said,) = wait_messages(functions, name, "provisioned-concurrency")
    os.kill(int(said.split()[1]), signal.SIGKILL)
    provisioner.wait(name, allocated=0)
    # One after the other, for longer than a start takes.
    for _ in range(20):
        assert functions.invoke(name, Qualifier="1").payload == 1
    assert wait_messages(functions, name, "provisioned-concurrency") == [said]


def test_machine_starts_no_more_than_it_can_bear_and_says_so(provisioner, monkeypatch, caplog):
    monkeypatch.setattr(provisioned, "PROVISIONED_MAX", 3)
    first, second = provisioner.make(), provisioner.make()
    assert counts(provisioner.provide(first, count=2)) == [2, 2, 2]
    shown = provisioner.provide(second, count=5)
    assert counts(shown) == [5, 1, 1]
    reason = (
        "Groundstate starts 1 of 5 environments: at most 3 of all functions together are started"
        " ahead on a machine."
    )
    assert shown["StatusReason"] == reason
    assert caplog.text.count(reason) == 1
    # What another one gives back is taken.
    provisioner.delete(first)
    assert counts(provisioner.wait(second, allocated=3)) == [5, 3, 3]


def test_runtime_that_does_not_run_here_is_no_failure(provisioner):
    name = provisioner.make(Runtime="java21", Handler="example.Handler::handleRequest")
    shown = provisioner.provide(name, count=2)
    assert counts(shown) == [2, 0, 0]
    assert "java21" in shown["StatusReason"]


OF_ALIAS = "Version is pointed by a Provisioned Concurrency alias"
OF_VERSION = (
    "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned"
    " version"
)


@pytest.mark.parametrize(
    ("provided", "asked", "message"),
    [("live", "1", OF_ALIAS), ("1", "live", OF_VERSION), ("live", "other", OF_VERSION)],
)
def test_version_is_provisioned_for_by_one_name(provisioner, provided, asked, message):
    name = provisioner.make()
    for alias in ("live", "other"):
        provisioner.client.create_alias(FunctionName=name, Name=alias, FunctionVersion="1")
    provisioner.put(name, provided)
    with pytest.raises(provisioner.client.exceptions.ResourceConflictException) as refused:
        provisioner.put(name, asked)
    assert refused.value.response["Error"]["Message"] == message


def test_alias_with_weights_or_of_latest_is_refused(provisioner):
    name = provisioner.make()
    version = provisioner.new_version(name, TELLS + "\n# another one\n")
    provisioner.client.create_alias(
        FunctionName=name,
        Name="weighted",
        FunctionVersion="1",
        RoutingConfig={"AdditionalVersionWeights": {version: 0.5}},
    )
    provisioner.client.create_alias(FunctionName=name, Name="latest", FunctionVersion="$LATEST")
    for qualifier, message in (
        ("weighted", "Alias with weights can not be used with Provisioned Concurrency"),
        (
            "latest",
            "Provisioned Concurrency Configs cannot be applied to unpublished function versions.",
        ),
        (
            "$LATEST",
            "Provisioned Concurrency Configs cannot be applied to unpublished function versions.",
        ),
    ):
        with pytest.raises(provisioner.client.exceptions.InvalidParameterValueException) as refused:
            provisioner.put(name, qualifier)
        assert refused.value.response["Error"]["Message"] == message


def test_environments_are_started_again_after_a_start_of_the_runtime(tmp_path):
    with Groundstate(real_time=True, data_dir=tmp_path) as groundstate:
        functions = Functions(groundstate)
        first = Provisioner(functions.client, functions)
        name = first.make()
        first.provide(name, count=2)
        pid = functions.invoke(name, Qualifier="1").payload[0]
    assert is_gone(pid)
    with Groundstate(real_time=True, data_dir=tmp_path) as groundstate:
        second = Provisioner(groundstate.client("lambda"))
        shown = second.get(name)
        assert (shown["Status"], counts(shown)) == ("IN_PROGRESS", [2, 0, 0])
        assert counts(second.wait(name)) == [2, 2, 2]


def test_ordinary_functions_start_nothing_ahead(functions, provisioner):
    name = provisioner.make()
    pid, kind, _ = functions.invoke(name, Qualifier="1").payload
    assert kind == "on-demand"
    # One that is there on demand stays what it is, and is taken when the others are busy.
    provisioner.provide(name)
    other, kind, _ = functions.invoke(name, Qualifier="1").payload
    assert kind == "provisioned-concurrency"
    assert other != pid
    assert not is_gone(pid)
