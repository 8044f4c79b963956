"""A disk that answers slowly is left to a thread: nothing is let out before it has answered."""

from __future__ import annotations

import asyncio
import threading

import pytest

from groundstate.store import Barrier, Store
from groundstate.store.sync import LogSync


class SlowDisk:
    """Holds each sync of the log until it is told to end it."""

    def __init__(self, monkeypatch):
        self.begun = threading.Semaphore(0)
        self.count = 0
        self.error = None
        self._ends = threading.Semaphore(0)
        monkeypatch.setattr(LogSync, "is_slow", True)
        monkeypatch.setattr(LogSync, "_sync", lambda _: self._sync())

    def end_one(self):
        self._ends.release()

    def _sync(self):
        self.count += 1
        self.begun.release()
        assert self._ends.acquire(timeout=10)
        if self.error is not None:
            raise self.error


@pytest.fixture
def disk(monkeypatch):
    return SlowDisk(monkeypatch)


@pytest.fixture
def store(tmp_path, disk):
    store = Store(tmp_path / "groundstate.db")
    yield store
    disk.end_one()
    if not store.tx.is_open:
        store.close()


def write(store, barrier, told, name):
    store.tx.enter()
    store.tx.timers.set(1.0, "service", "kind", name, region="us-east-1")
    store.tx.leave()
    barrier.touch()
    barrier.when_durable(lambda: told.append(name))


async def begun(disk):
    await asyncio.to_thread(disk.begun.acquire, timeout=10)
    await asyncio.sleep(0)


async def until(condition):
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - it is another thread that ends this
            await asyncio.sleep(0.001)


def test_nothing_is_let_out_before_the_disk_has_answered(store, disk):
    async def main():
        barrier, told = Barrier(store, lambda *_: None), []
        write(store, barrier, told, "written")
        await begun(disk)
        barrier.when_durable(lambda: told.append("read"))
        assert told == []
        assert barrier.is_busy
        disk.end_one()
        await until(lambda: not barrier.is_busy)
        return told

    assert asyncio.run(main()) == ["written", "read"]


def test_ticks_that_come_meanwhile_share_the_next_sync(store, disk):
    async def main():
        barrier, told = Barrier(store, lambda *_: None), []
        write(store, barrier, told, "first")
        await begun(disk)
        for name in ("second", "third"):
            write(store, barrier, told, name)
            await asyncio.sleep(0.01)
        disk.end_one()
        await begun(disk)
        assert told == ["first"]
        disk.end_one()
        await until(lambda: not barrier.is_busy)
        return told

    assert asyncio.run(main()) == ["first", "second", "third"]
    assert disk.count == 2
    assert store.tx.commits == 2


def test_disk_that_refuses_lets_nothing_out(store, disk):
    async def main():
        failures, told = [], []
        barrier = Barrier(store, failures.append)
        write(store, barrier, told, "written")
        await begun(disk)
        write(store, barrier, told, "written meanwhile")
        disk.error = OSError("the disk is gone")
        disk.end_one()
        await until(lambda: failures)
        barrier.when_durable(lambda: told.append("told later"))
        await asyncio.sleep(0.01)
        return failures, told

    failures, told = asyncio.run(main())
    assert failures == [disk.error]
    assert told == []


def test_end_of_the_runtime_waits_for_everything(store, disk):
    async def main():
        barrier, told = Barrier(store, lambda *_: None), []
        write(store, barrier, told, "under way")
        await begun(disk)
        write(store, barrier, told, "open")
        for _ in range(2):
            disk.end_one()
        barrier.commit()
        return told

    assert asyncio.run(main()) == ["under way", "open"]
