"""ETags and checksums of contents.

AWS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable, Mapping

from groundstate.operation import Shape
from groundstate.services.s3.errors import BadDigest

# The algorithms that the standard library has; the others are kept as given, unchecked.
_ALGORITHMS: Mapping[str, Callable[[bytes], bytes]] = {
    "ChecksumCRC32": lambda content: zlib.crc32(content).to_bytes(4, "big"),
    "ChecksumSHA1": lambda content: hashlib.sha1(content, usedforsecurity=False).digest(),
    "ChecksumSHA256": lambda content: hashlib.sha256(content).digest(),
}
CHECKSUMS = (
    "ChecksumCRC32",
    "ChecksumCRC32C",
    "ChecksumCRC64NVME",
    "ChecksumSHA1",
    "ChecksumSHA256",
)


def make_etag(content: bytes) -> str:
    """The ETag of a content that was put as a whole, without quotes."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def make_multipart_etag(etags: list[str]) -> str:
    """The ETag of a content that was put together from parts."""
    digest = hashlib.md5(b"".join(bytes.fromhex(etag) for etag in etags), usedforsecurity=False)
    return f"{digest.hexdigest()}-{len(etags)}"


def read_checksums(request: Shape, content: bytes) -> dict[str, str]:
    """The checksums that came with a content.

    Raises:
        BadDigest: one is not the content's.
    """
    md5 = request.get("ContentMD5")
    if md5 is not None:
        digest = hashlib.md5(content, usedforsecurity=False).digest()
        if base64.b64encode(digest).decode() != md5:
            raise BadDigest("The Content-MD5 you specified did not match what we received.")
    found = {}
    for name in CHECKSUMS:
        given = request.get(name)
        if given is None:
            continue
        compute = _ALGORITHMS.get(name)
        if compute is not None and base64.b64encode(compute(content)).decode() != given:
            algorithm = name.removeprefix("Checksum")
            raise BadDigest(f"The {algorithm} you specified did not match the calculated checksum.")
        found[name] = str(given)
    return found
