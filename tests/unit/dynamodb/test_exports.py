"""Exports of tables to S3: whole tables at a time, and what changed in one."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from groundstate.testing import Groundstate
from tests.unit.dynamodb.shapes import definitions, key_schema

Refused = Callable[..., tuple[str, str]]
BUCKET = "exports"
DAY_S = 24 * 3600


@pytest.fixture(scope="module")
def s3(runtime: Groundstate) -> Any:
    client = runtime.client("s3")
    client.create_bucket(Bucket=BUCKET)
    return client


@pytest.fixture
def table(client: Any) -> Iterator[str]:
    """The ARN of a table that can go back in time."""
    made = client.create_table(
        TableName="Exported",
        AttributeDefinitions=definitions(p="S", c="N"),
        KeySchema=key_schema("p", "c"),
        BillingMode="PAY_PER_REQUEST",
    )
    recovery = {"PointInTimeRecoveryEnabled": True}
    client.update_continuous_backups(
        TableName="Exported", PointInTimeRecoverySpecification=recovery
    )
    yield made["TableDescription"]["TableArn"]
    client.delete_table(TableName="Exported")


def item(name: str, number: int, **more: Any) -> dict[str, Any]:
    return {"p": {"S": name}, "c": {"N": str(number)}, **more}


def put(client: Any, *items: dict[str, Any]) -> None:
    for one in items:
        client.put_item(TableName="Exported", Item=one)


def export(client: Any, table: str, **more: Any) -> dict[str, Any]:
    """Export, wait for the end, and answer the description."""
    request = {"TableArn": table, "S3Bucket": BUCKET, **more}
    begun = client.export_table_to_point_in_time(**request)["ExportDescription"]
    assert begun["ExportStatus"] == "IN_PROGRESS"
    return wait(client, begun["ExportArn"])


def wait(client: Any, arn: str) -> dict[str, Any]:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        described: dict[str, Any] = client.describe_export(ExportArn=arn)["ExportDescription"]
        if described["ExportStatus"] != "IN_PROGRESS":
            return described
        time.sleep(0.01)
    raise AssertionError("the export does not end")


def read(s3: Any, key: str) -> bytes:
    content: bytes = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    return content


def lines_of(s3: Any, described: dict[str, Any]) -> list[Any]:
    """The lines of all files of an export, found and checked by its manifests."""
    summary = json.loads(read(s3, described["ExportManifest"]))
    assert summary["itemCount"] == described["ItemCount"]
    assert summary["exportArn"] == described["ExportArn"]
    listed = read(s3, summary["manifestFilesS3Key"])
    checksum = read(s3, summary["manifestFilesS3Key"].replace(".json", ".md5"))
    assert checksum == b64encode(hashlib.md5(listed).digest())
    lines = []
    for line in listed.splitlines():
        file = json.loads(line)
        packed = read(s3, file["dataFileS3Key"])
        assert file["md5Checksum"].encode() == b64encode(hashlib.md5(packed).digest())
        found = [json.loads(text) for text in gzip.decompress(packed).splitlines()]
        assert len(found) == file["itemCount"]
        lines += found
    return lines


def test_a_whole_table_is_exported(client: Any, s3: Any, table: str) -> None:
    items = [
        item("a", 1, text={"S": "ü\n"}, data={"B": b"\x00\xff"}, set={"NS": ["1", "2.5"]}),
        item("a", 2, map={"M": {"l": {"L": [{"BOOL": True}, {"NULL": True}]}}}),
    ]
    put(client, *items)
    described = export(client, table, S3Prefix="some/where/")
    assert described["ExportStatus"] == "COMPLETED", described
    assert described["ItemCount"] == 2
    assert described["S3SseAlgorithm"] == "AES256"
    number = described["ExportArn"].rpartition("/")[2]
    assert re.fullmatch(r"\d{14}-[0-9a-f]{8}", number)
    folder = f"some/where/AWSDynamoDB/{number}/"
    assert described["ExportManifest"] == f"{folder}manifest-summary.json"
    assert read(s3, f"{folder}_started") == b""
    data = "AP8="
    expected = [{**items[0], "data": {"B": data}}, items[1]]
    found = [line["Item"] for line in lines_of(s3, described)]
    assert sorted(found, key=lambda one: one["c"]["N"]) == expected


def test_many_items_make_many_files(client: Any, s3: Any, table: str) -> None:
    for batch in range(8):
        writes = [
            {"PutRequest": {"Item": item("many", batch * 25 + at, text={"S": "x" * 20_000})}}
            for at in range(25)
        ]
        client.batch_write_item(RequestItems={"Exported": writes})
    described = export(client, table)
    lines = lines_of(s3, described)
    assert sorted(int(line["Item"]["c"]["N"]) for line in lines) == list(range(200))
    summary = json.loads(read(s3, described["ExportManifest"]))
    assert len(read(s3, summary["manifestFilesS3Key"]).splitlines()) > 1


def test_an_export_is_of_its_time(client: Any, s3: Any, runtime: Groundstate, table: str) -> None:
    put(client, item("changed", 1, v={"N": "1"}), item("deleted", 1))
    runtime.advance(seconds=10)
    then = runtime.clock.now() if runtime.clock is not None else 0
    runtime.advance(seconds=10)
    put(client, item("changed", 1, v={"N": "2"}), item("new", 1))
    client.delete_item(TableName="Exported", Key=item("deleted", 1))
    described = export(client, table, ExportTime=then)
    found = {line["Item"]["p"]["S"]: line["Item"] for line in lines_of(s3, described)}
    assert set(found) == {"changed", "deleted"}
    assert found["changed"]["v"] == {"N": "1"}


def test_what_changed_in_a_time_is_exported(
    client: Any, s3: Any, runtime: Groundstate, table: str
) -> None:
    put(client, item("changed", 1, v={"N": "0"}), item("deleted", 1), item("same", 1))
    runtime.advance(seconds=10)
    began = runtime.clock.now() if runtime.clock is not None else 0
    put(client, item("changed", 1, v={"N": "1"}), item("passing", 1), item("later", 1))
    put(client, item("changed", 1, v={"N": "2"}))
    for name in ("deleted", "passing"):
        client.delete_item(TableName="Exported", Key=item(name, 1))
    runtime.advance(seconds=3600)
    put(client, item("changed", 1, v={"N": "3"}), item("afterwards", 1))
    client.delete_item(TableName="Exported", Key=item("later", 1))
    window = {"ExportFromTime": began, "ExportToTime": began + 1800}
    incremental = {"ExportType": "INCREMENTAL_EXPORT", "IncrementalExportSpecification": window}
    described = export(client, table, S3Prefix="parts", **incremental)
    lines = {line["Keys"]["p"]["S"]: line for line in lines_of(s3, described)}
    assert set(lines) == {"changed", "deleted", "later"}
    micros = lines["changed"].pop("Metadata")["WriteTimestampMicros"]["N"]
    assert abs(int(micros) / 1_000_000 - began) < 5
    assert lines["changed"] == {
        "Keys": item("changed", 1),
        "OldImage": item("changed", 1, v={"N": "0"}),
        "NewImage": item("changed", 1, v={"N": "2"}),
    }
    assert lines["deleted"]["OldImage"] == item("deleted", 1)
    assert "NewImage" not in lines["deleted"]
    assert lines["later"]["NewImage"] == item("later", 1)
    summary = json.loads(read(s3, described["ExportManifest"]))
    assert summary["outputView"] == "NEW_AND_OLD_IMAGES"
    files = read(s3, summary["manifestFilesS3Key"]).splitlines()
    assert all(json.loads(f)["dataFileS3Key"].startswith("parts/AWSDynamoDB/data/") for f in files)
    window["ExportViewType"] = "NEW_IMAGE"
    for line in lines_of(s3, export(client, table, **incremental)):
        assert "OldImage" not in line


def test_windows_that_are_refused(
    client: Any, refused: Refused, runtime: Groundstate, table: str
) -> None:
    runtime.advance(seconds=3 * DAY_S)
    now = runtime.clock.now() if runtime.clock is not None else 0
    for began, ended, says in (
        (now - 600, now, "is less than 15 minutes"),
        (now - 2 * DAY_S, now, "is greater than 24 hours"),
        (now - 4 * DAY_S, now, "from time cannot be less than the table creation time : "),
        (now - 3600, now + 60, "to time cannot be greater than the current time : "),
    ):
        code, message = refused(
            client.export_table_to_point_in_time,
            TableArn=table,
            S3Bucket=BUCKET,
            ExportType="INCREMENTAL_EXPORT",
            IncrementalExportSpecification={"ExportFromTime": began, "ExportToTime": ended},
        )
        assert code == "InvalidExportTimeException"
        assert says in message


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"ExportType": "INCREMENTAL_EXPORT"}, "Incremental Export Specification expected"),
        ({"IncrementalExportSpecification": {}}, "Export Type expected to be Incremental Export"),
        (
            {"ExportType": "INCREMENTAL_EXPORT", "IncrementalExportSpecification": {}},
            "ExportFromTime must be provided",
        ),
        ({"S3SseKmsKeyId": "alias/aws/s3"}, "KMS Key Id is not supported for this encryption"),
        ({"ExportFormat": "ION"}, "ION is not supported by Groundstate"),
        ({"FilterSpecification": {"FilterExpression": "a"}}, "FilterSpecification is not supp"),
        ({"TableArn": "Exported"}, "tableArn is not a valid ARN"),
        ({"S3Bucket": "arn:aws:s3:::x"}, "at 's3Bucket' failed to satisfy constraint"),
    ],
)
def test_requests_that_are_refused(
    client: Any, refused: Refused, table: str, members: dict[str, Any], says: str
) -> None:
    request = {"TableArn": table, "S3Bucket": BUCKET, **members}
    code, message = refused(client.export_table_to_point_in_time, **request)
    assert code == "ValidationException"
    assert says in message


def test_tables_and_times_that_are_not_there(client: Any, refused: Refused, table: str) -> None:
    run = client.export_table_to_point_in_time
    missing = table.replace("Exported", "Missing")
    assert refused(run, TableArn=missing, S3Bucket=BUCKET) == (
        "TableNotFoundException",
        f"Table not found: {missing}",
    )
    foreign = table.replace("000000000000", "111111111111")
    assert refused(run, TableArn=foreign, S3Bucket=BUCKET)[0] == "AccessDeniedException"
    early = refused(run, TableArn=table, S3Bucket=BUCKET, ExportTime=1)
    assert early == ("InvalidExportTimeException", "Export Time is invalid")
    client.update_continuous_backups(
        TableName="Exported",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False},
    )
    assert refused(run, TableArn=table, S3Bucket="no-such-bucket") == (
        "PointInTimeRecoveryUnavailableException",
        "Point in time recovery is not enabled for table 'Exported'",
    )


def test_a_bucket_that_cannot_be_written_fails_the_export(client: Any, s3: Any, table: str) -> None:
    described = export(client, table, S3Bucket="no-such-bucket")
    assert described["ExportStatus"] == "FAILED"
    assert described["FailureCode"] == "S3NoSuchBucket"
    assert "The specified bucket does not exist" in described["FailureMessage"]
    described = export(client, table, S3BucketOwner="111111111111")
    assert described["FailureCode"] == "S3AccessDenied"


def test_who_exports_must_be_allowed_to_write(
    client: Any, s3: Any, runtime: Groundstate, table: str
) -> None:
    iam = runtime.client("iam")
    iam.create_user(UserName="exporter")
    key = iam.create_access_key(UserName="exporter")["AccessKey"]
    statement = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    iam.put_user_policy(UserName="exporter", PolicyName="p", PolicyDocument=json.dumps(policy))
    exporter = runtime.client(
        "dynamodb", access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"]
    )
    described = export(exporter, table)
    assert described["FailureCode"] == "S3AccessDenied"
    assert "user/exporter is not authorized to perform: s3:PutObject" in described["FailureMessage"]


def test_a_token_stands_for_one_export(client: Any, s3: Any, refused: Refused, table: str) -> None:
    request = {"TableArn": table, "S3Bucket": BUCKET, "ClientToken": "once"}
    first = client.export_table_to_point_in_time(**request)["ExportDescription"]["ExportArn"]
    wait(client, first)
    again = client.export_table_to_point_in_time(**request)["ExportDescription"]["ExportArn"]
    assert again == first
    conflict = refused(client.export_table_to_point_in_time, **request, S3Prefix="other")
    assert conflict == (
        "ExportConflictException",
        "Export conflict: Duplicate request detected with conflicting parameters",
    )


def test_exports_are_listed_and_described(
    client: Any, s3: Any, refused: Refused, table: str
) -> None:
    arns = [export(client, table)["ExportArn"] for _ in range(3)]
    page = client.list_exports(TableArn=table, MaxResults=2)
    assert [one["ExportArn"] for one in page["ExportSummaries"]] == arns[:0:-1]
    assert page["ExportSummaries"][0]["ExportType"] == "FULL_EXPORT"
    rest = client.list_exports(TableArn=table, NextToken=page["NextToken"])
    assert [one["ExportArn"] for one in rest["ExportSummaries"]] == arns[:1]
    assert "NextToken" not in rest
    code, message = refused(client.list_imports, NextToken=page["NextToken"])
    assert (code, page["NextToken"] in message) == ("ValidationException", True)
    none = f"{table}/export/00000000000000-00000000"
    assert refused(client.describe_export, ExportArn=none) == (
        "ExportNotFoundException",
        f"Export not found: Export not found: {none}",
    )
    for wrong in (table, none.replace("/export/", "/import/")):
        assert refused(client.describe_export, ExportArn=wrong) == (
            "ValidationException",
            "Invalid Export ARN",
        )


def test_exports_outlive_their_table(client: Any, s3: Any, runtime: Groundstate) -> None:
    shape = {
        "TableName": "Passing",
        "AttributeDefinitions": definitions(p="S"),
        "KeySchema": key_schema("p"),
        "BillingMode": "PAY_PER_REQUEST",
    }
    table = client.create_table(**shape)["TableDescription"]["TableArn"]
    recovery = {"PointInTimeRecoveryEnabled": True}
    client.update_continuous_backups(TableName="Passing", PointInTimeRecoverySpecification=recovery)
    arn = export(client, table)["ExportArn"]
    client.delete_table(TableName="Passing")
    assert client.describe_export(ExportArn=arn)["ExportDescription"]["TableArn"] == table
    client.create_table(**shape)
    assert client.list_exports(TableArn=table)["ExportSummaries"] == []
    client.delete_table(TableName="Passing")
