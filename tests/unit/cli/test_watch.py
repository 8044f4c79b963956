"""`groundstate watch`: what it notices, and how changed code gets to where it runs."""

import io
import json
import sys
import threading
import time

import pytest

from groundstate.cli import watch
from groundstate.cli.client import Client
from groundstate.cli.main import main
from groundstate.cli.output import Console
from groundstate.cli.synthesis import find_app
from groundstate.cli.watch import Watcher
from groundstate.config import ClientConfig

pytestmark = [pytest.mark.slow, pytest.mark.process]

HANDLER = """
def handler(event, context):
    return "{word}"
"""
# A CDK app in miniature: a stack with one function, whose code is the folder `code`.
PROGRAM = """
import hashlib, json, os, pathlib, shutil, time
if pathlib.Path("broken").exists():
    raise SystemExit("broken")
while pathlib.Path(".hold").exists():
    time.sleep(0.01)
out = pathlib.Path(os.environ["CDK_OUTDIR"])
digest = hashlib.sha256(pathlib.Path("code/index.py").read_bytes()).hexdigest()
staged = out / f"asset.{digest}"
shutil.copytree("code", staged, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
bucket = "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"
role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {
    "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
    "Principal": {"Service": "lambda.amazonaws.com"}}]}}}
function = {"Type": "AWS::Lambda::Function", "Properties": {
    "Runtime": "python3.12", "Handler": "index.handler",
    "Description": pathlib.Path("description").read_text(),
    "Role": {"Fn::GetAtt": ["Role", "Arn"]},
    "Code": {"S3Bucket": {"Fn::Sub": bucket}, "S3Key": f"{digest}.zip"}}}
files = {digest: {"source": {"path": staged.name, "packaging": "zip"},
    "destinations": {"here": {"bucketName": bucket, "objectKey": f"{digest}.zip"}}}}
artifacts = {
    "Watched": {"type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/unknown-region",
        "properties": {"templateFile": "Watched.template.json"}, "dependencies": ["assets"]},
    "assets": {"type": "cdk:asset-manifest", "properties": {"file": "Watched.assets.json"}}}
(out / "Watched.template.json").write_text(
    json.dumps({"Resources": {"Role": role, "Function": function}}))
(out / "Watched.assets.json").write_text(json.dumps({"files": files}))
(out / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "index.py").write_text(HANDLER.format(word="first"))
    (tmp_path / "description").write_text("first")
    (tmp_path / "app.py").write_text(PROGRAM)
    (tmp_path / "cdk.json").write_text(json.dumps({"app": f'"{sys.executable}" app.py'}))
    return tmp_path


@pytest.fixture
def said():
    return io.StringIO()


@pytest.fixture
def watcher(folder, runtime, said):
    client = Client(ClientConfig(endpoint_url=runtime.endpoint_url))
    watcher = Watcher(client, find_app(str(folder)), Console(out=said, progress=said))
    watcher.deploy()
    yield watcher
    main(["destroy", str(folder), "--yes", "--endpoint-url", runtime.endpoint_url])


@pytest.fixture
def function(runtime, watcher):
    (resource,) = [
        entry
        for entry in runtime.client("cloudformation").describe_stack_resources(StackName="Watched")[
            "StackResources"
        ]
        if entry["LogicalResourceId"] == "Function"
    ]
    return resource["PhysicalResourceId"]


def invoke(runtime, function):
    return json.loads(runtime.client("lambda").invoke(FunctionName=function)["Payload"].read())


def test_notices_what_is_changed_added_and_removed(watcher, folder):
    assert watcher.look() == []
    (folder / "code" / "index.py").write_text("changed")
    (folder / "new.txt").write_text("added")
    (folder / "description").unlink()
    names = [str(path.relative_to(folder)) for path in watcher.look()]
    assert names == ["code/index.py", "description", "new.txt"]
    assert watcher.look() == []


def test_output_of_synthesis_is_no_change(watcher, folder):
    (folder / "cdk.out" / "more").write_text("made")
    assert watcher.look() == []


def test_changed_code_is_live_before_the_app_is_synthesized(
    watcher, folder, function, runtime, said, monkeypatch
):
    assert invoke(runtime, function) == "first"
    monkeypatch.setattr(watcher, "deploy", lambda: said.write("deploys\n"))
    (folder / "code" / "index.py").write_text(HANDLER.format(word="second"))
    watcher.react(watcher.look())
    assert said.getvalue().endswith(f"Live: {function}\ndeploys\n")
    assert invoke(runtime, function) == "second"


def test_changed_code_is_live_while_an_older_change_is_synthesized(
    watcher, folder, function, runtime, said
):
    """What was begun for the older change is stopped: it would bring old code back."""
    hold, code = folder / ".hold", folder / "code" / "index.py"
    hold.touch()
    code.write_text(HANDLER.format(word="second"))
    changed = watcher.look()
    reaction = threading.Thread(target=watcher.react, args=(changed,))
    reaction.start()
    try:
        wait_until(lambda: "Live" in said.getvalue())
        code.write_text(HANDLER.format(word="third"))
        # A look may meet the file while it is written: it is live once more then.
        wait_until(lambda: invoke(runtime, function) == "third")
        assert hold.exists()
    finally:
        hold.unlink()
        reaction.join()
    assert said.getvalue().count("UPDATE_COMPLETE") >= 1
    assert invoke(runtime, function) == "third"
    assert watcher.look() == []


def test_change_while_the_stack_is_deployed_is_live_with_the_next_look(
    watcher, folder, function, runtime, said, monkeypatch
):
    code = folder / "code" / "index.py"
    deploy_app = watch.deploy_app

    def change_and_deploy(*arguments, **options):
        code.write_text(HANDLER.format(word="third"))
        return deploy_app(*arguments, **options)

    code.write_text(HANDLER.format(word="second"))
    monkeypatch.setattr(watch, "deploy_app", change_and_deploy)
    watcher.react(watcher.look())
    monkeypatch.setattr(watcher, "deploy", lambda: None)
    watcher.react(watcher.look())
    assert said.getvalue().count("Live") == 2
    assert invoke(runtime, function) == "third"


def wait_until(is_so):
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_stack_follows(watcher, folder, function, runtime, said):
    (folder / "code" / "index.py").write_text(HANDLER.format(word="second"))
    watcher.react(watcher.look())
    assert "UPDATE_COMPLETE" in said.getvalue()
    assert invoke(runtime, function) == "second"


def test_other_change_goes_through_the_stack(watcher, folder, function, runtime, said):
    (folder / "description").write_text("second")
    watcher.react(watcher.look())
    assert "Live" not in said.getvalue()
    configuration = runtime.client("lambda").get_function_configuration(FunctionName=function)
    assert configuration["Description"] == "second"


def test_failing_app_is_said_and_the_watch_goes_on(watcher, folder, said):
    (folder / "broken").touch()
    watcher.react(watcher.look())
    assert "exit status 1" in said.getvalue()
    (folder / "broken").unlink()
    watcher.react(watcher.look())
    assert said.getvalue().endswith("Watched: no changes\n")
