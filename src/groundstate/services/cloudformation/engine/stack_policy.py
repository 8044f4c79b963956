"""Stack policies: which resources an update may touch.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
"""

from __future__ import annotations

import fnmatch
import json
from typing import Any

from groundstate.services.cloudformation.engine.changes import Changes
from groundstate.services.cloudformation.errors import ValidationError

_ACTIONS = {"Modify": "Update:Modify", "Remove": "Update:Delete"}


def read_policy(text: str) -> list[dict[str, Any]]:
    """The statements of a stack policy.

    Raises:
        ValidationError: it is not a policy.
    """
    try:
        policy = json.loads(text)
        statements = policy["Statement"]
        statements = statements if isinstance(statements, list) else [statements]
        for statement in statements:
            if statement["Effect"] not in ("Allow", "Deny"):
                raise ValueError(statement["Effect"])
    except (ValueError, KeyError, TypeError) as error:
        raise ValidationError(f"Error validating stack policy: Malformed input- {error}") from None
    return list(statements)


def check_policy(text: str, changes: Changes) -> None:
    """Raise if a stack policy forbids one of the changes.

    What no statement allows is forbidden, as soon as there is a policy.

    Raises:
        ValidationError: with AWS's text.
    """
    if not text:
        return
    statements = read_policy(text)
    for entry in changes.entries:
        change = entry["ResourceChange"]
        action = _ACTIONS.get(change["Action"])
        if action is None:
            continue
        if action == "Update:Modify" and change["Replacement"] == "True":
            action = "Update:Replace"
        matching = [statement for statement in statements if _matches(statement, action, change)]
        effects = {statement["Effect"] for statement in matching}
        if "Deny" in effects or "Allow" not in effects:
            raise ValidationError(
                f"Action denied by stack policy: Statement [#1] does not allow [{action}] for"
                f" resource [LogicalResourceId/{change['LogicalResourceId']}]"
            )


def _matches(statement: dict[str, Any], action: str, change: dict[str, Any]) -> bool:
    resource = f"LogicalResourceId/{change['LogicalResourceId']}"
    if "NotAction" in statement:
        acts = not _any(statement["NotAction"], action)
    else:
        acts = _any(statement.get("Action", []), action)
    if "NotResource" in statement:
        applies = not _any(statement["NotResource"], resource)
    else:
        applies = _any(statement.get("Resource", []), resource)
    wanted = True
    for operator, keys in statement.get("Condition", {}).items():
        types = keys.get("ResourceType", [])
        found = _any(types, change["ResourceType"])
        wanted = wanted and (not found if "Not" in operator else found)
    return acts and applies and wanted


def _any(patterns: Any, text: str) -> bool:
    names = patterns if isinstance(patterns, list) else [patterns]
    return any(fnmatch.fnmatchcase(text, pattern) for pattern in names)
