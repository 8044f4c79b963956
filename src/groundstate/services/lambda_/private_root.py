"""The file system as a function sees it on AWS: `/var/task`, `/opt` and a `/tmp` of its own.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html

Part of the program `forkserver.py`; it imports nothing of Groundstate. A new process makes a mount
namespace and a root in it that shows this machine's own folders, with three differences: the
function's code at `/var/task` and its layers, merged, at `/opt` (both read-only, as on AWS), and
an empty `/tmp` of the size that the function asks for, which is gone with the process. It needs no
privilege where the kernel lets users have namespaces. Elsewhere `is_possible` says no, and
functions see the machine's file system, with their code where it is unpacked.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

Message = dict[str, Any]

TASK, RUNTIME, LAYERS = "/var/task", "/var/runtime", "/opt"
# Programs in layers are scripts for this one: the CDK's /opt/awscli/aws, for example.
_PYTHON = "/var/lang/bin/python"
# Ours: compiled modules, and what the SDK stand-in of Node.js reads.
_PYCACHE, _CATALOGUE = "/var/pycache", "/var/sdk.json"
_LISTS = ("PATH", "LD_LIBRARY_PATH", "NODE_PATH", "PYTHONPATH")
_CLONE_NEWNS, _CLONE_NEWUSER = 0x00020000, 0x10000000
_MS_RDONLY, _MS_REMOUNT, _MS_BIND, _MS_REC, _MS_PRIVATE = 1, 32, 4096, 16384, 1 << 18
_MS_NOSUID, _MS_NODEV = 2, 4
# Flags that a mount has and that a remount must repeat: statvfs has them at these places.
_KEPT_FLAGS = 2 | 4 | 8 | 1024 | 2048

_libc = ctypes.CDLL(None, use_errno=True)


class Room(NamedTuple):
    """What a private root shows.

    Attributes:
        stage: an empty folder of the machine's, on which the root is built.
        task: the unpacked code.
        runtime: the packages that the function's runtime brings.
        layers: the unpacked layers; of two files with the same name the one of the first counts.
        pycache: where compiled modules are kept, or empty.
        catalogue: the file of the Node.js SDK stand-in, or empty.
        keep: paths that have to be seen even under `/tmp` and `/opt`.
        tmp_mb: the size of `/tmp`.
        hosts: the file to show as `/etc/hosts`, or empty.
    """

    stage: str
    task: str
    runtime: str
    layers: list[str]
    pycache: str
    catalogue: str
    keep: list[str]
    tmp_mb: int
    hosts: str


def is_possible(room: Room) -> bool:
    """Try it, in a process that ends at once."""
    pid = os.fork()
    if pid == 0:
        try:
            enter(room)
        except BaseException:  # noqa: BLE001, nothing may get back into the server
            os._exit(1)
        os._exit(0)
    return os.waitpid(pid, 0)[1] == 0


def enter(room: Room) -> None:
    """Move this process into its own root.

    Raises:
        OSError: the kernel does not allow it. The process is of no use then.
    """
    _unshare()
    _mount("none", "/", None, _MS_REC | _MS_PRIVATE)
    stage = Path(room.stage)
    _mount("tmpfs", str(stage), "tmpfs", _MS_NOSUID | _MS_NODEV, "mode=755,size=4m")
    _show_folder(Path("/"), stage, but={"tmp", "var", "opt"})
    _show_folder(Path("/var"), stage / "var", but={"task", "runtime", "lang"})
    tmp, opt = stage / "tmp", stage / "opt"
    tmp.mkdir()
    size = f"mode=1777,size={room.tmp_mb}m"
    _mount("tmpfs", str(tmp), "tmpfs", _MS_NOSUID | _MS_NODEV, size)
    opt.mkdir()
    _merge([Path(layer) for layer in room.layers], opt)
    _bind(Path(room.task), stage / "var" / "task", read_only=True)
    _bind(Path(room.runtime), stage / "var" / "runtime", read_only=True)
    _show_interpreter(Path(f"{stage}{_PYTHON}"))
    for path in room.keep:
        _keep(path, stage)
    if room.hosts:
        _bind(Path(room.hosts), stage / "etc" / "hosts")
    if room.catalogue:
        _bind(Path(room.catalogue), Path(f"{stage}{_CATALOGUE}"))
    if room.pycache:
        _bind_pycache(room, stage)
    _make_read_only(stage)
    os.chroot(stage)
    os.chdir(TASK)


def as_seen_inside(message: Message) -> Message:
    """A start message with the paths that its process will see."""
    room = message["room"]
    names = [(room["task"], TASK), (room["runtime"], RUNTIME)]
    names += [(layer, LAYERS) for layer in room["layers"]]
    if room["catalogue"]:
        names.append((room["catalogue"], _CATALOGUE))

    def inside(text: str) -> str:
        for real, seen in names:
            text = text.replace(real, seen)
        return text

    variables = {name: inside(value) for name, value in message["env"].items()}
    for name in _LISTS:
        if name in variables:
            variables[name] = ":".join(dict.fromkeys(variables[name].split(":")))
    return {
        **message,
        "argv": [inside(argument) for argument in message["argv"]],
        "extensions": [inside(path) for path in message["extensions"]],
        "env": variables,
        "cwd": TASK,
        "layers": [],
        "pycache": _PYCACHE,
        "paths": list(dict.fromkeys(inside(path) for path in message["paths"])),
    }


def _unshare() -> None:
    user, group = os.getuid(), os.getgid()
    if _libc.unshare(_CLONE_NEWNS) == 0:
        return
    _check(_libc.unshare(_CLONE_NEWNS | _CLONE_NEWUSER), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def _show_folder(folder: Path, target: Path, but: set[str]) -> None:
    target.mkdir(exist_ok=True)
    for entry in os.scandir(folder):
        if entry.name in but:
            continue
        # What cannot be shown (another user's mount, say) is missing, and no reason to fail.
        with contextlib.suppress(OSError):
            _show(Path(entry.path), target / entry.name)


def _show(source: Path, target: Path, *, read_only: bool = False) -> None:
    if source.is_symlink():
        target.symlink_to(source.readlink())
    else:
        _bind(source, target, read_only=read_only)


def _merge(layers: list[Path], target: Path) -> None:
    names = dict.fromkeys(entry.name for layer in layers for entry in os.scandir(layer))
    for name in names:
        found = [layer / name for layer in layers if os.path.lexists(layer / name)]
        folders = [path for path in found if path.is_dir() and not path.is_symlink()]
        if len(folders) > 1 and folders[0] == found[0]:
            (target / name).mkdir()
            _merge(folders, target / name)
        else:
            _show(found[0], target / name, read_only=True)


def _show_interpreter(path: Path) -> None:
    # A script, because a link would be Python without the modules of its virtual environment.
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    path.chmod(0o755)
    for name in ("python3", f"python{sys.version_info[0]}.{sys.version_info[1]}"):
        path.with_name(name).symlink_to(path.name)


def _keep(path: str, stage: Path) -> None:
    if path.startswith(("/tmp/", "/opt/")) and Path(path).exists():  # noqa: S108, it is ours
        target = stage / path[1:]
        if not os.path.lexists(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            _show(Path(path), target)


def _bind_pycache(room: Room, stage: Path) -> None:
    """Functions have the same paths, so each must have its own compiled modules behind them."""
    cache, shown = Path(room.pycache), Path(f"{stage}{_PYCACHE}")
    cache.mkdir(parents=True, exist_ok=True)
    _bind(cache, shown)
    pairs = [(Path(f"{cache}{room.task}"), TASK)]
    if room.layers:
        own = Path(f"{cache}{room.layers[0]}")
        if len(room.layers) > 1:
            own /= f"merged-{sha256(':'.join(room.layers).encode()).hexdigest()[:16]}"
        pairs.append((own, LAYERS))
    for source, seen in pairs:
        source.mkdir(parents=True, exist_ok=True)
        _bind(source, Path(f"{shown}{seen}"))


def _bind(source: Path, target: Path, *, read_only: bool = False) -> None:
    if stat.S_ISDIR(source.stat().st_mode):
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    _mount(str(source), str(target), None, _MS_BIND | _MS_REC)
    if read_only:
        _make_read_only(target)


def _make_read_only(target: Path) -> None:
    flags = os.statvfs(target).f_flag & _KEPT_FLAGS
    with contextlib.suppress(OSError):
        _mount("none", str(target), None, _MS_REMOUNT | _MS_BIND | _MS_RDONLY | flags)


def _mount(source: str, target: str, kind: str | None, flags: int, data: str = "") -> None:
    names = (source.encode(), target.encode(), None if kind is None else kind.encode())
    _check(_libc.mount(*names, ctypes.c_ulong(flags), data.encode()), f"mount {target}")


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
