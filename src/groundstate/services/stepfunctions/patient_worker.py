"""The process that takes the steps which are too long for the loop (see `patient_steps`).

It reads requests from its standard input and writes answers to its standard output, each a pickle
behind its length, until the input ends. It does nothing but step.
"""

from __future__ import annotations

import os
import pickle
import resource
import struct
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from groundstate.asl import Execution, Machine, step
from groundstate.asl.api import compile_stored
from groundstate.asl.effort import Effort
from groundstate.asl.interface import ExecutionInfo, MachineType

LENGTH = struct.Struct(">I")

MEMORY_BYTES_MAX = 1 << 30
"""What an evaluation may take beyond what the process has at its start."""

_NICENESS = 5


def main() -> None:
    """Serve until the input ends."""
    _limit_memory()
    os.nice(_NICENESS)
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while (request := read(requests)) is not None:
        write(answers, _take(request))


def read(stream: BinaryIO) -> Any:
    """The next message, or None at the end."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    return unpack(head + stream.read(LENGTH.unpack(head)[0]))


def write(stream: BinaryIO, message: Any) -> None:
    """Send a message."""
    stream.write(pack(message))
    stream.flush()


def pack(message: Any) -> bytes:
    """A message as bytes."""
    data = pickle.dumps(message)
    return LENGTH.pack(len(data)) + data


def unpack(data: bytes) -> Any:
    """A message from its bytes."""
    # Both ends are of one program, and nobody else has the pipe.
    return pickle.loads(data[LENGTH.size :])  # noqa: S301


def _take(request: dict[str, Any]) -> Any:
    machine = _machine(request["definition"], request["type"], request["processors"])
    info = ExecutionInfo(**request["info"])
    # One transition at a time: each may take as long as a whole step.
    stretch, effort = 1.0, Effort()
    while True:
        execution = Execution.load(machine, info, request["state"])
        outcome = step(machine, execution, request["event"], effort=effort, budget=1)
        # Nothing fails because the machine has other work: once more, with the time that it takes.
        if stretch == 1:
            stretch = effort.stretch_for
            if stretch > 1:
                effort = Effort(stretch=stretch)
                continue
        return outcome, execution.dump(), effort.spent_s


@lru_cache(maxsize=16)
def _machine(definition: str, type: MachineType, processors: tuple[str, ...]) -> Machine:
    machine = compile_stored(definition, type=type)
    for name in processors:
        machine = machine.processor(name)
    return machine


def _limit_memory() -> None:
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + MEMORY_BYTES_MAX
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


if __name__ == "__main__":
    main()
