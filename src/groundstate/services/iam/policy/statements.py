"""Policy documents, made into statements that can be asked.

AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html

Compiling takes any document that parses: what a service should refuse, `validation` refuses before.
A statement that lacks what it needs (its Action, say) applies to nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from groundstate.services.iam.policy.conditions import (
    Condition,
    UnknownOperator,
    as_texts,
    compile_conditions,
)
from groundstate.services.iam.policy.patterns import Matcher
from groundstate.services.iam.policy.principals import Principals
from groundstate.services.iam.policy.request import Request

# Policy variables came with this version; in older documents `${...}` is plain text.
VERSION_WITH_VARIABLES = "2012-10-17"


class Statement:
    """One statement.

    Attributes:
        allows: its Effect is Allow; otherwise it denies.
        sid: its Sid, or empty.
        principals: its Principal or NotPrincipal; None in an identity policy.
    """

    __slots__ = (
        "_actions",
        "_conditions",
        "_not_action",
        "_not_resource",
        "_resources",
        "allows",
        "principals",
        "sid",
    )

    def __init__(self, element: Mapping[str, Any], *, variables: bool) -> None:
        self.allows = element.get("Effect") == "Allow"
        self.sid = str(element.get("Sid", ""))
        self._not_action = "NotAction" in element
        actions = element.get("NotAction", element.get("Action", []))
        self._actions = Matcher([action.lower() for action in as_texts(actions)], variables=False)
        self._not_resource = "NotResource" in element
        resources = element.get("NotResource", element.get("Resource"))
        # A trust policy has no Resource: it is about the role that it belongs to.
        self._resources = (
            None
            if resources is None
            else Matcher(as_texts(resources), variables=variables, as_arn=True)
        )
        self.principals = Principals.of(element)
        self._conditions: tuple[Condition, ...] = compile_conditions(
            element.get("Condition") or {}, variables=variables
        )

    def is_about(self, action_key: str) -> bool:
        """Whether it is about an action, given in lower case."""
        return self._actions.matches(action_key, _no_value) is not self._not_action

    def applies(self, request: Request) -> bool:
        """Whether its Resource and Condition hold; its action and principal are asked apart."""
        resources = self._resources
        if resources is not None and (
            resources.matches(request.resource, request.resolve) is self._not_resource
        ):
            return False
        return all(condition(request) for condition in self._conditions)


def _no_value(key: str) -> str | None:
    return None


@lru_cache(maxsize=4096)
def compile_document(text: str) -> tuple[Statement, ...]:
    """The statements of a policy document, given as JSON text.

    Raises:
        ValueError: it is no JSON object, or has a condition operator that does not exist.
    """
    document = json.loads(text)
    if not isinstance(document, dict):
        raise ValueError("A policy document is a JSON object.")  # noqa: TRY004 as json's own
    elements = document.get("Statement", [])
    variables = document.get("Version") == VERSION_WITH_VARIABLES
    try:
        return tuple(
            Statement(element, variables=variables)
            for element in (elements if isinstance(elements, list) else [elements])
        )
    except (UnknownOperator, AttributeError, TypeError) as error:
        raise ValueError(f"The policy document cannot be read: {error!r}") from error


class PolicySet:
    """Policies that are asked together: all those of a role, or one resource's.

    What is about an action is sorted out at its first use, so that asking again looks only at
    the statements that matter.
    """

    __slots__ = ("_by_action", "_statements")

    # Actions are few (each is an operation of a service); this only bounds what strangers can fill.
    _ACTIONS_KEPT = 4096

    def __init__(self, documents: Iterable[str]) -> None:
        self._statements = tuple(
            statement for document in documents for statement in compile_document(document)
        )
        self._by_action: dict[str, tuple[tuple[Statement, ...], tuple[Statement, ...]]] = {}

    def select(self, action_key: str) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
        """The statements that deny an action (in lower case) and those that allow it."""
        selected = self._by_action.get(action_key)
        if selected is None:
            about = [s for s in self._statements if s.is_about(action_key)]
            selected = (
                tuple(statement for statement in about if not statement.allows),
                tuple(statement for statement in about if statement.allows),
            )
            if len(self._by_action) >= self._ACTIONS_KEPT:
                self._by_action.clear()
            self._by_action[action_key] = selected
        return selected
