"""Provisioned concurrency: environments that are started ahead of the invocations.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html

Theory. On disk is what was asked for, by function and by version or alias. What there is of it are
processes, so the host alone knows; it takes over what is on disk after each change, and some time
after the runtime's start. Each version that something is provisioned for has a pool with a target,
and the pool keeps so many environments whether they have anything to do or not. What comes while
they are all busy, or not ready yet, runs on demand like everything else.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from groundstate.operation import Call, Runner, Shape
from groundstate.services.lambda_.errors import (
    InvalidParameterValueException,
    ResourceConflictException,
)
from groundstate.services.lambda_.functions import find_function_version, is_alias_name
from groundstate.services.lambda_.limits import PROVISIONED_MAX
from groundstate.services.lambda_.model import LATEST, FunctionVersion
from groundstate.services.lambda_.pool import Pool
from groundstate.services.lambda_.runtimes import find_obstacle
from groundstate.store.functions import FunctionRow

# The kind of setting in which it is kept.
KIND = "provisioned"
# As AWS answers for a function whose initialization fails (observed, in reports of deployments).
INIT_FAILURE = "FUNCTION_ERROR_INIT_FAILURE"

logger = logging.getLogger(__name__)


class Wanted(NamedTuple):
    """What is provisioned for a version or an alias.

    Attributes:
        function: the version, or the one that the alias leads to.
        requested: how many environments were asked for.
        asked: when, and a token that tells one request from the next.
    """

    function: FunctionVersion
    qualifier: str
    requested: int
    asked: tuple[str, str]


class _Provided(NamedTuple):
    """What this machine makes of it.

    Attributes:
        granted: how many environments are started.
        reason: why that is less than was asked for; empty if it is not.
    """

    wanted: Wanted
    pool: Pool
    granted: int
    reason: str


def read_wanted(runner: Runner, region: str) -> list[Wanted]:
    """All that is provisioned, what was asked for first to the front.

    Args:
        region: for the job; what is read is that of all regions.
    """
    regions: list[str] = runner.run(
        "lambda", lambda call: call.tx.functions.list_regions_of_settings(KIND), region
    )
    wanted = [one for each in regions for one in runner.run("lambda", _read_region, each)]
    return sorted(wanted, key=lambda one: (one.asked, one.function.arn, one.qualifier))


def _read_region(call: Call) -> list[Wanted]:
    wanted = []
    for row, qualifier, document in call.tx.functions.list_settings_of_all(call.region, KIND):
        version = qualifier
        if is_alias_name(qualifier):
            alias = call.tx.functions.find_alias(row.function_id, qualifier)
            assert alias is not None, (row.name, qualifier)
            version = alias["FunctionVersion"]
        found = find_function_version(call, row.name, version)
        if found is not None:
            requested = document["RequestedProvisionedConcurrentExecutions"]
            wanted.append(Wanted(found[0], qualifier, requested, _asked(document)))
    return wanted


class Provisioned:
    """What is provisioned, in the memory of the host.

    Args:
        get_pool: the pool of a version; makes it if there is none.
    """

    def __init__(self, get_pool: Callable[[FunctionVersion], Pool]) -> None:
        self._get_pool = get_pool
        self._provided: dict[tuple[int, str], _Provided] = {}
        self._said: set[str] = set()

    def load(self, wanted: list[Wanted]) -> None:
        """Take over what is wanted now."""
        old, self._provided = self._provided, {}
        targets: Counter[Pool] = Counter({provided.pool: 0 for provided in old.values()})
        left = PROVISIONED_MAX
        for one in wanted:
            provided = self._provide(one, left)
            key = (one.function.function_id, one.qualifier)
            self._provided[key] = provided
            left -= provided.granted
            targets[provided.pool] += provided.granted
            if key in old and old[key].wanted != one:
                # It was asked for anew: what failed before is tried again.
                provided.pool.obstacle = ""
        for pool, target in targets.items():
            pool.keep_ahead(target)

    def _provide(self, one: Wanted, left: int) -> _Provided:
        reason = find_obstacle(one.function.runtime)
        granted = 0 if reason else min(one.requested, left)
        if granted < one.requested and not reason:
            reason = (
                f"Groundstate starts {granted} of {one.requested} environments: at most"
                f" {PROVISIONED_MAX} of all functions together are started ahead on a machine."
            )
        if reason:
            self._say(f"{one.function.arn}:{one.qualifier}: provisioned concurrency: {reason}")
        return _Provided(one, self._get_pool(one.function), granted, reason)

    def _say(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            logger.warning("%s", text)

    def show(self, function_id: int, qualifier: str, document: Shape) -> Shape:
        """How what was asked for stands, as clients see it: the counts are those of processes.

        An environment that has begun an invocation counts as before. If it is less here than on
        AWS it is READY with the counts that there are, so that whoever waits for it goes on.
        """
        requested = document["RequestedProvisionedConcurrentExecutions"]
        provided = self._provided.get((function_id, qualifier))
        ready = 0
        if provided is not None:
            ready = min(requested, provided.granted, provided.pool.count_ready_ahead())
        return {
            "RequestedProvisionedConcurrentExecutions": requested,
            "AvailableProvisionedConcurrentExecutions": ready,
            "AllocatedProvisionedConcurrentExecutions": ready,
            **_describe_status(provided, document),
            "LastModified": document["LastModified"],
        }


def _describe_status(provided: _Provided | None, document: Shape) -> Shape:
    if provided is None or provided.wanted.asked != _asked(document):
        return {"Status": "IN_PROGRESS"}
    if provided.pool.obstacle:
        return {"Status": "FAILED", "StatusReason": INIT_FAILURE}
    if not provided.pool.has_been_ready:
        return {"Status": "IN_PROGRESS"}
    return {"Status": "READY", **({"StatusReason": provided.reason} if provided.reason else {})}


def _asked(document: Shape) -> tuple[str, str]:
    return document["LastModified"], document.get("Token", "")


def check_version(call: Call, function: FunctionRow, qualifier: str, version: str) -> None:
    """A version is provisioned for by one name: its own, or that of one alias (documented).

    Args:
        qualifier: the version or alias that something is provisioned for.
        version: what that leads to.

    Raises:
        InvalidParameterValueException: it is `$LATEST`.
        ResourceConflictException: the version is provisioned for by another name.
    """
    if version == LATEST:
        raise InvalidParameterValueException(
            "Provisioned Concurrency Configs cannot be applied to unpublished function versions."
        )
    others = {name for name, _ in call.tx.functions.list_settings(function.function_id, KIND)}
    aliases = {
        alias["Name"]
        for alias in call.tx.functions.list_aliases(function.function_id)
        if alias["FunctionVersion"] == version
    }
    taken = (others - {qualifier}) & {version, *aliases}
    if taken and qualifier == version:
        raise ResourceConflictException("Version is pointed by a Provisioned Concurrency alias")
    if taken:
        raise ResourceConflictException(
            "Alias can't be used for Provisioned Concurrency configuration on an already"
            " Provisioned version"
        )
