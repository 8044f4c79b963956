"""Imports of objects in S3 into new tables."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from groundstate.testing import Groundstate
from tests.unit.dynamodb.shapes import definitions, index, key_schema

Refused = Callable[..., tuple[str, str]]
BUCKET = "imports"
TABLE = "Imported"
PARAMETERS = {
    "TableName": TABLE,
    "AttributeDefinitions": definitions(p="S", n="N"),
    "KeySchema": key_schema("p"),
    "BillingMode": "PAY_PER_REQUEST",
    "GlobalSecondaryIndexes": [index("by_n", "n")],
}


@pytest.fixture(scope="module")
def s3(runtime: Groundstate) -> Any:
    client = runtime.client("s3")
    client.create_bucket(Bucket=BUCKET)
    return client


@pytest.fixture(autouse=True)
def no_table(client: Any) -> Iterator[None]:
    """Nothing is left of a test's table."""
    yield
    if TABLE in client.list_tables()["TableNames"]:
        client.delete_table(TableName=TABLE)


def line(name: str, **more: Any) -> bytes:
    return json.dumps({"Item": {"p": {"S": name}, **more}}).encode() + b"\n"


def begin(client: Any, prefix: str, form: str = "DYNAMODB_JSON", **more: Any) -> dict[str, Any]:
    request = {
        "S3BucketSource": {"S3Bucket": BUCKET, "S3KeyPrefix": prefix},
        "InputFormat": form,
        "TableCreationParameters": PARAMETERS,
        **more,
    }
    begun: dict[str, Any] = client.import_table(**request)["ImportTableDescription"]
    assert begun["ImportStatus"] == "IN_PROGRESS"
    return begun


def wait(client: Any, arn: str) -> dict[str, Any]:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        found: dict[str, Any] = client.describe_import(ImportArn=arn)["ImportTableDescription"]
        if found["ImportStatus"] != "IN_PROGRESS":
            return found
        time.sleep(0.01)
    raise AssertionError("the import does not end")


def run(client: Any, prefix: str, form: str = "DYNAMODB_JSON", **more: Any) -> dict[str, Any]:
    return wait(client, begin(client, prefix, form, **more)["ImportArn"])


def counts(found: dict[str, Any]) -> tuple[int, int, int]:
    """Processed, imported, errors."""
    return found["ProcessedItemCount"], found["ImportedItemCount"], found["ErrorCount"]


def names(client: Any) -> list[str]:
    return sorted(item["p"]["S"] for item in client.scan(TableName=TABLE)["Items"])


def test_items_of_objects_fill_a_table(client: Any, s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="plain/1", Body=line("a", n={"N": "7"}) + b"\n" + line("b"))
    s3.put_object(Bucket=BUCKET, Key="plain/2", Body=line("c", data={"B": "AP8="})[:-1])
    s3.put_object(Bucket=BUCKET, Key="plain/_started", Body=b"")
    found = run(client, "plain/")
    assert found["ImportStatus"] == "COMPLETED", found
    assert counts(found) == (3, 3, 0)
    assert found["S3BucketSource"]["S3BucketOwner"] == "000000000000"
    assert found["InputCompressionType"] == "NONE"
    assert names(client) == ["a", "b", "c"]
    by_n = client.scan(TableName=TABLE, IndexName="by_n")["Items"]
    assert by_n == [{"p": {"S": "a"}, "n": {"N": "7"}}]
    table = client.describe_table(TableName=TABLE)["Table"]
    assert (table["TableStatus"], table["TableId"]) == ("ACTIVE", found["TableId"])


def test_csv_has_texts_and_keys_of_their_types(client: Any, s3: Any) -> None:
    text = 'p,n,note\r\na,5,"x, ""y"""\r\nb,,\r\n'
    s3.put_object(Bucket=BUCKET, Key="csv/1", Body=text.encode())
    found = run(client, "csv/", "CSV")
    assert counts(found) == (2, 2, 0)
    assert "InputFormatOptions" not in found
    items = sorted(client.scan(TableName=TABLE)["Items"], key=lambda item: item["p"]["S"])
    assert items == [
        {"p": {"S": "a"}, "n": {"N": "5"}, "note": {"S": 'x, "y"'}},
        {"p": {"S": "b"}},
    ]


def test_csv_without_names_and_with_another_delimiter(client: Any, s3: Any) -> None:
    packed = gzip.compress(b"a;1\nb;2\n")
    s3.put_object(Bucket=BUCKET, Key="semicolons", Body=packed)
    options = {"Csv": {"Delimiter": ";", "HeaderList": ["p", "v"]}}
    found = run(
        client, "semicolons", "CSV", InputFormatOptions=options, InputCompressionType="GZIP"
    )
    assert found["ImportStatus"] == "COMPLETED", found
    assert found["InputFormatOptions"] == options
    assert client.get_item(TableName=TABLE, Key={"p": {"S": "b"}})["Item"]["v"] == {"S": "2"}


def test_an_item_without_its_key_is_an_error(client: Any, s3: Any, runtime: Groundstate) -> None:
    body = line("a") + b'{"Item":{"q":{"S":"x"}}}\n' + line("b", n={"S": "no number"}) + line("c")
    s3.put_object(Bucket=BUCKET, Key="keyless", Body=body)
    found = run(client, "keyless")
    assert found["ImportStatus"] == "FAILED"
    assert found["FailureCode"] == "ItemValidationError"
    assert found["FailureMessage"].startswith("Some of the items failed validation checks and")
    assert counts(found) == (4, 2, 2)
    assert names(client) == ["a", "c"]
    assert client.describe_table(TableName=TABLE)["Table"]["TableStatus"] == "ACTIVE"
    logs = runtime.client("logs")
    stream = f"{found['ImportArn'].rpartition('/')[2]}/error"
    group = found["CloudWatchLogGroupArn"].split(":")[6]
    events = logs.get_log_events(logGroupName=group, logStreamName=stream)["events"]
    told = [json.loads(event["message"]) for event in events]
    assert [error["itemS3Pointer"]["itemIndex"] for error in told] == [1, 2]
    assert told[0]["errorMessages"] == [
        "One or more parameter values were invalid: Missing the key p in the item"
    ]


def test_a_line_that_is_no_item_ends_its_object(client: Any, s3: Any) -> None:
    body = line("a") + b"garbage\n" + line("b")
    s3.put_object(Bucket=BUCKET, Key="broken/1", Body=body)
    s3.put_object(Bucket=BUCKET, Key="broken/2", Body=line("c"))
    found = run(client, "broken/")
    assert found["FailureCode"] == "ItemValidationError"
    assert counts(found) == (3, 2, 1)
    assert names(client) == ["a", "c"]


def test_what_is_not_compressed_is_one_error(client: Any, s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="uncompressed", Body=line("a"))
    found = run(client, "uncompressed", InputCompressionType="GZIP")
    assert found["FailureCode"] == "ItemValidationError"
    assert counts(found) == (1, 0, 1)


def test_an_export_can_be_imported(client: Any, s3: Any, range_table: str) -> None:
    arn = client.describe_table(TableName=range_table)["Table"]["TableArn"]
    recovery = {"PointInTimeRecoveryEnabled": True}
    client.update_continuous_backups(
        TableName=range_table, PointInTimeRecoverySpecification=recovery
    )
    for number in range(30):
        item = {"p": {"S": "a"}, "c": {"N": str(number)}, "s": {"SS": ["x", "y"]}}
        client.put_item(TableName=range_table, Item=item)
    export = client.export_table_to_point_in_time(TableArn=arn, S3Bucket=BUCKET, S3Prefix="moved")
    folder = f"moved/AWSDynamoDB/{export['ExportDescription']['ExportArn'].rpartition('/')[2]}"
    until = time.monotonic() + 20
    export_arn = export["ExportDescription"]["ExportArn"]
    while client.describe_export(ExportArn=export_arn)["ExportDescription"]["ExportStatus"] != (
        "COMPLETED"
    ):
        assert time.monotonic() < until
    parameters = {
        **PARAMETERS,
        "AttributeDefinitions": definitions(p="S", c="N"),
        "KeySchema": key_schema("p", "c"),
        "GlobalSecondaryIndexes": [index("by_c", "c")],
    }
    found = run(
        client,
        f"{folder}/data/",
        InputCompressionType="GZIP",
        TableCreationParameters=parameters,
    )
    assert counts(found) == (30, 30, 0)
    assert client.scan(TableName=TABLE)["Items"] == client.scan(TableName=range_table)["Items"]


def test_a_bucket_that_is_not_there_makes_no_table(client: Any) -> None:
    begun = client.import_table(
        S3BucketSource={"S3Bucket": "no-such-bucket"},
        InputFormat="CSV",
        TableCreationParameters=PARAMETERS,
    )["ImportTableDescription"]
    found = wait(client, begun["ImportArn"])
    assert (found["ImportStatus"], found["FailureCode"]) == ("FAILED", "S3NoSuchBucket")
    assert found["TableArn"] == begun["TableArn"]
    assert TABLE not in client.list_tables()["TableNames"]


def test_nothing_to_import_makes_an_empty_table(client: Any, s3: Any) -> None:
    found = run(client, "nothing/")
    assert (found["ImportStatus"], counts(found)) == ("COMPLETED", (0, 0, 0))
    assert names(client) == []


def test_a_name_that_is_taken_is_refused(client: Any, s3: Any, refused: Refused) -> None:
    run(client, "nothing/")
    taken = refused(
        client.import_table,
        S3BucketSource={"S3Bucket": BUCKET},
        InputFormat="CSV",
        TableCreationParameters=PARAMETERS,
    )
    assert taken == ("ResourceInUseException", f"Table already exists: {TABLE}")


def test_a_token_stands_for_one_import(client: Any, s3: Any, refused: Refused) -> None:
    s3.put_object(Bucket=BUCKET, Key="token", Body=line("a"))
    first = begin(client, "token", ClientToken="once")["ImportArn"]
    conflict = refused(
        client.import_table,
        ClientToken="once",
        S3BucketSource={"S3Bucket": BUCKET},
        InputFormat="CSV",
        TableCreationParameters={**PARAMETERS, "TableName": "Other"},
    )
    assert conflict == (
        "ImportConflictException",
        "Import conflict: Duplicate request detected with conflicting parameters",
    )
    wait(client, first)
    client.delete_table(TableName=TABLE)
    request = {
        "ClientToken": "once",
        "S3BucketSource": {"S3Bucket": BUCKET, "S3KeyPrefix": "token"},
        "InputFormat": "DYNAMODB_JSON",
        "TableCreationParameters": PARAMETERS,
    }
    again = client.import_table(**request)["ImportTableDescription"]
    assert (again["ImportArn"], again["ImportStatus"]) == (first, "COMPLETED")


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"InputFormat": "ION"}, "ION with the compression NONE is not supported"),
        ({"InputCompressionType": "ZSTD"}, "compression ZSTD is not supported"),
        (
            {"InputFormatOptions": {"Csv": {"Delimiter": ";"}}},
            "Unsupported InputFormatOptions for the given input format: DYNAMODB_JSON.",
        ),
        (
            {"TableCreationParameters": {**PARAMETERS, "BillingMode": "PROVISIONED"}},
            "ReadCapacityUnits and WriteCapacityUnits must both be specified",
        ),
        (
            {
                "InputFormat": "CSV",
                "InputFormatOptions": {"Csv": {"Delimiter": ";;"}},
            },
            "at 'inputFormatOptions.csv.delimiter' failed to satisfy constraint",
        ),
    ],
)
def test_requests_that_are_refused(
    client: Any, refused: Refused, members: dict[str, Any], says: str
) -> None:
    request = {
        "S3BucketSource": {"S3Bucket": BUCKET},
        "InputFormat": "DYNAMODB_JSON",
        "TableCreationParameters": PARAMETERS,
        **members,
    }
    code, message = refused(client.import_table, **request)
    assert code == "ValidationException"
    assert says in message


def test_imports_are_listed_and_outlive_their_table(client: Any, s3: Any, refused: Refused) -> None:
    found = run(client, "nothing/")
    client.delete_table(TableName=TABLE)
    listed = client.list_imports(TableArn=found["TableArn"])["ImportSummaryList"]
    assert listed[0]["ImportArn"] == found["ImportArn"]
    assert listed[0]["ImportStatus"] == "COMPLETED"
    assert refused(client.describe_import, ImportArn=found["TableArn"]) == (
        "ValidationException",
        "Invalid Import ARN",
    )
    assert refused(client.describe_import, ImportArn=f"{found['ImportArn'][:-8]}00000000")[0] == (
        "ImportNotFoundException"
    )
