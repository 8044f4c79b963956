"""Items that were written lately are remembered: never what a savepoint took back."""

from __future__ import annotations

import pytest

from groundstate.store import Store
from groundstate.store.dynamodb_items import RecentItems

KEY = b"key"


@pytest.fixture
def store():
    store = Store(None)
    store.tx.begin()
    store.tx.dynamodb.create_items(1)
    yield store
    store.close()


@pytest.fixture
def items(store):
    return store.tx.dynamodb.items(1)


def test_written_item_is_found_as_it_was_written_last(items):
    row_id = items.insert(KEY, b"first", 1, 1, None)
    assert items.find(KEY) == (row_id, b"first", 1)
    items.replace(row_id, KEY, b"second", 2, 2, None)
    assert items.find(KEY) == (row_id, b"second", 2)
    items.delete(row_id, KEY)
    assert items.find(KEY) is None


def test_item_of_a_taken_back_savepoint_is_forgotten(store, items):
    row_id = items.insert(KEY, b"kept", 1, 1, None)
    mark = store.tx.enter()
    items.replace(row_id, KEY, b"taken back", 2, 2, None)
    items.insert(b"other", b"taken back", 2, 2, None)
    store.tx.undo(mark)
    assert items.find(KEY) == (row_id, b"kept", 1)
    assert items.find(b"other") is None


def test_read_item_is_found_as_it_was_read(store, items):
    row_id = items.insert(KEY, b"item", 1, 1, None)
    store.tx.dynamodb.recent.clear()
    assert items.find(KEY) == (row_id, b"item", 1)
    assert store.tx.dynamodb.recent == {(1, KEY): (row_id, b"item", 1)}
    items.delete(row_id, KEY)
    assert items.find(KEY) is None


def test_large_item_takes_the_place_of_a_small_one(items):
    large = b"x" * (RecentItems.ITEM_BYTES_MAX + 1)
    row_id = items.insert(KEY, b"small", 1, 1, None)
    items.replace(row_id, KEY, large, 2, 2, None)
    assert items.find(KEY) == (row_id, large, 2)


def test_few_items_are_remembered(store, items):
    for number in range(RecentItems.COUNT_MAX + 1):
        items.insert(b"%d" % number, b"item", 1, 1, None)
    assert len(store.tx.dynamodb.recent) <= RecentItems.COUNT_MAX
    found = items.find(b"0")
    assert found is not None
    assert found[1:] == (b"item", 1)
