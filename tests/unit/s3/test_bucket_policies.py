"""Policies of buckets that S3 refuses, with its words."""

import json

import pytest
from botocore.exceptions import ClientError

ALL = "arn:aws:s3:::bucket/*"
ITSELF = "arn:aws:s3:::bucket"
NOT_APPLYING = "Action does not apply to any resource(s) in statement"


@pytest.fixture
def s3(groundstate):
    client = groundstate.client("s3")
    client.create_bucket(Bucket="bucket")
    return client


def policy(actions, resources):
    statement = {"Effect": "Allow", "Principal": "*", "Action": actions, "Resource": resources}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.mark.parametrize(
    ("actions", "resources"),
    [
        ("s3:GetObject", ALL),
        ("s3:ListBucket", ITSELF),
        ("s3:*", ALL),
        ("*", ITSELF),
        ("s3:Get*", ALL),
        ("s3:List*", ITSELF),
        ("S3:getobject", ALL),
        (["s3:GetObject", "s3:ListBucket"], [ITSELF, ALL]),
        ("s3:GetObject", "arn:aws:s3:::bucket*"),
        ("s3:GetObject", "*"),
        ("s3:SomethingNewOfS3", ITSELF),
    ],
)
def test_a_policy_of_the_bucket_is_kept(s3, actions, resources):
    s3.put_bucket_policy(Bucket="bucket", Policy=policy(actions, resources))
    assert s3.get_bucket_policy(Bucket="bucket")["Policy"] == policy(actions, resources)


@pytest.mark.parametrize(
    ("actions", "resources", "says"),
    [
        ("s3:GetObject", "arn:aws:s3:::other/*", "Policy has invalid resource"),
        ("s3:GetObject", [ALL, "arn:aws:s3:::bucket2/*"], "Policy has invalid resource"),
        ("ec2:RunInstances", ALL, "Policy has invalid action"),
        ("s3:ListBucket", ALL, NOT_APPLYING),
        ("s3:GetObject", ITSELF, NOT_APPLYING),
        (["s3:GetObject", "s3:ListBucket"], ALL, NOT_APPLYING),
        ("s3:GetObject*", ITSELF, NOT_APPLYING),
        ("s3:ListBucket*", ALL, NOT_APPLYING),
    ],
)
def test_a_policy_of_something_else_is_refused(s3, actions, resources, says):
    with pytest.raises(ClientError) as refused:
        s3.put_bucket_policy(Bucket="bucket", Policy=policy(actions, resources))
    error = refused.value.response["Error"]
    assert (error["Code"], error["Message"]) == ("MalformedPolicy", says)
    with pytest.raises(ClientError, match="NoSuchBucketPolicy"):
        s3.get_bucket_policy(Bucket="bucket")
