"""The Pythons of this machine that functions run on.

A function runs on the version that it declares if this machine has it, found where pyenv and uv
keep theirs, or on the path; else on the Python that Groundstate itself runs on.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

# What AWS's client and boto3 run on.
_LEAST = (3, 10)
_TELL = "import sys; print(sys.executable); print(*sys.version_info[:3], sep='.')"
_ANSWER_S = 5.0


class Interpreter(NamedTuple):
    """A Python.

    Attributes:
        path: the program.
        version: `3.13.0`.
    """

    path: str
    version: str

    @property
    def is_own(self) -> bool:
        """It is the one that Groundstate runs on."""
        return self.path == sys.executable

    def fits(self, runtime: str) -> bool:
        """Whether a function of this runtime has the version that it declares."""
        return runtime == f"python{self.version.rpartition('.')[0]}"


OWN = Interpreter(sys.executable, ".".join(map(str, sys.version_info[:3])))


@cache
def find_interpreter(runtime: str) -> Interpreter:
    """What a function of this runtime runs on. The first time it may take some 20 ms."""
    declared = runtime.removeprefix("python")
    numbers = declared.split(".")
    if not runtime.startswith("python") or OWN.fits(runtime) or len(numbers) != 2:
        return OWN
    if not all(number.isdecimal() for number in numbers) or tuple(map(int, numbers)) < _LEAST:
        return OWN
    for path in _candidates(declared):
        found = _ask(path)
        if found is not None and found.fits(runtime):
            return found
    return OWN


def _candidates(version: str) -> Iterator[str]:
    name = f"python{version}"
    pyenv = Path("~/.pyenv/versions").expanduser()
    uv = Path("~/.local/share/uv/python").expanduser()
    for folder, pattern in ((pyenv, f"{version}.*"), (uv, f"cpython-{version}.*")):
        found = folder.glob(f"{pattern}/bin/{name}")
        yield from map(str, sorted(found, key=_numbers, reverse=True))
    # Last, for what is there of pyenv's is a script that takes 0.3 s to find the program.
    on_path = shutil.which(name)
    if on_path is not None:
        yield on_path


def _numbers(path: Path) -> list[int]:
    """The version in the name of the folder that a Python is in: 3.13.10 is after 3.13.9."""
    return [int(number) for number in re.findall(r"\d+", path.parents[1].name)]


def _ask(path: str) -> Interpreter | None:
    """What an interpreter says of itself; None if it does not run."""
    try:
        told = subprocess.run(
            [path, "-I", "-S", "-c", _TELL],
            capture_output=True,
            check=True,
            text=True,
            timeout=_ANSWER_S,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    program, version = told.stdout.splitlines()
    return Interpreter(program, version)
