"""What managing a table is refused, and in which words: as AWS was observed to do it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from groundstate.testing import Groundstate
from tests.unit.dynamodb.shapes import UNITS, definitions, index, key_schema

Refused = Callable[..., tuple[str, str]]
INVALID = "One or more parameter values were invalid: "
NAME = "Managed"
LIMITS = {"MaxReadRequestUnits": 5, "MaxWriteRequestUnits": 5}
WARM = {"ReadUnitsPerSecond": 15_000, "WriteUnitsPerSecond": 5_000}
STREAM = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
ENCRYPTION = {"Enabled": True, "SSEType": "KMS"}


@pytest.fixture
def arn(client: Any) -> Iterator[str]:
    """A table with a global and a local index, billed by the request."""
    made = client.create_table(
        TableName=NAME,
        AttributeDefinitions=definitions(p="S", c="S", g="S", l="S"),
        KeySchema=key_schema("p", "c"),
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=[index("by_g", "g")],
        LocalSecondaryIndexes=[index("by_l", "p", "l")],
    )
    yield made["TableDescription"]["TableArn"]
    client.delete_table(TableName=NAME)


@pytest.mark.parametrize(
    ("tags", "says"),
    [
        ([{"Key": "k" * 129, "Value": ""}], f"The Tag Key provided is invalid, Key: {'k' * 129}"),
        ([{"Key": "", "Value": ""}], "The Tag Key provided is invalid, Key: "),
        ([{"Value": "v"}], "The Tag Key provided is invalid, Key: null"),
        ([{"Key": "k"}], "The Tag Value provided is invalid, Value: null"),
        ([{"Key": "k", "Value": "a,b"}], "The Tag Value provided is invalid, Value: a,b"),
        ([{"Key": "k#", "Value": ""}], "The Tag Key provided is invalid, Key: k#"),
        (
            [{"Key": "k", "Value": "1"}, {"Key": "k", "Value": "2"}],
            "Duplicate Tag Keys provided as input: Duplicate Tag Key found k",
        ),
        ([{"Key": "AWS:k", "Value": ""}], "Tag Key cannot be prefixed with aws:, Key: AWS:k"),
        (
            [{"Key": f"k{at}", "Value": ""} for at in range(51)],
            "Number of Tags exceed the current limit for the provided ResourceArn",
        ),
    ],
)
def test_tags_that_are_refused(
    client: Any, arn: str, refused: Refused, tags: list[dict[str, str]], says: str
) -> None:
    good = {"Key": "good", "Value": "кофе 咖啡 é"}
    wrong = refused(client.tag_resource, ResourceArn=arn, Tags=[good, *tags])
    assert wrong == ("ValidationException", says)
    assert client.list_tags_of_resource(ResourceArn=arn)["Tags"] == []
    client.tag_resource(ResourceArn=arn, Tags=[good])
    assert client.list_tags_of_resource(ResourceArn=arn)["Tags"] == [good]


def test_tags_that_cannot_be_removed(client: Any, arn: str, refused: Refused) -> None:
    client.untag_resource(ResourceArn=arn, TagKeys=["absent"])
    for keys, says in (
        (["aws:k"], "Tag Key cannot be prefixed with aws:, Key: aws:k"),
        ([""], "The Tag Key provided is invalid, Key: "),
        ([f"k{at}" for at in range(51)], "Number of Tags exceed the current limit for the"),
    ):
        code, message = refused(client.untag_resource, ResourceArn=arn, TagKeys=keys)
        assert code == "ValidationException"
        assert message.startswith(says)


ALONE = "modification must be the only operation in the request"
CREATE = {"Create": index("by_c", "c")}


@pytest.mark.parametrize(
    ("request_members", "says"),
    [
        ({"DeletionProtectionEnabled": True, "StreamSpecification": STREAM}, "DeletionProtection"),
        ({"SSESpecification": ENCRYPTION, "TableClass": "STANDARD"}, "Server-Side Encryption"),
        ({"DeletionProtectionEnabled": True, "TableClass": "STANDARD"}, "TableClass"),
        ({"WarmThroughput": WARM, "DeletionProtectionEnabled": True}, "DeletionProtection"),
        ({"GlobalSecondaryIndexUpdates": [CREATE], "TableClass": "STANDARD"}, "TableClass"),
        (
            {"WarmThroughput": WARM, "BillingMode": "PAY_PER_REQUEST"},
            "WarmThroughput must be the only operation in the request",
        ),
        (
            {"WarmThroughput": WARM, "GlobalSecondaryIndexUpdates": [CREATE]},
            "Create global secondary index cannot be specified when updating WarmThroughput",
        ),
        (
            {"OnDemandThroughput": LIMITS, "StreamSpecification": STREAM},
            "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request",
        ),
        (
            {
                "BillingMode": "PROVISIONED",
                "ProvisionedThroughput": UNITS,
                "StreamSpecification": STREAM,
            },
            "You cannot modify stream status while updating table IOPS",
        ),
        (
            {"ProvisionedThroughput": UNITS, "GlobalSecondaryIndexUpdates": [CREATE]},
            "You cannot create or delete index while updating table IOPS",
        ),
        (
            {
                "StreamSpecification": STREAM,
                "GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by_g"}}],
            },
            "You cannot create or delete index while changing stream status",
        ),
        (
            {"SSESpecification": {"Enabled": True, "SSEType": "AES256"}},
            "SSEType AES256 is not supported",
        ),
        (
            {"GlobalSecondaryIndexUpdates": [], "DeletionProtectionEnabled": True},
            "List of GlobalSecondaryIndexUpdates is empty",
        ),
        (
            {"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "by_g"}}]},
            (
                "The only Updates for index: by_g when TableThroughputMode is PAY_PER_REQUEST can"
                " be to OnDemandThroughput, WarmThroughput"
            ),
        ),
        (
            {
                "GlobalSecondaryIndexUpdates": [
                    {"Update": {"IndexName": "nowhere", "WarmThroughput": {}}}
                ]
            },
            (
                "WarmThroughput must have at least one of ReadUnitsPerSecond or WriteUnitsPerSecond"
                " specified for index: nowhere"
            ),
        ),
        (
            {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by_l"}}]},
            "Cannot delete an index that is not a GlobalSecondaryIndex: by_l",
        ),
        (
            {"OnDemandThroughput": {"MaxReadRequestUnits": 0}},
            (
                "Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of valid"
                " range"
            ),
        ),
        (
            {"WarmThroughput": {"ReadUnitsPerSecond": 100}},
            (
                "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than current"
                " WarmThroughput, decreasing WarmThroughput is not supported"
            ),
        ),
    ],
)
def test_updates_of_tables_that_are_refused(
    client: Any, arn: str, refused: Refused, request_members: dict[str, Any], says: str
) -> None:
    before = client.describe_table(TableName=NAME)["Table"]
    expected = f"{says} {ALONE}" if " " not in says or says.startswith("Server") else says
    found = refused(
        client.update_table,
        TableName=NAME,
        AttributeDefinitions=definitions(c="S"),
        **request_members,
    )
    assert found == ("ValidationException", f"{INVALID}{expected}")
    assert client.describe_table(TableName=NAME)["Table"] == before


@pytest.mark.parametrize(
    "request_members",
    [
        {"BillingMode": "PAY_PER_REQUEST", "StreamSpecification": STREAM},
        {"BillingMode": "PAY_PER_REQUEST", "OnDemandThroughput": LIMITS},
        {"BillingMode": "PAY_PER_REQUEST", "GlobalSecondaryIndexUpdates": [CREATE]},
        {"WarmThroughput": {}, "TableClass": "STANDARD"},
    ],
)
def test_updates_of_tables_that_go_together(
    client: Any, arn: str, request_members: dict[str, Any]
) -> None:
    client.update_table(TableName=NAME, AttributeDefinitions=definitions(c="S"), **request_members)


def test_an_index_that_is_not_there(client: Any, arn: str, refused: Refused) -> None:
    for update in (
        {"Delete": {"IndexName": "ghost"}},
        {"Update": {"IndexName": "ghost", "OnDemandThroughput": LIMITS}},
    ):
        updates = [update]
        found = refused(client.update_table, TableName=NAME, GlobalSecondaryIndexUpdates=updates)
        assert found == (
            "ResourceNotFoundException",
            f"Requested resource not found: Index ghost for table {NAME}",
        )
    assert refused(client.describe_contributor_insights, TableName=NAME, IndexName="by_l") == (
        "ResourceNotFoundException",
        f"Requested resource not found: Index: by_l not found for table: {NAME}",
    )


def test_policies_that_are_refused(client: Any, arn: str, refused: Refused) -> None:
    for policy, says in (
        ("{}", "Syntax error at position (1,3)"),
        ("[]", "This policy contains invalid Json"),
        ("", "This policy contains invalid Json"),
        ("null", "This text appears not to be a policy"),
        ('{"Version":"2012-10-17","Statement":[]}', "Could not parse the policy: Statement is emp"),
        ('{"Version":"2012-10-17","Statement":[{}]}', "Missing required field Effect"),
    ):
        code, message = refused(client.put_resource_policy, ResourceArn=arn, Policy=policy)
        assert code == "ValidationException"
        assert message.startswith(f"{INVALID}Invalid policy document: {says}")
    statement = {"Sid": "a", "Effect": "Allow", "Principal": "*", "Action": "dynamodb:GetItem"}
    document = {"Version": "2012-10-17", "Statement": [{**statement, "Resource": "*"}] * 2}
    _, message = refused(client.put_resource_policy, ResourceArn=arn, Policy=json.dumps(document))
    assert message.endswith("The Statement Ids in the policy are not unique")


def test_revisions_of_policies(client: Any, arn: str, refused: Refused) -> None:
    assert "RevisionId" not in client.delete_resource_policy(ResourceArn=arn)
    code, message = refused(client.delete_resource_policy, ResourceArn=arn, ExpectedRevisionId="1")
    assert code == "PolicyNotFoundException"
    assert message == (
        "Resource-based policy not found for the provided ResourceArn: Requested update for policy"
        f" with revision id 1, but table {NAME} has no associated policy."
    )


def test_backups_by_their_arns(client: Any, arn: str, refused: Refused) -> None:
    made = client.create_backup(TableName=NAME, BackupName="one")["BackupDetails"]["BackupArn"]
    for wrong, code, says in (
        (arn, "ValidationException", "Invalid Backup ARN"),
        ("x" * 40, "ValidationException", "Invalid Backup ARN"),
        (made.replace(":dynamodb:", ":s3:"), "ValidationException", "BackupArn is not valid"),
        (made.replace("000000000000", "111111111111"), "AccessDeniedException", "Access is denied"),
        (f"{made[:-8]}00000000", "BackupNotFoundException", "Backup not found: "),
    ):
        for run in (client.describe_backup, client.delete_backup):
            found = refused(run, BackupArn=wrong)
            assert (found[0], found[1].startswith(says)) == (code, True), wrong
    client.delete_backup(BackupArn=made)


def test_lists_of_backups(client: Any, arn: str, runtime: Groundstate, refused: Refused) -> None:
    made = []
    for _ in range(4):
        backup = client.create_backup(TableName=NAME, BackupName="same")["BackupDetails"]
        made.append(backup)
        runtime.advance(seconds=1)
    arns = [backup["BackupArn"] for backup in made]

    def listed(**members: Any) -> list[str]:
        found = client.list_backups(TableName=NAME, **members)["BackupSummaries"]
        return [one["BackupArn"] for one in found]

    middle = made[2]["BackupCreationDateTime"]
    assert listed(TimeRangeLowerBound=middle) == arns[2:]
    assert listed(TimeRangeUpperBound=middle) == arns[:2]
    page = client.list_backups(TableName=NAME, Limit=2, TimeRangeLowerBound=middle)
    assert "LastEvaluatedBackupArn" not in page
    page = client.list_backups(TableName=NAME, Limit=3)
    assert page["LastEvaluatedBackupArn"] == arns[2]
    client.delete_backup(BackupArn=arns[1])
    assert listed(ExclusiveStartBackupArn=arns[1]) == arns[2:]
    assert refused(client.list_backups, TimeRangeLowerBound=5, TimeRangeUpperBound=1) == (
        "ValidationException",
        "Time range lower bound must be less than or equal to upper bound",
    )
    for one in (arns[0], *arns[2:]):
        client.delete_backup(BackupArn=one)


def test_a_deleted_table_can_be_restored(
    client: Any, runtime: Groundstate, refused: Refused
) -> None:
    client.create_table(
        TableName="Lost",
        AttributeDefinitions=definitions(p="S", g="S"),
        KeySchema=key_schema("p"),
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=[index("by_g", "g")],
    )
    client.update_continuous_backups(
        TableName="Lost", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    client.update_time_to_live(
        TableName="Lost", TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"}
    )
    client.put_item(TableName="Lost", Item={"p": {"S": "a"}, "g": {"S": "x"}})
    client.delete_table(TableName="Lost")
    assert client.list_backups(TableName="Lost")["BackupSummaries"] == []
    found = client.list_backups(TableName="Lost", BackupType="SYSTEM")["BackupSummaries"]
    assert [one["BackupName"] for one in found] == ["Lost$DeletedTableBackup"]
    backup = found[0]["BackupArn"]
    kept_s = (found[0]["BackupExpiryDateTime"] - found[0]["BackupCreationDateTime"]).total_seconds()
    assert kept_s == pytest.approx(35 * 24 * 3600, abs=1)
    code, message = refused(client.delete_backup, BackupArn=backup)
    assert code == "ValidationException"
    assert message.startswith("User is not allowed to delete the system backup with arn ")
    client.restore_table_from_backup(BackupArn=backup, TargetTableName="Found")
    assert client.scan(TableName="Found", IndexName="by_g")["Items"][0]["p"] == {"S": "a"}
    client.delete_table(TableName="Found")
    runtime.advance(seconds=36 * 24 * 3600)
    assert client.list_backups(BackupType="ALL")["BackupSummaries"] == []


@pytest.mark.parametrize(
    ("members", "code", "says"),
    [
        (
            {"SourceTableName": NAME, "SourceTableArn": "x", "UseLatestRestorableTime": True},
            "ValidationException",
            "Must provide exactly one of: sourceTableArn, sourceTableName",
        ),
        (
            {"UseLatestRestorableTime": True},
            "ValidationException",
            "The parameter 'TableName' is required",
        ),
        (
            {"SourceTableName": NAME, "UseLatestRestorableTime": True, "RestoreDateTime": 5},
            "ValidationException",
            "Invalid Request: Both RestoreDateTime and UseLatestRestorableTime cannot be set",
        ),
        (
            {"SourceTableName": NAME},
            "ValidationException",
            "Invalid Request: Either one of RestoreDateTime or UseLatestRestorableTime must be",
        ),
        (
            {"SourceTableName": NAME, "UseLatestRestorableTime": True},
            "PointInTimeRecoveryUnavailableException",
            f"Point in time recovery is not enabled for table '{NAME}'",
        ),
        (
            {"SourceTableArn": "x", "UseLatestRestorableTime": True},
            "ValidationException",
            f"{INVALID}sourceTableArn is not a valid ARN",
        ),
        (
            {"SourceTableName": "Missing", "UseLatestRestorableTime": True},
            "TableNotFoundException",
            "Table not found: Missing",
        ),
    ],
)
def test_times_that_cannot_be_gone_back_to(
    client: Any, arn: str, refused: Refused, members: dict[str, Any], code: str, says: str
) -> None:
    found = refused(client.restore_table_to_point_in_time, TargetTableName="Target", **members)
    assert (found[0], found[1].startswith(says)) == (code, True), found


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        (
            {"ProvisionedThroughputOverride": UNITS},
            "Cannot override ProvisionedThroughput unless BillingMode is PROVISIONED",
        ),
        (
            {"BillingModeOverride": "PROVISIONED"},
            "Must override ProvisionedThroughput if BillingMode is overridden to PROVISIONED",
        ),
        (
            {"OnDemandThroughputOverride": {"MaxReadRequestUnits": 0}},
            "Requested MaxReadRequestUnits for OnDemandThroughput is outside of valid range",
        ),
        (
            {"GlobalSecondaryIndexOverride": [index("other", "g", "l")]},
            (
                "Index other does not match a secondary index that existed in the source table and"
                " cannot be created during the restore operation"
            ),
        ),
        (
            {
                "GlobalSecondaryIndexOverride": [
                    {**index("by_g", "g"), "ProvisionedThroughput": UNITS}
                ]
            },
            (
                "Cannot override ProvisionedThroughput if BillingMode is overridden to"
                " PAY_PER_REQUEST for index by_g"
            ),
        ),
    ],
)
def test_restores_that_are_refused(
    client: Any, arn: str, refused: Refused, overrides: dict[str, Any], says: str
) -> None:
    backup = client.create_backup(TableName=NAME, BackupName="one")["BackupDetails"]["BackupArn"]
    found = refused(
        client.restore_table_from_backup, BackupArn=backup, TargetTableName="Target", **overrides
    )
    assert found == ("ValidationException", f"Invalid Request: {says}")
    assert "Target" not in client.list_tables()["TableNames"]
    client.delete_backup(BackupArn=backup)


def test_what_a_restore_carries_over(client: Any, arn: str) -> None:
    client.put_item(
        TableName=NAME,
        Item={"p": {"S": "a"}, "c": {"S": "1"}, "g": {"S": "x"}, "l": {"S": "y"}},
    )
    for change in (
        {"SSESpecification": ENCRYPTION},
        {"OnDemandThroughput": LIMITS},
        {"StreamSpecification": STREAM},
        {"TableClass": "STANDARD_INFREQUENT_ACCESS"},
    ):
        client.update_table(TableName=NAME, **change)
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "k", "Value": "v"}])
    backup = client.create_backup(TableName=NAME, BackupName="one")["BackupDetails"]["BackupArn"]
    described = client.describe_backup(BackupArn=backup)["BackupDescription"]
    assert described["SourceTableDetails"]["OnDemandThroughput"] == LIMITS
    begun = client.restore_table_from_backup(BackupArn=backup, TargetTableName="Target")
    assert begun["TableDescription"]["RestoreSummary"]["RestoreInProgress"]
    table = client.describe_table(TableName="Target")["Table"]
    assert table["SSEDescription"]["Status"] == "ENABLED"
    assert table["OnDemandThroughput"] == LIMITS
    for dropped in ("StreamSpecification", "TableClassSummary", "RestoreSummary"):
        assert dropped not in table
    tags = client.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"]
    assert tags == []
    client.delete_table(TableName="Target")
    # Indexes can have other names, and be left out.
    client.restore_table_from_backup(
        BackupArn=backup,
        TargetTableName="Target",
        GlobalSecondaryIndexOverride=[index("renamed", "g")],
        LocalSecondaryIndexOverride=[],
        SSESpecificationOverride={"Enabled": False},
    )
    table = client.describe_table(TableName="Target")["Table"]
    assert [one["IndexName"] for one in table["GlobalSecondaryIndexes"]] == ["renamed"]
    assert "LocalSecondaryIndexes" not in table
    assert "SSEDescription" not in table
    assert client.scan(TableName="Target", IndexName="renamed")["Count"] == 1
    client.delete_table(TableName="Target")
    client.delete_backup(BackupArn=backup)


def test_days_of_recovery(client: Any, arn: str, refused: Refused) -> None:
    def recover(**members: Any) -> Any:
        answer = client.update_continuous_backups(
            TableName=NAME, PointInTimeRecoverySpecification=members
        )
        return answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]

    on = {"PointInTimeRecoveryEnabled": True}
    assert recover(**on, RecoveryPeriodInDays=7)["RecoveryPeriodInDays"] == 7
    assert refused(recover, PointInTimeRecoveryEnabled=False, RecoveryPeriodInDays=7) == (
        "ValidationException",
        (
            "Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time"
            " recovery."
        ),
    )
    off = recover(PointInTimeRecoveryEnabled=False)
    assert off == {"PointInTimeRecoveryStatus": "DISABLED"}
    assert recover(**on)["RecoveryPeriodInDays"] == 35
    recover(PointInTimeRecoveryEnabled=False)


def test_insights_that_nobody_enabled(client: Any, arn: str, refused: Refused) -> None:
    action = {"TableName": NAME, "ContributorInsightsAction": "DISABLE"}
    answer = client.update_contributor_insights(**action)
    assert answer["ContributorInsightsStatus"] == "DISABLED"
    _, message = refused(
        client.update_contributor_insights, **{**action, "ContributorInsightsAction": "ENABLE"}
    )
    assert "UpdateContributorInsights is not supported by Groundstate" in message
    assert refused(client.list_contributor_insights, TableName="Missing")[0] == (
        "ResourceNotFoundException"
    )
    assert refused(client.describe_table_replica_auto_scaling, TableName=NAME) == (
        "ResourceNotFoundException",
        f"Global table with name: '{NAME}' does not exist.",
    )
