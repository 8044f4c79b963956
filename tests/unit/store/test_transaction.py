"""What a savepoint takes back, what a commit lets out, and what is on disk after it."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
import tempfile
from pathlib import Path

import pytest

from groundstate.store import Barrier, Store
from groundstate.store.connection import DataDirectoryInUse


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "data" / "groundstate.db")
    yield store
    store.close()


def set_timer(store, subject):
    return store.tx.timers.set(1.0, "service", "kind", subject, region="us-east-1")


def timers_on_disk(store):
    """What is found if the process ends now: committed timers alone."""
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(store.path.parent, Path(folder) / "copy")
        with contextlib.closing(sqlite3.connect(copy / store.path.name)) as other:
            return [row[0] for row in other.execute("SELECT subject FROM timers ORDER BY timer_id")]


def test_failed_operation_takes_back_its_own_writes_alone(store):
    store.tx.enter()
    set_timer(store, "kept")
    store.tx.leave()
    mark = store.tx.enter()
    set_timer(store, "taken back")
    store.tx.undo(mark)
    store.commit()
    assert timers_on_disk(store) == ["kept"]


def test_inner_failure_leaves_the_outer_operation_whole(store):
    store.tx.enter()
    set_timer(store, "outer")
    mark = store.tx.enter()
    set_timer(store, "inner")
    store.tx.undo(mark)
    store.tx.leave()
    store.commit()
    assert timers_on_disk(store) == ["outer"]


def test_late_savepoint_takes_back_what_it_protects(store):
    mark = store.tx.enter_late()
    assert not store.tx.is_open
    store.tx.protect()
    set_timer(store, "taken back")
    store.tx.protect()
    store.tx.undo(mark)
    assert not store.tx.is_in_savepoint
    store.commit()
    assert timers_on_disk(store) == []


def test_late_savepoint_without_writes_opens_nothing(store):
    undone = []
    mark = store.tx.enter_late()
    store.tx.on_undo(lambda: undone.append(1))
    store.tx.undo(mark)
    store.tx.enter_late()
    store.tx.leave()
    assert undone == [1]
    assert (store.tx.is_open, store.tx.is_in_savepoint) == (False, False)


def test_savepoint_inside_of_a_late_one_protects_both(store):
    mark = store.tx.enter_late()
    store.tx.enter()
    set_timer(store, "inner")
    store.tx.leave()
    set_timer(store, "outer")
    store.tx.undo(mark)
    store.tx.enter_late()
    inner = store.tx.enter()
    set_timer(store, "inner")
    store.tx.undo(inner)
    set_timer(store, "outer")
    store.tx.leave()
    store.commit()
    assert timers_on_disk(store) == ["outer"]


def test_nothing_is_on_disk_before_the_commit(store):
    store.tx.enter()
    set_timer(store, "open")
    store.tx.leave()
    assert timers_on_disk(store) == []
    store.commit()
    assert timers_on_disk(store) == ["open"]


def test_effects_wait_for_the_commit_and_fall_with_their_operation(store):
    told = []
    store.tx.enter()
    store.tx.after_commit(lambda: told.append("kept"))
    store.tx.leave()
    mark = store.tx.enter()
    store.tx.after_commit(lambda: told.append("dropped"))
    store.tx.undo(mark)
    assert told == []
    store.commit()
    assert told == ["kept"]
    store.commit()
    assert told == ["kept"]


def test_memory_that_mirrors_tables_is_taken_back_in_reverse_order(store):
    undone = []
    mark = store.tx.enter()
    store.tx.on_undo(lambda: undone.append(1))
    store.tx.on_undo(lambda: undone.append(2))
    store.tx.undo(mark)
    assert undone == [2, 1]


def test_effect_that_fails_does_not_keep_others_from_being_told(store):
    told = []
    store.tx.enter()
    store.tx.after_commit(lambda: 1 / 0)
    store.tx.after_commit(lambda: told.append("told"))
    store.tx.leave()
    store.commit()
    assert told == ["told"]


def test_second_process_cannot_open_the_same_data(store):
    with pytest.raises(DataDirectoryInUse):
        Store(store.path)


def test_closed_store_opens_again_with_what_was_committed(tmp_path):
    path = tmp_path / "groundstate.db"
    store = Store(path)
    store.tx.enter()
    set_timer(store, "kept")
    store.tx.leave()
    store.close()
    store = Store(path)
    assert [timer.subject for timer in store.tx.timers.find_due(2.0, 10)] == ["kept"]
    store.close()


def test_due_timers_come_in_their_order_a_page_at_a_time(store):
    timers = store.tx.timers
    store.tx.enter()
    for due_at, subject in ((3.0, "c"), (1.0, "a"), (2.0, "b"), (9.0, "later")):
        timers.set(due_at, "service", "kind", subject, region="us-east-1")
    store.tx.leave()
    assert [timer.subject for timer in timers.find_due(3.0, 2)] == ["a", "b"]
    assert [timer.subject for timer in timers.find_due(3.0, 9)] == ["a", "b", "c"]
    assert timers.find_earliest() == 1.0


def test_timer_is_taken_once(store):
    store.tx.enter()
    timer_id = set_timer(store, "once")
    store.tx.leave()
    assert store.tx.timers.take(timer_id)
    assert not store.tx.timers.take(timer_id)


def test_operations_of_one_tick_share_a_commit(store):
    async def main():
        barrier = Barrier(store, lambda *_: None)
        durable = []
        for number in range(10):
            store.tx.enter()
            set_timer(store, str(number))
            store.tx.leave()
            barrier.touch()
            barrier.when_durable(lambda number=number: durable.append(number))
        assert durable == []
        for _ in range(100):
            await asyncio.sleep(0)
        assert sorted(durable) == list(range(10))
        return store.tx.commits

    assert asyncio.run(main()) == 1


def test_commit_that_fails_lets_nothing_out(store):
    async def main():
        failures, told = [], []
        barrier = Barrier(store, failures.append)
        store.tx.enter()
        set_timer(store, "lost")
        store.tx.leave()
        store.tx.before_commit(lambda: 1 / 0)
        barrier.when_durable(lambda: told.append("told"))
        barrier.commit()
        barrier.when_durable(lambda: told.append("told later"))
        return [type(failure) for failure in failures], told

    assert asyncio.run(main()) == ([ZeroDivisionError], [])
    store.connection.rollback()
    store.tx.is_open = False
