"""Executions that ended lately are remembered: as they are, and no longer than they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundstate.store import Store
from groundstate.store.executions import ExecutionRow

ENDS = (None, {"id": 1})


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "groundstate.db")
    store.tx.enter()
    yield store
    store.tx.leave()
    store.close()


def ended(store, name="e"):
    executions = store.tx.executions
    row = ExecutionRow(executions.make_id(), 1, name, True, 1, 1, 5.0, 6.0)
    executions.insert(row, b"[]")
    executions.recent.note(row, ENDS)
    return row


def test_what_is_taken_back_is_not_remembered(store):
    mark = store.tx.enter()
    ended(store)
    assert store.tx.executions.find_by_name(1, "e") is not None
    store.tx.undo(mark)
    assert store.tx.executions.find_by_name(1, "e") is None
    assert not store.tx.executions.recent


def test_what_changes_is_read_again(store):
    row = ended(store)
    store.tx.executions.update(replace(row, status=0, stopped_at=None))
    found = store.tx.executions.find_by_name(1, "e")
    assert found is not None
    assert (found.status, found.stopped_at) == (0, None)


def test_what_is_deleted_is_gone(store):
    row = ended(store)
    store.tx.executions.delete(row.execution_id)
    assert store.tx.executions.find_by_name(1, "e") is None
    assert store.tx.executions.find_last_chunk(row.execution_id) is None


def test_few_are_remembered(store):
    limit = store.tx.executions.recent.COUNT_MAX
    for number in range(limit + 1):
        ended(store, f"e{number}")
    assert len(store.tx.executions.recent) <= limit
    assert store.tx.executions.find_by_name(1, "e0") is not None
