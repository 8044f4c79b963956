"""DynamoDB tables of templates: what they import, whose streams may be read, how they change."""

import gzip
import json

import pytest


@pytest.mark.parametrize(
    ("form", "content", "options"),
    [
        (
            "DYNAMODB_JSON",
            '{"Item": {"id": {"N": "1"}, "name": {"S": "tea"}}}\n',
            {},
        ),
        ("CSV", "id;name\n1;tea\n", {"Csv": {"Delimiter": ";"}}),
    ],
    ids=["json", "csv"],
)
def test_table_has_the_items_that_it_imports(stacks, form, content, options):
    s3 = stacks.runtime.client("s3")
    s3.create_bucket(Bucket="source")
    s3.put_object(Bucket="source", Key="data/1.gz", Body=gzip.compress(content.encode()))
    s3.put_object(Bucket="source", Key="bad/1.gz", Body=gzip.compress(b"x,y\n1,2\n"))
    source = {
        "InputFormat": form,
        "InputCompressionType": "GZIP",
        "InputFormatOptions": options,
        "S3BucketSource": {"S3Bucket": "source", "S3KeyPrefix": "data/"},
    }
    table = {
        "TableName": "imported",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "N"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        "ImportSourceSpecification": source,
        "Tags": [{"Key": "of", "Value": "tea"}],
        "StreamSpecification": {"StreamViewType": "KEYS_ONLY"},
        "DeletionProtectionEnabled": True,
        "TimeToLiveSpecification": {"AttributeName": "until", "Enabled": True},
    }
    template = {"Resources": {"T": {"Type": "AWS::DynamoDB::Table", "Properties": table}}}
    assert stacks.create(template)["StackStatus"] == "CREATE_COMPLETE"
    client = stacks.runtime.client("dynamodb")
    assert client.scan(TableName="imported")["Items"] == [{"id": {"N": "1"}, "name": {"S": "tea"}}]
    made = client.describe_table(TableName="imported")["Table"]
    assert made["StreamSpecification"]["StreamViewType"] == "KEYS_ONLY"
    assert made["DeletionProtectionEnabled"]
    tags = client.list_tags_of_resource(ResourceArn=made["TableArn"])["Tags"]
    assert {"Key": "of", "Value": "tea"} in tags
    expiry = client.describe_time_to_live(TableName="imported")["TimeToLiveDescription"]
    assert expiry["AttributeName"] == "until"
    table.update(TableName="other", DeletionProtectionEnabled=False)
    for at, (wrong, says) in enumerate(
        (
            ({"InputFormat": "ION"}, "format ION"),
            ({"S3BucketSource": {"S3Bucket": "nowhere"}}, "S3NoSuchBucket"),
            ({"S3BucketSource": {"S3Bucket": "source", "S3KeyPrefix": "bad/"}}, "ItemValidation"),
        )
    ):
        table["ImportSourceSpecification"] = {**source, **wrong}
        name = f"wrong-{at}"
        assert stacks.create(template, name)["StackStatus"] == "ROLLBACK_COMPLETE"
        assert any(says in reason for _, _, reason in stacks.events(name))
        assert "other" not in client.list_tables()["TableNames"]


@pytest.mark.parametrize("kind", ["Table", "GlobalTable"])
def test_stream_has_the_policy_of_the_template(stacks, kind):
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::000000000000:root"},
        "Action": "dynamodb:GetRecords",
        "Resource": "*",
    }
    policy = {"PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    stream = {"StreamViewType": "KEYS_ONLY"}
    replica = {"Region": "us-east-1"}
    table = {
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        "StreamSpecification": stream,
    }
    if kind == "Table":
        stream["ResourcePolicy"] = policy
    else:
        table["Replicas"] = [replica]
        replica["ReplicaStreamSpecification"] = {"ResourcePolicy": policy}
    template = {
        "Resources": {"T": {"Type": f"AWS::DynamoDB::{kind}", "Properties": table}},
        "Outputs": {"Stream": {"Value": {"Fn::GetAtt": ["T", "StreamArn"]}}},
    }
    made = stacks.create(template)
    assert made["StackStatus"] == "CREATE_COMPLETE"
    arn = made["Outputs"][0]["OutputValue"]
    dynamodb = stacks.runtime.client("dynamodb")
    assert json.loads(dynamodb.get_resource_policy(ResourceArn=arn)["Policy"])["Statement"] == [
        statement
    ]
    stream.pop("ResourcePolicy", None)
    replica.pop("ReplicaStreamSpecification", None)
    changed = stacks.update(template)
    assert changed["StackStatus"] == "UPDATE_COMPLETE"
    assert changed["Outputs"][0]["OutputValue"] == arn
    with pytest.raises(dynamodb.exceptions.PolicyNotFoundException):
        dynamodb.get_resource_policy(ResourceArn=arn)


def test_everything_of_a_table_changes_at_once(stacks):
    definitions = [{"AttributeName": name, "AttributeType": "S"} for name in ("id", "a", "b")]

    def index(name, key, **more):
        return {
            "IndexName": name,
            "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
            **more,
        }

    before = {
        "AttributeDefinitions": definitions[:2],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        "OnDemandThroughput": {"MaxReadRequestUnits": 10},
        "DeletionProtectionEnabled": True,
        "GlobalSecondaryIndexes": [index("kept", "a")],
    }
    units = {"ReadCapacityUnits": 3, "WriteCapacityUnits": 4}
    after = {
        "AttributeDefinitions": definitions,
        "KeySchema": before["KeySchema"],
        "BillingMode": "PROVISIONED",
        "ProvisionedThroughput": units,
        "TableClass": "STANDARD_INFREQUENT_ACCESS",
        "SSESpecification": {"SSEEnabled": True},
        "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
        "GlobalSecondaryIndexes": [
            index("kept", "a", ProvisionedThroughput=units),
            index("new", "b", ProvisionedThroughput=units),
        ],
    }

    def template(properties):
        resource = {"Type": "AWS::DynamoDB::Table", "Properties": properties}
        return {"Resources": {"T": resource}, "Outputs": {"T": {"Value": {"Ref": "T"}}}}

    made = stacks.create(template(before))
    name = made["Outputs"][0]["OutputValue"]
    client = stacks.runtime.client("dynamodb")
    table = client.describe_table(TableName=name)["Table"]
    assert table["OnDemandThroughput"] == {"MaxReadRequestUnits": 10}
    assert stacks.update(template(after))["StackStatus"] == "UPDATE_COMPLETE"
    table = client.describe_table(TableName=name)["Table"]
    assert table["BillingModeSummary"]["BillingMode"] == "PROVISIONED"
    indexes = {one["IndexName"]: one for one in table["GlobalSecondaryIndexes"]}
    assert set(indexes) == {"kept", "new"}
    for part in (table, *indexes.values()):
        assert part["ProvisionedThroughput"]["WriteCapacityUnits"] == 4
    assert not table["DeletionProtectionEnabled"]
    assert table["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert table["SSEDescription"]["Status"] == "ENABLED"
    assert table["StreamSpecification"]["StreamViewType"] == "NEW_IMAGE"
    # And back, as a rollback would do it.
    assert stacks.update(template(before))["StackStatus"] == "UPDATE_COMPLETE"
    table = client.describe_table(TableName=name)["Table"]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["OnDemandThroughput"] == {"MaxReadRequestUnits": 10}
    assert "SSEDescription" not in table
    assert table["TableClassSummary"]["TableClass"] == "STANDARD"


@pytest.mark.parametrize("kind", ["Table", "GlobalTable"])
def test_an_update_makes_or_removes_one_index_as_on_aws(stacks, kind):
    def template(**indexes):
        names = {"id", *indexes.values()}
        table = {
            "AttributeDefinitions": [
                {"AttributeName": name, "AttributeType": "S"} for name in sorted(names)
            ],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
            "GlobalSecondaryIndexes": [
                {
                    "IndexName": name,
                    "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
                for name, key in indexes.items()
            ],
        }
        if not indexes:
            del table["GlobalSecondaryIndexes"]
        if kind == "GlobalTable":
            table["Replicas"] = [{"Region": "us-east-1"}]
        return {
            "Resources": {"T": {"Type": f"AWS::DynamoDB::{kind}", "Properties": table}},
            "Outputs": {"T": {"Value": {"Ref": "T"}}},
        }

    def indexes():
        table = client.describe_table(TableName=name)["Table"]
        return {one["IndexName"] for one in table.get("GlobalSecondaryIndexes", [])}

    # A new table may have many at once.
    name = stacks.create(template(one="a", two="b"))["Outputs"][0]["OutputValue"]
    client = stacks.runtime.client("dynamodb")
    assert indexes() == {"one", "two"}
    too_many = "Cannot perform more than one GSI creation or deletion in a single update"
    other_keys = (
        "Cannot update GSI's properties other than Provisioned Throughput and Contributor"
        " Insights Specification. You can create a new GSI with a different name."
    )
    for refused, reason in (
        (template(), too_many),
        (template(one="a", other="b"), too_many),
        (template(one="a", two="a"), other_keys),
    ):
        assert stacks.update(refused)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
        assert ("T", "UPDATE_FAILED", reason) in stacks.events()
        assert indexes() == {"one", "two"}
    for accepted in (template(one="a"), template(one="a", other="b")):
        assert stacks.update(accepted)["StackStatus"] == "UPDATE_COMPLETE"
    assert indexes() == {"one", "other"}


def test_another_attribute_for_time_to_live_takes_two_updates_as_on_aws(stacks):
    def template(specification):
        table = {
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
            "TimeToLiveSpecification": specification,
        }
        if specification is None:
            del table["TimeToLiveSpecification"]
        return {
            "Resources": {"T": {"Type": "AWS::DynamoDB::Table", "Properties": table}},
            "Outputs": {"T": {"Value": {"Ref": "T"}}},
        }

    def on(attribute):
        return template({"AttributeName": attribute, "Enabled": True})

    def told():
        description = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        return description["TimeToLiveStatus"], description.get("AttributeName")

    name = stacks.create(on("old"))["Outputs"][0]["OutputValue"]
    client = stacks.runtime.client("dynamodb")
    assert stacks.update(on("new"))["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    reason = "TimeToLive is active on a different AttributeName: current AttributeName is old"
    assert any(status == "UPDATE_FAILED" and reason in why for _, status, why in stacks.events())
    assert told() == ("ENABLED", "old")
    for off in (template({"AttributeName": "old", "Enabled": False}), template(None)):
        assert stacks.update(off)["StackStatus"] == "UPDATE_COMPLETE"
        assert told() == ("DISABLED", None)
        assert stacks.update(on("new"))["StackStatus"] == "UPDATE_COMPLETE"
        assert told() == ("ENABLED", "new")
    # What was turned on by hand is as good.
    assert stacks.update(template(None))["StackStatus"] == "UPDATE_COMPLETE"
    client.update_time_to_live(
        TableName=name, TimeToLiveSpecification={"AttributeName": "new", "Enabled": True}
    )
    assert stacks.update(on("new"))["StackStatus"] == "UPDATE_COMPLETE"
    assert told() == ("ENABLED", "new")
