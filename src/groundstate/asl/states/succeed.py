"""Succeed: ends its scope well.

https://docs.aws.amazon.com/step-functions/latest/dg/state-succeed.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundstate.asl.states.state import State

if TYPE_CHECKING:
    from groundstate.asl.execution import Strand
    from groundstate.asl.turn import Turn


class SucceedState(State):
    """A Succeed state."""

    type = "Succeed"

    def begin(self, turn: Turn, strand: Strand) -> None:
        self.query.pass_on(turn, strand, None)
