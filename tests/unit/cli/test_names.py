"""Parts of names."""

import pytest

from groundstate.cli.errors import CommandError
from groundstate.cli.names import find_meant

API = "Orders-ApiF70053CD-0JVGYoJkfWs1"
HANDLER = "Orders-ApiHandler8D3C21AA-Pq3ZyoXc41aB"
TABLE = "Orders-Table-12AB3CD"
PLAIN = "InvokeTaskStepFunction"


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("Api", API),
        ("api", API),
        ("ApiF70053CD", API),
        ("ApiH", HANDLER),
        ("Orders-ApiF", API),
        ("Table", TABLE),
        ("Invoke", PLAIN),
        (API, API),
        ("F70053CD", None),
        ("Elsewhere", None),
        ("pi", None),
    ],
)
def test_part_of_a_name_means_the_only_one_like_it(given, meant):
    assert find_meant(given, [HANDLER, API, TABLE, PLAIN]) == meant


@pytest.mark.parametrize("given", ["Orders", "A", "Orders-Api"])
def test_part_of_several_names_is_refused(given):
    with pytest.raises(CommandError) as refused:
        find_meant(given, [HANDLER, API])
    assert API in refused.value.hint
    assert HANDLER in refused.value.hint
