"""The counts of `make conformance` do not fall."""

import pytest

from tests.conformance import asl_cases
from tests.conformance.counts import found_less, read_counts
from tests.conformance.data import VARIABLE, find_data

DATA = find_data()


@pytest.mark.slow
@pytest.mark.process
@pytest.mark.skipif(DATA is None, reason=f"no recorded answers of AWS: {VARIABLE} is not set")
def test_as_many_cases_as_before_come_out_as_on_aws():
    assert found_less(asl_cases.count(DATA / "asl", []), read_counts()) == {}
