"""What identities were granted, what they asked for, and the least policy that would do.

PURE. `operations/get_permissions_report.py` feeds it from the tables.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from groundstate.services.iam.policy.conditions import as_texts
from groundstate.services.iam.policy.patterns import Matcher

_VARIABLE = re.compile(r"\$\{[^}]*\}")
# Lambda itself writes a function's log with the function's role; no call of the function shows it.
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
LOG_WRITES = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")


class Asked(NamedTuple):
    """An action on a resource that an identity asked for."""

    action: str
    resource: str


class Unused(NamedTuple):
    """An action that a policy grants and nobody asked for.

    Attributes:
        policy: the policy's name.
        action: as it is written there, maybe with wildcards.
        resources: on which it is granted.
    """

    policy: str
    action: str
    resources: tuple[str, ...]


def find_unused(documents: Iterable[tuple[str, str]], asked: Iterable[Asked]) -> list[Unused]:
    """The granted actions that match nothing that was asked for.

    Args:
        documents: name and JSON text of each policy.
        asked: what was asked for and allowed.
    """
    asked = list(asked)
    found = []
    for name, text in documents:
        for statement in _statements(text):
            if statement.get("Effect") != "Allow" or "Action" not in statement:
                continue
            resources = tuple(as_texts(statement.get("Resource", "*")))
            # What a variable stood for when a call was allowed is not kept: anything.
            patterns = [_VARIABLE.sub("*", resource) for resource in resources]
            on = Matcher(patterns, variables=False, as_arn=True)
            for action in as_texts(statement["Action"]):
                does = Matcher([action.lower()], variables=False)
                if not any(
                    does.matches(entry.action.lower(), _no_value)
                    and on.matches(entry.resource, _no_value)
                    for entry in asked
                ):
                    found.append(Unused(name, action, resources))
    return found


def least_policy(asked: Iterable[Asked]) -> dict[str, Any]:
    """A policy document that grants what was asked for and nothing else.

    Resources on which the same was asked for share a statement.
    """
    actions_of: dict[str, set[str]] = defaultdict(set)
    for action, resource in asked:
        actions_of[resource].add(action)
    resources_of: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for resource in sorted(actions_of):
        resources_of[tuple(sorted(actions_of[resource]))].append(resource)
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": list(actions), "Resource": resources}
            for actions, resources in sorted(resources_of.items())
        ],
    }


def cdk_python(document: Mapping[str, Any]) -> str:
    """CDK code in Python that grants a policy document to the variable `role`."""
    return "\n".join(
        "role.add_to_principal_policy(\n"
        "    iam.PolicyStatement(\n"
        f"        actions={_python_list(statement['Action'])},\n"
        f"        resources={_python_list(statement['Resource'])},\n"
        "    )\n"
        ")"
        for statement in document["Statement"]
    )


def cdk_typescript(document: Mapping[str, Any]) -> str:
    """CDK code in TypeScript that grants a policy document to the variable `role`."""
    return "\n".join(
        "role.addToPrincipalPolicy(new iam.PolicyStatement({\n"
        f"  actions: {json.dumps(statement['Action'])},\n"
        f"  resources: {json.dumps(statement['Resource'])},\n"
        "}));"
        for statement in document["Statement"]
    )


def _python_list(texts: list[str]) -> str:
    if len(texts) == 1:
        return json.dumps(texts)
    lines = "".join(f"            {json.dumps(text)},\n" for text in texts)
    return f"[\n{lines}        ]"


def _statements(text: str) -> list[Mapping[str, Any]]:
    statements = json.loads(text).get("Statement", [])
    return statements if isinstance(statements, list) else [statements]


def _no_value(key: str) -> str | None:
    return None
