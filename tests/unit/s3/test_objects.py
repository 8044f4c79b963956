"""Objects and buckets through a client."""

import io
import json
import urllib.error
import urllib.request

import pytest
from botocore.exceptions import ClientError

from groundstate.testing import Groundstate


@pytest.fixture
def s3(groundstate):
    client = groundstate.client("s3")
    client.create_bucket(Bucket="bucket")
    return client


def put(s3, *keys, **options):
    for key in keys:
        s3.put_object(Bucket="bucket", Key=key, Body=key.encode(), **options)


def read(s3, key, **options):
    return s3.get_object(Bucket="bucket", Key=key, **options)["Body"].read()


def refusal(call, *arguments, **options):
    with pytest.raises(ClientError) as refused:
        call(*arguments, **options)
    return refused.value.response["Error"]["Code"]


def test_object_comes_back_as_it_was_put(s3):
    s3.put_object(
        Bucket="bucket",
        Key="folder/name with spaces ü.txt",
        Body=b"content",
        ContentType="text/plain",
        CacheControl="no-store",
        Metadata={"colour": "red"},
        Tagging="a=1&b=2",
    )
    answer = s3.get_object(Bucket="bucket", Key="folder/name with spaces ü.txt")
    assert answer["Body"].read() == b"content"
    assert answer["ContentType"] == "text/plain"
    assert answer["CacheControl"] == "no-store"
    assert answer["Metadata"] == {"colour": "red"}
    assert answer["ETag"] == '"9a0364b9e99bb480dd25e1f0284c8555"'
    assert answer["TagCount"] == 2
    head = s3.head_object(Bucket="bucket", Key="folder/name with spaces ü.txt")
    assert (head["ContentLength"], head["ETag"]) == (7, answer["ETag"])


@pytest.mark.parametrize(
    ("given", "content", "shown"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=-2", b"89", "bytes 8-9/10"),
        ("bytes=8-99", b"89", "bytes 8-9/10"),
    ],
)
def test_range_gives_a_stretch(s3, given, content, shown):
    s3.put_object(Bucket="bucket", Key="k", Body=b"0123456789")
    answer = s3.get_object(Bucket="bucket", Key="k", Range=given)
    assert answer["Body"].read() == content
    assert answer["ContentRange"] == shown
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 206


def test_range_behind_the_end_is_refused(s3):
    put(s3, "k")
    assert refusal(s3.get_object, Bucket="bucket", Key="k", Range="bytes=5-6") == "InvalidRange"


def test_conditions_hold_or_refuse(s3):
    put(s3, "k")
    etag = s3.head_object(Bucket="bucket", Key="k")["ETag"]
    assert read(s3, "k", IfMatch=etag) == b"k"
    assert refusal(s3.get_object, Bucket="bucket", Key="k", IfMatch='"x"') == "PreconditionFailed"
    assert refusal(s3.get_object, Bucket="bucket", Key="k", IfNoneMatch=etag) == "304"
    again = {"Bucket": "bucket", "Key": "k", "Body": b"2", "IfNoneMatch": "*"}
    assert refusal(s3.put_object, **again) == "PreconditionFailed"


def test_wrong_digest_is_refused(s3):
    wrong = {"Bucket": "bucket", "Key": "k", "Body": b"x", "ContentMD5": "AAAAAAAAAAAAAAAAAAAAAA=="}
    assert refusal(s3.put_object, **wrong) == "BadDigest"
    assert refusal(s3.head_object, Bucket="bucket", Key="k") == "404"


def test_what_is_not_there_is_told(s3):
    assert refusal(s3.get_object, Bucket="bucket", Key="none") == "NoSuchKey"
    assert refusal(s3.get_object, Bucket="none", Key="none") == "NoSuchBucket"
    assert refusal(s3.head_bucket, Bucket="none") == "404"
    s3.delete_object(Bucket="bucket", Key="none")


def test_listing_pages_by_key_with_common_prefixes(s3):
    put(s3, "a/1", "a/2", "b/1", "c", "d/x/1", "e")
    first = s3.list_objects_v2(Bucket="bucket", Delimiter="/", MaxKeys=3)
    assert [entry["Key"] for entry in first["Contents"]] == ["c"]
    assert [entry["Prefix"] for entry in first["CommonPrefixes"]] == ["a/", "b/"]
    assert first["IsTruncated"]
    rest = s3.list_objects_v2(
        Bucket="bucket", Delimiter="/", ContinuationToken=first["NextContinuationToken"]
    )
    assert [entry["Key"] for entry in rest["Contents"]] == ["e"]
    assert [entry["Prefix"] for entry in rest["CommonPrefixes"]] == ["d/"]
    assert not rest["IsTruncated"]


@pytest.mark.parametrize("token", ["other", "😀", "gA=="])
def test_continuation_token_that_is_not_ours_is_refused(s3, token):
    with pytest.raises(ClientError, match="The continuation token provided is incorrect"):
        s3.list_objects_v2(Bucket="bucket", ContinuationToken=token)


def test_listing_below_a_prefix(s3):
    put(s3, "in/1", "in/2", "out/1")
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket="bucket", Prefix="in/", PaginationConfig={"PageSize": 1}
    )
    assert [entry["Key"] for page in pages for entry in page["Contents"]] == ["in/1", "in/2"]
    older = s3.list_objects(Bucket="bucket", Marker="in/1")
    assert [entry["Key"] for entry in older["Contents"]] == ["in/2", "out/1"]
    after = s3.list_objects_v2(Bucket="bucket", StartAfter="in/2")
    assert [entry["Key"] for entry in after["Contents"]] == ["out/1"]


def test_copy_takes_metadata_along_unless_replaced(s3):
    put(s3, "a", Metadata={"x": "1"}, ContentType="text/plain")
    source = {"Bucket": "bucket", "Key": "a"}
    s3.copy_object(Bucket="bucket", Key="b", CopySource=source)
    assert s3.head_object(Bucket="bucket", Key="b")["Metadata"] == {"x": "1"}
    s3.copy_object(
        Bucket="bucket",
        Key="c",
        CopySource=source,
        MetadataDirective="REPLACE",
        Metadata={"y": "2"},
    )
    assert s3.head_object(Bucket="bucket", Key="c")["Metadata"] == {"y": "2"}
    assert read(s3, "c") == b"a"
    onto_itself = {"Bucket": "bucket", "Key": "a", "CopySource": source}
    assert refusal(s3.copy_object, **onto_itself) == "InvalidRequest"


def test_versions_are_kept_and_markers_hide(s3):
    put(s3, "k")
    s3.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
    second = s3.put_object(Bucket="bucket", Key="k", Body=b"2")["VersionId"]
    marker = s3.delete_object(Bucket="bucket", Key="k")
    assert marker["DeleteMarker"]
    assert refusal(s3.get_object, Bucket="bucket", Key="k") == "NoSuchKey"
    assert read(s3, "k", VersionId=second) == b"2"
    assert read(s3, "k", VersionId="null") == b"k"
    s3.delete_object(Bucket="bucket", Key="k", VersionId=marker["VersionId"])
    assert read(s3, "k") == b"2"
    s3.delete_object(Bucket="bucket", Key="k", VersionId=second)
    assert read(s3, "k") == b"k"
    listed = s3.list_object_versions(Bucket="bucket")
    assert [entry["VersionId"] for entry in listed["Versions"]] == ["null"]


def test_many_objects_are_deleted_at_once(s3):
    put(s3, "a", "b", "c")
    names = [{"Key": "a"}, {"Key": "b"}, {"Key": "none"}]
    answer = s3.delete_objects(Bucket="bucket", Delete={"Objects": names})
    assert [entry["Key"] for entry in answer["Deleted"]] == ["a", "b", "none"]
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket="bucket")["Contents"]] == ["c"]


def test_upload_in_parts_becomes_one_object(s3):
    s3.upload_fileobj(io.BytesIO(b"x" * (9 * 1024 * 1024)), "bucket", "big")
    head = s3.head_object(Bucket="bucket", Key="big")
    assert head["ContentLength"] == 9 * 1024 * 1024
    assert head["ETag"].endswith('-2"')
    assert read(s3, "big", Range="bytes=8388606-8388609") == b"xxxx"


def test_parts_are_checked_when_the_upload_ends(s3):
    upload = s3.create_multipart_upload(Bucket="bucket", Key="k")["UploadId"]
    place = {"Bucket": "bucket", "Key": "k", "UploadId": upload}
    etags = [s3.upload_part(**place, PartNumber=number, Body=b"small")["ETag"] for number in (1, 2)]

    def parts(*pairs):
        return {"Parts": [{"PartNumber": number, "ETag": etag} for number, etag in pairs]}

    complete = s3.complete_multipart_upload
    assert refusal(complete, **place, MultipartUpload=parts((1, '"x"'))) == "InvalidPart"
    disordered = parts((2, etags[1]), (1, etags[0]))
    assert refusal(complete, **place, MultipartUpload=disordered) == "InvalidPartOrder"
    both = parts((1, etags[0]), (2, etags[1]))
    assert refusal(complete, **place, MultipartUpload=both) == "EntityTooSmall"
    complete(**place, MultipartUpload=parts((1, etags[0])))
    assert read(s3, "k") == b"small"
    assert refusal(s3.list_parts, **place) == "NoSuchUpload"


def test_parts_are_listed_behind_a_marker(s3):
    upload = s3.create_multipart_upload(Bucket="bucket", Key="k")["UploadId"]
    place = {"Bucket": "bucket", "Key": "k", "UploadId": upload}
    for number in (1, 2):
        s3.upload_part(**place, PartNumber=number, Body=b"small")
    (part,) = s3.list_parts(**place, PartNumberMarker=1)["Parts"]
    assert part["PartNumber"] == 2


def test_bucket_with_objects_is_not_deleted(s3):
    put(s3, "k")
    assert refusal(s3.delete_bucket, Bucket="bucket") == "BucketNotEmpty"
    s3.delete_object(Bucket="bucket", Key="k")
    s3.delete_bucket(Bucket="bucket")
    assert s3.list_buckets()["Buckets"] == []


@pytest.mark.parametrize("name", ["Upper", "a..b", "127.0.0.1", "under_score"])
def test_bad_bucket_name_is_refused(groundstate, name):
    client = groundstate.client("s3")
    with pytest.raises(Exception, match=r"InvalidBucketName|Invalid bucket name"):
        client.create_bucket(Bucket=name)


def test_configurations_are_kept(s3):
    rules = [{"ID": "r", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}]
    assert refusal(s3.get_bucket_lifecycle_configuration, Bucket="bucket") == (
        "NoSuchLifecycleConfiguration"
    )
    s3.put_bucket_lifecycle_configuration(Bucket="bucket", LifecycleConfiguration={"Rules": rules})
    assert s3.get_bucket_lifecycle_configuration(Bucket="bucket")["Rules"] == rules
    s3.delete_bucket_lifecycle(Bucket="bucket")
    assert refusal(s3.get_bucket_lifecycle_configuration, Bucket="bucket") == (
        "NoSuchLifecycleConfiguration"
    )
    tags = {"TagSet": [{"Key": "a", "Value": "1"}]}
    s3.put_bucket_tagging(Bucket="bucket", Tagging=tags)
    assert s3.get_bucket_tagging(Bucket="bucket")["TagSet"] == tags["TagSet"]
    assert s3.get_bucket_encryption(Bucket="bucket")["ServerSideEncryptionConfiguration"]["Rules"]
    assert refusal(s3.get_bucket_policy, Bucket="bucket") == "NoSuchBucketPolicy"
    assert refusal(s3.put_bucket_policy, Bucket="bucket", Policy="{") == "MalformedPolicy"
    statement = {
        "Sid": "Read, as told",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::bucket/*",
    }
    policy = json.dumps({"Statement": [statement, statement]})
    s3.put_bucket_policy(Bucket="bucket", Policy=policy)
    assert s3.get_bucket_policy(Bucket="bucket")["Policy"] == policy
    s3.delete_bucket_policy(Bucket="bucket")


def test_bucket_of_assets_comes_into_being(groundstate):
    client = groundstate.client("s3")
    name = "cdk-hnb659fds-assets-000000000000-us-east-1"
    assert refusal(client.get_bucket_location, Bucket=name) == "NoSuchBucket"
    client.put_object(Bucket=name, Key="k", Body=b"x")
    assert client.get_object(Bucket=name, Key="k")["Body"].read() == b"x"
    client.create_bucket(Bucket=name)


def test_large_content_is_in_a_file_that_goes_with_its_object(tmp_path):
    content = b"x" * 300_000
    with Groundstate(tmp_path) as runtime:
        client = runtime.client("s3")
        client.create_bucket(Bucket="bucket")
        client.put_object(Bucket="bucket", Key="large", Body=content)
        client.put_object(Bucket="bucket", Key="small", Body=b"x")
        assert len(list((tmp_path / "objects").iterdir())) == 1
    (tmp_path / "objects" / "left-by-a-crash").write_bytes(b"x")
    with Groundstate(tmp_path) as runtime:
        client = runtime.client("s3")
        assert client.get_object(Bucket="bucket", Key="large")["Body"].read() == content
        assert len(list((tmp_path / "objects").iterdir())) == 1
        client.delete_object(Bucket="bucket", Key="large")
        client.head_object(Bucket="bucket", Key="small")
        assert list((tmp_path / "objects").iterdir()) == []


def test_parts_in_files_and_in_the_database_become_one_file(tmp_path):
    parts = (b"a" * 5 * 1024 * 1024, b"b" * 1000)
    with Groundstate(tmp_path) as runtime:
        client = runtime.client("s3")
        client.create_bucket(Bucket="bucket")
        upload = client.create_multipart_upload(Bucket="bucket", Key="k")["UploadId"]
        place = {"Bucket": "bucket", "Key": "k", "UploadId": upload}
        done = [
            {
                "PartNumber": number,
                "ETag": client.upload_part(**place, PartNumber=number, Body=part)["ETag"],
            }
            for number, part in enumerate(parts, 1)
        ]
        client.complete_multipart_upload(**place, MultipartUpload={"Parts": done})
        content = client.get_object(Bucket="bucket", Key="k")["Body"].read()
        assert content == b"".join(parts)
        middle = client.get_object(Bucket="bucket", Key="k", Range="bytes=5242879-5242880")
        assert middle["Body"].read() == b"ab"
        client.delete_object(Bucket="bucket", Key="k")
        client.list_buckets()
        assert list((tmp_path / "objects").iterdir()) == []


def test_replica_is_there_with_its_object(groundstate):
    s3 = groundstate.client("s3")
    role = "arn:aws:iam::000000000000:role/replication"
    destinations = {"b": "copies", "c": "nowhere"}
    rules = [
        {
            "ID": prefix,
            "Priority": number,
            "Status": "Enabled",
            "Filter": {"Prefix": prefix},
            "DeleteMarkerReplication": {"Status": "Enabled" if prefix == "b" else "Disabled"},
            "Destination": {"Bucket": f"arn:aws:s3:::{bucket}"},
        }
        for number, (prefix, bucket) in enumerate(destinations.items())
    ]
    configuration = {"Role": role, "Rules": rules}
    s3.create_bucket(Bucket="source")
    with pytest.raises(ClientError, match="Versioning must be 'Enabled'"):
        s3.put_bucket_replication(Bucket="source", ReplicationConfiguration=configuration)
    with pytest.raises(ClientError, match="The replication configuration was not found"):
        s3.get_bucket_replication(Bucket="source")
    s3.create_bucket(Bucket="copies")
    for bucket in ("source", "copies"):
        status = {"Status": "Enabled"}
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=status)
    s3.put_bucket_replication(Bucket="source", ReplicationConfiguration=configuration)
    for key in ("a", "b", "c"):
        s3.put_object(Bucket="source", Key=key, Body=key.encode(), Metadata={"of": key})
    statuses = [s3.head_object(Bucket="source", Key=key).get("ReplicationStatus") for key in "abc"]
    assert statuses == [None, "COMPLETED", "FAILED"]
    copy = s3.get_object(Bucket="copies", Key="b")
    assert (copy["Body"].read(), copy["Metadata"]) == (b"b", {"of": "b"})
    assert copy["ReplicationStatus"] == "REPLICA"
    assert s3.list_objects_v2(Bucket="copies")["KeyCount"] == 1
    s3.delete_object(Bucket="source", Key="b")
    assert s3.list_objects_v2(Bucket="copies")["KeyCount"] == 0
    s3.delete_bucket_replication(Bucket="source")
    s3.put_object(Bucket="source", Key="b", Body=b"new")
    assert s3.list_objects_v2(Bucket="copies")["KeyCount"] == 0


@pytest.mark.parametrize("host", [None, "bucket.localhost"])
def test_posted_form_is_refused_by_name(groundstate, s3, host):
    form = b'--x\r\nContent-Disposition: form-data; name="key"\r\n\r\nkey\r\n--x--\r\n'
    address = groundstate.endpoint_url + ("/bucket" if host is None else "/")
    request = urllib.request.Request(address, form)
    request.add_header("Content-Type", "multipart/form-data; boundary=x")
    if host is not None:
        request.add_header("Host", host)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 501
    body = refused.value.read().decode()
    assert "<Code>NotImplemented</Code>" in body
    assert "PostObject" in body


def test_bucket_of_another_owner_than_expected_is_refused(s3):
    put(s3, "k", ExpectedBucketOwner="000000000000")
    other = "111111111111"
    source = {"Bucket": "bucket", "Key": "k"}
    for run, request in (
        (s3.get_object, {"Key": "k", "ExpectedBucketOwner": other}),
        (s3.list_objects_v2, {"ExpectedBucketOwner": other}),
        (s3.copy_object, {"Key": "l", "CopySource": source, "ExpectedSourceBucketOwner": other}),
    ):
        assert refusal(run, Bucket="bucket", **request) == "AccessDenied"
