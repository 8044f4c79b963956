"""DynamoDB's front: where its servers answer otherwise than those of AWS's other services.

Observed by the author of dynalite, who recorded the real service's answers:

1. `OPTIONS` of a web page is a CORS preflight; any `GET` is a health check; the path is ignored;
2. another method, or a body of another content type than JSON 1.0, finds no operation: a 404 with
   one line of XML;
3. a body that is no JSON is refused before the target is looked at, and the target before the
   signature;
4. answers have the content type that was asked in, a checksum, and ids of 52 characters.

Bodies may be compressed both ways. Bodies over 16 MB are refused with no word.
AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
"""

from __future__ import annotations

import gzip
import zlib
from dataclasses import replace

import orjson

from groundstate.gateway.http import HttpRequest, HttpResponse
from groundstate.gateway.protocols.json import SERVER
from groundstate.operation import ServiceError, named_error

BODY_BYTES_MAX = 16 * 1024 * 1024
# Smaller answers are not worth it.
COMPRESSED_BYTES_MIN = 4096
_NATIVE = "application/x-amz-json-1.0"
_PLAIN = "application/json"
_FORM = "application/x-www-form-urlencoded"
_NO_OPERATION = b"<UnknownOperationException/>\n"
_CORAL = "com.amazon.coral.service#"
_EXPOSED = "x-amzn-RequestId,x-amzn-ErrorType,x-amz-request-id,x-amz-id-2,x-amzn-ErrorMessage,Date"
_PREFLIGHT_AGE_S = "172800"


class Answered(Exception):
    """The front has an answer of its own, so no operation is asked for."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__(response.status)
        self.response = response


def is_common(request: HttpRequest) -> bool:
    """Whether a request is as SDKs send them, so that neither it nor its answer needs a look."""
    headers = request.headers
    return (
        headers.get("content-type") == _NATIVE
        and "origin" not in headers
        and "content-encoding" not in headers
        and headers.get("accept-encoding", "identity") == "identity"
        and request.method == "POST"
        and len(request.body) <= BODY_BYTES_MAX
    )


def is_meant_by_unsigned(request: HttpRequest) -> bool:
    """Whether an unsigned request without a route is DynamoDB's: no other service is at `/`."""
    return (
        request.path == "/"
        and request.method not in ("GET", "HEAD")
        and _type_of(request) != _FORM
        and "Action=" not in request.query
    )


def admit(request: HttpRequest, region: str) -> HttpRequest:
    """The request with its body as it was before it was compressed.

    Raises:
        Answered: it is none that an operation could be asked for with.
    """
    headers = request.headers
    if len(request.body) > BODY_BYTES_MAX:
        raise Answered(_too_large())
    if request.method != "POST":
        raise Answered(_answer_other_method(request, region))
    is_native = headers.get("content-type") == _NATIVE or not request.body
    if not is_native and _type_of(request) not in (_NATIVE, _PLAIN):
        raise Answered(_no_operation())
    if "content-encoding" in headers and request.body:
        return replace(request, body=_decompress(request.body, headers["content-encoding"]))
    return request


def refuse_unrouted(request: HttpRequest, region: str) -> HttpResponse:
    """The answer to a request whose target is none, or missing."""
    try:
        request = admit(request, region)
        orjson.loads(request.body)
    except Answered as answered:
        return answered.response
    except orjson.JSONDecodeError:
        return _coral("SerializationException")
    return _coral("UnknownOperationException")


def check_authorization(request: HttpRequest) -> None:
    """Refuse a request that is signed twice. Raises InvalidSignatureException."""
    if "X-Amz-Algorithm" in request.query and "authorization" in request.headers:
        raise _error(
            "InvalidSignatureException",
            "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP"
            " header.",
        )


def suit(request: HttpRequest, response: HttpResponse) -> None:
    """Give an answer the content type, compression and CORS headers that its client asks for."""
    headers = request.headers
    if headers.get("content-type") != _NATIVE and _type_of(request) != _NATIVE:
        _set_header(response, "Content-Type", _PLAIN)
    if "accept-encoding" in headers and len(response.body) >= COMPRESSED_BYTES_MIN:
        _compress(response, headers["accept-encoding"])
    if "origin" in headers:
        response.headers.append(("Access-Control-Allow-Origin", "*"))
        response.headers.append(("Access-Control-Expose-Headers", _EXPOSED))


def healthy(region: str) -> HttpResponse:
    """The answer to a health check."""
    return _with_checksum(200, f"healthy: dynamodb.{region}.amazonaws.com ".encode())


def _type_of(request: HttpRequest) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip()


def _answer_other_method(request: HttpRequest, region: str) -> HttpResponse:
    if request.method == "OPTIONS" and "origin" in request.headers:
        return _preflight(request)
    return healthy(region) if request.method == "GET" else _no_operation()


def _preflight(request: HttpRequest) -> HttpResponse:
    # The request's Origin was found to be this machine's before.
    headers = []
    for asked, allowed in (
        ("access-control-request-headers", "Access-Control-Allow-Headers"),
        ("access-control-request-method", "Access-Control-Allow-Methods"),
    ):
        if asked in request.headers:
            headers.append((allowed, request.headers[asked]))
    return HttpResponse(200, [*headers, ("Access-Control-Max-Age", _PREFLIGHT_AGE_S)])


def _no_operation() -> HttpResponse:
    return _with_checksum(404, _NO_OPERATION)


def _too_large() -> HttpResponse:
    # A body of no chunks: AWS sends it without Content-Length.
    return HttpResponse(413, [("Transfer-Encoding", "chunked")], b"0\r\n\r\n")


def _with_checksum(status: int, body: bytes) -> HttpResponse:
    return HttpResponse(status, [("x-amz-crc32", str(zlib.crc32(body))), SERVER], body)


def _coral(code: str) -> HttpResponse:
    response = _with_checksum(400, orjson.dumps({"__type": _CORAL + code}))
    response.headers.append(("Content-Type", _NATIVE))
    return response


def _error(code: str, message: str) -> ServiceError:
    return named_error(code, message)


def _set_header(response: HttpResponse, name: str, value: str) -> None:
    for at, (found, _) in enumerate(response.headers):
        if found == name:
            response.headers[at] = (name, value)
            return


def _decompress(body: bytes, encodings: str) -> bytes:
    """A body without its encodings, the last one first; unknown ones are left alone."""
    for encoding in reversed([part.strip().lower() for part in encodings.split(",")]):
        if encoding not in ("gzip", "deflate"):
            continue
        # 47: the format, zlib's or gzip's, is found out from the head.
        reader = zlib.decompressobj(47)
        try:
            body = reader.decompress(body, BODY_BYTES_MAX + 1)
        except zlib.error:
            raise _error("SerializationException", "") from None
        if len(body) > BODY_BYTES_MAX:
            raise Answered(_too_large())
        if not reader.eof or reader.unused_data:
            raise _error("SerializationException", "")
    return body


def _compress(response: HttpResponse, accepted: str) -> None:
    weights = {}
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        weights[name.strip()] = weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    if weights.get("gzip", weights.get("*", False)):
        encoding, body = "gzip", gzip.compress(response.body, compresslevel=1, mtime=0)
    elif weights.get("deflate", False):
        encoding, body = "deflate", zlib.compress(response.body, 1)
    else:
        return
    response.body = body
    response.headers.append(("Content-Encoding", encoding))
    _set_header(response, "x-amz-crc32", str(zlib.crc32(body)))
