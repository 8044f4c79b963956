"""Invoke, seen from a client: answers, errors, logs."""

from __future__ import annotations

import json
import re
import time
from base64 import b64decode

import pytest
from botocore.exceptions import ClientError

ECHO = "def handler(event, context):\n    return event\n"


def test_function_gets_its_event_and_its_answer_comes_back(functions):
    name = functions.make(ECHO)
    answer = functions.client.invoke(FunctionName=name, Payload=b'{"taskId": "Breakfast"}')
    assert answer["StatusCode"] == 200
    assert answer["ExecutedVersion"] == "$LATEST"
    assert "FunctionError" not in answer
    assert "LogResult" not in answer
    assert json.loads(answer["Payload"].read()) == {"taskId": "Breakfast"}


def test_answer_comes_as_a_stream_of_events(functions):
    def stream(name, **options):
        answer = functions.client.invoke_with_response_stream(FunctionName=name, **options)
        assert answer["StatusCode"] == 200
        return list(answer["EventStream"])

    payload = json.dumps({"text": "ä" * 70_000}).encode()
    name = functions.make("def handler(event, context):\n    print('seen')\n    return event\n")
    chunk, complete = stream(name, Payload=payload, LogType="Tail")
    assert json.loads(chunk["PayloadChunk"]["Payload"]) == json.loads(payload)
    assert "seen" in b64decode(complete["InvokeComplete"]["LogResult"]).decode()
    failing = functions.make("def handler(event, context):\n    raise ValueError('no')\n")
    (complete,) = stream(failing)
    assert complete["InvokeComplete"]["ErrorCode"] == "Unhandled"
    assert json.loads(complete["InvokeComplete"]["ErrorDetails"])["errorType"] == "ValueError"
    dry = functions.client.invoke_with_response_stream(FunctionName=name, InvocationType="DryRun")
    assert dry["StatusCode"] == 204


def test_no_payload_is_an_empty_object(functions):
    name = functions.make(ECHO)
    assert functions.client.invoke(FunctionName=name)["Payload"].read() == b"{}"


def test_no_return_value_is_null(functions):
    name = functions.make("def handler(event, context):\n    pass\n")
    assert functions.client.invoke(FunctionName=name)["Payload"].read() == b"null"


def test_context_says_what_was_invoked(functions):
    source = """
def handler(event, context):
    return [context.aws_request_id, context.invoked_function_arn, context.function_version,
            context.memory_limit_in_mb, context.log_group_name,
            1000 < context.get_remaining_time_in_millis() <= 5000]
"""
    name = functions.make(source, Timeout=5, MemorySize=256)
    answer = functions.invoke(name)
    arn = f"arn:aws:lambda:us-east-1:000000000000:function:{name}"
    assert answer.payload == [answer.request_id, arn, "$LATEST", "256", f"/aws/lambda/{name}", True]


def test_warm_environment_is_used_again(functions):
    name = functions.make("import os\ndef handler(event, context):\n    return os.getpid()\n")
    assert functions.invoke(name).payload == functions.invoke(name).payload


def test_exception_is_the_answer_with_its_trace(functions):
    source = "def handler(event, context):\n    raise ValueError('no ' + event['what'])\n"
    answer = functions.invoke(functions.make(source), {"what": "luck"})
    assert (answer.status, answer.error) == (200, "Unhandled")
    line = "    raise ValueError('no ' + event['what'])\n"
    assert answer.payload == {
        "errorMessage": "no luck",
        "errorType": "ValueError",
        "requestId": answer.request_id,
        "stackTrace": [f'  File "/var/task/app.py", line 2, in handler\n{line}'],
    }


def test_environment_survives_an_exception(functions):
    source = """
import os
def handler(event, context):
    if event.get("fail"):
        raise KeyError("x")
    return os.getpid()
"""
    name = functions.make(source)
    before = functions.invoke(name).payload
    functions.invoke(name, {"fail": True})
    assert functions.invoke(name).payload == before


def test_timeout_is_answered_and_the_environment_is_replaced(functions):
    source = """
import os, time
def handler(event, context):
    if event.get("hang"):
        time.sleep(30)
    return os.getpid()
"""
    name = functions.make(source, Timeout=1)
    before = functions.invoke(name).payload
    answer = functions.invoke(name, {"hang": True})
    assert answer.error == "Unhandled"
    assert answer.payload == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {answer.request_id} Error: Task timed out after 1.00 seconds",
    }
    assert "Status: timeout" in answer.log
    assert functions.invoke(name).payload != before


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("sys.exit(0)", "Runtime exited without providing a reason"),
        ("sys.exit(3)", "Runtime exited with error: exit status 3"),
        ("os._exit(4)", "Runtime exited with error: exit status 4"),
        ("os.kill(os.getpid(), 9)", "Runtime exited with error: signal: killed"),
        ("os.kill(os.getpid(), 11)", "Runtime exited with error: signal: segmentation fault"),
    ],
)
def test_exit_is_an_error(functions, statement, reason):
    name = functions.make(f"import os, sys\ndef handler(event, context):\n    {statement}\n")
    answer = functions.invoke(name)
    assert answer.error == "Unhandled"
    assert answer.payload == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {answer.request_id} Error: {reason}",
    }


def test_module_that_is_not_there_is_an_init_error(functions):
    name = functions.make(ECHO, Handler="other.handler")
    answer = functions.invoke(name)
    assert answer.error == "Unhandled"
    assert answer.payload["errorType"] == "Runtime.ImportModuleError"
    message = "Unable to import module 'other': No module named 'other'"
    assert answer.payload["errorMessage"] == message
    assert "INIT_REPORT" in answer.log


def test_handler_that_is_not_there_is_an_init_error(functions):
    answer = functions.invoke(functions.make(ECHO, Handler="app.other"))
    assert answer.payload["errorType"] == "Runtime.HandlerNotFound"
    assert answer.payload["errorMessage"] == "Handler 'other' missing on module 'app'"


def test_exit_during_init_is_an_error(functions):
    answer = functions.invoke(functions.make("import os\nos._exit(7)\n"))
    assert answer.payload["errorType"] == "Runtime.ExitError"
    assert answer.payload["errorMessage"].endswith("Runtime exited with error: exit status 7")


def test_too_large_response_is_an_error_and_the_function_goes_on(functions):
    source = "def handler(event, context):\n    return 'a' * event.get('size', 0)\n"
    name = functions.make(source)
    answer = functions.invoke(name, {"size": 7_000_000})
    assert answer.error == "Unhandled"
    assert answer.payload == {
        "errorType": "Function.ResponseSizeTooLarge",
        "errorMessage": (
            "Response payload size exceeded maximum allowed payload size (6291556 bytes)."
        ),
    }
    assert functions.invoke(name, {"size": 3}).payload == "aaa"


def test_response_of_almost_6_mb_comes_back(functions):
    source = "def handler(event, context):\n    return 'a' * event['size']\n"
    answer = functions.invoke(functions.make(source), {"size": 6_291_000})
    assert len(answer.payload) == 6_291_000


def test_payload_that_is_not_json_is_refused(functions):
    name = functions.make(ECHO)
    with pytest.raises(functions.client.exceptions.InvalidRequestContentException) as refused:
        functions.client.invoke(FunctionName=name, Payload=b"not json")
    assert refused.value.response["Error"]["Message"].startswith(
        "Could not parse request body into json: Could not parse payload into json: Unrecognized"
        " token 'not': was expecting"
    )


def test_payload_over_6_mb_is_refused(functions):
    name = functions.make(ECHO)
    with pytest.raises(functions.client.exceptions.RequestTooLargeException):
        functions.client.invoke(FunctionName=name, Payload=b'"' + b"a" * 6_291_456 + b'"')


def test_unknown_function_is_refused(functions):
    with pytest.raises(functions.client.exceptions.ResourceNotFoundException) as refused:
        functions.client.invoke(FunctionName="nobody")
    assert refused.value.response["Error"]["Message"] == (
        "Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody"
    )


def test_dry_run_runs_nothing(functions):
    name = functions.make(ECHO)
    answer = functions.client.invoke(FunctionName=name, InvocationType="DryRun")
    assert answer["StatusCode"] == 204
    with pytest.raises(functions.logs.exceptions.ResourceNotFoundException):
        functions.messages(name)


def test_tail_has_the_lines_of_the_invocation(functions):
    name = functions.make("def handler(event, context):\n    print('one')\n    print('two')\n")
    functions.invoke(name)
    answer = functions.invoke(name)
    lines = answer.log.splitlines()
    assert lines[0] == f"START RequestId: {answer.request_id} Version: $LATEST"
    assert lines[1:3] == ["one", "two"]
    assert lines[3] == f"END RequestId: {answer.request_id}"
    assert re.fullmatch(
        rf"REPORT RequestId: {answer.request_id}\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms"
        r"\tMemory Size: 128 MB\tMax Memory Used: \d+ MB\t",
        lines[4],
    )


def test_report_tells_parts_of_a_millisecond(functions):
    name = functions.make("def handler(event, context):\n    return 1\n")
    found = [re.search(r"Duration: (\S+) ms", functions.invoke(name).log) for _ in range(5)]
    durations = [match[1] for match in found if match]
    assert len(durations) == 5
    assert "0.00" not in durations
    assert any(not duration.endswith(".00") for duration in durations)


@pytest.mark.parametrize(("memory_mb", "is_told"), [(128, True), (1024, False)])
def test_more_memory_than_on_aws_is_told_once(functions, memory_mb, is_told):
    source = 'def handler(event, context):\n    return len(b"x" * 200_000_000)\n'
    name = functions.make(source, MemorySize=memory_mb)
    for _ in range(2):
        assert functions.invoke(name).error == ""
    told = [text for text in functions.messages(name) if "AWS would have ended it" in text]
    assert len(told) == is_told


def test_report_tells_the_memory_of_a_process_that_is_gone(functions):
    source = "import os\ndef handler(event, context):\n    x = b'1' * 2**26\n    os._exit(1)\n"
    log = functions.invoke(functions.make(source)).log
    found = re.search(r"Max Memory Used: (\d+) MB", log)
    assert found
    assert int(found[1]) > 64


def test_tail_is_the_last_4_kb(functions):
    name = functions.make("def handler(event, context):\n    print('x' * 10000)\n")
    log = functions.invoke(name).log
    assert len(log) == 4096
    assert "REPORT" in log


def test_log_holds_every_line_in_order(functions):
    source = """
import logging
logging.getLogger().setLevel("INFO")
def handler(event, context):
    print("printed")
    logging.info("two\\nlines")
    print("no newline", end="")
"""
    name = functions.make(source, Runtime="python3.8")
    answer = functions.invoke(name)
    messages = functions.messages(name)
    assert messages[0].startswith("Groundstate: the function declares python3.8")
    assert messages[1].startswith("INIT_START Runtime Version: python:3.")
    assert messages[2] == f"START RequestId: {answer.request_id} Version: $LATEST\n"
    assert messages[3] == "printed\n"
    assert messages[4].startswith("[INFO]\t")
    assert messages[4].endswith(f"\t{answer.request_id}\ttwo\nlines\n")
    assert messages[5] == "no newline\n"
    assert messages[6] == f"END RequestId: {answer.request_id}\n"
    assert "Init Duration: " in messages[7]


def test_much_output_is_stored_and_costs_little_memory(functions):
    source = """
import sys
def handler(event, context):
    line = "x" * 99 + "\\n"
    for _ in range(20):
        sys.stdout.write(line * 10000)
    return "done"
"""
    name = functions.make(source, Timeout=60)
    memory_before_kb = _memory_peak_kb()
    assert functions.invoke(name).payload == "done"
    assert _memory_peak_kb() - memory_before_kb < 60_000
    stream = functions.logs.describe_log_streams(logGroupName=f"/aws/lambda/{name}")
    assert stream["logStreams"][0]["logStreamName"].count("/") == 3
    groups = functions.logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{name}")
    assert groups["logGroups"][0]["storedBytes"] > 20 * 1_000_000


def test_role_without_permission_for_logs_keeps_no_log(functions):
    trust = functions.groundstate.client("iam").get_role(RoleName="Function")["Role"]
    role = functions.groundstate.client("iam").create_role(
        RoleName="Silent",
        AssumeRolePolicyDocument=json.dumps(trust["AssumeRolePolicyDocument"]),
    )
    name = functions.make(ECHO, Role=role["Role"]["Arn"])
    assert functions.invoke(name, {"a": 1}).payload == {"a": 1}
    with pytest.raises(functions.logs.exceptions.ResourceNotFoundException):
        functions.messages(name)


def test_concurrent_invocations_run_side_by_side(functions):
    source = "import time\ndef handler(event, context):\n    time.sleep(0.3)\n"
    name = functions.make(source)
    from concurrent.futures import ThreadPoolExecutor

    functions.invoke(name)
    began_at = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: functions.invoke(name), range(4)))
    assert all(answer.error == "" for answer in answers)
    assert time.monotonic() - began_at < 1.0


def test_reserved_concurrency_of_zero_refuses_every_invocation(functions):
    name = functions.make(ECHO)
    functions.client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    with pytest.raises(ClientError) as refused:
        functions.invoke(name)
    error = refused.value.response
    assert error["Error"]["Code"] == "TooManyRequestsException"
    assert error["Error"]["Message"] == "Rate Exceeded."
    assert error["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    functions.client.delete_function_concurrency(FunctionName=name)
    assert functions.invoke(name, {"a": 1}).payload == {"a": 1}


def _memory_peak_kb() -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def test_exception_during_init_is_answered_and_the_next_one_starts_anew(functions):
    name = functions.make("raise ValueError('not today')\n")
    for _ in range(2):
        answer = functions.invoke(name)
        assert answer.error == "Unhandled"
        assert (answer.payload["errorType"], answer.payload["errorMessage"]) == (
            "ValueError",
            "not today",
        )
        assert answer.payload["stackTrace"][-1].startswith('  File "/var/task/app.py", line 1')


def test_answer_that_is_not_json_is_an_error(functions):
    answer = functions.invoke(functions.make("def handler(event, context):\n    return {1, 2}\n"))
    assert answer.payload["errorType"] == "Runtime.MarshalError"
    assert "not JSON serializable" in answer.payload["errorMessage"]


def test_bytes_are_answered_as_they_are(functions):
    name = functions.make("def handler(event, context):\n    return b'\"bytes\"'\n")
    assert functions.client.invoke(FunctionName=name)["Payload"].read() == b'"bytes"'


def test_errors_and_children_write_to_the_log(functions):
    source = """
import subprocess, sys
def handler(event, context):
    print("to stderr", file=sys.stderr)
    subprocess.run(["echo", "from a child"], check=True)
"""
    log = functions.invoke(functions.make(source)).log
    assert "to stderr\n" in log
    assert "from a child\n" in log


def test_client_context_reaches_the_function(functions):
    from base64 import b64encode

    source = "def handler(event, context):\n    return context.client_context.custom['a']\n"
    name = functions.make(source)
    context = b64encode(json.dumps({"custom": {"a": "b"}}).encode()).decode()
    assert functions.invoke(name, ClientContext=context).payload == "b"


def test_slow_init_is_not_counted_against_the_timeout(functions):
    source = "import time\ntime.sleep(1.2)\ndef handler(event, context):\n    return 'ready'\n"
    answer = functions.invoke(functions.make(source, Timeout=1))
    assert answer.payload == "ready"
    assert "Init Duration: 1" in answer.log


def test_many_at_once_share_few_environments(functions):
    source = "import os\ndef handler(event, context):\n    return os.getpid()\n"
    name = functions.make(source)
    functions.invoke(name)
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        pids = set(pool.map(lambda _: functions.invoke(name).payload, range(80)))
    assert len(pids) <= 12
