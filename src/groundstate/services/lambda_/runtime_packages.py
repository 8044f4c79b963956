"""The packages that AWS's Python runtimes bring, in a folder of their own: `/var/runtime`.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html

The interpreters that functions run on have other packages as well. A function that imports one of
those without bringing it would work here and fail on AWS.
"""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import orjson

# pip is on AWS, too.
PACKAGES = ("aws-durable-execution-sdk-python", "awslambdaric", "boto3", "pip")
_COMPILED = "runtime_client."
_CLIENT = Path(__file__).with_name("python") / "runtime_client.py"
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_MISSING = re.compile(r"No module named '([\w.]+)'")


def make_folder(
    parent: Path, packages: Iterable[str], *, without: Iterable[str] = (), below: str = ""
) -> Path:
    """A folder in `parent` with links to packages and what they need. It may be there already.

    Args:
        packages: by their names on PyPI; those that are not installed are left out.
        without: packages that are left out, with what they need.
        below: the links are in this folder of it.
    """
    left_out = _find(without)
    found = {name: path for name, path in _find(packages).items() if name not in left_out}
    return _link(parent, found, below)


def make_runtime_folder(parent: Path, *, is_own: bool) -> Path:
    """The folder for a Python: for Groundstate's own one, or for any other."""
    found = _find(PACKAGES)
    if not is_own:
        # The compiled parts are of one version. All but this have a part in Python, too.
        found = {name: path for name, path in found.items() if not name.startswith(_COMPILED)}
        found[_CLIENT.name] = _CLIENT
    return _link(parent, found, "")


def _link(parent: Path, found: dict[str, Path], below: str) -> Path:
    listed = "\n".join(f"{below}/{name} {path}" for name, path in sorted(found.items()))
    folder = parent / sha256(listed.encode()).hexdigest()[:16]
    place = folder / below
    place.mkdir(parents=True, exist_ok=True)
    for name, path in found.items():
        # It may be there from before: as a link or, in a copy of the data folder, as its target.
        with suppress(FileExistsError):
            (place / name).symlink_to(path)
    return folder


def explain_import_error(error: bytes, paths: Iterable[str], runtime: str) -> str:
    """What to do about a module that a function did not find, if this machine can tell; or "".

    Args:
        error: the document by which the function's runtime says that it could not get ready.
        paths: where the function's own modules are looked for.
        runtime: what it runs on, as INIT_START names it.
    """
    try:
        document = orjson.loads(error)
    except ValueError:
        return ""
    if not isinstance(document, dict) or document.get("errorType") != "Runtime.ImportModuleError":
        return ""
    missing = _MISSING.search(str(document.get("errorMessage")))
    if missing is None:
        return ""
    name = missing[1]
    built = _find_compiled(name, paths)
    if built:
        version = runtime.removeprefix("python:").rpartition(".")[0]
        return (
            f"Groundstate: the function has {name} as {built}, which is not for Python {version} on"
            f" {platform.machine()}. Its packages must be built for what it runs on:"
            f" pip install --python-version {version} --only-binary=:all: --target FOLDER PACKAGE"
        )
    if "." in name or find_spec(name) is None:
        return ""
    return (
        f"Groundstate: this machine has {name}, but a function does not see it, as on AWS."
        " Put it into the function's package or into a layer."
    )


def _find_compiled(name: str, paths: Iterable[str]) -> str:
    """The file of a compiled module that is there, though it could not be imported; or ""."""
    *folders, module = name.split(".")
    for path in paths:
        for found in sorted(Path(path, *folders).glob(f"{module}.*")):
            if found.suffix in {".so", ".pyd"}:
                return found.name
    return ""


def _find(packages: Iterable[str]) -> dict[str, Path]:
    """What is to be seen at the top of the folder, and where it is."""
    found: dict[str, Path] = {}
    known: set[str] = set()
    wanted = list(packages)
    while wanted:
        package = wanted.pop()
        if package in known:
            continue
        known.add(package)
        try:
            distribution = metadata.distribution(package)
        except metadata.PackageNotFoundError:
            continue
        # Not `files`, which takes ten times as long: botocore has thousands.
        for line in (distribution.read_text("RECORD") or "").splitlines():
            top = line.partition("/")[0].partition(",")[0]
            if top and top not in ("..", "__pycache__") and top not in found:
                found[top] = Path(str(distribution.locate_file(top)))
        for requirement in distribution.requires or ():
            name = _NAME.match(requirement)
            if name is not None and "extra ==" not in requirement:
                wanted.append(name[0])
    return found
