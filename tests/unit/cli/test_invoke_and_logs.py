"""`groundstate invoke` and `groundstate logs`: with functions that really run."""

import io
import json
import time
import zipfile

import pytest

from groundstate.cli.errors import CommandError
from groundstate.cli.invoke import read_event
from groundstate.cli.logs import parse_duration_s

pytestmark = [pytest.mark.slow, pytest.mark.process]

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
LOGGING = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
HANDLER = """
def handler(event, context):
    print("got", event["word"])
    if event["word"] == "fail":
        raise ValueError("as asked")
    return {"said": event["word"]}
"""


@pytest.fixture(scope="module", autouse=True)
def function(runtime):
    iam = runtime.client("iam")
    role = iam.create_role(RoleName="f", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
    iam.attach_role_policy(RoleName="f", PolicyArn=LOGGING)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", HANDLER)
    runtime.client("lambda").create_function(
        FunctionName="Echo",
        Runtime="python3.12",
        Handler="index.handler",
        Role=role["Arn"],
        Code={"ZipFile": packed.getvalue()},
    )
    return "Echo"


def test_shows_result_and_log_lines(groundstate_command):
    said = groundstate_command("invoke", "Echo", "-e", '{"word": "hello"}')
    assert said.status == 0
    assert "| got hello" in said.out
    assert json.loads(said.out.partition("Result: ")[2]) == {"said": "hello"}


def test_failure_of_the_function_is_the_command_s(groundstate_command):
    said = groundstate_command("invoke", "Echo", "-e", '{"word": "fail"}', "--json")
    assert said.status == 1
    assert said.document["error"] == "Unhandled"
    assert said.document["result"]["errorType"] == "ValueError"
    assert "got fail" in said.document["logLines"]


def test_unknown_function_is_refused_with_those_that_there_are(groundstate_command):
    said = groundstate_command("invoke", "Ekho")
    assert said.status == 1
    assert "These are there: Echo" in said.err


@pytest.mark.parametrize("command", ["invoke", "logs"])
def test_part_of_a_function_s_name_will_do(groundstate_command, command):
    whole = groundstate_command("invoke", "Echo", "-e", '{"word": "part"}')
    assert whole.status == 0
    said = groundstate_command(command, "ec", *(["-e", '{"word": "part"}'] * (command == "invoke")))
    assert said.status == 0
    assert "got part" in said.out


def test_command_says_which_function_it_invokes(groundstate_command):
    said = groundstate_command("invoke", "ec", "-e", '{"word": "part"}')
    assert "Invoking Echo" in said.err


def test_event_may_come_from_a_file(groundstate_command, tmp_path):
    (tmp_path / "event.json").write_text('{"word": "filed"}')
    said = groundstate_command("invoke", "Echo", "-e", f"@{tmp_path / 'event.json'}", "--json")
    assert said.document["result"] == {"said": "filed"}


def test_event_may_come_from_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("[1]"))
    assert read_event("-") == b"[1]"


@pytest.mark.parametrize("text", ["{", "", "{'a': 1}", "@/nowhere"])
def test_event_that_is_none_is_refused(text):
    with pytest.raises(CommandError, match="event"):
        read_event(text)


def test_logs_of_a_function_are_those_of_its_group(groundstate_command):
    groundstate_command("invoke", "Echo", "-e", '{"word": "logged"}')
    by_function = groundstate_command("logs", "Echo").out
    assert "got logged" in by_function
    assert groundstate_command("logs", "/aws/lambda/Echo").out == by_function


def test_function_that_has_not_run_has_no_lines(groundstate_command, runtime):
    lambda_ = runtime.client("lambda")
    echo = lambda_.get_function_configuration(FunctionName="Echo")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", HANDLER)
    lambda_.create_function(
        FunctionName="Quiet",
        Runtime="python3.12",
        Handler="index.handler",
        Role=echo["Role"],
        Code={"ZipFile": packed.getvalue()},
    )
    try:
        said = groundstate_command("logs", "Quiet")
        assert (said.status, said.out) == (0, "")
        assert "Quiet has written nothing yet" in said.err
        assert groundstate_command("logs", "Quiet", "--json").document == []
        said = groundstate_command("logs", "/aws/lambda/Quiet")
        assert said.status == 1
    finally:
        lambda_.delete_function(FunctionName="Quiet")


def test_group_may_have_no_slash_in_its_name(groundstate_command, runtime):
    logs = runtime.client("logs")
    logs.create_log_group(logGroupName="Orders-Machine0A1B2C3D-xYz")
    logs.create_log_stream(logGroupName="Orders-Machine0A1B2C3D-xYz", logStreamName="s")
    event = {"timestamp": int(time.time() * 1000), "message": "moved on"}
    logs.put_log_events(
        logGroupName="Orders-Machine0A1B2C3D-xYz", logStreamName="s", logEvents=[event]
    )
    try:
        for name in ("Orders-Machine0A1B2C3D-xYz", "Machine"):
            assert "moved on" in groundstate_command("logs", name).out
    finally:
        logs.delete_log_group(logGroupName="Orders-Machine0A1B2C3D-xYz")


def test_logs_can_be_filtered(groundstate_command):
    groundstate_command("invoke", "Echo", "-e", '{"word": "needle"}')
    said = groundstate_command("logs", "Echo", "--filter", "needle", "--since", "1h", "--json")
    assert [event["message"].strip() for event in said.document] == ["got needle"]


def test_lists_groups(groundstate_command):
    groundstate_command("invoke", "Echo", "-e", '{"word": "x"}')
    heading, row = groundstate_command("logs").out.splitlines()
    assert heading.split() == ["LOG", "GROUP", "BYTES", "KEPT"]
    assert row.split()[0] == "/aws/lambda/Echo"
    assert row.endswith("for ever")


def test_logs_of_an_unknown_function_are_refused(groundstate_command):
    said = groundstate_command("logs", "Ekho")
    assert said.status == 1
    assert "/aws/lambda/Echo" in said.err


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("10m", 600), ("2h", 7200), ("1d", 86400)]
)
def test_span_of_time(text, seconds):
    assert parse_duration_s(text) == seconds


@pytest.mark.parametrize("text", ["", "10", "m", "1w", "-5m", "1.5h"])
def test_span_that_is_none_is_refused(text):
    with pytest.raises(CommandError, match="span"):
        parse_duration_s(text)
