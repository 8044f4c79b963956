"""Runs operations and jobs: looks them up, checks them, and gives each its savepoint.

Every way into a service goes through here: a request from the gateway, an integration of a state
machine, a provider of CloudFormation, a timer. So each is validated and authorized alike.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from groundstate import ids
from groundstate.clock import Alarm, Clock
from groundstate.config import Config
from groundstate.operation import (
    Answer,
    Call,
    Host,
    Operation,
    Principal,
    Service,
    Shape,
    named_error,
)
from groundstate.store import Barrier, Store

# How many due timers are read at a time, and how long the loop may be kept by them.
TIMER_PAGE = 50
TIMER_SLICE_S = 0.004

logger = logging.getLogger(__name__)


class Authorizer(Protocol):
    """Decides whether a call may do something; `services.iam` has the one that there is."""

    def __call__(
        self,
        call: Call,
        service: Service,
        action: str,
        resource: str,
        context: Mapping[str, Any],
        resource_policy: str | None,
    ) -> None: ...


Validate = Callable[[str, str, Shape], None]


class Dispatcher:
    """The runner of everything. One for each runtime, on one loop.

    Args:
        services: by botocore's name.
        validate: checks a request against the service's model; raises the service's error.
        authorize: checks the caller's permission; raises the service's error.
    """

    def __init__(
        self,
        config: Config,
        store: Store,
        clock: Clock,
        services: Mapping[str, Service],
        validate: Validate,
        authorize: Authorizer,
        on_failure: Callable[[BaseException], None],
    ) -> None:
        self.config = config
        self.clock = clock
        self.services = services
        self.barrier = Barrier(store, on_failure)
        self._tx = store.tx
        self._validate = validate
        self._authorize = authorize
        self._enforces = config.iam != "off"
        self._loop = asyncio.get_running_loop()
        self.hosts: dict[str, Host] = {
            service.name: service.make_host(self, config)
            for service in services.values()
            if service.make_host is not None
        }
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
        request_id: str | None = None,
    ) -> Answer:
        """Perform an operation for `principal` in the open transaction.

        Raises:
            ServiceError: the operation refused; its writes are undone.
        """
        entry, found = self._find(service, operation)
        call = self._call(entry, operation, principal, region, request_id or ids.make_uuid())
        if not entry.validates_itself:
            self._validate(service, operation, request)
        if self._enforces and not principal.administrator and found.action != "":
            self._check(call, entry, found, request)
        if found.reads:
            self.barrier.touch()
            return found.run(call, request)
        return self._in_savepoint(lambda: found.run(call, request))

    def run(self, service: str, job: Callable[[Call], Any], region: str) -> Any:
        """Run a job of a service, as the service itself, in a savepoint of its own."""
        call = self._call(self.services[service], "", self._itself, region, ids.make_uuid())
        return self._in_savepoint(lambda: job(call))

    def soon(self, service: str, job: Callable[[Call], Any], region: str) -> None:
        """Run a job in a later turn of the loop. A failure is logged; its writes are undone."""
        self._loop.call_soon(self._run_logged, service, job, region)

    def authorize(
        self, call: Call, action: str, resource: str, context: Mapping[str, Any] | None
    ) -> None:
        """Raise the service's access-denied error unless the call's principal may do this."""
        if self._enforces and not call.principal.administrator:
            service = self.services[call.service]
            self._authorize(call, service, action, resource, context or {}, None)

    async def start(self) -> None:
        """Start the hosts, go on with what was unfinished, and serve the timers."""
        for host in self.hosts.values():
            await host.start()
        for service in self.services.values():
            if service.recover is not None:
                self.run(service.name, service.recover, self.config.region)
        self._timers.look()
        self.barrier.commit()

    async def stop(self) -> None:
        """Stop the timers and the hosts. Unfinished work goes on at the next start."""
        self._timers.stop()
        for host in self.hosts.values():
            await host.stop()

    def when_durable(self, effect: Callable[[], None]) -> None:
        """Do this once everything written so far is on disk."""
        self.barrier.when_durable(effect)

    def timers_changed(self) -> None:
        """Look whether the next timer is due earlier than thought."""
        self._timers.look()

    def _find(self, service: str, operation: str) -> tuple[Service, Operation]:
        entry = self.services.get(service)
        if entry is None:
            raise named_error(
                "UnknownOperationException", f"The service {service} is not supported."
            )
        found = entry.operations.get(operation)
        if found is None:
            raise named_error(
                "UnknownOperationException",
                f"{operation} of {service} is not supported by this version of Groundstate.",
            )
        return entry, found

    def _call(
        self, service: Service, operation: str, principal: Principal, region: str, request_id: str
    ) -> Call:
        return Call(
            self,
            service.name,
            operation,
            principal,
            region,
            request_id,
            self.clock.now(),
            self._tx,
            self.hosts.get(service.name),
            self.config,
        )

    def _check(self, call: Call, service: Service, operation: Operation, request: Shape) -> None:
        action = operation.action or f"{service.iam_prefix}:{call.operation}"
        context = operation.context(call, request) if operation.context is not None else {}
        policy = operation.resource_policy(call, request) if operation.resource_policy else None
        resources = operation.resource(call, request) if operation.resource is not None else "*"
        for resource in (resources,) if isinstance(resources, str) else resources:
            self._authorize(call, service, action, resource, context, policy)

    def _in_savepoint(self, work: Callable[[], Any]) -> Any:
        tx = self._tx
        self.barrier.touch()
        mark = tx.enter()
        try:
            result = work()
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
            handler = dispatcher.services[timer.service].timers[timer.kind]

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
