"""The runner of JSONata's own suite, on a suite of a few cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conformance import jsonata


def write_suite(folder: Path, **groups: list[dict[str, Any]]) -> Path:
    """A suite as a checkout of JSONata has it; the checkout's folder."""
    suite = folder / "test" / "test-suite"
    (suite / "datasets").mkdir(parents=True)
    (suite / "datasets" / "numbers.json").write_text('{"n": [1, 2, 3]}', encoding="utf-8")
    for name, cases in groups.items():
        group = suite / "groups" / name.replace("_", "-")
        group.mkdir(parents=True)
        for number, case in enumerate(cases):
            (group / f"case{number:03}.json").write_text(json.dumps(case), encoding="utf-8")
    return folder


def test_what_passes_what_fails_and_what_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_suite(
        tmp_path,
        sums=[
            {"expr": "$sum(n)", "dataset": "numbers", "result": 6},
            {"expr": "a + $b", "data": {"a": 1}, "bindings": {"b": 2}, "result": 3},
            {"expr": "nothing", "data": {}, "undefinedResult": True},
            {"expr": "1 + 'a'", "code": "T2002"},
            {"expr": "$sum(n)", "dataset": "numbers", "result": 7},
            {"expr": "1 +", "code": "T2002"},
        ],
        default_operator=[{"expr": "a ?: 1", "data": {}, "result": 1}],
    )
    assert jsonata.main([str(folder), "-v"]) == 0
    printed = capsys.readouterr().out
    assert "sums/case004: '$sum(n)'\n    gave 6, wanted 7" in printed
    assert "sums/case005: '1 +'" in printed
    assert "failed       2 of sums" in printed
    assert "left out     1 of default-operator" in printed
    assert "4 of 6 cases pass: 66.7 %" in printed


def test_a_folder_without_a_suite(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert jsonata.main([str(tmp_path)]) == 2
    assert "There is no suite" in capsys.readouterr().out
