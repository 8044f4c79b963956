"""What a change set of type IMPORT takes over, and what it may not do beside.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-manually.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from groundstate.operation import Call, Shape
from groundstate.services.cloudformation.engine import plan
from groundstate.services.cloudformation.engine.changes import Changes
from groundstate.services.cloudformation.engine.inputs import Inputs, stored_inputs
from groundstate.services.cloudformation.errors import ValidationError
from groundstate.services.cloudformation.template.document import Output
from groundstate.store.cloudformation import Stack


def read_imports(request: Shape) -> dict[str, dict[str, str]]:
    """What each resource is imported by, by logical id: `{"T": {"TableName": "Tasks"}}`."""
    return {
        entry["LogicalResourceId"]: entry["ResourceIdentifier"]
        for entry in request.get("ResourcesToImport", [])
    }


def check_request(
    call: Call, stack: Stack, inputs: Inputs, imported: Mapping[str, Mapping[str, str]], kind: str
) -> None:
    """Check that what is to be imported can be.

    Args:
        kind: the change set's type.

    Raises:
        ValidationError: there is nothing, it is not in the template, a stack has it, it would not
            be kept on purpose, or the outputs change with it.
    """
    if kind != "IMPORT":
        if imported:
            raise ValidationError(
                "ResourcesToImport can only be specified with a change set of type IMPORT."
            )
        return
    if not imported:
        raise ValidationError(
            "ResourcesToImport must be specified for a change set of type IMPORT."
        )
    resources = inputs.template.resources
    _refuse(
        (name for name in imported if name not in resources),
        "Resources [{}] to be imported are not in the template.",
    )
    own = plan.list_made(call, stack)
    _refuse(
        (
            name
            for name, identifier in imported.items()
            if name in own or _has_stack(call, stack, resources[name].type, identifier)
        ),
        "Resources [{}] passed in ResourceToImport are already in a stack and cannot be imported.",
    )
    written = inputs.template.body["Resources"]
    _refuse(
        (name for name in imported if "DeletionPolicy" not in written[name]),
        "The following resources to import [{}] must have DeletionPolicy attribute specified in"
        " the template.",
    )
    before = _outputs_of(call, stack)
    if any(before.get(name) != output for name, output in inputs.template.outputs.items()):
        raise ValidationError("As part of the import operation, you cannot modify or add [Outputs]")


def check_alone(found: Changes) -> None:
    """Check that nothing but imports is among the changes.

    Raises:
        ValidationError: something is.
    """
    entries = (entry["ResourceChange"] for entry in found.entries)
    _refuse(
        (entry["LogicalResourceId"] for entry in entries if entry["Action"] != "Import"),
        "You have modified resources [{}] in your template that are not being imported. Update,"
        " create or delete operations cannot be executed during import operations.",
    )


def _refuse(names: Iterable[str], message: str) -> None:
    listed = ", ".join(names)
    if listed:
        raise ValidationError(message.format(listed))


def _has_stack(call: Call, stack: Stack, kind: str, identifier: Mapping[str, str]) -> bool:
    physical_id = next(iter(identifier.values()), "")
    return call.tx.stacks.find_of_type(stack.region, kind, physical_id) is not None


def _outputs_of(call: Call, stack: Stack) -> Mapping[str, Output]:
    """The outputs that a stack's template has, before anything changes."""
    data: Any = stack.data.get("inputs")
    return {} if data is None else stored_inputs(call, data).template.outputs
