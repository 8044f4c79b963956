"""What a change set takes over by its names: resources of the template that exist already.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html
"""

from __future__ import annotations

from groundstate.operation import Call, Principal, ServiceError
from groundstate.services.cloudformation.engine import plan
from groundstate.services.cloudformation.engine.inputs import (
    Inputs,
    make_resolver,
    stack_principal,
)
from groundstate.services.cloudformation.engine.live import resolve_declared
from groundstate.services.cloudformation.engine.lookups import CallLookups
from groundstate.services.cloudformation.engine.provisioning import provision_to_read
from groundstate.services.cloudformation.operations.drift import GONE
from groundstate.services.cloudformation.resources import registry
from groundstate.services.cloudformation.resources.provision import Properties, ProvisionFailed
from groundstate.services.cloudformation.template.document import Resource
from groundstate.services.cloudformation.template.resolver import NothingKnown
from groundstate.store.cloudformation import Stack

Identifiers = dict[str, dict[str, str]]
"""What each resource is imported by, by logical id: `{"T": {"TableName": "Tasks"}}`."""

_KEPT = ("Retain", "RetainExceptOnCreate")


def find_existing(call: Call, stack: Stack, inputs: Inputs) -> tuple[Identifiers, str]:
    """The new resources whose names are taken, by nothing that belongs to a stack.

    Returns:
        What they are imported by, and why that cannot be, or nothing.
    """
    principal = stack_principal(call, inputs.data)
    resolver = make_resolver(
        call, inputs, stack.name, stack.stack_id, NothingKnown(), CallLookups(call, principal)
    )
    found: Identifiers = {}
    refused: list[str] = []
    own = plan.list_made(call, stack)
    for name, resource in resolver.active_resources.items():
        if name in own:
            # A name that it is given means another thing in its place, which is made.
            continue
        kind = registry.find(resource.type)
        if kind is None or kind.identifier != kind.name_property:
            continue
        properties = resolve_declared(resolver, resource)
        physical_id = properties.get(kind.identifier)
        if not isinstance(physical_id, str):
            continue
        if _exists(call, stack, principal, resource, properties):
            found[name] = {kind.identifier: physical_id}
            if resolver.policy(resource, "DeletionPolicy") not in _KEPT:
                refused.append(f"{name} ({{{kind.identifier}={physical_id}}})")
    return found, _refusal(refused) if refused else ""


def _refusal(names: list[str]) -> str:
    return (
        "CloudFormation is attempting to import some resources because they already exist in your"
        " account. The resources must have the DeletionPolicy attribute set to 'Retain' or"
        " 'RetainExceptOnCreate' in the template for successful import. The affected resources are"
        f" {', '.join(names)}"
    )


def _exists(
    call: Call, stack: Stack, principal: Principal, resource: Resource, properties: Properties
) -> bool:
    """Whether there is a thing of the name that the properties give."""
    kind = registry.find(resource.type)
    assert kind is not None, resource.type
    physical_id = properties[kind.identifier]
    if call.tx.stacks.find_of_type(stack.region, resource.type, physical_id) is not None:
        return False
    provision = provision_to_read(call, stack, resource.logical_id, resource.type, principal)
    try:
        read = kind.read(properties, {}, resource.logical_id)
        kind.take_over(provision, {kind.identifier: physical_id}, read)
    except ProvisionFailed:
        # It cannot be imported, or its properties are wrong, which making it will say.
        return False
    except ServiceError as error:
        if error.code not in GONE:
            raise
        return False
    return True
