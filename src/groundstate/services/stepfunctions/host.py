"""What Step Functions keeps in memory: compiled machines, and callers who wait for an answer.

None of it is needed to go on after a crash.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from groundstate.asl import Machine
from groundstate.asl.interface import InvalidDefinition
from groundstate.config import Config
from groundstate.operation import Call, Deferred, Runner
from groundstate.services.stepfunctions import executor, map_results, map_runs, nested
from groundstate.services.stepfunctions.activity_tasks import Pollers
from groundstate.services.stepfunctions.definitions import MachineCache
from groundstate.services.stepfunctions.outside import Outside
from groundstate.services.stepfunctions.patient_steps import PatientSteps
from groundstate.store.map_runs import MapRunItem

if TYPE_CHECKING:
    from groundstate.services.stepfunctions.run import Run

# Executions whose state stays loaded between two bursts: those that a big Map keeps busy.
WARM_RUNS_MAX = 64


class WarmRuns:
    """Loaded executions that will be stepped again soon, the last used at the end.

    The rows are the truth: whoever changes an execution takes it out, writes, and puts it back.
    """

    def __init__(self) -> None:
        self._runs: OrderedDict[int, Run] = OrderedDict()

    def take(self, execution_id: int) -> Run | None:
        """Take a loaded execution out."""
        return self._runs.pop(execution_id, None)

    def put(self, call: Call, run: Run) -> None:
        """Keep an execution whose rows have just been written."""
        execution_id = run.row.execution_id
        self._runs[execution_id] = run
        call.tx.on_undo(lambda: self._drop(execution_id))
        if len(self._runs) > WARM_RUNS_MAX:
            self._runs.popitem(last=False)

    def _drop(self, execution_id: int) -> None:
        self._runs.pop(execution_id, None)


class StepFunctionsHost:
    """The memory of the service.

    Attributes:
        machines: compiled definitions.
        warm: executions that are stepped again soon.
        outside: threads for calls of services elsewhere.
        compiling: the thread that compiles long definitions.
        patient: takes the steps that are too long for the loop.
        prepared: long definitions that were compiled for a call under way, by type and text.
        broken: executions that a fault of ours stopped.
        bursts: how many bursts are under way, one inside the other.
        turns: executions whose bursts were cut and which go on one after the other, with their
            regions.
        busy_map_runs: map runs that are starting children at this moment.
        readings: items that map runs are reading, by the run's number.
        gatherings: results that map runs put together, by the run's number.
        mocked_attempts: invocations of mocked states, by the execution and the state's name.
        submitting: requests under way whose tasks wait for a token, by execution and task.
        waiters: StartSyncExecution calls that wait for their execution to end, by its number.
        pollers: GetActivityTask calls that wait for a task.
    """

    # The executor reaches these through the host, since they build on the executor.
    notify_parent = staticmethod(nested.notify_parent)
    start_map_run = staticmethod(map_runs.start_map_run)
    redrive_map_run = staticmethod(map_runs.redrive_map_run)
    cancel_map_run = staticmethod(map_runs.cancel_map_run)
    map_child_ended = staticmethod(map_runs.child_ended)
    adopt_step = staticmethod(executor.adopt_step)
    break_off = staticmethod(executor.break_off)

    def __init__(self, runner: Runner, config: Config) -> None:
        self.runner = runner
        self.config = config
        self.machines = MachineCache()
        self.warm = WarmRuns()
        self.broken: set[int] = set()
        self.outside = Outside()
        self.compiling = Outside(threads_max=1)
        self.patient = PatientSteps()
        self.prepared: dict[tuple[str, str], Machine | InvalidDefinition] = {}
        self.bursts = 0
        self.turns: deque[tuple[int, str]] = deque()
        self.busy_map_runs: set[int] = set()
        self.readings: dict[int, Iterator[list[MapRunItem]]] = {}
        self.gatherings: dict[int, tuple[map_results.Results, Iterator[None]]] = {}
        self.mocked_attempts: dict[int, dict[str, int]] = {}
        self.submitting: dict[tuple[int, int], Deferred] = {}
        self.waiters: dict[int, Deferred] = {}
        self.pollers = Pollers()

    @property
    def busy(self) -> bool:
        """Whether virtual time has to wait for an answer from elsewhere."""
        return self.outside.busy or self.compiling.busy or self.patient.thread.busy

    def start(self) -> None:
        """Nothing to start: executions go on by `recover` and by their timers."""

    async def stop(self) -> None:
        """Callers who still wait lose their connection with the gateway."""
        for threads in (self.outside, self.compiling, self.patient):
            threads.stop()
