"""What a deployment would change: Add, Modify and Remove, with or without replacement.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html

Resources are looked at in the order in which they would be made. What depends on one that is new or
replaced is UNKNOWN, so a property that uses it changes `Dynamic`ally, and may or may not replace.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from groundstate.operation import Call
from groundstate.services.cloudformation.engine import plan
from groundstate.services.cloudformation.engine.inputs import Inputs, make_resolver, stack_principal
from groundstate.services.cloudformation.engine.live import LiveResources, resolve_declared
from groundstate.services.cloudformation.engine.lookups import CallLookups
from groundstate.services.cloudformation.errors import ValidationError
from groundstate.services.cloudformation.resources import inert, registry
from groundstate.services.cloudformation.resources.provision import Properties, ProvisionFailed
from groundstate.services.cloudformation.resources.resource_type import ResourceType, changed_names
from groundstate.services.cloudformation.template import graph
from groundstate.services.cloudformation.template.document import Resource
from groundstate.services.cloudformation.template.errors import TemplateError
from groundstate.services.cloudformation.template.references import find_references
from groundstate.services.cloudformation.template.resolver import Resolver
from groundstate.services.cloudformation.template.values import has_unknown, show_unknown, to_text
from groundstate.store.cloudformation import Stack, StackResource

_POLICIES = (
    ("metadata", "Metadata"),
    ("deletion_policy", "DeletionPolicy"),
    ("update_replace_policy", "UpdateReplacePolicy"),
)
_POLICY_ACTIONS = {"Retain": "Retain", "RetainExceptOnCreate": "Retain", "Snapshot": "Snapshot"}


@dataclass
class Changes:
    """The changes found.

    Attributes:
        entries: as DescribeChangeSet shows them, property values included.
        others: something else changes: outputs or tags.
    """

    entries: list[dict[str, Any]] = field(default_factory=list)
    others: bool = False

    @property
    def is_any(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.entries) or self.others


def find_changes(
    call: Call,
    stack: Stack,
    inputs: Inputs,
    imported: Mapping[str, Any] | None = None,
    drift: Mapping[str, Mapping[str, Any]] | None = None,
) -> Changes:
    """What bringing a stack to these inputs would change.

    Args:
        drift: by logical id, how resources have drifted: they are compared as they are then, not
            as the stack made them. None compares with what the stack made.

    Raises:
        ValidationError: a value cannot be resolved, or a resource changes its type.
    """
    try:
        return _Finder(call, stack, inputs, imported or {}, drift).find()
    except TemplateError as error:
        raise ValidationError(error.message) from None


def read_actual(resource: StackResource, drift: Mapping[str, Any]) -> Properties:
    """The compared properties of a drifted resource as they are now."""
    kind = registry.find(resource.type)
    assert kind is not None, resource.type
    actual = json.loads(drift["ActualProperties"])
    return {name: actual[name] for name in kind.compared if name in actual}


class _Finder:
    def __init__(
        self,
        call: Call,
        stack: Stack,
        inputs: Inputs,
        imported: Mapping[str, Any],
        drift: Mapping[str, Mapping[str, Any]] | None,
    ) -> None:
        self._stack = stack
        self._inputs = inputs
        self._imported = imported
        self._drift = drift
        # As the stack made them: those that are there.
        self._deployed = plan.list_made(call, stack)
        self._existing = {
            name: self._as_it_is(row)
            for name, row in self._deployed.items()
            if self._drift_status(name) != "DELETED"
        }
        self._unsettled: set[str] = set()
        self._resolver: Resolver = make_resolver(
            call,
            inputs,
            stack.name,
            stack.stack_id,
            LiveResources(self._existing, self._unsettled),
            CallLookups(call, stack_principal(call, inputs.data)),
        )

    def find(self) -> Changes:
        self._refuse_new_types()
        found = Changes()
        active = self._resolver.active_resources
        for name in graph.sort(graph.find_dependencies(self._resolver)):
            row = self._existing.get(name)
            entry = self._add(active[name]) if row is None else self._modify(active[name], row)
            if entry is not None:
                self._show_drift(entry)
                found.entries.append({"Type": "Resource", "ResourceChange": entry})
        for name, row in self._deployed.items():
            if name not in active:
                found.entries.append({"Type": "Resource", "ResourceChange": _remove(row)})
        found.entries.sort(key=lambda entry: str(entry["ResourceChange"]["LogicalResourceId"]))
        before = self._stack.data.get("inputs")
        if before is not None:
            found.others = before["tags"] != self._inputs.data["tags"] or self._outputs_change()
        return found

    def _drift_status(self, name: str) -> str:
        drift = (self._drift or {}).get(name)
        return "" if drift is None else str(drift["StackResourceDriftStatus"])

    def _as_it_is(self, row: StackResource) -> StackResource:
        if self._drift is None or self._drift_status(row.logical_id) != "MODIFIED":
            return row
        actual = read_actual(row, self._drift[row.logical_id])
        return replace(row, data={**row.data, "properties": {**row.data["properties"], **actual}})

    def _show_drift(self, entry: dict[str, Any]) -> None:
        """Add what a drift-aware change set shows beside the change: the third state."""
        name = entry["LogicalResourceId"]
        if self._drift is None or name not in self._deployed:
            return
        entry["ResourceDriftStatus"] = self._drift_status(name) or "UNSUPPORTED"
        drift = self._drift.get(name)
        if drift is None:
            return
        before = self._deployed[name].data["properties"]
        entry["PreviousDeploymentContext"] = _context(before)
        drifted = {
            difference["PropertyPath"].removeprefix("/"): difference
            for difference in drift.get("PropertyDifferences", [])
        }
        for detail in entry["Details"]:
            target = detail["Target"]
            target.update(BeforeValueFrom="ACTUAL_STATE", AfterValueFrom="TEMPLATE")
            difference = drifted.get(target.get("Name", ""))
            if difference is not None:
                target["Drift"] = {
                    "PreviousValue": difference["ExpectedValue"],
                    "ActualValue": difference["ActualValue"],
                    "DriftDetectionTimestamp": drift["Timestamp"],
                }

    def _refuse_new_types(self) -> None:
        changed = [
            name
            for name, resource in self._resolver.active_resources.items()
            if name in self._existing and self._existing[name].type != resource.type
        ]
        if changed:
            raise ValidationError(
                "Update of resource type is not permitted. The new template modifies resource type"
                f" of the following resources: [{', '.join(changed)}]"
            )

    def _add(self, resource: Resource) -> dict[str, Any]:
        self._unsettled.add(resource.logical_id)
        action = "Import" if resource.logical_id in self._imported else "Add"
        entry: dict[str, Any] = {
            "Action": action,
            "LogicalResourceId": resource.logical_id,
            "ResourceType": resource.type,
            "Scope": [],
            "Details": [],
            "AfterContext": _context(resolve_declared(self._resolver, resource)),
        }
        if action == "Import":
            entry["PhysicalResourceId"] = next(iter(self._imported[resource.logical_id].values()))
        return entry

    def _modify(self, resource: Resource, row: StackResource) -> dict[str, Any] | None:
        kind = registry.find(resource.type) or inert.make(resource.type)
        resolved = resolve_declared(self._resolver, resource)
        try:
            after = kind.read(resolved, self._inputs.data["tags"], resource.logical_id)
        except ProvisionFailed:
            # It will fail when it is carried out, as on AWS; here it is a change like another.
            after = resolved
        before: Properties = row.data["properties"]
        names = changed_names(before, after)
        details = [self._detail(resource, kind, name, before, after) for name in names]
        policies = {
            "metadata": resource.metadata,
            "deletion_policy": self._resolver.policy(resource, "DeletionPolicy"),
            "update_replace_policy": self._resolver.policy(resource, "UpdateReplacePolicy"),
        }
        scope = ["Properties"] if names else []
        for key, attribute in _POLICIES:
            if row.data.get(key) != policies[key]:
                scope.append(attribute)
                details.append(_policy_detail(attribute))
        if not scope:
            return self._sync(row, kind, before)
        replacement = _replacement(details)
        if replacement != "False":
            self._unsettled.add(resource.logical_id)
        entry = {
            "Action": "Modify",
            "LogicalResourceId": resource.logical_id,
            "PhysicalResourceId": row.physical_id,
            "ResourceType": resource.type,
            "Replacement": replacement,
            "Scope": scope,
            "Details": details,
            "BeforeContext": _context(before),
            "AfterContext": _context(after),
        }
        if replacement == "True":
            kept = policies["update_replace_policy"] in ("Retain", "RetainExceptOnCreate")
            entry["PolicyAction"] = "ReplaceAndRetain" if kept else "ReplaceAndDelete"
        return entry

    def _sync(
        self, row: StackResource, kind: ResourceType, actual: Properties
    ) -> dict[str, Any] | None:
        """The template was brought to what drift had made: only the stack's record changes."""
        deployed = self._deployed[row.logical_id].data["properties"]
        names = changed_names(deployed, actual)
        if not names:
            return None
        targets = [
            {
                "Attribute": "Properties",
                "Name": name,
                "Path": f"/Properties/{name}",
                "RequiresRecreation": "Never",
                "BeforeValue": to_text(actual.get(name, "")),
                "AfterValue": to_text(actual.get(name, "")),
                "AttributeChangeType": "SyncWithActual",
            }
            for name in names
        ]
        return {
            "Action": "SyncWithActual",
            "LogicalResourceId": row.logical_id,
            "PhysicalResourceId": row.physical_id,
            "ResourceType": kind.name,
            "Scope": ["Properties"],
            "Details": [
                {
                    "Target": target,
                    "Evaluation": "Static",
                    "ChangeSource": "DirectModification",
                }
                for target in targets
            ],
            "BeforeContext": _context(actual),
            "AfterContext": _context(actual),
        }

    def _detail(
        self,
        resource: Resource,
        kind: ResourceType,
        name: str,
        before: Properties,
        after: Properties,
    ) -> dict[str, Any]:
        dynamic = has_unknown(after.get(name))
        recreation = "Never"
        if kind.update is None or name in kind.replaces:
            recreation = "Always"
        elif name in kind.replaces_if_new:
            recreation = "Conditionally"
        change = "Add" if name not in before else "Remove" if name not in after else "Modify"
        target: dict[str, Any] = {
            "Attribute": "Tags" if name == "Tags" else "Properties",
            "RequiresRecreation": recreation,
            "Path": f"/Properties/{name}",
            "AttributeChangeType": change,
        }
        if name != "Tags":
            target["Name"] = name
        if name in before:
            target["BeforeValue"] = to_text(before[name])
        if name in after:
            target["AfterValue"] = to_text(show_unknown(after[name]))
        source, entity = self._find_cause(resource.properties.get(name))
        detail = {
            "Target": target,
            "Evaluation": "Dynamic" if dynamic else "Static",
            "ChangeSource": source,
        }
        if entity:
            detail["CausingEntity"] = entity
        return detail

    def _find_cause(self, value: Any) -> tuple[str, str]:
        """Why a property changes: what it refers to, or the template itself."""
        before = (self._stack.data.get("inputs") or {}).get("values", {})
        for reference in find_references(value, self._resolver.is_true):
            if reference.name in self._unsettled:
                if reference.attribute is None:
                    return "ResourceReference", reference.name
                return "ResourceAttribute", f"{reference.name}.{reference.attribute}"
            values = self._inputs.data["values"]
            if reference.name in values and values[reference.name] != before.get(reference.name):
                return "ParameterReference", reference.name
        return "DirectModification", ""

    def _outputs_change(self) -> bool:
        resolver = self._resolver
        before = {
            entry["OutputKey"]: (
                entry["OutputValue"],
                entry.get("Description"),
                entry.get("ExportName"),
            )
            for entry in self._stack.data.get("outputs", [])
        }
        after = {}
        for name, output in resolver.template.outputs.items():
            if output.condition is not None and not resolver.is_true(output.condition):
                continue
            value = resolver.resolve_properties(output.value)
            if has_unknown(value):
                return True
            export = output.export_name
            if export is not None:
                export = to_text(resolver.resolve(export))
            after[name] = (to_text(value), output.description, export)
        return before != after


def _remove(row: StackResource) -> dict[str, Any]:
    policy = row.data.get("deletion_policy", "Delete")
    return {
        "PolicyAction": _POLICY_ACTIONS.get(policy, "Delete"),
        "Action": "Remove",
        "LogicalResourceId": row.logical_id,
        "PhysicalResourceId": row.physical_id,
        "ResourceType": row.type,
        "Scope": [],
        "Details": [],
        "BeforeContext": _context(row.data["properties"]),
    }


def _policy_detail(attribute: str) -> dict[str, Any]:
    return {
        "Target": {"Attribute": attribute, "RequiresRecreation": "Never"},
        "Evaluation": "Static",
        "ChangeSource": "DirectModification",
    }


def _replacement(details: list[dict[str, Any]]) -> str:
    answer = "False"
    for detail in details:
        recreation = detail["Target"]["RequiresRecreation"]
        if recreation == "Always" and detail["Evaluation"] == "Static":
            return "True"
        if recreation != "Never":
            answer = "Conditional"
    return answer


def _context(properties: Any) -> str:
    return json.dumps({"Properties": show_unknown(properties)}, separators=(",", ":"))
