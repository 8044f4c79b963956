"""Test an application against Groundstate, in process, with time that moves when you say so.

with Groundstate() as gs:
    states = gs.client("stepfunctions")
    ...
    gs.advance(days=365)          # every Wait in between ends in its order
"""

from groundstate.testing.harness import DeployError, Groundstate

__all__ = ["DeployError", "Groundstate"]
