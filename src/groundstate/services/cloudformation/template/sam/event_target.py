"""What events of a function or a state machine are sent to, and what they ask for in return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from groundstate.services.cloudformation.template.sam.expansion import Expansion


@dataclass(frozen=True, slots=True)
class Target:
    """A function or state machine.

    Attributes:
        kind: `Lambda` or `StepFunctions`, as the ids of rules' targets have it.
        arn: what a rule or a subscription names; the alias, if there is one.
        name: what a permission or an event source mapping names.
        attributes: what everything generated for it has: Condition and the like.
        qualifier: the alias's name, or `$LATEST`.
        alias_id: the logical id of the alias, if there is one.
    """

    logical_id: str
    kind: str
    arn: Any
    name: Any
    attributes: Mapping[str, Any]
    qualifier: str = ""
    alias_id: str = ""


@dataclass(slots=True)
class Needs:
    """What a generated role has to hold: managed policies' ARNs, and inline policies."""

    managed: list[Any] = field(default_factory=list)
    inline: list[dict[str, Any]] = field(default_factory=list)


def add_permission(
    expansion: Expansion, target: Target, logical_id: str, principal: str, **source: Any
) -> None:
    """Allow a service to invoke the function."""
    permission = {
        "Action": "lambda:InvokeFunction",
        "FunctionName": target.name,
        "Principal": principal,
        **source,
    }
    expansion.add(logical_id, "AWS::Lambda::Permission", permission, **target.attributes)
