"""Freed memory goes back to the system when the process has worked, and only then."""

from __future__ import annotations

import asyncio

import pytest

from groundstate import memory


def trims(monkeypatch: pytest.MonkeyPatch, cpu_s_min: float) -> int:
    """How often the heap is trimmed in some turns."""
    pads: list[int] = []
    monkeypatch.setattr(memory, "TRIM_EVERY_S", 0.001)
    monkeypatch.setattr(memory, "CPU_S_MIN", cpu_s_min)
    monkeypatch.setattr(memory, "_find_trim", lambda: pads.append)

    async def serve() -> None:
        memory.Trimmer().start()
        for _ in range(20):
            await asyncio.sleep(0.001)

    asyncio.run(serve())
    return len(pads)


def test_a_process_that_works_trims_its_heap(monkeypatch: pytest.MonkeyPatch) -> None:
    assert trims(monkeypatch, cpu_s_min=0.0) > 1


def test_an_idle_process_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert trims(monkeypatch, cpu_s_min=1e9) == 0


def test_the_c_library_is_found_or_done_without() -> None:
    assert memory._find_trim()(0) in (0, 1)
