"""Whatever a template or a definition says, nothing of the runtime's own breaks over it."""

from __future__ import annotations

import random

import pytest

from groundstate.testing import Groundstate
from tests.fuzz.documents import deploy, execute


# Each run does the same; `python -m tests.fuzz.documents` goes further.
@pytest.mark.slow
@pytest.mark.parametrize(("work", "count"), [(deploy, 60), (execute, 400)])
def test_no_document_finds_a_fault(work, count):
    with Groundstate(iam="off") as runtime:
        assert list(work(runtime, random.Random(7), count)) == []
