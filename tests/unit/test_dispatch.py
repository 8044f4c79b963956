"""How operations, jobs and timers are run, whatever service they belong to."""

from __future__ import annotations

import asyncio
import sys
import types
import weakref

import pytest

from groundstate.clock import VirtualClock
from groundstate.config import Config
from groundstate.dispatch import Dispatcher
from groundstate.operation import Deferred, Operation, Principal, Service, ServiceError
from groundstate.registry import ServiceTable
from groundstate.store import Store

ROOT = Principal("arn:aws:iam::000000000000:root", "000000000000", administrator=True)
SOMEBODY = Principal("arn:aws:iam::000000000000:user/Somebody", "000000000000")


class Refused(ServiceError):
    pass


class Bench:
    """A dispatcher with services made for one test."""

    def __init__(self, *services):
        self.clock = VirtualClock(1000.0)
        self.store = Store(None)
        weakref.finalize(self, self.store.connection.close)
        self.asked = []
        modules = {}
        for service in services:
            module = f"service_of_test_{service.name}"
            sys.modules[module] = types.ModuleType(module)
            sys.modules[module].SERVICE = service
            modules[service.name] = module
        self.dispatcher = Dispatcher(
            Config(in_memory=True),
            self.store,
            self.clock,
            ServiceTable(modules),
            lambda *_: None,
            self.authorize,
            self.fail,
        )

    def authorize(self, call, service, action, resource, context, resource_policy):
        self.asked.append((call.principal, action, resource))
        if action.endswith("Forbidden"):
            raise Refused("not you")

    def fail(self, error):
        raise AssertionError(error)

    def perform(self, service, operation, request=None, principal=ROOT):
        return self.dispatcher.perform(service, operation, request or {}, principal, "us-east-1")

    def set_timer(self, call, due_at, subject, kind="ring"):
        call.tx.timers.set(due_at, call.service, kind, subject, region=call.region)

    @property
    def timers(self):
        return [timer.subject for timer in self.store.tx.timers.find_due(float("inf"), 100)]


def run(test):
    """Run a test with the loop that a dispatcher needs."""

    async def main():
        await test()

    asyncio.run(main())


async def settle():
    for _ in range(20):
        await asyncio.sleep(0)


def test_refused_operation_leaves_nothing_and_the_caller_may_go_on():
    def inner(call, request):
        call.tx.timers.set(1.0, "s", "k", "inner", region=call.region)
        raise Refused("no")

    def outer(call, request):
        call.tx.timers.set(1.0, "s", "k", "outer", region=call.region)
        with pytest.raises(Refused):
            call.invoke("a", "Inner", {})
        return {}

    async def test():
        bench = Bench(Service("a", {"Inner": Operation(inner), "Outer": Operation(outer)}, "a"))
        bench.perform("a", "Outer")
        assert bench.timers == ["outer"]

    run(test)


def test_operation_that_we_do_not_have_is_named():
    async def test():
        bench = Bench(Service("a", {}, "a"))
        with pytest.raises(ServiceError, match="MakeTea of a is not supported") as caught:
            bench.perform("a", "MakeTea")
        assert caught.value.code == "UnknownOperationException"
        with pytest.raises(ServiceError, match="service sqs is not supported"):
            bench.perform("sqs", "SendMessage")

    run(test)


def test_permission_is_asked_for_each_resource_of_everybody_but_the_administrator():
    def resources(call, request):
        return ["arn:1", "arn:2"]

    async def test():
        operations = {
            "Read": Operation(lambda *_: {}, resource=resources),
            "Invoke": Operation(lambda *_: {}, action="a:InvokeFunction"),
            "Free": Operation(lambda *_: {}, action=""),
            "Forbidden": Operation(lambda *_: {}),
        }
        bench = Bench(Service("a", operations, "a"))
        bench.perform("a", "Forbidden")
        assert bench.asked == []
        for name in ("Read", "Invoke", "Free"):
            bench.perform("a", name, principal=SOMEBODY)
        assert [(action, resource) for _, action, resource in bench.asked] == [
            ("a:Read", "arn:1"),
            ("a:Read", "arn:2"),
            ("a:InvokeFunction", "*"),
        ]
        with pytest.raises(Refused):
            bench.perform("a", "Forbidden", principal=SOMEBODY)

    run(test)


def test_service_that_is_first_needed_inside_an_operation_recovers_outside_of_it():
    """What recovery does must not be undone with the operation that happened to need it."""
    lives = []

    def recover(call):
        lives.append("recovered")
        call.tx.timers.set(1.0, "b", "ring", "recovered", region=call.region)

    def outer(call, request):
        lives.append("outer")
        call.tx.timers.set(1.0, "s", "k", "outer", region=call.region)
        call.invoke("b", "Do", {})
        raise Refused("after all")

    async def test():
        bench = Bench(
            Service("a", {"Outer": Operation(outer)}, "a"),
            Service("b", {"Do": Operation(lambda *_: {})}, "b", recover=recover),
        )
        with pytest.raises(Refused):
            bench.perform("a", "Outer")
        assert lives == ["outer", "recovered", "outer"]
        assert bench.timers == ["recovered"]

    run(test)


def test_timers_ring_in_their_order_at_their_time():
    rung = []

    def set_all(call, request):
        for due_at, subject in ((1003.0, "c"), (1001.0, "a"), (1002.0, "b")):
            call.tx.timers.set(due_at, "a", "ring", subject, region=call.region)
        return {}

    def ring(call, subject, data):
        rung.append((call.now, subject))

    async def test():
        bench = Bench(Service("a", {"Set": Operation(set_all)}, "a", timers={"ring": ring}))
        bench.dispatcher.start()
        bench.perform("a", "Set")
        await settle()
        assert rung == []
        for now in (1001.0, 1001.5, 1003.0):
            bench.clock.set(now)
            await settle()
        assert rung == [(1001.0, "a"), (1003.0, "b"), (1003.0, "c")]
        await bench.dispatcher.stop()

    run(test)


def test_timer_that_fails_neither_stops_the_others_nor_comes_back():
    rung = []

    def set_all(call, request):
        for subject in ("bad", "good"):
            call.tx.timers.set(1001.0, "a", "ring", subject, region=call.region)
        return {}

    def ring(call, subject, data):
        rung.append(subject)
        call.tx.timers.set(2000.0, "a", "ring", f"after {subject}", region=call.region)
        if subject == "bad":
            raise RuntimeError("a bug")

    async def test():
        bench = Bench(Service("a", {"Set": Operation(set_all)}, "a", timers={"ring": ring}))
        bench.dispatcher.start()
        bench.perform("a", "Set")
        bench.clock.set(1001.0)
        await settle()
        bench.clock.set(1002.0)
        await settle()
        assert rung == ["bad", "good"]
        assert bench.timers == ["after good"]
        await bench.dispatcher.stop()

    run(test)


def test_job_for_later_runs_only_if_its_operation_held():
    ran = []

    def ask(call, request):
        call.soon(lambda job: ran.append(request["name"]))
        if request["fails"]:
            raise Refused("no")
        return {}

    async def test():
        bench = Bench(Service("a", {"Ask": Operation(ask)}, "a"))
        bench.perform("a", "Ask", {"name": "kept", "fails": False})
        with pytest.raises(Refused):
            bench.perform("a", "Ask", {"name": "dropped", "fails": True})
        assert ran == []
        await settle()
        assert ran == ["kept"]

    run(test)


def test_deferred_tells_everybody_once():
    told = []
    deferred = Deferred()
    deferred.add_callback(lambda done: told.append(("early", done.result)))
    deferred.resolve({"a": 1})
    deferred.fail(Refused("too late"))
    deferred.add_callback(lambda done: told.append(("late", done.result)))
    assert told == [("early", {"a": 1}), ("late", {"a": 1})]
    assert deferred.error is None
