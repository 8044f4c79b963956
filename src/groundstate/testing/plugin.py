"""The pytest plugin: the fixture `groundstate`, a fresh runtime in memory and virtual time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from groundstate.testing.harness import Groundstate


@pytest.fixture
def groundstate() -> Iterator[Groundstate]:
    """A runtime of this test's own; see `groundstate.testing.Groundstate`."""
    # Imported when the fixture is used: pytest loads plugins in every run, used or not.
    from groundstate.testing.harness import Groundstate

    with Groundstate() as runtime:
        yield runtime
