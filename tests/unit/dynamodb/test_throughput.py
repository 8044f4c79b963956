"""Billing modes, units and their limits, through a client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from groundstate.testing import Groundstate
from tests.unit.dynamodb.shapes import UNITS, definitions, index, key_schema

Refused = Callable[..., tuple[str, str]]


def units(reads: int, writes: int) -> dict[str, int]:
    return {"ReadCapacityUnits": reads, "WriteCapacityUnits": writes}


@pytest.fixture
def provisioned(client: Any) -> Iterator[str]:
    """A provisioned table with a provisioned global index."""
    client.create_table(
        TableName="Provisioned",
        AttributeDefinitions=definitions(p="S", g="S"),
        KeySchema=key_schema("p"),
        ProvisionedThroughput=units(20, 20),
        GlobalSecondaryIndexes=[{**index("by_g", "g"), "ProvisionedThroughput": UNITS}],
    )
    yield "Provisioned"
    client.delete_table(TableName="Provisioned")


def described(client: Any, table: str) -> Any:
    return client.describe_table(TableName=table)["Table"]


def test_units_of_an_index_that_do_not_change_are_refused(
    client: Any, provisioned: str, refused: Refused
) -> None:
    update = {"Update": {"IndexName": "by_g", "ProvisionedThroughput": UNITS}}
    code, message = refused(
        client.update_table, TableName=provisioned, GlobalSecondaryIndexUpdates=[update]
    )
    assert code == "ValidationException"
    assert message.startswith(
        "The provisioned throughput for the index by_g will not change. The requested value equals"
        " the current value. Current ReadCapacityUnits provisioned for the index: "
    )


def test_units_are_decreased_four_times_a_day_and_then_once_an_hour(
    client: Any, runtime: Groundstate, provisioned: str, refused: Refused
) -> None:
    def decrease(reads: int) -> None:
        client.update_table(TableName=provisioned, ProvisionedThroughput=units(reads, 20))

    for reads in (19, 18, 17, 16):
        decrease(reads)
    code, message = refused(
        client.update_table, TableName=provisioned, ProvisionedThroughput=units(15, 20)
    )
    assert code == "LimitExceededException"
    assert "Number of decreases today: 4. Last decrease at " in message
    assert message.endswith(" UTC")
    # An increase is not limited.
    client.update_table(TableName=provisioned, ProvisionedThroughput=units(16, 21))
    client.update_table(
        TableName=provisioned,
        GlobalSecondaryIndexUpdates=[
            {"Update": {"IndexName": "by_g", "ProvisionedThroughput": units(1, 1)}}
        ],
    )
    runtime.advance(seconds=3601)
    decrease(14)
    runtime.advance(seconds=24 * 3600)
    throughput = described(client, provisioned)["ProvisionedThroughput"]
    assert throughput["NumberOfDecreasesToday"] == 0
    decrease(13)
    throughput = described(client, provisioned)["ProvisionedThroughput"]
    assert throughput["NumberOfDecreasesToday"] == 1


def test_a_table_goes_on_demand_and_back(client: Any, provisioned: str, refused: Refused) -> None:
    changed = client.update_table(TableName=provisioned, BillingMode="PAY_PER_REQUEST")
    changing = changed["TableDescription"]
    assert changing["BillingModeSummary"] == {"BillingMode": "PAY_PER_REQUEST"}
    found = described(client, provisioned)
    assert "LastUpdateToPayPerRequestDateTime" in found["BillingModeSummary"]
    zeros = {"NumberOfDecreasesToday": 0, **units(0, 0)}
    assert found["ProvisionedThroughput"] == zeros
    assert found["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"] == zeros
    code, message = refused(client.update_table, TableName=provisioned, BillingMode="PROVISIONED")
    assert code == "ValidationException"
    assert message.endswith(
        "ProvisionedThroughput must be specified when BillingMode is PROVISIONED"
    )
    back = {
        "TableName": provisioned,
        "BillingMode": "PROVISIONED",
        "ProvisionedThroughput": units(3, 4),
    }
    _, message = refused(client.update_table, **back)
    assert message.endswith("ProvisionedThroughput must be specified for index: by_g")
    update = {"Update": {"IndexName": "by_g", "ProvisionedThroughput": units(1, 2)}}
    client.update_table(**back, GlobalSecondaryIndexUpdates=[update])
    found = described(client, provisioned)
    assert found["BillingModeSummary"]["BillingMode"] == "PROVISIONED"
    assert found["ProvisionedThroughput"]["WriteCapacityUnits"] == 4
    assert found["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["WriteCapacityUnits"] == 2


def test_on_demand_limits_are_for_tables_on_demand(
    client: Any, provisioned: str, refused: Refused
) -> None:
    limits = {"MaxReadRequestUnits": 5}
    code, message = refused(client.update_table, TableName=provisioned, OnDemandThroughput=limits)
    assert code == "ValidationException"
    assert message == (
        "One or more parameter values were invalid: MaxReadRequestUnits for OnDemandThroughput"
        " cannot be specified when the table BillingMode is PROVISIONED"
    )
    client.update_table(TableName=provisioned, BillingMode="PAY_PER_REQUEST")
    client.update_table(TableName=provisioned, OnDemandThroughput=limits)
    client.update_table(TableName=provisioned, OnDemandThroughput={"MaxWriteRequestUnits": 7})
    found = described(client, provisioned)
    assert found["OnDemandThroughput"] == {"MaxReadRequestUnits": 5, "MaxWriteRequestUnits": 7}
    none = {"MaxReadRequestUnits": 5, "MaxWriteRequestUnits": -1}
    answer = client.update_table(TableName=provisioned, OnDemandThroughput=none)
    assert answer["TableDescription"]["OnDemandThroughput"] == none
    assert described(client, provisioned)["OnDemandThroughput"] == limits
    code, _ = refused(
        client.update_table, TableName=provisioned, OnDemandThroughput={"MaxReadRequestUnits": 0}
    )
    assert code == "ValidationException"


def test_on_demand_limits_end_with_the_mode(client: Any, provisioned: str) -> None:
    client.update_table(TableName=provisioned, BillingMode="PAY_PER_REQUEST")
    limits = {"MaxReadRequestUnits": 5}
    client.update_table(TableName=provisioned, OnDemandThroughput=limits)
    update = {"Update": {"IndexName": "by_g", "ProvisionedThroughput": units(1, 2)}}
    client.update_table(
        TableName=provisioned,
        BillingMode="PROVISIONED",
        ProvisionedThroughput=units(3, 4),
        GlobalSecondaryIndexUpdates=[update],
    )
    assert "OnDemandThroughput" not in described(client, provisioned)


def test_warm_throughput_only_rises(client: Any, provisioned: str, refused: Refused) -> None:
    client.update_table(TableName=provisioned, BillingMode="PAY_PER_REQUEST")
    client.update_table(TableName=provisioned, WarmThroughput={"ReadUnitsPerSecond": 15000})
    warm = described(client, provisioned)["WarmThroughput"]
    assert (warm["ReadUnitsPerSecond"], warm["WriteUnitsPerSecond"]) == (15000, 4000)
    for lower in ({"ReadUnitsPerSecond": 14000}, {"WriteUnitsPerSecond": 3999}):
        code, message = refused(client.update_table, TableName=provisioned, WarmThroughput=lower)
        assert code == "ValidationException"
        assert "lower than current WarmThroughput" in message


def test_insights_of_an_index_that_is_not_there(
    client: Any, provisioned: str, refused: Refused
) -> None:
    found = client.describe_contributor_insights(TableName=provisioned, IndexName="by_g")
    assert found["ContributorInsightsStatus"] == "DISABLED"
    code, _ = refused(client.describe_contributor_insights, TableName=provisioned, IndexName="no_x")
    assert code == "ResourceNotFoundException"


def test_a_table_stays_ready_for_what_it_had(client: Any, provisioned: str) -> None:
    before = described(client, provisioned)
    had = before["ProvisionedThroughput"]["ReadCapacityUnits"]
    assert before["WarmThroughput"]["ReadUnitsPerSecond"] == had
    assert before["WarmThroughput"]["Status"] == "ACTIVE"
    client.update_table(TableName=provisioned, ProvisionedThroughput=units(had + 50, 20))
    client.update_table(TableName=provisioned, ProvisionedThroughput=units(1, 20))
    assert described(client, provisioned)["WarmThroughput"]["ReadUnitsPerSecond"] == had + 50
    client.update_table(TableName=provisioned, BillingMode="PAY_PER_REQUEST")
    assert described(client, provisioned)["WarmThroughput"]["ReadUnitsPerSecond"] == 12_000


def test_limits_and_warming_leave_a_table_active(client: Any, provisioned: str) -> None:
    def update(**change: Any) -> dict[str, Any]:
        answer = client.update_table(TableName=provisioned, **change)
        return dict(answer["TableDescription"])

    assert update(BillingMode="PAY_PER_REQUEST")["TableStatus"] == "UPDATING"

    limited = update(OnDemandThroughput={"MaxReadRequestUnits": 10})
    assert (limited["TableStatus"], limited["OnDemandThroughput"]) == (
        "ACTIVE",
        {"MaxReadRequestUnits": 10},
    )
    had = described(client, provisioned)["WarmThroughput"]
    more = {"ReadUnitsPerSecond": had["ReadUnitsPerSecond"] + 1}
    warming = update(WarmThroughput=more)
    assert (warming["TableStatus"], warming["WarmThroughput"]) == (
        "ACTIVE",
        {**had, "Status": "UPDATING"},
    )
    assert described(client, provisioned)["WarmThroughput"] == {**had, **more}
    again = update(WarmThroughput=more)
    assert again["WarmThroughput"] == {**had, **more}
