"""Keeps functions' code unpacked on disk, by the SHA-256 of its zip file.

The database has the zip files; what is here are copies, made whole or not at all, shared by all
functions with the same code, and made again when they are missing.
"""

from __future__ import annotations

import io
import os
import shutil
import stat
import threading
import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

from groundstate import ids
from groundstate.services.lambda_.errors import InvalidParameterValueException
from groundstate.services.lambda_.limits import UNZIPPED_BYTES_MAX, ZIP_ENTRIES_MAX

_CANNOT_UNZIP = "Could not unzip uploaded file. Please check your file, then try to upload again."
_COPY_BYTES = 256 * 1024
# Made on a system whose files have modes.
_UNIX = 3
# Beside its own, zipfile lets out what it stands on: RuntimeError is an encrypted entry, ValueError
# and OSError are impossible names, NotImplementedError an unknown compression.
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)


class CodeDirectory:
    """The folder of unpacked code, and of what else functions' processes see.

    Attributes:
        pycache: compiled Python modules.
        runtime: see `runtime_packages.py`.

    Args:
        root: the folder; None makes a temporary one, which `close` removes.
    """

    def __init__(self, root: Path | None) -> None:
        self._is_temporary = root is None
        self.root = _temporary_folder() if root is None else root
        self.pycache = self.root / "pycache"
        self.runtime = self.root / "runtime"
        # The scratch folders of the unpackings that run, in whatever threads.
        self._unpacking: set[str] = set()

    def find(self, code_sha256: str) -> Path | None:
        """Where this code is unpacked."""
        path = self.root / code_sha256
        return path if path.is_dir() else None

    def unpack(self, code_sha256: str, content: bytes) -> Path:
        """Unpack a zip file, unless it is.

        Raises:
            InvalidParameterValueException: it is not a zip file, is too big, or reaches outside.
        """
        target = self.root / code_sha256
        if target.is_dir():
            return target
        self.root.mkdir(parents=True, exist_ok=True)
        scratch = self.root / f"unpack-{ids.make_uuid()}"
        # Known before it is there: no thread may take it for what an interrupted unpacking left.
        self._unpacking.add(scratch.name)
        try:
            scratch.mkdir()
            unpack_zip(content, scratch)
            try:
                scratch.rename(target)
            except OSError:
                # Another one of the same code was faster; its copy is as good.
                assert target.is_dir(), target
                shutil.rmtree(scratch)
        except BaseException:
            shutil.rmtree(scratch, ignore_errors=True)
            raise
        finally:
            self._unpacking.discard(scratch.name)
        return target

    def remove_unused(self, used: set[str]) -> threading.Thread | None:
        """Remove every copy that is not in `used`, and what an interrupted unpacking left.

        They are out of the way at once. Their files, tens of thousands if a function brings its
        `node_modules`, are removed by the thread that is returned; if the process ends before, the
        next call finds the rest.
        """
        if not self.root.is_dir():
            return None
        kept = used | {"pycache", "runtime", "stage"}
        doomed = []
        for path in list(self.root.iterdir()):
            if path.name in kept or path.name in self._unpacking or not path.is_dir():
                continue
            doomed.append(self._put_aside(path))
            compiled = Path(f"{self.pycache}{path}")
            if compiled.is_dir():
                doomed.append(self._put_aside(compiled))
        if not doomed:
            return None
        thread = threading.Thread(target=_remove, args=(doomed,), name="remove code", daemon=True)
        thread.start()
        return thread

    def _put_aside(self, folder: Path) -> Path:
        return folder.rename(self.root / f"removed-{ids.make_uuid()}")

    def close(self) -> None:
        """Remove the folder, if it is a temporary one."""
        if self._is_temporary:
            shutil.rmtree(self.root, ignore_errors=True)


def _remove(folders: list[Path]) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _temporary_folder() -> Path:
    # It takes 3 ms to import, which only a runtime in memory should pay.
    import tempfile

    return Path(tempfile.mkdtemp(prefix="groundstate-code-"))


def unpack_zip(content: bytes, target: Path) -> None:
    """Unpack a zip file into an empty folder.

    Raises:
        InvalidParameterValueException: it is not a zip file, is too big, or reaches outside.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            check_entries(entries)
            for entry in entries:
                _unpack_entry(archive, entry, target)
    except _ZIP_ERRORS as error:
        raise InvalidParameterValueException(_CANNOT_UNZIP) from error


class Contents(NamedTuple):
    """What a zip file's table of contents says.

    Attributes:
        size_bytes: when it is unpacked.
        unreadable: a file that its owner alone may read, or empty. AWS unpacks it as it is, and
            runs functions as another user; many a tool makes such files by mistake, and here they
            are readable.
    """

    size_bytes: int
    unreadable: str


def check_zip(content: bytes) -> Contents:
    """Look at a zip file's table of contents.

    Raises:
        InvalidParameterValueException: it is not a zip file, is too big, or reaches outside.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except _ZIP_ERRORS as error:
        raise InvalidParameterValueException(_CANNOT_UNZIP) from error
    check_entries(entries)
    unreadable = (entry.filename for entry in entries if _is_of_its_owner_alone(entry))
    return Contents(sum(entry.file_size for entry in entries), next(unreadable, ""))


def _is_of_its_owner_alone(entry: zipfile.ZipInfo) -> bool:
    mode = entry.external_attr >> 16
    return entry.create_system == _UNIX and mode & 0o777 != 0 and not mode & 0o004


def check_entries(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse a zip file by its table of contents.

    Raises:
        InvalidParameterValueException: it is empty, too big, or reaches outside its folder.
    """
    if not any(not entry.is_dir() for entry in entries):
        raise InvalidParameterValueException("Uploaded file must be a non-empty zip")
    if sum(entry.file_size for entry in entries) >= UNZIPPED_BYTES_MAX:
        raise InvalidParameterValueException(
            f"Unzipped size must be smaller than {UNZIPPED_BYTES_MAX} bytes"
        )
    if len(entries) > ZIP_ENTRIES_MAX or any(_reaches_outside(entry) for entry in entries):
        raise InvalidParameterValueException(_CANNOT_UNZIP)


def _reaches_outside(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename.replace("\\", "/")
    parts = name.split("/")
    return name.startswith("/") or ".." in parts or "\0" in name


def _unpack_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> None:
    path = target / entry.filename
    if entry.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        return
    mode = entry.external_attr >> 16
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.parent.resolve() != target.resolve() / Path(entry.filename).parent:
        raise ValueError(f"{entry.filename} is behind a link")
    if stat.S_ISLNK(mode):
        _make_link(archive.read(entry).decode(), path, target)
        return
    if path.is_symlink():
        raise ValueError(f"{entry.filename} is there twice")
    # zipfile reads no more than the size that the table of contents says, which was checked.
    with archive.open(entry) as source, path.open("wb") as copy:
        shutil.copyfileobj(source, copy, _COPY_BYTES)
    # AWS runs functions as another user: files need to be readable by all, and no more than that.
    path.chmod(0o755 if mode & 0o111 else 0o644)


def _make_link(destination: str, path: Path, target: Path) -> None:
    if Path(destination).is_absolute():
        raise ValueError(f"{destination} reaches outside")
    resolved = os.path.normpath(path.parent / destination)
    if not resolved.startswith(f"{target}{os.sep}"):
        raise ValueError(f"{destination} reaches outside")
    path.symlink_to(destination)
