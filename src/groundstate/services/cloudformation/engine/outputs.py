"""A stack's outputs, its exports, and the imports that it uses.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html
"""

from __future__ import annotations

from typing import Any

from groundstate.operation import Call
from groundstate.services.cloudformation.engine.context import Deployment
from groundstate.services.cloudformation.template.errors import TemplateError, format_error
from groundstate.services.cloudformation.template.values import is_scalar, to_text


def publish(deployment: Deployment) -> None:
    """Resolve the outputs and make them the stack's.

    Raises:
        TemplateError: one cannot be resolved, or an export clashes or is in use.
    """
    call, stack, resolver = deployment.call, deployment.stack, deployment.resolver
    entries: list[dict[str, Any]] = []
    exports: dict[str, str] = {}
    for name, output in resolver.template.outputs.items():
        if output.condition is not None and not resolver.is_true(output.condition):
            continue
        value = resolver.resolve_properties(output.value)
        if not is_scalar(value):
            raise format_error(
                f"Output {name} is malformed. The Value field of every Outputs member must evaluate"
                " to a String."
            )
        entry = {"OutputKey": name, "OutputValue": to_text(value)}
        if output.description is not None:
            entry["Description"] = output.description
        if output.export_name is not None:
            export = to_text(resolver.resolve(output.export_name))
            entry["ExportName"] = export
            exports[export] = entry["OutputValue"]
        entries.append(entry)
    check_exports(call, stack.region, stack.stack_id, exports)
    # Every import is asked for once more here, so that `lookups` has seen them all.
    for resource in resolver.active_resources.values():
        resolver.resolve(resource.properties)
    stack.data["outputs"] = entries
    call.tx.stacks.set_exports(stack.region, stack.stack_id, exports)
    call.tx.stacks.set_imports(stack.region, stack.stack_id, deployment.lookups.imports)


def check_exports(call: Call, region: str, stack_id: str, exports: dict[str, str]) -> None:
    """Raise if these exports clash with another stack's, or take away one that is in use."""
    for name in exports:
        found = call.tx.stacks.find_export(region, name)
        if found is not None and found[0] != stack_id:
            raise TemplateError(
                f"Export with name {name} is already exported by stack"
                f" {found[0].split('/')[1]}. Rollback requested by user."
            )
    for name, value, _ in call.tx.stacks.list_exports(region, stack_id):
        users = call.tx.stacks.list_importers(region, name)
        if not users:
            continue
        if name not in exports:
            raise TemplateError(
                f"Export {name} cannot be deleted as it is in use by {' and '.join(users)}"
            )
        if exports[name] != value:
            raise TemplateError(
                f"Export {name} cannot be updated as it is in use by {' and '.join(users)}"
            )
