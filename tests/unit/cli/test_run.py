"""`groundstate run`: the Tasks application with a Wait of two seconds, and a runtime of its own."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from groundstate.cli.client import Client
from groundstate.cli.main import main
from groundstate.config import ClientConfig

pytestmark = [pytest.mark.slow, pytest.mark.process]

APP = Path(__file__).parents[3] / "app"


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The app, synthesized, with a Wait that is shorter."""
    folder = tmp_path_factory.mktemp("app") / "cdk.out"
    subprocess.run(
        [sys.executable, "app.py"],
        cwd=APP,
        check=True,
        env={**os.environ, "CDK_OUTDIR": str(folder), "CDK_VALIDATION": "false"},
    )
    (template,) = folder.glob("*.template.json")
    text = template.read_text()
    assert text.count('\\"Seconds\\":30') == 1
    template.write_text(text.replace('\\"Seconds\\":30', '\\"Seconds\\":2'))
    return folder


@pytest.fixture
def endpoint():
    """An address at which nothing answers yet."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.fixture
def run(app, endpoint, tmp_path, capsys):
    def run(*options):
        capsys.readouterr()
        where = ["--endpoint-url", endpoint, "--data-dir", str(tmp_path / "data")]
        status = main(["run", str(app), *where, *options])
        return status, *capsys.readouterr()

    return run


def find_health(endpoint):
    return Client(ClientConfig(endpoint_url=endpoint)).find_health()


def test_goes_from_nothing_to_done(run, endpoint):
    status, out, err = run("--task", "Lunch")
    assert status == 0, err
    lines = [line.strip() for line in out.splitlines()]
    shown = [
        line.partition(" s  ")[2] or line for line in lines if " s  " in line or "Tasks:" in line
    ]
    assert [line.partition(", timestamp")[0] for line in shown] == [
        "CreateDynamoTaskItem  (Task)",
        "Tasks: {taskId: Lunch",
        "Execute long running task...wait 30 seconds  (Wait)",
        "UpdateDynamoTaskItem  (Task)",
        "Tasks: {taskId: Lunch",
        "SUCCEEDED",
    ]
    assert shown[1].endswith("Status: STARTED}")
    assert shown[4].endswith("Status: Done}")
    assert "Started execution arn:aws:states" in out
    assert "CREATE_COMPLETE" in err
    assert err.splitlines()[-1].endswith(("groundstate serve", "groundstate.cli serve"))
    assert find_health(endpoint) is None


def test_second_run_finds_what_the_first_left(run):
    assert run("--task", "Breakfast")[0] == 0
    status, out, err = run("--task", "Lunch", "--json")
    assert status == 0, err
    report = json.loads(out)
    assert report["status"] == "SUCCEEDED"
    assert [item["Status"]["S"] for item in report["items"]] == ["STARTED", "Done"]


def test_task_that_the_function_refuses_fails(run):
    status, out, err = run("--task", "")
    assert status == 1
    assert "InvalidEvent" in out
    assert "The function failed" in err


def test_runtime_that_answers_is_used_and_left_alone(app, runtime, capsys):
    assert main(["run", str(app), "--endpoint-url", runtime.endpoint_url]) == 0
    assert "Using the runtime" in capsys.readouterr().err
    assert find_health(runtime.endpoint_url) is not None


def test_failing_app_ends_the_runtime_too(endpoint, tmp_path, capsys):
    (tmp_path / "cdk.json").write_text(json.dumps({"app": "exit 3"}))
    where = ["--endpoint-url", endpoint, "--data-dir", str(tmp_path / "data")]
    assert main(["run", str(tmp_path), *where]) == 1
    assert "exit status 3" in capsys.readouterr().err
    assert find_health(endpoint) is None


def test_runtime_that_cannot_start_says_why(app, endpoint, tmp_path, capsys):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "groundstate.db").mkdir()
    (tmp_path / "data" / "runtime.log").write_text("of an earlier runtime\n")
    where = ["--endpoint-url", endpoint, "--data-dir", str(tmp_path / "data")]
    assert main(["run", str(app), *where]) == 1
    said = capsys.readouterr().err
    assert "ended at its start" in said
    assert "unable to open database file" in said
    assert "of an earlier runtime" not in said
    assert "Look around" not in said


def test_data_directory_that_cannot_be_is_refused(app, endpoint, tmp_path, capsys):
    (tmp_path / "data").write_text("")
    where = ["--endpoint-url", endpoint, "--data-dir", str(tmp_path / "data")]
    assert main(["run", str(app), *where]) == 1
    assert "cannot be kept" in capsys.readouterr().err


def test_app_that_is_not_there_starts_nothing(endpoint, tmp_path, capsys):
    where = ["--endpoint-url", endpoint, "--data-dir", str(tmp_path / "data")]
    assert main(["run", str(tmp_path), *where]) == 1
    assert "cdk.json" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_address_of_another_machine_is_not_started(app, capsys):
    assert main(["run", str(app), "--endpoint-url", "http://127.0.0.2:9"]) == 1
    assert "No runtime answers" in capsys.readouterr().err
