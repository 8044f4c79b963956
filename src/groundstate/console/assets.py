"""The console's files: read and compressed once, served with the version of all in their path.

A page names its files below `static/<version>/`, so that a browser may keep them for ever and still
never mixes two versions.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from groundstate.gateway.http import HttpRequest, HttpResponse

FOLDER = Path(__file__).parent / "static"

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_ONE_YEAR = "public, max-age=31536000, immutable"
# What is smaller than about a packet does not get faster by being compressed.
_COMPRESSED_FROM_BYTES = 1000


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent.

    Attributes:
        content: its bytes.
        compressed: the same by gzip; empty where that would not be shorter.
        etag: changes with the content.
    """

    content_type: str
    content: bytes
    compressed: bytes
    etag: str


class Assets:
    """All files of a folder.

    Attributes:
        version: changes when any of the files does.
        page: the text of `index.html`.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._assets = {
            path.relative_to(folder).as_posix(): _read(path)
            for path in sorted(folder.rglob("*"))
            if path.suffix in _TYPES
        }
        everything = "".join(f"{name}{asset.etag}" for name, asset in self._assets.items())
        self.version = sha256(everything.encode()).hexdigest()[:16]
        self.page = self._assets.pop("index.html").content.decode()

    def names(self, suffix: str) -> list[str]:
        """The files with a suffix, by path below the folder."""
        return [name for name in self._assets if name.endswith(suffix)]

    def answer(self, request: HttpRequest, path: str) -> HttpResponse:
        """Answer a request for `<version>/<name>`."""
        version, _, name = path.partition("/")
        asset = self._assets.get(name)
        if asset is None:
            return HttpResponse(404, [("Content-Type", "text/plain")], b"No such file")
        headers = [
            ("ETag", asset.etag),
            ("Cache-Control", _ONE_YEAR if version == self.version else "no-cache"),
            ("Vary", "Accept-Encoding"),
            ("X-Content-Type-Options", "nosniff"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ]
        if asset.etag in request.headers.get("if-none-match", ""):
            return HttpResponse(304, headers)
        headers.append(("Content-Type", asset.content_type))
        if asset.compressed and "gzip" in request.headers.get("accept-encoding", ""):
            headers.append(("Content-Encoding", "gzip"))
            return HttpResponse(200, headers, asset.compressed)
        return HttpResponse(200, headers, asset.content)


def _read(path: Path) -> Asset:
    content = path.read_bytes()
    compressed = b""
    if len(content) >= _COMPRESSED_FROM_BYTES:
        compressed = gzip.compress(content, mtime=0)
    etag = f'"{sha256(content).hexdigest()[:24]}"'
    return Asset(_TYPES[path.suffix], content, compressed, etag)
