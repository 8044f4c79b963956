"""Buckets in the host's name, as S3's clients have them where an endpoint has a name.

AWS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html

`http://BUCKET.localhost:4566/KEY` and `http://BUCKET.s3.localhost:4566/KEY` are
`http://localhost:4566/BUCKET/KEY`. Which hosts are served at all, `origin.py` decides.
"""

from __future__ import annotations

import re

from groundstate.gateway.http import HttpRequest

_MARKED = re.compile(r"(.+?)\.(s3(?:[.-][a-z]{2}(?:-[a-z]+)+-\d)?\..+)")
_PLAIN = re.compile(r"(?!s3[.-][a-z-]+\d\.)(?!s3\.)(.+)\.(localhost(?::\d+)?)")


def move_bucket_into_path(request: HttpRequest) -> None:
    """Rewrite a request whose host begins with a bucket; others, and rewritten ones, stay.

    To be called once the signature has been verified, since it covers the host and the path.
    """
    host = request.headers.get("host", "").lower()
    found = _MARKED.fullmatch(host) or _PLAIN.fullmatch(host)
    if found is not None:
        bucket, request.headers["host"] = found.groups()
        request.path = f"/{bucket}{request.path}"
