"""The file system that functions see: the paths of AWS, and a `/tmp` of each environment's own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

import pytest

from .conftest import make_zip

# unshare(CLONE_NEWNS), else with CLONE_NEWUSER too.
PROBE = """
import ctypes, sys
libc = ctypes.CDLL(None)
sys.exit(libc.unshare(0x20000) != 0 and libc.unshare(0x10020000) != 0)
"""


@pytest.fixture(scope="module")
def namespaces():
    if subprocess.run([sys.executable, "-c", PROBE], check=False).returncode != 0:
        pytest.skip("the kernel allows no namespaces here")


pytestmark = [pytest.mark.process, pytest.mark.usefixtures("namespaces")]

READS = """
def handler(event, context):
    found = []
    for path in event:
        try:
            with open(path) as file:
                found.append(file.read())
        except OSError as error:
            found.append(error.strerror)
    return found
"""
WRITES = """
def handler(event, context):
    seen = []
    for path in event:
        try:
            with open(path, "w") as file:
                file.write("x")
            seen.append("written")
        except OSError as error:
            seen.append(error.strerror)
    return seen
"""

# Prints what a function says whose wrapper, a script, starts Groundstate's own Python.
WRAPPED = """
import json
from groundstate.testing import Groundstate
from tests.unit.lambda_.conftest import Functions, make_zip

with Groundstate() as groundstate:
    functions = Functions(groundstate)
    source = "def handler(event, context):\\n    return 'started'\\n"
    wrapper = '#!/bin/sh\\nexec "$@"\\n'
    code = make_zip({"app.py": source, "wrap.sh": wrapper}, {"wrap.sh": 0o100755})
    variables = {"AWS_LAMBDA_EXEC_WRAPPER": "/var/task/wrap.sh"}
    name = functions.make("", Code={"ZipFile": code}, Environment={"Variables": variables})
    print(json.dumps(functions.invoke(name).payload))
"""


def publish(functions, files) -> str:
    name = f"layer-{uuid.uuid4()}"
    content = {"ZipFile": make_zip(files)}
    made = functions.client.publish_layer_version(LayerName=name, Content=content)
    return made["LayerVersionArn"]


def test_code_and_layers_are_where_aws_has_them(functions):
    layer = publish(functions, {"data.txt": "of the layer"})
    name = functions.make(READS, {"own.txt": "of the function"}, Layers=[layer])
    paths = ["/var/task/own.txt", "/opt/data.txt", "own.txt"]
    assert functions.invoke(name, paths).payload == [
        "of the function",
        "of the layer",
        "of the function",
    ]


def test_later_layer_goes_over_an_earlier_one_file_by_file(functions):
    below = publish(functions, {"python/a.txt": "below", "python/b.txt": "below", "c.txt": "below"})
    above = publish(functions, {"python/a.txt": "above", "python/d.txt": "above"})
    name = functions.make(READS, Layers=[below, above])
    paths = ["/opt/python/a.txt", "/opt/python/b.txt", "/opt/c.txt", "/opt/python/d.txt"]
    assert functions.invoke(name, paths).payload == ["above", "below", "below", "above"]


def test_only_tmp_can_be_written(functions):
    name = functions.make(WRITES)
    paths = ["/var/task/x", "/opt/x", "/x", "/tmp/only-here"]
    refused = "Read-only file system"
    assert functions.invoke(name, paths).payload == [refused, refused, refused, "written"]


def test_environments_share_no_tmp_with_each_other_or_the_machine(functions):
    mark = f"/tmp/{uuid.uuid4()}"
    source = "import os\ndef handler(event, context):\n"
    source += f"    open({mark!r}, 'a').write('x')\n"
    source += f"    return [os.path.exists(event), open({mark!r}).read()]\n"
    first, second = functions.make(source), functions.make(source)
    with tempfile.NamedTemporaryFile(dir="/tmp") as machines:
        assert functions.invoke(first, machines.name).payload == [False, "x"]
        assert functions.invoke(first, machines.name).payload == [False, "xx"]
        assert functions.invoke(second, machines.name).payload == [False, "x"]
    assert not Path(mark).exists()


def test_tmp_is_as_big_as_the_function_asks_for(functions):
    source = """
import os
def handler(event, context):
    found = os.statvfs("/tmp")
    return found.f_blocks * found.f_frsize // 2**20
"""
    name = functions.make(source, EphemeralStorage={"Size": 700})
    assert functions.invoke(name).payload == 700


def test_functions_with_files_of_the_same_name_keep_their_own_compiled_modules(functions):
    sources = [
        f"import part\ndef handler(event, context):\n    return part.X, {n}\n" for n in (1, 2)
    ]
    # The same size and the same time: Python would take one's compiled module for the other's.
    names = [functions.make(sources[n], {"part.py": f"X = {n}\n"}) for n in (0, 1)]
    for _ in range(2):
        assert [functions.invoke(name).payload for name in names] == [[0, 1], [1, 2]]
        for name in names:
            functions.client.update_function_configuration(FunctionName=name, Timeout=5)


def test_logged_tracebacks_name_the_paths_of_aws(functions):
    source = """
import logging
def handler(event, context):
    try:
        1 / 0
    except ZeroDivisionError:
        logging.exception("failed")
"""
    assert 'File "/var/task/app.py", line 5' in functions.invoke(functions.make(source)).log


def test_node_module_knows_itself_by_the_path_of_aws(functions):
    source = "exports.handler = async () => [__filename, process.env.LAMBDA_TASK_ROOT];"
    code = {"ZipFile": make_zip({"app.js": source})}
    name = functions.make("", Runtime="nodejs22.x", Code=code, Timeout=10)
    assert functions.invoke(name).payload == ["/var/task/app.js", "/var/task"]


def test_python_may_be_reached_by_links_in_folders_that_functions_do_not_see():
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        real = Path(sys.executable).resolve()
        for link, target in (("first", real), ("second", Path("..") / "first" / real.name)):
            (folder / link).mkdir()
            (folder / link / real.name).symlink_to(target)
        python = folder / "second" / real.name
        subprocess.run([python, "-m", "venv", "--without-pip", folder / "venv"], check=True)
        packages = next((folder / "venv" / "lib").glob("python*")) / "site-packages"
        places = [path for path in sys.path if path.endswith("site-packages")]
        lines = [f"import site; site.addsitedir({path!r})\n" for path in places]
        (packages / "own.pth").write_text("".join(lines))
        answer = subprocess.run(
            [folder / "venv" / "bin" / "python", "-c", WRAPPED],
            check=True,
            capture_output=True,
            cwd=Path(__file__).parents[3],
        )
    assert answer.stdout == b'"started"\n'
