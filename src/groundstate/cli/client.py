"""A small AWS client on the standard library, for the few operations that commands need.

boto3 would cost each command a fifth of a second before its first call. The protocols are AWS's
(https://smithy.io/2.0/aws/protocols/index.html): JSON for DynamoDB, Step Functions and CloudWatch
Logs, REST with JSON for Lambda, REST for S3, and forms answered in XML for CloudFormation.
"""

from __future__ import annotations

import base64
import hmac
import http.client
import json
from dataclasses import replace
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit
from xml.etree import ElementTree as ET

from groundstate.cli.errors import CommandError, NoRuntime, Refused
from groundstate.clock import wall_time
from groundstate.config import ClientConfig
from groundstate.gateway.refusals import format_time
from groundstate.gateway.sigv4 import ALGORITHM, Signature, signing_key, string_to_sign

# An invocation may take 15 minutes, the longest that AWS lets a function run.
ANSWER_TIMEOUT_S = 900.0
_HEALTH_TIMEOUT_S = 10.0


class _JsonProtocol(NamedTuple):
    target: str
    signing_name: str
    version: str


_JSON = {
    "dynamodb": _JsonProtocol("DynamoDB_20120810", "dynamodb", "1.0"),
    "stepfunctions": _JsonProtocol("AWSStepFunctions", "states", "1.0"),
    "logs": _JsonProtocol("Logs_20140328", "logs", "1.1"),
}


_QUERY_VERSIONS = {"cloudformation": "2010-05-15", "sts": "2011-06-15"}


class HttpAnswer(NamedTuple):
    """An answer as it came; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Client:
    """Calls the services of one runtime as its administrator."""

    def __init__(self, config: ClientConfig) -> None:
        try:
            url = urlsplit(config.endpoint_url)
            port = url.port
        except ValueError:
            url, port = urlsplit(""), None
        if url.scheme not in ("http", "https") or url.hostname is None:
            raise CommandError(
                f"{config.endpoint_url!r} is no address of a runtime.",
                "Give one like http://127.0.0.1:4566, with --endpoint-url or in AWS_ENDPOINT_URL.",
            )
        self.config = config
        self.endpoint_url = config.endpoint_url.rstrip("/")
        self.host: str = url.hostname
        self.port: int = port or (443 if url.scheme == "https" else 80)
        self._scheme = url.scheme
        self._authority = url.netloc.rpartition("@")[2]

    def in_region(self, region: str) -> Client:
        """This client, or one like it in another region; an empty region means this one's."""
        if region in ("", self.config.region):
            return self
        return Client(replace(self.config, region=region))

    def find_health(self) -> dict[str, Any] | None:
        """What the runtime says of itself; None if nothing answers at the endpoint.

        Raises:
            CommandError: something else answers there.
        """
        try:
            return self.get_health()
        except NoRuntime:
            return None

    def get_health(self) -> dict[str, Any]:
        """What the runtime says of itself.

        Commands ask before they do work that would be lost without a runtime.

        Raises:
            NoRuntime: nothing answers.
            CommandError: something else answers.
        """
        answer = self._exchange("GET", "/_groundstate/health", b"", {}, _HEALTH_TIMEOUT_S)
        try:
            health = json.loads(answer.body)
        except ValueError:
            health = None
        if answer.status != 200 or not isinstance(health, dict):
            raise self._word_stranger()
        return health

    def _word_stranger(self) -> CommandError:
        return CommandError(
            f"Something else than Groundstate answers at {self.endpoint_url}.",
            "Stop it, or use another port: groundstate serve --port 4567, and then\n"
            "export AWS_ENDPOINT_URL=http://127.0.0.1:4567",
        )

    def _read_json(self, answer: HttpAnswer) -> dict[str, Any]:
        try:
            result = json.loads(answer.body or b"{}")
        except ValueError:
            result = None
        if not isinstance(result, dict):
            raise self._word_stranger()
        return result

    def call(self, service: str, operation: str, **request: Any) -> dict[str, Any]:
        """Perform an operation of a service that speaks JSON.

        Raises:
            Refused: the service refused it.
            NoRuntime: nothing answers.
        """
        protocol = _JSON[service]
        headers = {
            "content-type": f"application/x-amz-json-{protocol.version}",
            "x-amz-target": f"{protocol.target}.{operation}",
        }
        body = json.dumps(request).encode()
        answer = self.send(protocol.signing_name, "POST", "/", body=body, headers=headers)
        if answer.status != 200:
            raise _json_refusal(service, operation, answer)
        return self._read_json(answer)

    def call_lambda(
        self, operation: str, path: str, query: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """Perform an operation of Lambda that reads.

        Args:
            path: with the version of the API that the operation belongs to.

        Raises:
            Refused: Lambda refused it.
            NoRuntime: nothing answers.
        """
        answer = self.send("lambda", "GET", path, query=query)
        if answer.status >= 300:
            raise _json_refusal("lambda", operation, answer)
        return self._read_json(answer)

    def invoke(self, function: str, payload: bytes, *, later: bool = False) -> HttpAnswer:
        """Invoke a function and wait for its result; the end of its log comes with it.

        Args:
            later: do not wait; there is neither a result nor a log then.

        Raises:
            Refused: Lambda refused it. An error of the function itself is an answer.
            NoRuntime: nothing answers.
        """
        path = f"/2015-03-31/functions/{quote(function, safe='')}/invocations"
        kind = {"x-amz-invocation-type": "Event"} if later else {"x-amz-log-type": "Tail"}
        headers = {**kind, "content-type": "application/json"}
        answer = self.send("lambda", "POST", path, body=payload, headers=headers)
        if answer.status >= 300:
            raise _json_refusal("lambda", "Invoke", answer)
        return answer

    def update_function_code(self, function: str, packed: bytes) -> None:
        """Give a function other code, as a zip file.

        Raises:
            Refused: Lambda refused it.
            NoRuntime: nothing answers.
        """
        path = f"/2015-03-31/functions/{quote(function, safe='')}/code"
        body = json.dumps({"ZipFile": base64.b64encode(packed).decode()}).encode()
        headers = {"content-type": "application/json"}
        answer = self.send("lambda", "PUT", path, body=body, headers=headers)
        if answer.status != 200:
            raise _json_refusal("lambda", "UpdateFunctionCode", answer)

    def call_query(self, service: str, operation: str, **form: str) -> ET.Element:
        """Perform an operation of a service that takes forms; the answer is its XML.

        Raises:
            Refused: the service refused it.
            NoRuntime: nothing answers.
        """
        fields = {"Action": operation, "Version": _QUERY_VERSIONS[service], **form}
        answer = self.send(
            service,
            "POST",
            "/",
            body=urlencode(fields).encode(),
            headers={"content-type": "application/x-www-form-urlencoded; charset=utf-8"},
        )
        if answer.status != 200:
            raise _xml_refusal(service, operation, answer)
        try:
            return _parse_xml(answer.body)
        except ET.ParseError:
            raise self._word_stranger() from None

    def find_account(self) -> str:
        """The account that everything here belongs to.

        Raises:
            NoRuntime: nothing answers.
        """
        return self.call_query("sts", "GetCallerIdentity").findtext(".//Account") or ""

    def has_object(self, bucket: str, key: str) -> bool:
        """Whether S3 has this object."""
        return self._s3("HEAD", bucket, key).status == 200

    def put_object(self, bucket: str, key: str, content: bytes) -> None:
        """Store an object in S3.

        Raises:
            Refused: S3 refused it.
            NoRuntime: nothing answers.
        """
        answer = self._s3("PUT", bucket, key, content)
        if answer.status != 200:
            raise _xml_refusal("s3", "PutObject", answer)

    def send(
        self,
        signing_name: str,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        query: dict[str, str] | None = None,
    ) -> HttpAnswer:
        """Sign a request and send it.

        Raises:
            NoRuntime: nothing answers.
        """
        raw_query = urlencode(query or {}, quote_via=quote)
        signed = self._sign(signing_name, method, path, raw_query, body, headers or {})
        target = f"{path}?{raw_query}" if raw_query else path
        return self._exchange(method, target, body, signed, ANSWER_TIMEOUT_S)

    def _s3(self, method: str, bucket: str, key: str, content: bytes = b"") -> HttpAnswer:
        headers = {"x-amz-content-sha256": sha256(content).hexdigest()}
        return self.send("s3", method, f"/{bucket}/{quote(key)}", body=content, headers=headers)

    def _sign(
        self,
        signing_name: str,
        method: str,
        path: str,
        raw_query: str,
        body: bytes,
        headers: dict[str, str],
    ) -> dict[str, str]:
        """The headers with the signature among them, made as the gateway checks it."""
        timestamp = format_time(wall_time())
        signed = {**headers, "host": self._authority, "x-amz-date": timestamp}
        payload_hash = sha256(body).hexdigest()
        signature = Signature(
            access_key_id=self.config.access_key_id,
            date=timestamp[:8],
            region=self.config.region,
            service=signing_name,
            signed_headers=tuple(sorted(signed)),
            value="",
            timestamp=timestamp,
            session_token="",
            expires_s=None,
            payload_hash=payload_hash,
            method=method,
            raw_path=path,
            raw_query=raw_query,
            headers=signed,
        )
        key = signing_key(
            self.config.secret_access_key, signature.date, self.config.region, signing_name
        )
        value = hmac.digest(key, string_to_sign(signature, payload_hash).encode(), "sha256").hex()
        scope = f"{signature.date}/{signature.region}/{signing_name}/aws4_request"
        signed["authorization"] = (
            f"{ALGORITHM} Credential={signature.access_key_id}/{scope}, "
            f"SignedHeaders={';'.join(signature.signed_headers)}, Signature={value}"
        )
        return signed

    def _exchange(
        self, method: str, target: str, body: bytes, headers: dict[str, str], timeout_s: float
    ) -> HttpAnswer:
        """Send one request on a connection of its own: locally that costs less than keeping one."""
        kind = (
            http.client.HTTPSConnection if self._scheme == "https" else http.client.HTTPConnection
        )
        connection = kind(self.host, self.port, timeout=timeout_s)
        try:
            connection.request(method, target, body or None, headers)
            answer = connection.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return HttpAnswer(answer.status, named, answer.read())
        except (OSError, http.client.HTTPException) as error:
            reason = str(error) or type(error).__name__
            raise NoRuntime(
                f"No runtime answers at {self.endpoint_url} ({reason}).",
                "Start one in another terminal:  groundstate serve\n"
                "or name the address of the one that runs:  export AWS_ENDPOINT_URL=http://...",
            ) from error
        finally:
            connection.close()


def _json_refusal(service: str, operation: str, answer: HttpAnswer) -> Refused:
    try:
        said = json.loads(answer.body)
    except ValueError:
        said = {}
    if not isinstance(said, dict):
        said = {}
    code = answer.headers.get("x-amzn-errortype") or said.get("__type") or f"HTTP {answer.status}"
    message = said.get("message") or said.get("Message") or ""
    return Refused(service, operation, str(code).partition(":")[0].rpartition("#")[2], message)


def _xml_refusal(service: str, operation: str, answer: HttpAnswer) -> Refused:
    try:
        found = _parse_xml(answer.body)
    except ET.ParseError:
        return Refused(service, operation, f"HTTP {answer.status}", "")
    code = found.findtext(".//Code") or f"HTTP {answer.status}"
    return Refused(service, operation, code, found.findtext(".//Message") or "")


def _parse_xml(text: bytes) -> ET.Element:
    """Parse an answer and take the namespaces off its names."""
    root = ET.fromstring(text)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root
