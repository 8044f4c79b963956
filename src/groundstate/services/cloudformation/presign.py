"""URLs that may be used for one PUT without credentials: what custom resources answer to.

AWS: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from urllib.parse import quote, urlencode, urlsplit

_ALGORITHM = "AWS4-HMAC-SHA256"


def presign_put(
    endpoint_url: str,
    bucket: str,
    key: str,
    *,
    region: str,
    access_key_id: str,
    secret_access_key: str,
    now: float,
    expires_s: int,
) -> str:
    """A URL of S3 to which an object can be put until it expires.

    Args:
        now: epoch seconds of the real clock, by which signatures are checked.
    """
    moment = datetime.fromtimestamp(now, UTC)
    date, time = moment.strftime("%Y%m%d"), moment.strftime("%Y%m%dT%H%M%SZ")
    scope = f"{date}/{region}/s3/aws4_request"
    path = f"/{bucket}/{quote(key, safe='/')}"
    query = urlencode(
        {
            "X-Amz-Algorithm": _ALGORITHM,
            "X-Amz-Credential": f"{access_key_id}/{scope}",
            "X-Amz-Date": time,
            "X-Amz-Expires": str(expires_s),
            "X-Amz-SignedHeaders": "host",
        },
        quote_via=quote,
        safe="",
    )
    host = urlsplit(endpoint_url).netloc
    canonical = f"PUT\n{path}\n{query}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"{_ALGORITHM}\n{time}\n{scope}\n{digest}"
    signing_key = f"AWS4{secret_access_key}".encode()
    for part in (date, region, "s3", "aws4_request"):
        signing_key = hmac.new(signing_key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(signing_key, text.encode(), hashlib.sha256).hexdigest()
    return f"{endpoint_url}{path}?{query}&X-Amz-Signature={signature}"
