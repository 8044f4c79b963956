"""What a checkpoint may tell, and what comes of it. Pure.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_OperationUpdate.html

The texts of the refusals are those that AWS's own library for testing durable functions gives.
"""

from __future__ import annotations

from collections.abc import Callable

import orjson

from groundstate.operation import Shape
from groundstate.services.lambda_.errors import InvalidParameterValueException

OPERATIONS_MAX = 3000
PAYLOAD_BYTES_MAX = 1024 * 1024
EXECUTION_BYTES_MAX = 6 * 1024 * 1024

_ACTIONS = {
    "STEP": {"START", "FAIL", "RETRY", "SUCCEED"},
    "CONTEXT": {"START", "FAIL", "SUCCEED"},
    "WAIT": {"START", "CANCEL"},
    "CALLBACK": {"START"},
    "CHAINED_INVOKE": {"START"},
    "EXECUTION": {"SUCCEED", "FAIL"},
}
_ENDS = {"SUCCEED": "SUCCEEDED", "FAIL": "FAILED", "CANCEL": "CANCELLED"}
# What of an operation an update may repeat, but not change.
_FIXED = (
    ("Type", "Inconsistent operation type."),
    ("SubType", "Inconsistent operation subtype."),
    ("Name", "Inconsistent operation name."),
    ("ParentId", "Inconsistent parent operation id."),
)
_DETAILS = {"STEP": "StepDetails", "CONTEXT": "ContextDetails"}

Find = Callable[[str], Shape | None]


def check_updates(updates: list[Shape], find: Find, *, is_synchronous: bool) -> None:
    """Refuse a checkpoint whose updates do not fit what there is; nothing of it is done then.

    Args:
        find: the operation with an id, as it is before the checkpoint, or None.
        is_synchronous: somebody waits for the execution, so that its result may be larger.

    Raises:
        InvalidParameterValueException: they do not.
    """
    _check_execution_updates(updates)
    _check_ids(updates, find)
    now: dict[str, Shape | None] = {}
    for update in updates:
        id_ = update["Id"]
        current = now[id_] if id_ in now else find(id_)
        _check_fixed(update, current)
        _check_sizes(update, is_synchronous=is_synchronous)
        _check_action(update, current)
        if update["Type"] != "EXECUTION":
            now[id_] = apply_update(update, current, 0.0)


def _check_execution_updates(updates: list[Shape]) -> None:
    kinds = [update["Type"] for update in updates]
    if kinds.count("EXECUTION") > 1:
        raise InvalidParameterValueException("Cannot checkpoint multiple EXECUTION updates.")
    if "EXECUTION" in kinds and kinds[-1] != "EXECUTION":
        raise InvalidParameterValueException("EXECUTION checkpoint must be the last update.")


def _check_ids(updates: list[Shape], find: Find) -> None:
    last: dict[str, Shape] = {}
    begun: dict[str, str] = {}
    for update in updates:
        before = last.get(update["Id"])
        if before is not None:
            goes_on = (
                before["Type"] in _DETAILS
                and before["Action"] == "START"
                and update["Action"] != "START"
            )
            if not goes_on:
                raise InvalidParameterValueException(
                    "Cannot checkpoint multiple operations with the same ID."
                )
        parent = update.get("ParentId")
        if parent is not None:
            found = find(parent)
            kind = begun.get(parent) or ("" if found is None else found["Type"])
            if kind != "CONTEXT":
                raise InvalidParameterValueException("Invalid parent operation id.")
        if update["Action"] == "START":
            begun[update["Id"]] = update["Type"]
        last[update["Id"]] = update


def _check_fixed(update: Shape, current: Shape | None) -> None:
    if current is None:
        return
    for member, refusal in _FIXED:
        if member in update and update[member] != current.get(member):
            raise InvalidParameterValueException(refusal)


def _check_sizes(update: Shape, *, is_synchronous: bool) -> None:
    if "Error" in update and len(orjson.dumps(update["Error"])) > PAYLOAD_BYTES_MAX:
        raise InvalidParameterValueException(
            f"Error object size must be less than {PAYLOAD_BYTES_MAX} bytes."
        )
    kind, most = update["Type"], PAYLOAD_BYTES_MAX
    if kind == "EXECUTION" and is_synchronous:
        most = EXECUTION_BYTES_MAX
    if len(update.get("Payload", "").encode()) > most:
        what = "Execution" if kind == "EXECUTION" else kind
        end = "input" if kind == "CHAINED_INVOKE" else "output"
        raise InvalidParameterValueException(
            f"{what} {end} payload size must be less than or equal to {most} bytes."
        )


def _check_action(update: Shape, current: Shape | None) -> None:
    kind, action = update["Type"], update["Action"]
    if action not in _ACTIONS[kind]:
        raise InvalidParameterValueException("Invalid action for the given operation type.")
    status = None if current is None else current["Status"]
    if action == "START":
        _check_start(update, status)
    elif action == "CANCEL" and status != "STARTED":
        raise InvalidParameterValueException(
            "Cannot cancel a WAIT that does not exist or has already completed."
        )
    elif action == "RETRY":
        _check_retry(update, status)
    elif action in ("SUCCEED", "FAIL"):
        closable = ("STARTED", "READY") if kind == "STEP" else ("STARTED",)
        if kind in _DETAILS and status is not None and status not in closable:
            raise InvalidParameterValueException(f"Invalid current {kind} state to close.")
        if action == "FAIL" and "Payload" in update:
            raise InvalidParameterValueException("Cannot provide a Payload for FAIL action.")
        if action == "SUCCEED" and "Error" in update:
            raise InvalidParameterValueException("Cannot provide an Error for SUCCEED action.")


def _check_start(update: Shape, status: str | None) -> None:
    kind = update["Type"]
    if kind == "STEP":
        if status not in (None, "READY"):
            raise InvalidParameterValueException("Invalid current STEP state to start.")
        return
    if status is not None:
        what = "CHAINED_INVOKE operation that already exists" if kind == "CHAINED_INVOKE" else ""
        raise InvalidParameterValueException(
            f"Cannot start a {what or f'{kind} that already exist'}."
        )
    if kind == "WAIT" and "WaitSeconds" not in update.get("WaitOptions", {}):
        raise InvalidParameterValueException("Invalid WaitOptions for the given action.")
    if kind == "CHAINED_INVOKE" and "ChainedInvokeOptions" not in update:
        raise InvalidParameterValueException(
            "Update for CHAINED_INVOKE operation requires ChainedInvokeOptions."
        )


def _check_retry(update: Shape, status: str | None) -> None:
    if status not in (None, "STARTED", "READY"):
        raise InvalidParameterValueException("Invalid current STEP state to re-attempt.")
    if "NextAttemptDelaySeconds" not in update.get("StepOptions", {}):
        raise InvalidParameterValueException("Invalid StepOptions for the given action.")
    if "Error" in update and "Payload" in update:
        raise InvalidParameterValueException(
            "Cannot provide both error and payload to RETRY a STEP."
        )


def apply_update(update: Shape, current: Shape | None, now: float) -> Shape:
    """The operation after an update that was found good.

    What the service has to add for callbacks and chained invocations is not there yet.
    """
    kind, action = update["Type"], update["Action"]
    operation: Shape = {"StartTimestamp": now} if current is None else dict(current)
    for member in ("Id", "ParentId", "Name", "Type", "SubType"):
        if member in update:
            operation[member] = update[member]
    operation["Status"] = "PENDING" if action == "RETRY" else _ENDS.get(action, "STARTED")
    if action in _ENDS:
        operation["EndTimestamp"] = now
    if kind == "STEP":
        operation["StepDetails"] = _step_details(update, operation.get("StepDetails", {}), now)
    elif kind == "CONTEXT" and action != "START":
        operation["ContextDetails"] = {
            "ReplayChildren": update.get("ContextOptions", {}).get("ReplayChildren", False),
            **_outcome(update),
        }
    elif kind == "WAIT" and action == "START":
        due_at = now + update["WaitOptions"]["WaitSeconds"]
        operation["WaitDetails"] = {"ScheduledEndTimestamp": due_at}
    return operation


def _step_details(update: Shape, old: Shape, now: float) -> Shape:
    action, attempt = update["Action"], old.get("Attempt", 0)
    if action == "START":
        # What the attempt before left, such as a condition's state, is there for this one.
        kept: Shape = {member: old[member] for member in ("Result", "Error") if member in old}
        return {"Attempt": attempt, **kept}
    details: Shape = {"Attempt": attempt + 1, **_outcome(update)}
    if action == "RETRY":
        details["NextAttemptTimestamp"] = now + update["StepOptions"]["NextAttemptDelaySeconds"]
    return details


def _outcome(update: Shape) -> Shape:
    outcome: Shape = {}
    if "Payload" in update:
        outcome["Result"] = update["Payload"]
    if "Error" in update:
        outcome["Error"] = update["Error"]
    return outcome
