"""Each protocol, as boto3 speaks it: what an operation is given, and what a client gets back."""

from __future__ import annotations

import urllib.request
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config as ClientConfig
from botocore.exceptions import ClientError

from groundstate.gateway.gateway import Gateway
from groundstate.gateway.http import HttpRequest, HttpResponse
from groundstate.gateway.origin import OriginCheck
from groundstate.operation import Deferred, Operation, Principal, Service, ServiceError, Shape

ADMINISTRATOR = Principal("arn:aws:iam::000000000000:root", "000000000000", administrator=True)


class KnownKey:
    secret = "test"
    principal = ADMINISTRATOR
    refusal = ""


class Recorder:
    """Performs nothing: remembers what it was asked, and answers what it was told."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Shape, str]] = []
        self.answer: Shape | Deferred | Exception = {}

    def perform(
        self,
        service: str,
        operation: str,
        request: Shape,
        principal: Principal,
        region: str,
        request_id: str | None = None,
        *,
        takes_fragments: bool = False,
    ) -> Shape | Deferred:
        self.asked.append((service, operation, request, region))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def when_durable(self, effect: Any) -> None:
        effect()


class Wire:
    """boto3 clients whose requests go through a gateway with services that do nothing."""

    def __init__(self) -> None:
        self.recorder = Recorder()
        names = ("dynamodb", "lambda", "iam", "s3", "cloudformation", "logs")
        services = {name: Service(name, {"Any": Operation(lambda *_: {})}, name) for name in names}
        self.gateway = Gateway(
            services,
            self.recorder,
            lambda *_: KnownKey(),
            OriginCheck("127.0.0.1", (".example.test",)),
            "us-east-1",
            {},
        )

    def client(self, service: str, host: str = "127.0.0.1:4566") -> Any:
        """A client; requests say that they are for this host, a bucket's own or not."""

        def send(request: Any, **_: Any) -> AWSResponse:
            return self.send(request, host)

        def name_host(request: Any, **_: Any) -> None:
            request.headers["host"] = host
            if host.startswith("my.bucket."):
                request.url = request.url.replace("/my.bucket", "", 1)

        client = boto3.client(
            service,
            endpoint_url="http://127.0.0.1:4566",
            region_name="eu-west-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=ClientConfig(retries={"max_attempts": 0}, s3={"addressing_style": "path"}),
        )
        client.meta.events.register("before-sign", name_host)
        client.meta.events.register("before-send", send)
        return client

    def send(self, request: Any, host: str) -> AWSResponse:
        path, _, query = request.url.removeprefix("http://127.0.0.1:4566").partition("?")
        body = request.body or b""
        body = body.read() if hasattr(body, "read") else body
        headers = {
            name.lower(): value.decode() if isinstance(value, bytes) else value
            for name, value in request.headers.items()
        }
        headers["host"] = host
        raw = body.encode() if isinstance(body, str) else body
        response = self.handle(HttpRequest(request.method, path, query, headers, raw))
        return AWSResponse(
            request.url, response.status, dict(response.headers), _Raw(response.body)
        )

    def handle(self, request: HttpRequest) -> HttpResponse:
        answers: list[HttpResponse] = []
        self.gateway.handle(request, answers.append)
        (answer,) = answers
        return answer


class _Raw:
    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self, *_: Any, **__: Any) -> Any:
        yield self.body

    def read(self, *_: Any) -> bytes:
        body, self.body = self.body, b""
        return body


@pytest.fixture
def wire() -> Wire:
    return Wire()


def test_json_request_and_answer_keep_their_shape(wire: Wire) -> None:
    item = {"taskId": {"S": "Breakfast"}, "timestamp": {"N": "1"}}
    wire.recorder.answer = {"Item": item}
    answer = wire.client("dynamodb").get_item(TableName="Tasks", Key={"taskId": {"S": "x"}})
    assert answer["Item"] == item
    assert wire.recorder.asked == [
        ("dynamodb", "GetItem", {"TableName": "Tasks", "Key": {"taskId": {"S": "x"}}}, "eu-west-1")
    ]


def test_json_error_carries_its_code_message_and_members(wire: Wire) -> None:
    class ConditionalCheckFailedException(ServiceError):
        pass

    wire.recorder.answer = ConditionalCheckFailedException(
        "The conditional request failed", Item={"a": {"S": "b"}}
    )
    client = wire.client("dynamodb")
    with pytest.raises(client.exceptions.ConditionalCheckFailedException) as caught:
        client.put_item(TableName="Tasks", Item={})
    assert caught.value.response["Error"]["Message"] == "The conditional request failed"
    assert caught.value.response["Item"] == {"a": {"S": "b"}}
    assert caught.value.response["ResponseMetadata"]["RequestId"]


def test_rest_json_takes_members_from_path_query_headers_and_body(wire: Wire) -> None:
    wire.recorder.answer = {
        "StatusCode": 200,
        "FunctionError": "Unhandled",
        "Payload": b'{"a":1}',
        "ExecutedVersion": "$LATEST",
    }
    answer = wire.client("lambda").invoke(
        FunctionName="arn:aws:lambda:eu-west-1:000000000000:function:f",
        InvocationType="RequestResponse",
        Qualifier="$LATEST",
        Payload=b"{}",
    )
    assert answer["Payload"].read() == b'{"a":1}'
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    _, operation, request, _ = wire.recorder.asked[0]
    assert operation == "Invoke"
    assert request == {
        "FunctionName": "arn:aws:lambda:eu-west-1:000000000000:function:f",
        "InvocationType": "RequestResponse",
        "Qualifier": "$LATEST",
        "Payload": b"{}",
    }


def test_rest_json_blobs_inside_a_body_are_bytes(wire: Wire) -> None:
    wire.recorder.answer = {"FunctionName": "f", "CodeSize": 3}
    wire.client("lambda").create_function(
        FunctionName="f", Role="arn:aws:iam::000000000000:role/r", Code={"ZipFile": b"\x00zip"}
    )
    assert wire.recorder.asked[0][2]["Code"] == {"ZipFile": b"\x00zip"}


def test_query_lists_and_structures_are_unflattened(wire: Wire) -> None:
    wire.recorder.answer = {"StackId": "arn:stack"}
    answer = wire.client("cloudformation").create_stack(
        StackName="s",
        TemplateBody="{}",
        Parameters=[
            {"ParameterKey": "A", "ParameterValue": "1"},
            {"ParameterKey": "B", "UsePreviousValue": True},
        ],
        Capabilities=[],
        TimeoutInMinutes=3,
    )
    assert answer["StackId"] == "arn:stack"
    assert wire.recorder.asked[0][2] == {
        "StackName": "s",
        "TemplateBody": "{}",
        "Parameters": [
            {"ParameterKey": "A", "ParameterValue": "1"},
            {"ParameterKey": "B", "UsePreviousValue": True},
        ],
        "Capabilities": [],
        "TimeoutInMinutes": 3,
    }


def test_query_answer_is_xml_with_times_lists_and_escapes(wire: Wire) -> None:
    role = {
        "Path": "/",
        "RoleName": "a<b&c",
        "RoleId": "AROAAAAAAAAAAAAAAAAAA",
        "Arn": "arn:aws:iam::000000000000:role/a",
        "CreateDate": 1_700_000_000.5,
        "Tags": [{"Key": "k", "Value": "v"}, {"Key": "l", "Value": ""}],
    }
    wire.recorder.answer = {"Role": role}
    answer = wire.client("iam").get_role(RoleName="a")["Role"]
    assert answer["CreateDate"].timestamp() == 1_700_000_000.5
    assert {**answer, "CreateDate": 0} == {**role, "CreateDate": 0}


def test_query_error_is_in_the_services_own_form(wire: Wire) -> None:
    class NoSuchEntityException(ServiceError):
        pass

    wire.recorder.answer = NoSuchEntityException("The role with name a cannot be found.")
    client = wire.client("iam")
    with pytest.raises(client.exceptions.NoSuchEntityException) as caught:
        client.get_role(RoleName="a")
    assert caught.value.response["Error"]["Code"] == "NoSuchEntity"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


@pytest.mark.parametrize("name", ["a\x00b", "\x1f", "\x0b", "\uffff"])
def test_what_xml_cannot_carry_is_replaced(wire: Wire, name: str) -> None:
    wire.recorder.answer = {"Users": [{"UserName": name, "Path": "a\tb\nc"}]}
    (user,) = wire.client("iam").list_users()["Users"]
    assert user["UserName"] == "".join("\ufffd" if c not in "ab" else c for c in name)
    assert user["Path"] == "a\tb\nc"


def test_s3_object_travels_as_it_is(wire: Wire) -> None:
    wire.recorder.answer = {"ETag": '"x"'}
    client = wire.client("s3")
    client.put_object(Bucket="b", Key="a/b c+d", Body=b"data", Metadata={"k": "v"})
    _, operation, request, _ = wire.recorder.asked[0]
    assert operation == "PutObject"
    assert (request["Bucket"], request["Key"], request["Body"]) == ("b", "a/b c+d", b"data")
    assert request["Metadata"] == {"k": "v"}


@pytest.mark.parametrize(
    ("method", "arguments", "operation"),
    [
        ("list_objects_v2", {"Bucket": "b"}, "ListObjectsV2"),
        ("list_objects", {"Bucket": "b"}, "ListObjects"),
        ("get_bucket_location", {"Bucket": "b"}, "GetBucketLocation"),
        ("copy_object", {"Bucket": "b", "Key": "k", "CopySource": "b/k2"}, "CopyObject"),
        ("create_multipart_upload", {"Bucket": "b", "Key": "k"}, "CreateMultipartUpload"),
        ("head_object", {"Bucket": "b", "Key": "k"}, "HeadObject"),
        ("delete_object", {"Bucket": "b", "Key": "k/l"}, "DeleteObject"),
        ("list_buckets", {}, "ListBuckets"),
        (
            "upload_part",
            {"Bucket": "b", "Key": "k", "PartNumber": 1, "UploadId": "u", "Body": b""},
            "UploadPart",
        ),
    ],
)
def test_s3_requests_find_their_operation(
    wire: Wire, method: str, arguments: dict[str, Any], operation: str
) -> None:
    getattr(wire.client("s3"), method)(**arguments)
    assert wire.recorder.asked[0][1] == operation


@pytest.mark.parametrize(
    "host",
    [
        "my.bucket.localhost:4566",
        "my.bucket.s3.localhost:4566",
        "my.bucket.s3.eu-west-1.localhost",
        "my.bucket.s3.example.test:4566",
    ],
)
def test_bucket_may_stand_in_the_host(wire: Wire, host: str) -> None:
    wire.client("s3", host).put_object(Bucket="my.bucket", Key="a/b c", Body=b"x")
    _, operation, request, _ = wire.recorder.asked[0]
    assert (operation, request["Bucket"], request["Key"]) == ("PutObject", "my.bucket", "a/b c")


@pytest.mark.parametrize("host", ["localhost:4566", "s3.localhost", "s3.eu-west-1.localhost:1"])
def test_host_of_s3_itself_is_no_bucket(wire: Wire, host: str) -> None:
    wire.client("s3", host).list_buckets()
    assert wire.recorder.asked[0][1] == "ListBuckets"


def test_s3_listing_is_xml_with_flat_lists(wire: Wire) -> None:
    wire.recorder.answer = {
        "Name": "b",
        "KeyCount": 2,
        "IsTruncated": False,
        "Contents": [
            {"Key": "a", "Size": 1, "LastModified": 1_700_000_000.0},
            {"Key": "b", "Size": 2, "LastModified": 1_700_000_000.0},
        ],
    }
    answer = wire.client("s3").list_objects_v2(Bucket="b")
    assert [(entry["Key"], entry["Size"]) for entry in answer["Contents"]] == [("a", 1), ("b", 2)]


def test_s3_batch_delete_is_read_from_xml(wire: Wire) -> None:
    wire.client("s3").delete_objects(
        Bucket="b", Delete={"Objects": [{"Key": "a&b"}, {"Key": "c"}], "Quiet": True}
    )
    assert wire.recorder.asked[0][2]["Delete"] == {
        "Objects": [{"Key": "a&b"}, {"Key": "c"}],
        "Quiet": True,
    }


def test_answer_given_later_reaches_the_client(wire: Wire) -> None:
    deferred = wire.recorder.answer = Deferred()
    answers: list[HttpResponse] = []
    sent: list[HttpRequest] = []
    wire.handle = lambda request: sent.append(request) or HttpResponse(500)  # type: ignore[method-assign]
    with pytest.raises(ClientError):
        wire.client("logs").describe_log_groups()
    wire.gateway.handle(sent[0], answers.append)
    assert answers == []
    deferred.resolve({"logGroups": []})
    assert [answer.status for answer in answers] == [200]


def test_bug_in_an_operation_is_an_internal_error_with_the_request_id(wire: Wire) -> None:
    wire.recorder.answer = RuntimeError("a bug")
    with pytest.raises(ClientError) as caught:
        wire.client("dynamodb").list_tables()
    assert caught.value.response["Error"]["Code"] == "InternalServerError"
    metadata = caught.value.response["ResponseMetadata"]
    assert metadata["HTTPStatusCode"] == 500
    assert metadata["RequestId"] in caught.value.response["Error"]["Message"]


def signed(wire: Wire, **changes: str) -> HttpRequest:
    """A good ListTables request with some headers changed."""
    kept: list[HttpRequest] = []
    handle = wire.handle
    wire.handle = lambda request: kept.append(request) or handle(request)  # type: ignore[method-assign]
    wire.client("dynamodb").list_tables()
    request = kept[0]
    request.headers.update(changes)
    wire.handle = handle  # type: ignore[method-assign]
    return request


@pytest.mark.parametrize("host", ["example.com", "attacker.example:4566", "", "127.0.0.1.nip.io"])
def test_request_for_another_host_is_refused(wire: Wire, host: str) -> None:
    assert wire.handle(signed(wire, host=host)).status == 403
    assert len(wire.recorder.asked) == 1


@pytest.mark.parametrize("origin", ["https://example.com", "null", "http://localhost.example"])
def test_request_from_a_page_of_another_origin_is_refused(wire: Wire, origin: str) -> None:
    assert wire.handle(signed(wire, origin=origin)).status == 403


def test_request_from_a_page_of_this_machine_is_served(wire: Wire) -> None:
    assert wire.handle(signed(wire, origin="http://127.0.0.1:4566")).status == 200


def test_changed_body_is_refused(wire: Wire) -> None:
    request = signed(wire)
    request.body = b'{"Limit":1}'
    answer = wire.handle(request)
    assert answer.status == 400
    assert b"InvalidSignatureException" in answer.body


def test_unsigned_request_is_refused(wire: Wire) -> None:
    request = signed(wire)
    del request.headers["authorization"]
    answer = wire.handle(request)
    assert answer.status == 400
    assert b"MissingAuthenticationTokenException" in answer.body


def test_malformed_json_is_refused(wire: Wire) -> None:
    kept: list[HttpRequest] = []
    client = wire.client("dynamodb")

    def spoil(request: Any, **_: Any) -> None:
        request.data = b'{"Limit":'

    client.meta.events.register("before-sign", spoil)
    with pytest.raises(ClientError) as caught:
        client.list_tables()
    assert caught.value.response["Error"]["Code"] == "SerializationException"
    assert kept == []


def test_unknown_operation_is_refused(wire: Wire) -> None:
    client = wire.client("dynamodb")

    def rename(request: Any, **_: Any) -> None:
        del request.headers["X-Amz-Target"]
        request.headers["X-Amz-Target"] = "DynamoDB_20120810.MakeTea"

    client.meta.events.register("before-sign", rename)
    with pytest.raises(ClientError) as caught:
        client.list_tables()
    assert caught.value.response["Error"]["Code"] == "UnknownOperationException"


@pytest.mark.parametrize(
    ("service", "ask"),
    [
        ("ec2", lambda client: client.describe_availability_zones()),
        ("sns", lambda client: client.list_topics()),
    ],
)
def test_service_that_is_not_here_is_refused_in_its_own_protocol(
    wire: Wire, service: str, ask: Any
) -> None:
    """The CDK's command line asks EC2 for a region's zones; what it cannot read it asks again."""
    with pytest.raises(ClientError, match=f"No service '{service}' is supported") as caught:
        ask(wire.client(service))
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 0


def test_health_page_needs_no_signature(wire: Wire) -> None:
    request = urllib.request.Request("http://127.0.0.1:4566/_groundstate/none")
    headers = {"host": request.host}
    assert wire.handle(HttpRequest("GET", "/_groundstate/none", "", headers, b"")).status == 404
