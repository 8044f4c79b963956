"""Tokens that functions and others are given: of checkpoints and of callbacks.

They tell which execution they are of, and are compared with what that one has; their alphabet is
that of AWS's model.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import NamedTuple

from groundstate import ids
from groundstate.services.lambda_.durable.model import Execution


class CallbackName(NamedTuple):
    """What a callback's id stands for."""

    execution_id: int
    operation_id: str


def checkpoint_token(execution: Execution) -> str:
    """The token that the next checkpoint must bring."""
    parts = (execution.execution_id, execution.key, execution.invocation, execution.token)
    return b64encode(":".join(map(str, parts)).encode()).decode()


def make_callback_id(execution: Execution, operation_id: str) -> str:
    """An id for a new callback, which nobody can guess."""
    text = f"{execution.execution_id}:{operation_id}:{ids.make_secret(24)}"
    return b64encode(text.encode()).decode()


def read_callback_id(callback_id: str) -> CallbackName | None:
    """What an id stands for, if it has the form of one; it may be another's all the same."""
    try:
        execution_id, operation_id, _ = b64decode(callback_id, validate=True).decode().split(":")
        return CallbackName(int(execution_id), operation_id)
    except ValueError:
        return None
