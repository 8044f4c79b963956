"""The log of what identities asked for."""

from __future__ import annotations

import pytest

from groundstate.services.iam.usage import UsageLog, collective
from groundstate.store import Store


@pytest.fixture
def store():
    store = Store(None)
    yield store
    store.close()


def rows(store):
    return [(row.action, row.allowed, row.calls) for row in store.tx.iam.list_usage()]


def test_new_entry_is_written_with_the_next_commit(store):
    log = UsageLog()
    log.record(store.tx, 1.0, "arn:role", "a:B", "*", allowed=True)
    assert rows(store) == []
    store.commit()
    assert rows(store) == [("a:B", True, 1)]


def test_known_entry_is_written_after_a_minute(store):
    log = UsageLog()
    for now in (1.0, 2.0, 3.0):
        log.record(store.tx, now, "arn:role", "a:B", "*", allowed=True)
        store.commit()
    written = rows(store)[0][2]
    assert written < 3
    log.record(store.tx, 100.0, "arn:role", "a:B", "*", allowed=True)
    store.commit()
    assert rows(store) == [("a:B", True, 4)]


def test_refusal_is_told_from_a_grant(store):
    log = UsageLog()
    log.record(store.tx, 1.0, "arn:role", "a:B", "*", allowed=True)
    log.record(store.tx, 1.0, "arn:role", "a:B", "*", allowed=False)
    store.commit()
    assert sorted(rows(store)) == [("a:B", False, 1), ("a:B", True, 1)]


def test_entry_outlives_the_undo_of_what_was_asked_for(store):
    log = UsageLog()
    tx = store.tx
    outer = tx.enter()
    inner = tx.enter()
    log.record(tx, 1.0, "arn:role", "a:B", "*", allowed=False)
    tx.undo(inner)
    tx.undo(outer)
    store.commit()
    assert rows(store) == [("a:B", False, 1)]


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("arn:aws:s3:::bucket/a/b", "arn:aws:s3:::bucket/*"),
        ("arn:aws:s3:::bucket", "arn:aws:s3:::bucket"),
        (
            "arn:aws:logs:us-east-1:1:log-group:/aws/lambda/f:log-stream:2026/x",
            "arn:aws:logs:us-east-1:1:log-group:/aws/lambda/f:log-stream:*",
        ),
        (
            "arn:aws:states:us-east-1:1:execution:Machine:run-1",
            "arn:aws:states:us-east-1:1:execution:Machine:*",
        ),
        ("arn:aws:dynamodb:us-east-1:1:table/T", "arn:aws:dynamodb:us-east-1:1:table/T"),
        ("*", "*"),
    ],
)
def test_resources_that_come_and_go_are_counted_as_one(store, resource, expected):
    assert collective(resource) == expected
    log = UsageLog()
    for end in ("", "1", "2"):
        log.record(store.tx, 1.0, "arn:role", "a:B", resource + end, allowed=True)
    store.commit()
    assert len(rows(store)) == (1 if expected != resource else 3)
