"""The counts of `make conformance` do not fall."""

import pytest

from tests.conformance import asl_cases
from tests.conformance.counts import found_less, read_counts
from tests.conformance.data import ROOT, VARIABLE, find_data

DATA = find_data()


def test_readme_has_the_counts():
    known = read_counts()
    readme = (ROOT / "README.md").read_text(encoding="utf-8").replace("\n", " ")
    assert f"of {known['cases']} recorded cases of Step Functions {known['L1']} come out" in readme
    assert f"and {known['L2']} with the same history" in readme


@pytest.mark.slow
@pytest.mark.process
@pytest.mark.skipif(DATA is None, reason=f"no recorded answers of AWS: {VARIABLE} is not set")
def test_as_many_cases_as_before_come_out_as_on_aws():
    known = read_counts()
    found = asl_cases.count(DATA / "asl", [])
    if found_less(found, known):
        # On a busy machine a case may run out of its time: with more of it, and the best counts.
        again = asl_cases.count(DATA / "asl", ["--time-scale", "3"])
        found = {name: max(number, again[name]) for name, number in found.items()}
    assert found_less(found, known) == {}
