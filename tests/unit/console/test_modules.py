"""The console's pure modules, tested in the Node.js that is locked with the CDK's libraries."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "js"
NODE = os.environ.get("JSII_NODE") or shutil.which("node")


@pytest.mark.slow
@pytest.mark.process
@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.test.mjs")))
def test_modules(name):
    if NODE is None:
        pytest.skip("there is no Node.js")
    done = subprocess.run(
        [NODE, "--no-warnings", "--test", "--test-reporter=spec", FOLDER / name],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
