"""What commands print."""

import io
import json

import pytest

from groundstate.cli.output import Console
from groundstate.cli.tables import format_item


@pytest.fixture
def out():
    return io.StringIO()


@pytest.fixture
def progress():
    return io.StringIO()


def test_columns_are_as_wide_as_their_widest_value(out):
    Console(out=out).table(["A", "LONG"], [["wide value", 1], ["x", None]])
    assert out.getvalue() == "A           LONG\nwide value  1\nx           None\n"


def test_table_without_rows_is_its_headings(out):
    Console(out=out).table(["A", "B"], [])
    assert out.getvalue() == "A  B\n"


def test_json_is_all_that_a_program_gets(out, progress):
    console = Console(as_json=True, out=out, progress=progress)
    console.say("for people")
    console.note("going on")
    console.table(["A"], [["b"]])
    console.show({"key": [1, b"bytes"]})
    assert json.loads(out.getvalue()) == {"key": [1, "bytes"]}
    assert progress.getvalue() == ""


def test_people_get_no_json(out):
    console = Console(out=out)
    console.show({"key": 1})
    console.say("for people")
    assert out.getvalue() == "for people\n"


def test_progress_stays_out_of_the_result(out, progress):
    with Console(out=out, progress=progress).work("Working"):
        pass
    assert out.getvalue() == ""
    assert progress.getvalue().startswith("Working ...\nWorking: 0.0 s")


def test_item_is_written_without_type_names():
    item = {
        "taskId": {"S": "Breakfast"},
        "timestamp": {"N": "12345678901234567890.5"},
        "tags": {"SS": ["a", "b"]},
        "sizes": {"NS": ["1", "2"]},
        "done": {"BOOL": True},
        "none": {"NULL": True},
        "raw": {"B": "AAE="},
        "more": {"M": {"list": {"L": [{"N": "1"}, {"S": "x"}]}}},
    }
    assert format_item(item) == (
        '{taskId: Breakfast, timestamp: 12345678901234567890.5, tags: {"a", "b"}, '
        'sizes: {1, 2}, done: true, none: null, raw: "AAE=", more: {list: [1, x]}}'
    )
