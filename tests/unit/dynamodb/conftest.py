"""A DynamoDB client over an in-memory runtime, and two tables to work with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from groundstate.testing import Groundstate
from tests.unit.dynamodb.shapes import definitions, index, key_schema


@pytest.fixture(scope="module")
def runtime() -> Iterator[Groundstate]:
    with Groundstate() as found:
        yield found


@pytest.fixture(scope="module")
def client(runtime: Groundstate) -> Any:
    """A client that lets every request through, however wrong."""
    return unchecked(runtime.client("dynamodb"))


def unchecked(client: Any) -> Any:
    """The client without botocore's own validation of parameters."""
    client._serializer = getattr(client._serializer, "_serializer", client._serializer)
    return client


@pytest.fixture
def hash_table(client: Any) -> Iterator[str]:
    """A table with the key `p`, a text."""
    client.create_table(
        TableName="HashTable",
        AttributeDefinitions=definitions(p="S"),
        KeySchema=key_schema("p"),
        BillingMode="PAY_PER_REQUEST",
    )
    yield "HashTable"
    client.delete_table(TableName="HashTable")


@pytest.fixture
def range_table(client: Any) -> Iterator[str]:
    """A table with the key `p`, `c`, a number, two local and two global indexes."""
    client.create_table(
        TableName="RangeTable",
        AttributeDefinitions=definitions(p="S", c="N", l="S", g="S", h="N"),
        KeySchema=key_schema("p", "c"),
        BillingMode="PAY_PER_REQUEST",
        LocalSecondaryIndexes=[
            index("by_l", "p", "l"),
            index("by_l_keys", "p", "l", projection="KEYS_ONLY"),
        ],
        GlobalSecondaryIndexes=[
            index("by_g", "g"),
            index("by_g_h", "g", "h", projection="INCLUDE", included=["x"]),
        ],
    )
    yield "RangeTable"
    client.delete_table(TableName="RangeTable")


@pytest.fixture(scope="module")
def refused() -> Callable[..., tuple[str, str]]:
    """Calls something that must be refused; its code and message."""

    def call(operation: Callable[..., Any], **request: Any) -> tuple[str, str]:
        with pytest.raises(ClientError) as caught:
            operation(**request)
        error = caught.value.response["Error"]
        return error["Code"], error.get("Message", "")

    return call
