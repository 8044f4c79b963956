"""The Amazon States Language, pure: compile a definition, then step its executions.

    machine = compile_machine(definition, type="STANDARD")     # raises InvalidDefinition
    diagnostics = validate_definition(definition, type="STANDARD")
    execution, outcome = begin(machine, info, Started(now, entropy))
    outcome = step(machine, execution, TimerFired(now, entropy, timer_id))
    data = execution.dump();  execution = Execution.load(machine, info, data)

`interface.py` has every event and command and the rules for who carries them out.
https://states-language.net/spec.html
"""

from groundstate.asl.api import compile_machine, compile_stored, validate_definition
from groundstate.asl.batches import ItemTooLarge, put_into_batches
from groundstate.asl.errors import Failed
from groundstate.asl.execution import Execution
from groundstate.asl.machine import Machine
from groundstate.asl.map_run import STATE_DATA, select_item
from groundstate.asl.reader_items import NotIterable, find_items
from groundstate.asl.state_test import StateTest
from groundstate.asl.state_test_input import StateMock, StateTestInput, StateTestRefused
from groundstate.asl.step import begin, step

__all__ = [
    "STATE_DATA",
    "Execution",
    "Failed",
    "ItemTooLarge",
    "Machine",
    "NotIterable",
    "StateMock",
    "StateTest",
    "StateTestInput",
    "StateTestRefused",
    "begin",
    "compile_machine",
    "compile_stored",
    "find_items",
    "put_into_batches",
    "select_item",
    "step",
    "validate_definition",
]
