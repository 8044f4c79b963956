"""The stand-in for the AWS SDK in Node.js functions."""

from __future__ import annotations

import json
import tarfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from groundstate.services.lambda_.runtimes import find_node

from .conftest import make_zip

pytestmark = pytest.mark.skipif(not find_node(), reason="there is no Node.js")


@pytest.fixture
def run(functions):
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["dynamodb:*", "s3:*", "ssm:*", "lambda:*"],
                "Resource": "*",
            }
        ],
    }
    functions.groundstate.client("iam").put_role_policy(
        RoleName="Function", PolicyName="all", PolicyDocument=json.dumps(policy)
    )

    def run_source(source: str, name: str = "index.js", event=None, runtime="nodejs24.x", error=""):
        code = make_zip({name: source})
        made = functions.make(
            "", Runtime=runtime, Handler="index.handler", Timeout=10, Code={"ZipFile": code}
        )
        answer = functions.invoke(made, event or {})
        assert answer.error == error, answer
        return answer.payload

    return run_source


def test_commands_run_as_the_function(run):
    answer = run("""
const { STSClient, GetCallerIdentityCommand } = require("@aws-sdk/client-sts");
exports.handler = async () => (await new STSClient({}).send(new GetCallerIdentityCommand({}))).Arn;
""")
    assert answer.startswith("arn:aws:sts::000000000000:assumed-role/Function/function-")


def test_bytes_and_dates_cross(run):
    answer = run(
        """
import { S3, GetObjectCommand, CreateBucketCommand } from "@aws-sdk/client-s3";
export const handler = async () => {
  const s3 = new S3({});
  await s3.send(new CreateBucketCommand({ Bucket: "words" }));
  await s3.putObject({ Bucket: "words", Key: "a", Body: "grün" });
  await s3.putObject({ Bucket: "words", Key: "b", Body: new Uint8Array([1, 2, 255]) });
  const a = await s3.send(new GetObjectCommand({ Bucket: "words", Key: "a" }));
  const b = await s3.getObject({ Bucket: "words", Key: "b" });
  return [await a.Body.transformToString(), [...await b.Body.transformToByteArray()],
          a.LastModified instanceof Date, a.$metadata.httpStatusCode];
};
""",
        "index.mjs",
    )
    assert answer == ["grün", [1, 2, 255], True, 200]


def test_documents_are_plain_values(run):
    answer = run("""
const { DynamoDBClient, CreateTableCommand } = require("@aws-sdk/client-dynamodb");
const { DynamoDBDocumentClient, PutCommand, QueryCommand } = require("@aws-sdk/lib-dynamodb");
exports.handler = async () => {
  const client = new DynamoDBClient({});
  await client.send(new CreateTableCommand({ TableName: "documents", BillingMode: "PAY_PER_REQUEST",
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }] }));
  const documents = DynamoDBDocumentClient.from(client);
  const item = { id: "1", n: 1.5, list: [true, null, "x"], map: { deep: 2 },
    bytes: Buffer.from("hi") };
  await documents.send(new PutCommand({ TableName: "documents", Item: item }));
  const found = await documents.send(new QueryCommand({ TableName: "documents",
    KeyConditionExpression: "id = :id", ExpressionAttributeValues: { ":id": "1" } }));
  const [{ bytes, ...rest }] = found.Items;
  return [rest, Buffer.from(bytes).toString(), found.Count];
};
""")
    expected = {"id": "1", "n": 1.5, "list": [True, None, "x"], "map": {"deep": 2}}
    assert answer == [expected, "hi", 1]


def test_errors_have_their_class_and_name(run):
    answer = run("""
const { SSMClient, GetParameterCommand, ParameterNotFound } = require("@aws-sdk/client-ssm");
exports.handler = async () => {
  try {
    await new SSMClient({}).send(new GetParameterCommand({ Name: "nothing" }));
  } catch (error) {
    return [error instanceof ParameterNotFound, error.name, error.$metadata.httpStatusCode];
  }
};
""")
    assert answer == [True, "ParameterNotFound", 400]


def test_missing_permission_is_refused(run):
    answer = run("""
const { IAMClient, ListUsersCommand } = require("@aws-sdk/client-iam");
exports.handler = () => new IAMClient({}).send(new ListUsersCommand({})).catch((e) => e.name);
""")
    assert answer in ("AccessDenied", "AccessDeniedException")


def test_functions_invoke_functions(run, functions):
    inner = functions.make("def handler(event, context):\n    return event['n'] + 1\n")
    answer = run(
        """
const { Lambda } = require("@aws-sdk/client-lambda");
exports.handler = async (event) => {
  const answer = await new Lambda({}).invoke(
    { FunctionName: event.inner, Payload: JSON.stringify({ n: 1 }) });
  return [answer.StatusCode, answer.Payload.transformToString()];
};
""",
        event={"inner": inner},
    )
    assert answer == [200, "2"]


def test_own_package_wins(functions):
    files = {
        "index.js": "exports.handler = async () => require('@aws-sdk/client-s3').WHOSE;\n",
        "node_modules/@aws-sdk/client-s3/index.js": "exports.WHOSE = 'its own';\n",
    }
    made = functions.make(
        "", Runtime="nodejs24.x", Handler="index.handler", Code={"ZipFile": make_zip(files)}
    )
    assert functions.invoke(made).payload == "its own"


def cdk_helper(path: str) -> bytes:
    """A file of the CDK's own helper functions. Importing the CDK itself would start Node.js."""
    found = find_spec("aws_cdk")
    if found is None or not found.submodule_search_locations:
        pytest.skip("the CDK is not installed")
    (folder,) = found.submodule_search_locations
    (package,) = Path(folder, "_jsii").glob("aws-cdk-lib*.tgz")
    with tarfile.open(package) as archive:
        member = archive.extractfile(f"package/custom-resource-handlers/dist/{path}")
        assert member is not None
        return member.read()


@pytest.mark.slow
def test_cdk_helper_that_empties_buckets_works(functions, run):
    s3 = functions.groundstate.client("s3")
    s3.create_bucket(Bucket="full")
    s3.put_bucket_tagging(
        Bucket="full", Tagging={"TagSet": [{"Key": "aws-cdk:auto-delete-objects", "Value": "true"}]}
    )
    s3.put_object(Bucket="full", Key="a", Body=b"1")
    code = cdk_helper("aws-s3/auto-delete-objects-handler/index.js")
    files = {"index.js": code, "__entrypoint__.js": b""}
    made = functions.make(
        "",
        Runtime="nodejs24.x",
        Handler="index.autoDeleteHandler",
        Timeout=10,
        Code={"ZipFile": make_zip(files)},
    )
    event = {"RequestType": "Delete", "ResourceProperties": {"BucketName": "full"}}
    answer = functions.invoke(made, event)
    assert answer.error == "", answer
    assert "Contents" not in s3.list_objects_v2(Bucket="full")


SECOND = """
const AWS = require("aws-sdk");
const DynamoDB = require("aws-sdk/clients/dynamodb");
const s3 = new AWS.S3();
const sns = new AWS.SNS({ region: "us-east-1" });
AWS.config.update({ region: "us-east-1" });
const tables = new AWS.DynamoDB.DocumentClient({ params: { TableName: "second" } });

exports.handler = (event, context, callback) => {
  s3.createBucket({ Bucket: "second" }, async (error) => {
    if (error) {
      callback(error);
      return;
    }
    await s3.putObject({ Bucket: "second", Key: "a", Body: "text" }).promise();
    const { Body } = await s3.getObject({ Bucket: "second", Key: "a" }).promise();
    const dynamodb = new DynamoDB();
    await dynamodb.createTable({
      TableName: "second",
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      BillingMode: "PAY_PER_REQUEST",
    }).promise();
    await dynamodb.waitFor("tableExists", { TableName: "second" }).promise();
    await tables.put({ Item: { id: "1", count: 2 } }).promise();
    const { Item } = await tables.get({ Key: { id: "1" } }).promise();
    const codes = [];
    await s3.getObject({ Bucket: "second", Key: "b" }).promise()
      .catch((error) => codes.push([error.code, error.statusCode]));
    await sns.publish({}).promise().catch((error) => codes.push(error.message));
    const asked = { FunctionName: event.echo, Payload: "{}" };
    const answer = await new AWS.Lambda().invoke(asked).promise();
    callback(null, { body: Body.toString(), Item, codes, payload: answer.Payload });
  });
};
"""


def test_second_version_of_the_sdk_is_there_for_older_runtimes(functions, run):
    echo = functions.make("def handler(event, context): return {'seen': event}")
    assert run(SECOND, event={"echo": echo}, runtime="nodejs12.x") == {
        "body": "text",
        "Item": {"id": "1", "count": 2},
        "codes": [["NoSuchKey", 404], "Groundstate has no service for SNS.publish."],
        "payload": '{"seen": {}}',
    }
    refused = run(SECOND, runtime="nodejs18.x", error="Unhandled")
    assert refused["errorType"] == "Runtime.ImportModuleError"


def test_waiters_ask_until_they_know(run):
    answer = run("""
const dynamodb = require("@aws-sdk/client-dynamodb");
const { S3Client, waitUntilBucketExists } = require("@aws-sdk/client-s3");
exports.handler = async () => {
  const client = new dynamodb.DynamoDB({});
  const TableName = "waited";
  const soon = { client, maxWaitTime: 5 };
  const gone = await dynamodb.waitUntilTableNotExists(soon, { TableName });
  const later = new Promise((resolve) => setTimeout(resolve, 400)).then(() => client.createTable({
    TableName,
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    BillingMode: "PAY_PER_REQUEST",
  }));
  const there = await dynamodb.waitUntilTableExists(soon, { TableName });
  await later;
  const name = (error) => error.name;
  const late = await waitUntilBucketExists(
    { client: new S3Client({}), maxWaitTime: 1 }, { Bucket: "missing" },
  ).catch(name);
  const refused = await dynamodb.waitUntilTableExists(soon, { TableName: "%" }).catch(name);
  return [gone.state, there.state, there.reason.Table.TableStatus, late, refused];
};
""")
    assert answer == ["SUCCESS", "SUCCESS", "ACTIVE", "TimeoutError", "ValidationException"]


def test_waiters_of_the_second_version(run):
    answer = run(
        """
const AWS = require("aws-sdk");
exports.handler = async () => {
  const dynamodb = new AWS.DynamoDB();
  const gone = await dynamodb.waitFor("tableNotExists", { TableName: "none" }).promise();
  const unknown = await dynamodb.waitFor("tableSings", {}).promise().catch((error) => error.code);
  return [gone, unknown];
};
""",
        runtime="nodejs16.x",
    )
    assert answer == [{}, "ResourceNotReady"]
