"""Whatever a request holds, the answer is a success or an error of AWS's, and can be read."""

from __future__ import annotations

import random

import pytest

from groundstate.testing import Groundstate
from tests.fuzz.requests import SERVICES, ask, prepare

COUNT = 300


@pytest.mark.slow
@pytest.mark.parametrize("service", SERVICES)
def test_no_request_finds_a_fault(service):
    # Each run asks the same; `python -m tests.fuzz.requests` goes further.
    chance = random.Random(service)
    with Groundstate(iam="off") as runtime:
        prepare(runtime)
        assert list(ask(runtime, service, chance, COUNT)) == []
