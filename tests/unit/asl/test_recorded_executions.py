"""The pure core against recorded executions of AWS: every event, in order, with its details."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


def _load_harness() -> ModuleType:
    file = Path(__file__).with_name("recorded.py")
    spec = importlib.util.spec_from_file_location("asl_recorded", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["asl_recorded"] = module
    spec.loader.exec_module(module)
    return module


harness = _load_harness()
FOLDER = harness.find_data()
CASES = harness.load_cases(FOLDER) if FOLDER is not None else []

DIFFERENT: dict[str, str] = {
    "test_map_state_config_distributed_item_selector_parameters": "MapStateExited follows"
    " MapRunStarted, as recorded since November 2024; most recordings are older",
    "test_map_state_nested_config_distributed_no_max_max_concurrency": "as above",
    "test_map_state_label": "the input's spaces are gone in MapStateEntered; elsewhere they stay",
    "retry_extended_input": "recorded before the context object had Execution.RedriveCount",
}
"""Recordings that contradict more numerous ones, with what they say."""


def _parameters() -> list[Any]:
    if not CASES:
        reason = "the recorded cases are not here; set GROUNDSTATE_CONFORMANCE"
        return [pytest.param(None, marks=pytest.mark.skip(reason=reason), id="absent")]
    parameters = []
    for case in CASES:
        marks = [
            pytest.mark.xfail(strict=True, reason=reason)
            for part, reason in DIFFERENT.items()
            if part in case["id"]
        ]
        parameters.append(pytest.param(case, marks=marks, id=case["id"].split("::")[-1]))
    return parameters


@pytest.fixture(scope="module")
def runner() -> ModuleType:
    module: ModuleType = harness.load_runner(FOLDER)
    return module


@pytest.mark.parametrize("case", _parameters())
def test_history_is_as_recorded(case: dict[str, Any], runner: ModuleType) -> None:
    # Written and read again after each step, so that the dump is tested along the way.
    played = harness.Played(case, reload=True).play()
    level_1, level_2, differences = played.compare(runner)
    assert level_1, differences
    assert level_2, differences
