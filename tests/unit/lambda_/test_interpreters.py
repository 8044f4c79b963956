"""Functions run on the Python that they declare, where the machine has it.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from groundstate.services.lambda_.interpreters import OWN, find_interpreter

from .conftest import make_zip

HANDLER = """
import logging, os, sys

def handler(event, context):
    if "fail" in event:
        raise ValueError(event["fail"])
    if "size" in event:
        return "x" * event["size"]
    import boto3
    logging.getLogger().setLevel("INFO")
    logging.info("prétend")
    return {
        "version": list(sys.version_info[:2]),
        "arn": boto3.client("sts").get_caller_identity()["Arn"],
        "id": context.aws_request_id,
        "function": context.invoked_function_arn,
        "ms": context.get_remaining_time_in_millis(),
        "client": context.client_context and context.client_context.custom,
        "event": event,
        "wrapped": os.environ.get("WRAPPED"),
    }
"""
# A Python that can be asked for its version, and no more.
FAKE = "#!/bin/sh\necho {path}\necho {version}\n"


@pytest.fixture(scope="module")
def other() -> str:
    """A runtime whose Python is on this machine, and not the one of the tests."""
    for minor in range(10, 20):
        runtime = f"python3.{minor}"
        if find_interpreter(runtime) != OWN:
            return runtime
    pytest.skip("this machine has one Python only")


@pytest.fixture
def own_machine(monkeypatch, tmp_path):
    """A machine with no Python that a function could be given."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    find_interpreter.cache_clear()
    yield tmp_path
    find_interpreter.cache_clear()


def put(path: Path, version: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(FAKE.format(path=path, version=version))
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("wrapped", [False, True])
def test_function_runs_on_the_python_that_it_declares(functions, other, wrapped):
    wrapper = '#!/bin/sh\nexport WRAPPED="yes"\nexec "$@"\n'
    code = make_zip({"app.py": HANDLER, "wrap.sh": wrapper}, {"wrap.sh": 0o100755})
    settings = {"Runtime": other, "Timeout": 20, "Code": {"ZipFile": code}}
    if wrapped:
        variables = {"AWS_LAMBDA_EXEC_WRAPPER": "/var/task/wrap.sh"}
        settings["Environment"] = {"Variables": variables}
    name = functions.make("", **settings)
    event = {"text": "grün", "list": [1, None]}
    first = functions.invoke(name, event)
    assert first.payload.pop("ms") in range(1, 20_001)
    assert first.payload == {
        "version": [int(number) for number in other.removeprefix("python").split(".")],
        "arn": f"arn:aws:sts::000000000000:assumed-role/Function/{name}",
        "id": first.request_id,
        "function": f"arn:aws:lambda:us-east-1:000000000000:function:{name}",
        "client": None,
        "event": event,
        "wrapped": "yes" if wrapped else None,
    }
    second = functions.invoke(name, event)
    assert second.payload["id"] == second.request_id != first.request_id
    messages = functions.messages(name)
    assert messages[0].startswith(f"INIT_START Runtime Version: python:{other[6:]}.")
    assert messages[2].endswith(f"\t{first.request_id}\tprétend\n")


def test_failures_on_another_python_are_those_of_the_own_one(functions, other):
    own = "python{}.{}".format(*sys.version_info[:2])
    seen = []
    for runtime in (own, other):
        name = functions.make(HANDLER, Runtime=runtime, Timeout=20)
        answers = [functions.invoke(name, event) for event in ({"fail": "é"}, {"size": 7_000_000})]
        assert functions.invoke(name, {"size": 3}).payload == "xxx"
        del answers[0].payload["requestId"]
        seen.append([(answer.error, answer.payload) for answer in answers])
        assert "[ERROR] ValueError: é\nTraceback" in answers[0].log
    assert seen[0] == seen[1]
    assert seen[0][1][1]["errorType"] == "Function.ResponseSizeTooLarge"


def test_python_is_found_on_the_path(own_machine):
    path = put(own_machine / "bin" / "python3.99", "3.99.1")
    assert find_interpreter("python3.99") == (path, "3.99.1")


@pytest.mark.parametrize(
    "folder", [".pyenv/versions/3.99.{}", ".local/share/uv/python/cpython-3.99.{}-linux-x86_64-gnu"]
)
def test_python_is_found_where_tools_keep_theirs(own_machine, folder):
    paths = [
        put(own_machine / folder.format(patch) / "bin" / "python3.99", f"3.99.{patch}")
        for patch in (2, 10)
    ]
    assert find_interpreter("python3.99") == (paths[1], "3.99.10")


def test_python_that_does_not_run_is_passed_over(own_machine):
    # pyenv has a program for each version that it knows; one that is not active only says so.
    broken = own_machine / "bin" / "python3.99"
    broken.write_text("#!/bin/sh\necho 'pyenv: python3.99: command not found' >&2\nexit 127\n")
    broken.chmod(0o755)
    assert find_interpreter("python3.99") == OWN
    find_interpreter.cache_clear()
    path = put(own_machine / ".pyenv/versions/3.99.0/bin/python3.99", "3.99.0")
    assert find_interpreter("python3.99") == (path, "3.99.0")


@pytest.mark.parametrize(
    "runtime", ["python3.9", "python2.7", "python3", "python3.x", "nodejs22.x", "provided.al2023"]
)
def test_python_that_aws_s_client_does_not_run_on_is_not_taken(own_machine, runtime):
    put(own_machine / "bin" / runtime, "3.9.1")
    assert find_interpreter(runtime) == OWN


def test_python_that_says_another_version_is_not_taken(own_machine):
    put(own_machine / "bin" / "python3.99", "3.98.1")
    assert find_interpreter("python3.99") == OWN
