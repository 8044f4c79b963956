"""Runs operations and jobs: looks them up, checks them, and gives each its savepoint.

Every way into a service goes through here: a request from the gateway, an integration of a state
machine, a provider of CloudFormation, a timer. So each is validated and authorized alike.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from groundstate.clock import Alarm, Clock
from groundstate.config import Config
from groundstate.operation import (
    Answer,
    Call,
    Host,
    Operation,
    Principal,
    Service,
    ServiceError,
    Shape,
    named_error,
)
from groundstate.registry import ServiceTable
from groundstate.store import Barrier, Store

# How many due timers are read at a time, and how long the loop may be kept by them.
TIMER_PAGE = 50
TIMER_SLICE_S = 0.008
# After the start, services are made ready one by one, with a breath between for the first requests.
BREATH_S = 0.02

ContextOf = Callable[[], Mapping[str, Any]]
"""Gathers the condition keys of a request; called only where a policy has conditions."""

logger = logging.getLogger(__name__)


def _no_context() -> Mapping[str, Any]:
    return {}


class Authorizer(Protocol):
    """Decides whether a call may do something; `services.iam` has the one that there is."""

    def __call__(
        self,
        call: Call,
        service: Service,
        action: str,
        resource: str,
        context: ContextOf,
        resource_policy: str | None,
    ) -> None: ...


Validate = Callable[[str, str, Shape], None]


class Dispatcher:
    """The runner of everything. One for each runtime, on one loop.

    Args:
        services: by botocore's name, each imported when it is first needed.
        validate: checks a request against the service's model; raises the service's error.
        authorize: checks the caller's permission; raises the service's error.
    """

    def __init__(
        self,
        config: Config,
        store: Store,
        clock: Clock,
        services: ServiceTable,
        validate: Validate,
        authorize: Authorizer,
        on_failure: Callable[[BaseException], None],
    ) -> None:
        self.config = config
        self.clock = clock
        self.services = services
        self.barrier = Barrier(store, on_failure)
        self.when_durable = self.barrier.when_durable
        self._tx = store.tx
        self._validate = validate
        self._authorize = authorize
        self._enforces = config.iam != "off"
        self._loop = asyncio.get_running_loop()
        self.hosts: dict[str, Host] = {}
        self._ready: dict[str, Service] = {}
        self._stopping = False
        self.on_all_ready: Callable[[], None] | None = None
        self._itself = Principal(
            arn=f"arn:aws:iam::{config.account}:root", account=config.account, administrator=True
        )
        self._timers = TimerQueue(self)
        self.endpoint_url = ""

    def perform(
        self,
        service: str,
        operation: str,
        request: Shape,
        principal: Principal,
        region: str,
        request_id: str = "",
        *,
        takes_fragments: bool = False,
    ) -> Answer:
        """Perform an operation for `principal` in the open transaction.

        Args:
            request_id: empty: `Call.request_id` makes one.
            takes_fragments: see `Call.takes_fragments`.

        Raises:
            ServiceError: the operation refused; its writes are undone.
        """
        entry = self._ready.get(service) or self._make_ready(service)
        found = entry.operations.get(operation)
        if found is None:
            raise _unsupported(service, operation)
        tx = self._tx
        call = Call(
            self,
            service,
            operation,
            principal,
            region,
            request_id,
            self.clock.now(),
            tx,
            self.hosts.get(service),
            self.config,
            takes_fragments=takes_fragments,
        )
        if not entry.validates_itself:
            self._validate(service, operation, request)
        if self._enforces and not principal.administrator and found.action != "":
            self._check(call, entry, found, request)
        self.barrier.touch()
        run = found.run
        if found.reads:
            return run(call, request)
        if found.refuses_first:
            if tx.is_in_savepoint:
                return run(call, request)
            answer: Answer = self._in_savepoint(tx.enter_late, run, call, request)
        else:
            answer = self._in_savepoint(tx.enter, run, call, request)
        return answer

    def run(self, service: str, job: Callable[[Call], Any], region: str) -> Any:
        """Run a job of a service, as the service itself, in a savepoint of its own."""
        if service not in self._ready:
            self._make_ready(service)
        self.barrier.touch()
        tx = self._tx
        call = Call(
            self,
            service,
            "",
            self._itself,
            region,
            "",
            self.clock.now(),
            tx,
            self.hosts.get(service),
            self.config,
        )
        return self._in_savepoint(tx.enter, _run_job, call, job)

    def soon(self, service: str, job: Callable[[Call], Any], region: str) -> None:
        """Run a job in a later turn of the loop. A failure is logged; its writes are undone."""
        self._loop.call_soon(self._run_logged, service, job, region)

    def authorize(
        self,
        call: Call,
        action: str,
        resource: str,
        context: Mapping[str, Any] | None,
        policy: str | None,
    ) -> None:
        """Raise the service's access-denied error unless the call's principal may do this."""
        if self._enforces and not call.principal.administrator:
            service = self.services[call.service]
            self._authorize(call, service, action, resource, lambda: context or {}, policy)

    def start(self) -> None:
        """Serve the timers, and make the services ready one by one while the loop goes on."""
        self._timers.look()
        self._loop.call_later(BREATH_S, self._make_next_ready)

    async def stop(self) -> None:
        """Stop the timers and the hosts. Unfinished work goes on at the next start."""
        self._stopping = True
        self._timers.stop()
        for host in self.hosts.values():
            await host.stop()

    def _make_next_ready(self) -> None:
        if self._stopping:
            return
        name = next((name for name in self.services if name not in self._ready), None)
        if name is None:
            if self.on_all_ready is not None:
                self.on_all_ready()
            return
        self._make_ready(name)
        self._loop.call_later(BREATH_S, self._make_next_ready)

    def _make_ready(self, name: str) -> Service:
        """Import a service, start its host, and go on with what it had left unfinished.

        That must not happen inside somebody's savepoint, which may be undone. An operation that
        needs a service which is not ready is therefore undone, and begun again when it is: see
        `_in_savepoint`. In the first moments of a process only.
        """
        if name not in self.services:
            raise named_error("UnknownOperationException", f"The service {name} is not supported.")
        if self._tx.is_in_savepoint:
            raise _NotReady(name)
        entry = self.services[name]
        if entry.make_host is not None:
            host = self.hosts[name] = entry.make_host(self, self.config)
            host.start()
        self._ready[name] = entry
        if entry.recover is not None:
            self._run_logged(name, entry.recover, self.config.region)
        return entry

    def _check(self, call: Call, service: Service, operation: Operation, request: Shape) -> None:
        action = operation.action or f"{service.iam_prefix}:{call.operation}"
        # A service that validates its own input is given whatever JSON the body was.
        request = request if type(request) is dict else {}
        find_context = operation.context
        # Most policies have no conditions: what these look at is gathered when one asks.
        context = _no_context if find_context is None else lambda: find_context(call, request)
        policy = operation.resource_policy(call, request) if operation.resource_policy else None
        resources = operation.resource(call, request) if operation.resource is not None else "*"
        for resource in (resources,) if isinstance(resources, str) else resources:
            self._authorize(call, service, action, resource, context, policy)

    def _in_savepoint(
        self, enter: Callable[[], Any], work: Callable[[Call, Any], Any], call: Call, given: Any
    ) -> Any:
        tx = self._tx
        mark = enter()
        try:
            result = work(call, given)
        except _NotReady as missing:
            tx.undo(mark)
            if tx.is_in_savepoint:
                raise
            self._make_ready(missing.service)
            return self._in_savepoint(enter, work, call, given)
        except BaseException:
            tx.undo(mark)
            raise
        tx.leave()
        if tx.timers.set_before < self._timers.due_at:
            self._timers.look()
        return result

    def _run_logged(self, service: str, job: Callable[[Call], Any], region: str) -> None:
        try:
            self.run(service, job, region)
        except Exception:
            logger.exception("A job of %s failed.", service)


def _run_job(call: Call, job: Callable[[Call], Any]) -> Any:
    return job(call)


class _NotReady(BaseException):
    """A service is needed in a savepoint before it is ready. No `except Exception` may catch it."""

    def __init__(self, service: str) -> None:
        super().__init__(service)
        self.service = service


def _unsupported(service: str, operation: str) -> ServiceError:
    return named_error(
        "UnknownOperationException",
        f"{operation} of {service} is not supported by this version of Groundstate.",
    )


class TimerQueue:
    """Serves the timers of the store when they are due, in their order, a page at a time.

    Attributes:
        due_at: when the next look is due, in epoch seconds; infinity if there is no timer.
    """

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._table = dispatcher._tx.timers
        self._alarm: Alarm | None = None
        self._stopped = False
        self.due_at = float("inf")

    def look(self) -> None:
        """Set the alarm for the earliest timer."""
        if self._stopped:
            return
        earliest = self._table.find_earliest()
        self._table.set_before = float("inf")
        self._set_alarm(float("inf") if earliest is None else earliest)

    def stop(self) -> None:
        """Serve no more timers."""
        self._stopped = True
        self._set_alarm(float("inf"))

    def _set_alarm(self, due_at: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        self.due_at = due_at
        if due_at != float("inf"):
            self._alarm = self._dispatcher.clock.alarm(due_at, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        if self._stopped:
            return
        dispatcher = self._dispatcher
        began_at = dispatcher._loop.time()
        for timer in self._table.find_due(dispatcher.clock.now(), TIMER_PAGE):
            entry = dispatcher._ready.get(timer.service) or dispatcher._make_ready(timer.service)
            handler = entry.timers[timer.kind]

            def serve(call: Call, timer: Any = timer, handler: Any = handler) -> None:
                if call.tx.timers.take(timer.timer_id):
                    handler(call, timer.subject, timer.data)

            try:
                dispatcher.run(timer.service, serve, timer.region)
            except Exception:
                # A timer that cannot be served must not stop those behind it, nor come back.
                logger.exception("The timer %s failed.", timer)
                dispatcher._tx.begin()
                self._table.cancel(timer.timer_id)
            if dispatcher._loop.time() - began_at > TIMER_SLICE_S:
                break
        self.look()
