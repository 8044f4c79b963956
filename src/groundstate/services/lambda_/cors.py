"""Cross-origin requests to function URLs: what the `Cors` setting of an address allows.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html#urls-cors
"""

from __future__ import annotations

from groundstate.operation import Shape

_PREFIX = "access-control-"
Headers = list[tuple[str, str]]


def is_preflight(request: Shape) -> bool:
    """A browser asks whether it may send the request that it has in mind."""
    headers = request["Headers"]
    asks = "origin" in headers and "access-control-request-method" in headers
    return bool(request["Method"] == "OPTIONS" and asks)


def preflight_headers(cors: Shape, request: Shape) -> Headers:
    """What answers a browser's question; without the origin it is a no."""
    headers = request["Headers"]
    allowed = _origin_headers(cors, headers["origin"])
    method = headers["access-control-request-method"].upper()
    methods = cors.get("AllowMethods", [])
    if not allowed or not ("*" in methods or method in methods):
        return []
    allowed.append(("Access-Control-Allow-Methods", ",".join(methods)))
    if cors.get("AllowHeaders"):
        allowed.append(("Access-Control-Allow-Headers", ",".join(cors["AllowHeaders"])))
    if "MaxAge" in cors:
        allowed.append(("Access-Control-Max-Age", str(cors["MaxAge"])))
    return allowed


def with_cors(cors: Shape | None, request: Shape, headers: Headers) -> Headers:
    """A response's headers with those of the setting, which go before the function's own."""
    origin = request["Headers"].get("origin")
    if not cors or origin is None:
        return headers
    added = _origin_headers(cors, origin)
    if added and cors.get("ExposeHeaders"):
        added.append(("Access-Control-Expose-Headers", ",".join(cors["ExposeHeaders"])))
    return [(name, value) for name, value in headers if not name.lower().startswith(_PREFIX)] + [
        *added
    ]


def _origin_headers(cors: Shape, origin: str) -> Headers:
    origins = cors.get("AllowOrigins", [])
    if "*" in origins and not cors.get("AllowCredentials"):
        found = "*"
    elif "*" in origins or any(origin.lower() == allowed.lower() for allowed in origins):
        found = origin
    else:
        return []
    headers = [("Access-Control-Allow-Origin", found), ("Vary", "Origin")]
    if cors.get("AllowCredentials"):
        headers.append(("Access-Control-Allow-Credentials", "true"))
    return headers
