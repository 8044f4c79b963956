"""Function URLs: functions behind an HTTP address."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

SHOWS = """
def handler(event, context):
    return {"statusCode": 201, "headers": {"X-Seen": event["requestContext"]["http"]["method"]},
            "cookies": ["a=1"], "body": __import__("json").dumps(
                [event["rawPath"], event.get("queryStringParameters"), event.get("body")])}
"""


@pytest.fixture
def serve(functions):
    def make(source: str, *, public: bool = True, node: bool = False, **settings) -> str:
        own = {"Runtime": "nodejs24.x", "Handler": "index.handler"} if node else {}
        name = functions.make(source, {"index.js": source} if node else None, **own)
        made = functions.client.create_function_url_config(
            FunctionName=name, AuthType=settings.pop("AuthType", "NONE"), **settings
        )
        if public:
            allow_everyone(functions, name, "InvokeFunctionUrl")
            allow_everyone(functions, name, "InvokeFunction")
        return made["FunctionUrl"]

    return make


def allow_everyone(functions, name, right):
    only_here = {"InvokedViaFunctionUrl": True}
    if right == "InvokeFunctionUrl":
        only_here = {"FunctionUrlAuthType": "NONE"}
    functions.client.add_permission(
        FunctionName=name,
        StatementId=right,
        Action=f"lambda:{right}",
        Principal="*",
        **only_here,
    )


def ask(url, data=None, **headers):
    request = urllib.request.Request(url, data=data, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def test_request_becomes_an_event_and_the_answer_a_response(serve):
    url = serve(SHOWS)
    headers = {"Content-Type": "text/plain"}
    status, answered, body = ask(f"{url}a/b?x=1&x=2", b"hello", **headers)
    assert status == 201
    assert answered["X-Seen"] == "POST"
    assert answered["Set-Cookie"] == "a=1"
    assert json.loads(body) == ["/a/b", {"x": "1,2"}, "hello"]


STREAM = """
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  if (event.rawPath !== "/plain") {
    const head = { statusCode: 418, headers: { "X-Pot": "tea" }, cookies: ["a=1"] };
    stream = awslambda.HttpResponseStream.from(stream, head);
  }
  stream.write("short ");
  stream.end("and stout");
});
"""


def test_streamed_answer_comes_with_its_head_and_whole(serve):
    url = serve(STREAM, node=True, InvokeMode="RESPONSE_STREAM")
    status, headers, body = ask(url)
    assert (status, body) == (418, b"short and stout")
    assert (headers["X-Pot"], headers["Set-Cookie"]) == ("tea", "a=1")
    assert headers["Content-Type"] == "application/octet-stream"
    status, headers, body = ask(f"{url}plain")
    assert (status, body) == (200, b"short and stout")
    assert headers["Content-Type"] == "application/octet-stream"


def test_plain_answer_is_json(serve):
    url = serve("def handler(event, context):\n    return {'a': 1}\n")
    status, headers, body = ask(url)
    assert (status, headers["Content-Type"], json.loads(body)) == (
        200,
        "application/json",
        {"a": 1},
    )


def test_failure_is_a_bad_gateway(serve):
    status, _, body = ask(serve("def handler(event, context):\n    raise ValueError\n"))
    assert (status, json.loads(body)) == (502, {"Message": "Internal Server Error"})


@pytest.mark.parametrize("settings", [{"public": False}, {"AuthType": "AWS_IAM"}])
def test_request_without_permission_is_refused(serve, settings):
    status, _, body = ask(serve("def handler(event, context):\n    return 1\n", **settings))
    assert status == 403
    assert json.loads(body)["Message"].startswith("Forbidden. For troubleshooting Function URL")


ONE = "def handler(event, context):\n    return 1\n"


@pytest.mark.parametrize("right", ["InvokeFunctionUrl", "InvokeFunction"])
def test_one_of_the_two_rights_is_not_enough(functions, right):
    name = functions.make(ONE)
    url = functions.client.create_function_url_config(FunctionName=name, AuthType="NONE")
    allow_everyone(functions, name, right)
    assert ask(url["FunctionUrl"])[0] == 403


@pytest.mark.parametrize(
    ("own", "function_s", "status"),
    [
        (["InvokeFunctionUrl", "InvokeFunction"], [], 200),
        (["InvokeFunctionUrl"], [], 403),
        (["InvokeFunction"], [], 403),
        (["InvokeFunctionUrl"], ["InvokeFunction"], 200),
        ([], ["InvokeFunctionUrl", "InvokeFunction"], 200),
    ],
)
def test_who_signs_needs_both_rights_from_either_policy(functions, own, function_s, status):
    name = functions.make(ONE)
    url = functions.client.create_function_url_config(FunctionName=name, AuthType="AWS_IAM")
    iam = functions.groundstate.client("iam")
    user = iam.create_user(UserName=f"caller-of-{name}")["User"]
    key = iam.create_access_key(UserName=user["UserName"])["AccessKey"]
    if own:
        allow = {"Effect": "Allow", "Action": [f"lambda:{right}" for right in own], "Resource": "*"}
        iam.put_user_policy(
            UserName=user["UserName"],
            PolicyName="own",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow]}),
        )
    for right in function_s:
        only_here = {"InvokedViaFunctionUrl": True}
        if right == "InvokeFunctionUrl":
            only_here = {"FunctionUrlAuthType": "AWS_IAM"}
        functions.client.add_permission(
            FunctionName=name,
            StatementId=right,
            Action=f"lambda:{right}",
            Principal=user["Arn"],
            **only_here,
        )
    request = AWSRequest("GET", url["FunctionUrl"])
    credentials = Credentials(key["AccessKeyId"], key["SecretAccessKey"])
    SigV4Auth(credentials, "lambda", "us-east-1").add_auth(request)
    assert ask(url["FunctionUrl"], **dict(request.headers.items()))[0] == status


def test_signed_request_needs_no_policy(functions, serve):
    url = serve(
        "def handler(event, context):\n    return event\n", AuthType="AWS_IAM", public=False
    )
    request = AWSRequest("GET", url)
    SigV4Auth(Credentials("test", "test"), "lambda", "us-east-1").add_auth(request)
    status, _, body = ask(url, **dict(request.headers.items()))
    assert status == 200
    caller = json.loads(body)["requestContext"]["authorizer"]["iam"]
    assert caller["accountId"] == "000000000000"
    assert caller["userArn"] == functions.groundstate.client("sts").get_caller_identity()["Arn"]


def test_address_goes_with_its_configuration(functions, serve):
    url = serve("def handler(event, context):\n    return 1\n")
    arn = next(
        config["FunctionArn"]
        for page in functions.client.get_paginator("list_functions").paginate()
        for function in page["Functions"]
        for config in functions.client.list_function_url_configs(
            FunctionName=function["FunctionName"]
        )["FunctionUrlConfigs"]
        if config["FunctionUrl"] == url
    )
    functions.client.delete_function_url_config(FunctionName=arn)
    assert ask(url)[0] == 404


@pytest.mark.parametrize(
    "answer",
    [
        "{'statusCode': 'x'}",
        "{'statusCode': 99}",
        "{'statusCode': 200, 'isBase64Encoded': True, 'body': 'abc'}",
        "{'statusCode': 200, 'headers': {'X-A': 'a\\r\\nSet-Cookie: b=1'}}",
        "{'statusCode': 200, 'headers': ['a']}",
        "float('nan')",
        "1 / 0",
    ],
)
def test_answer_that_is_no_response_is_a_bad_gateway(serve, answer):
    url = serve(f"def handler(event, context):\n    return {answer}\n")
    assert ask(url)[::2] == (502, b'{"Message":"Internal Server Error"}')


def test_length_that_a_function_gives_does_not_go_for_the_response(serve):
    url = serve(
        "def handler(event, context):\n"
        "    return {'statusCode': 200, 'headers': {'Content-Length': '99'}, 'body': 'abc'}\n"
    )
    status, headers, body = ask(url)
    assert (status, headers["Content-Length"], body) == (200, "3", b"abc")
    assert headers["x-amzn-Remapped-Content-Length"] == "99"


CORS = {
    "AllowOrigins": ["http://localhost:3000"],
    "AllowMethods": ["GET", "PUT"],
    "AllowHeaders": ["x-task"],
    "ExposeHeaders": ["x-seen"],
    "AllowCredentials": True,
    "MaxAge": 60,
}


def test_response_tells_the_browser_what_cors_allows(serve):
    url = serve(
        "def handler(event, context):\n    return {'statusCode': 200,"
        " 'headers': {'Access-Control-Allow-Origin': '*', 'X-Seen': 'yes'}}\n",
        Cors=CORS,
    )
    headers = ask(url, Origin="http://localhost:3000")[1]
    assert headers.get_all("Access-Control-Allow-Origin") == ["http://localhost:3000"]
    assert headers["Access-Control-Allow-Credentials"] == "true"
    assert headers["Access-Control-Expose-Headers"] == "x-seen"
    assert headers["X-Seen"] == "yes"
    headers = ask(url, Origin="http://localhost:4000")[1]
    assert headers["Access-Control-Allow-Origin"] is None


def test_preflight_is_answered_without_the_function(serve):
    url = serve("raise SystemExit\n", Cors=CORS, AuthType="AWS_IAM", public=False)

    def preflight(origin: str, method: str):
        headers = {"Origin": origin, "Access-Control-Request-Method": method}
        request = urllib.request.Request(url, headers=headers, method="OPTIONS")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers

    status, headers = preflight("http://localhost:3000", "PUT")
    assert status == 200
    assert headers["Access-Control-Allow-Methods"] == "GET,PUT"
    assert headers["Access-Control-Allow-Headers"] == "x-task"
    assert headers["Access-Control-Max-Age"] == "60"
    assert preflight("http://localhost:3000", "DELETE")[1]["Access-Control-Allow-Methods"] is None
    assert preflight("http://localhost:4000", "PUT")[1]["Access-Control-Allow-Origin"] is None


def test_event_tells_how_the_request_came(serve):
    url = serve("def handler(event, context):\n    return event\n")
    event = json.loads(ask(f"{url}a")[2])
    headers = event["headers"]
    assert headers["x-forwarded-for"] == event["requestContext"]["http"]["sourceIp"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "http"
    assert headers["host"].endswith(":" + headers["x-forwarded-port"])
    assert headers["x-amzn-trace-id"].startswith("Root=1-")
    assert "authorizer" not in event["requestContext"]
