"""What a Python function can import: what it brings, and what AWS's runtimes bring.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html
"""

from __future__ import annotations

import importlib
import shutil
import sys
from pathlib import Path

import pytest

from groundstate.services.lambda_.runtime_packages import make_runtime_folder

from .conftest import make_zip

IMPORTS = """
import importlib, os, sys
from importlib import metadata

def handler(event, context):
    seen = {}
    for name in event:
        try:
            seen[name] = importlib.import_module(name).__name__
        except ImportError as error:
            seen[name] = str(error)
    roots = [os.environ["LAMBDA_TASK_ROOT"], os.environ["LAMBDA_RUNTIME_DIR"]]
    return {"seen": seen, "boto3": metadata.version("boto3"), "path": sys.path, "roots": roots}
"""
# Packages of the interpreter that the tests, and so their functions, run on.
OURS = ("yaml", "orjson", "pytest", "groundstate")
AWS_S = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six", "simplejson")


@pytest.mark.parametrize("wrapped", [False, True])
def test_function_has_no_packages_but_its_own_and_aws_s(functions, wrapped):
    wrapper = '#!/bin/sh\nexec "$@"\n'
    code = make_zip({"app.py": IMPORTS, "wrap.sh": wrapper, "mine.py": ""}, {"wrap.sh": 0o100755})
    settings = {}
    if wrapped:
        settings = {"Environment": {"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/var/task/wrap.sh"}}}
    name = functions.make("", Code={"ZipFile": code}, **settings)
    answer = functions.invoke(name, [*OURS, *AWS_S, "mine", "json"]).payload
    wanted = {name: f"No module named '{name}'" for name in OURS}
    assert answer["seen"] == {**wanted, **{name: name for name in (*AWS_S, "mine", "json")}}
    assert answer["boto3"].startswith("1.")


def test_module_that_was_forgotten_fails_as_on_aws(functions):
    name = functions.make("import yaml\n\ndef handler(event, context): pass\n")
    answer = functions.invoke(name)
    assert answer.error == "Unhandled"
    assert answer.payload["errorType"] == "Runtime.ImportModuleError"
    assert answer.payload["errorMessage"] == (
        "Unable to import module 'app': No module named 'yaml'"
    )
    hint = "Groundstate: this machine has yaml, but a function does not see it"
    assert hint in "".join(functions.messages(name))


@pytest.mark.parametrize(
    ("module", "file"),
    [
        ("yaml._fast", "yaml/_fast.cpython-36m-x86_64-linux-gnu.so"),
        ("yaml._fast", "yaml/_fast.cpython-313-darwin.so"),
        ("_fast", "_fast.cp313-win_amd64.pyd"),
    ],
)
def test_module_that_is_built_for_another_python_is_named(functions, module, file):
    files = {file: b"compiled"} | ({"yaml/__init__.py": ""} if "/" in file else {})
    name = functions.make(f"import {module}\n\ndef handler(event, context): pass\n", files)
    answer = functions.invoke(name)
    assert answer.payload["errorMessage"] == (
        f"Unable to import module 'app': No module named '{module}'"
    )
    log = "".join(functions.messages(name))
    assert f"Groundstate: the function has {module} as {Path(file).name}, which is not for" in log
    assert "this machine has" not in log


def test_module_that_is_nowhere_needs_no_hint(functions):
    name = functions.make("import nowhere_at_all\n\ndef handler(event, context): pass\n")
    functions.invoke(name)
    assert "this machine has" not in "".join(functions.messages(name))


def test_runtime_s_packages_come_after_the_function_s(functions):
    code = make_zip({"app.py": IMPORTS + "\nimport six\nassert six.MINE\n", "six.py": "MINE = 1"})
    name = functions.make("", Code={"ZipFile": code})
    answer = functions.invoke(name, []).payload
    assert [answer["path"][0], answer["path"][-1]] == answer["roots"]


COMPILED = """
from importlib import machinery

compiled = []
compile_as_before = machinery.SourceFileLoader.source_to_code

def note(self, data, path, **options):
    compiled.append(path.rpartition("/")[2])
    return compile_as_before(self, data, path, **options)

machinery.SourceFileLoader.source_to_code = note
import mine
import s3transfer.manager

def handler(event, context):
    return compiled
"""


def test_modules_are_compiled_once(functions):
    # Whoever installed the package need not have compiled it.
    importlib.import_module("s3transfer.manager")
    own = "python{}.{}".format(*sys.version_info[:2])
    name = functions.make(COMPILED, {"mine.py": ""}, Runtime=own)
    first = functions.invoke(name).payload
    assert "mine.py" in first
    assert "manager.py" not in first
    functions.client.update_function_configuration(FunctionName=name, Timeout=5)
    assert "mine.py" not in functions.invoke(name).payload


def test_data_folder_that_was_copied_without_its_links_still_serves(tmp_path):
    """`cp -rL`, or a copy made while the links were being laid, has packages in their places."""
    made = make_runtime_folder(tmp_path / "first", is_own=True)
    copy = tmp_path / "second" / made.name
    shutil.copytree(made, copy)
    names = {path.name for path in made.iterdir()}
    lost = next(path for path in copy.iterdir() if path.name.startswith("boto3-"))
    shutil.rmtree(lost)
    assert make_runtime_folder(tmp_path / "second", is_own=True) == copy
    assert {path.name for path in copy.iterdir()} == names
    assert lost.is_symlink()
