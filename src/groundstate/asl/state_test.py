"""TestState's heart: one state run by itself, with what its stages gave laid open.

    test = StateTest(...)                 # raises StateTestRefused, InvalidDefinition
    task = test.begin(now, entropy)       # a ScheduleTask to perform for real, or None
    test.answer(TaskSucceeded(...))       # only after a task
    test.result()                         # the members of TestState's answer

https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html
"""

from __future__ import annotations

import json
from typing import Any

from groundstate.asl.batches import ItemTooLarge, put_into_batches
from groundstate.asl.commands import ItemBatcher
from groundstate.asl.effort import Effort
from groundstate.asl.errors import (
    DATA_LIMIT_EXCEEDED,
    EXCEED_TOLERATED_FAILURE_THRESHOLD,
    ITEM_READER_FAILED,
    Failed,
    StateError,
)
from groundstate.asl.execution import Execution, Strand
from groundstate.asl.interface import (
    Input,
    ScheduleTask,
    TaskFailed,
    TaskSucceeded,
)
from groundstate.asl.json_text import from_text, to_text
from groundstate.asl.jsonpath_query import JsonPathQuery
from groundstate.asl.machine import Machine
from groundstate.asl.map_items import make_item
from groundstate.asl.reader_items import NotIterable, find_items
from groundstate.asl.state_test_input import (
    StateTestInput,
    check_request,
    find_state,
    make_info,
)
from groundstate.asl.states.map_distributed import DistributedMapState
from groundstate.asl.states.map_inline import InlineMapState
from groundstate.asl.states.parallel import ParallelState
from groundstate.asl.states.pass_ import PassState
from groundstate.asl.states.state import State
from groundstate.asl.states.task import TaskState
from groundstate.asl.turn import Turn

TEST_S_MAX = 0.25
"""Ours: what the evaluations of a tested state may take, while others wait."""


class StateTest:
    """One test of one state.

    Raises:
        InvalidDefinition: the definition is wrong.
        StateTestRefused: what is asked for does not fit together.
    """

    def __init__(self, test: StateTestInput) -> None:
        self.test = test
        self.machine, self.state = find_state(test)
        self._mocked = check_request(test, self.state)
        self.data: dict[str, Any] = {"input": test.input_text}
        self.turn: _Probe

    # --------------------------------------------------------------------------------- running

    def begin(self, now: float, entropy: int) -> ScheduleTask | None:
        """Run the state as far as it goes; returns a task to perform, or None when it is done."""
        test = self.test
        execution = Execution(make_info(test, now))
        strand = Strand(0, -1, 0, self.state, 0)
        strand.set_input_text(test.input_text)
        strand.entered_at = now
        strand.attempt = test.retrier_retry_count
        strand.variables = test.variables
        execution.strands[0] = strand
        self.turn = turn = _Probe(self.machine, execution, now, entropy)
        turn.strand = strand
        self._guarded(self._run, strand)
        if turn.done or not turn.outcome.commands:
            return None
        command = turn.outcome.commands[0]
        assert isinstance(command, ScheduleTask)
        if test.mock is None:
            return command
        self.answer(self._mock_answer(command.task_id, now, entropy))
        return None

    def answer(self, event: Input) -> None:
        """Give the answer of the task that `begin` returned."""
        strand = self.turn.strand
        if isinstance(event, TaskSucceeded):
            self.data["result"] = event.output
        self._guarded(self.state.answered, self.turn, strand, event)

    def _mock_answer(self, task_id: int, now: float, entropy: int) -> Input:
        mock = self.test.mock
        assert mock is not None
        if mock.is_error:
            return TaskFailed(now, entropy, task_id, mock.error, mock.cause)
        return TaskSucceeded(now, entropy, task_id, self._mocked)

    def _guarded(self, work: Any, *arguments: Any) -> None:
        try:
            work(*arguments)
        except StateError as error:
            self.turn.fail(self.turn.strand, Failed(error.error, error.cause, fatal=True))

    def _run(self, strand: Strand) -> None:
        state, turn = self.state, self.turn
        self._lay_open_input(strand)
        if isinstance(state, DistributedMapState | InlineMapState):
            self._run_map(state, strand)
        elif isinstance(state, ParallelState):
            state.query.arguments(turn, strand)
            self._finish_mocked(strand)
        else:
            state.begin(turn, strand)
            if turn.waits and not turn.done:
                state.timer_fired(turn, strand)

    def _finish_mocked(self, strand: Strand) -> None:
        mock = self.test.mock
        assert mock is not None
        if mock.is_error:
            self.turn.fail(strand, Failed(mock.error, mock.cause))
        else:
            self.state.query.leave(self.turn, strand, self._mocked, mock.result, self.state.next)

    def _run_map(self, state: DistributedMapState | InlineMapState, strand: Strand) -> None:
        turn, test, data = self.turn, self.test, self.data
        value = state.query.input(turn, strand)
        if isinstance(state, DistributedMapState) and state.reader is not None:
            config = state.reader.config(value, turn)
            items = _read_items(test.map_item_reader_data, config)
            if "ItemsPointer" in config:
                data["afterItemsPointer"] = items
        else:
            items = state.items.find(value, turn)
            if state.query.language == "JSONPath":
                data["afterItemsPath"] = items
        if state.items.keeps_data and isinstance(items, list):
            data["afterItemSelector"] = [
                state.items.select(turn, strand, value, make_item(index, item))
                for index, item in enumerate(items)
            ]
        batcher = (
            state.item_batcher(value, turn) if isinstance(state, DistributedMapState) else None
        )
        if batcher is not None and isinstance(items, list):
            data["afterItemBatcher"] = _batches(data.get("afterItemSelector", items), batcher)
        data["maxConcurrency"] = state.items.max_concurrency(value, turn)
        count = percentage = None
        if isinstance(state, DistributedMapState):
            count = state.tolerated_count(value, turn)
            percentage = state.tolerated_percentage(value, turn)
        if count is not None:
            data["toleratedFailureCount"] = count
        if percentage is not None:
            data["toleratedFailurePercentage"] = percentage
        failures = test.map_iteration_failure_count or 0
        if self._is_over(failures, count, percentage):
            turn.fail(
                strand,
                Failed(
                    EXCEED_TOLERATED_FAILURE_THRESHOLD,
                    "The specified tolerated failure threshold was exceeded",
                ),
            )
            return
        self._finish_mocked(strand)

    def _is_over(self, failures: int, count: int | None, percentage: float | None) -> bool:
        if not failures or self.test.mock is None or self.test.mock.is_error:
            return False
        if count is not None and failures > count:
            return True
        total = len(self._mocked) if isinstance(self._mocked, list) else 0
        return percentage is not None and total > 0 and failures / total * 100 > percentage

    # ------------------------------------------------------------------------------ inspection

    def _lay_open_input(self, strand: Strand) -> None:
        query, state, turn, data = self.state.query, self.state, self.turn, self.data
        if isinstance(query, JsonPathQuery):
            fixed = isinstance(state, PassState) and state.has_result
            if not fixed and not isinstance(state, ParallelState):
                data["afterInputPath"] = query.input(turn, strand)
            if isinstance(state, TaskState) or (isinstance(state, PassState) and not fixed):
                data["afterParameters"] = query.arguments(turn, strand)
            if fixed:
                assert isinstance(state, PassState)
                data["result"] = state.result
        elif isinstance(state, TaskState):
            data["afterArguments"] = query.arguments(turn, strand)

    def _lay_open_result(self) -> None:
        """The stages after the work; only a JSONPath state that succeeded has them."""
        query, state, turn, data = self.state.query, self.state, self.turn, self.data
        if not isinstance(query, JsonPathQuery) or turn.status != "SUCCEEDED":
            return
        if not isinstance(state, TaskState | PassState | ParallelState) and state.type != "Map":
            return
        result = data.get("result", data.get("afterParameters", self._mocked))
        if isinstance(state, PassState) and not state.has_result:
            data.pop("result", None)
        if query.selector is not None:
            result = query.selector(result, turn)
        data["afterResultSelector"] = result
        data["afterResultPath"] = query.place.put(turn.strand, result)

    def result(self) -> dict[str, Any]:
        """The members of TestState's answer."""
        turn = self.turn
        answer: dict[str, Any] = {"status": turn.status}
        if turn.has_output:
            answer["output"] = _spaced(turn.output)
        if turn.failed is not None:
            if turn.failed.error is not None:
                answer["error"] = turn.failed.error
            if turn.failed.cause is not None:
                answer["cause"] = turn.failed.cause
        if turn.next_name is not None:
            answer["nextState"] = turn.next_name
        if self.test.inspects:
            answer["inspectionData"] = self._inspection_data()
        return answer

    def _inspection_data(self) -> dict[str, Any]:
        self._lay_open_result()
        shown: dict[str, Any] = {}
        for name, value in self.data.items():
            is_plain = name == "input" or name in _NUMBERS
            shown[name] = value if is_plain else _spaced(value)
        variables = {**(self.test.variables or {}), **(self.turn.assigned or {})}
        if variables:
            shown["variables"] = _spaced(variables)
        if self.turn.error_details:
            shown["errorDetails"] = self.turn.error_details
        return shown


_NUMBERS = ("maxConcurrency", "toleratedFailureCount", "toleratedFailurePercentage")


def _spaced(value: Any) -> str:
    """JSON text with a space after each comma and colon, as TestState answers it (observed)."""
    return json.dumps(value, ensure_ascii=False)


def _batches(items: list[Any], batcher: ItemBatcher) -> list[Any]:
    """The inputs that the children of a Map get."""
    own = (batcher.batch_input,) if batcher.has_batch_input else ()
    texts = (to_text(item) for item in items)
    try:
        found = put_into_batches(texts, batcher.max_items, batcher.max_input_bytes, *own)
        return [from_text(batch[0]) for batch in found if batch is not None]
    except ItemTooLarge as error:
        raise StateError(DATA_LIMIT_EXCEEDED, str(error)) from None


def _read_items(text: str | None, config: dict[str, Any]) -> Any:
    """The items in the data of an ItemReader; None where it is no JSON, and is not taken apart."""
    if config.get("InputType", "JSON") != "JSON":
        return None
    try:
        return find_items(from_text(text or "[]"), config.get("ItemsPointer") or "")
    except ValueError:
        raise StateError(
            ITEM_READER_FAILED, "Unable to parse the content of the S3 object as JSON.", bare=True
        ) from None
    except NotIterable as error:
        raise StateError(ITEM_READER_FAILED, str(error), bare=True) from None


class _Probe(Turn):
    """A turn that stops where the state is left or fails, and keeps what it was left with."""

    __slots__ = (
        "assigned",
        "done",
        "error_details",
        "failed",
        "has_output",
        "next_name",
        "output",
        "status",
        "waits",
    )

    def __init__(self, machine: Machine, execution: Execution, now: float, entropy: int) -> None:
        super().__init__(machine, execution, now, entropy, Effort(total_s=TEST_S_MAX))
        self.done = False
        self.waits = False
        self.status = "SUCCEEDED"
        self.output: Any = None
        self.has_output = False
        self.next_name: str | None = None
        self.assigned: dict[str, Any] | None = None
        self.failed: Failed | None = None
        self.error_details: dict[str, Any] = {}

    def record(self, previous: int, type: str, details: dict[str, Any] | None) -> int:
        return 1

    def set_timer(self, strand: Strand, due_at: float) -> None:
        self.waits = True

    def exit(
        self,
        strand: Strand,
        value: Any,
        text: str | None,
        next_state: State | None,
        assigned: dict[str, Any] | None = None,
    ) -> None:
        self.done = self.has_output = True
        strand.set_input(strand.value, None)
        self.output = from_text(text) if text is not None else value
        self.next_name = None if next_state is None else next_state.name
        self.assigned = assigned

    def fail(self, strand: Strand, failed: Failed) -> None:
        self.done, self.failed, self.status = True, failed, "FAILED"
        if failed.fatal:
            return
        state = strand.state
        for index, retrier in enumerate(state.retriers):
            if retrier.matches(failed):
                self.error_details["retryIndex"] = index
                if strand.attempt < retrier.max_attempts:
                    wait_s = retrier.wait_s(strand.attempt)
                    self.error_details["retryBackoffIntervalSeconds"] = int(wait_s)
                    self.status = "RETRIABLE"
                    return
                break
        for index, catcher in enumerate(state.catchers):
            if catcher.matches(failed):
                self.error_details = {"catchIndex": index}
                catcher.leave(self, strand, failed)
                self.status = "CAUGHT_ERROR"
                return
