"""What a stack is deployed with: reads it from a request, and checks it before anything changes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from groundstate.arn import partition_of
from groundstate.operation import Call, Principal, ServiceError, Shape
from groundstate.principals import role_principal
from groundstate.services.cloudformation.engine.lookups import CallLookups
from groundstate.services.cloudformation.engine.template_text import (
    fetch_template,
    read_template_text,
)
from groundstate.services.cloudformation.errors import (
    InsufficientCapabilitiesException,
    ValidationError,
)
from groundstate.services.cloudformation.resources import registry
from groundstate.services.cloudformation.template import conditions, graph, parameters
from groundstate.services.cloudformation.template.document import (
    Template,
    parse_parameters,
    parse_template,
)
from groundstate.services.cloudformation.template.errors import (
    TemplateError,
    UnsupportedFunction,
    format_error,
)
from groundstate.services.cloudformation.template.includes import INCLUDE, find_locations
from groundstate.services.cloudformation.template.macros import (
    find_use,
    names_macros,
    without_macros,
)
from groundstate.services.cloudformation.template.resolver import (
    NothingKnown,
    Resolver,
    Resources,
)
from groundstate.services.cloudformation.template.sam.serverless import SERVERLESS
from groundstate.services.cloudformation.template.source import parse_piece, parse_source
from groundstate.services.cloudformation.template.transforms import (
    LANGUAGE_EXTENSIONS,
    expand,
    expand_loops,
    find_transforms,
)
from groundstate.store.cloudformation import Stack

SERVICE_NAME = "cloudformation.amazonaws.com"
AUTO_EXPAND = "CAPABILITY_AUTO_EXPAND"
URL_SUFFIXES = {"aws": "amazonaws.com", "aws-cn": "amazonaws.com.cn", "aws-us-gov": "amazonaws.com"}


@dataclass(frozen=True)
class Inputs:
    """The inputs of a deployment; `data` is what is kept of them with the stack.

    Attributes:
        template: the template, its macros expanded.
        data: `template_id`, `parameters` (texts), `values` (what Ref gives), `stored_names`,
            `tags`, `capabilities`, `role_arn`, `notification_arns`, `accepted_inert`,
            `piece_ids` (what it includes), `written_id` (the text before macros of one's own
            changed it; left out if none did).
    """

    template: Template
    data: dict[str, Any]


@lru_cache(maxsize=64)
def load_source(body: str) -> dict[str, Any]:
    """A template's text as plain values, which must not be changed.

    Raises:
        TemplateError: it is not well-formed.
    """
    return parse_source(body)


def load_parameters(body: str) -> dict[str, Mapping[str, Any]]:
    """The parameters that a template declares.

    Raises:
        TemplateError: one is declared wrongly.
    """
    declared = parse_parameters(load_source(body))
    parameters.check_types(declared)
    return declared


def load_template(
    body: str, values: Mapping[str, Any], pieces: Mapping[str, str] | None = None
) -> Template:
    """A template from its text; the same texts come again and again while a stack is deployed.

    Args:
        values: of the parameters, since transforms may use them.
        pieces: the texts that it includes, by location.

    Raises:
        TemplateError: something is wrong with it.
    """
    # Other templates are the same whatever their parameters are.
    depends = bool(pieces) or LANGUAGE_EXTENSIONS in body or SERVERLESS in body
    return _load(body, json.dumps(values) if depends else "{}", json.dumps(pieces or {}))


def load_written(body: str, values: Mapping[str, Any]) -> Template:
    """A template as its author sees it: with SAM's types and macros, which are not expanded.

    Raises:
        TemplateError: something is wrong with it.
    """
    written = load_source(body)
    source = without_macros(written) if find_use(written) is not None else written
    names = find_transforms(source)
    if SERVERLESS not in names and source is written:
        return load_template(body, values)
    # Its references may be to what the transforms generate, so they are not looked at.
    return parse_template(expand_loops(source, values), tuple(names_macros(written)))


@lru_cache(maxsize=64)
def _load(body: str, values_text: str, pieces_text: str) -> Template:
    source, values = load_source(body), json.loads(values_text)
    pieces = {place: parse_piece(text) for place, text in json.loads(pieces_text).items()}
    transforms = find_transforms(source)
    if pieces and INCLUDE not in transforms:
        transforms = (*transforms, INCLUDE)
    template = parse_template(expand(source, values, pieces), transforms)
    parameters.check_types(template.parameters)
    names = {**template.parameters, **dict.fromkeys(graph.PSEUDO_PARAMETERS)}
    conditions.check_conditions(template.conditions, names)
    graph.check_references(template)
    return template


def read_inputs(call: Call, request: Shape, stack: Stack | None) -> Inputs:
    """Read and check the inputs of CreateStack, UpdateStack and CreateChangeSet.

    Args:
        stack: the stack that is there, whose template, parameters and tags may be kept.

    Raises:
        ValidationError: the template or a parameter is wrong.
        InsufficientCapabilitiesException: it gives rights, and the caller did not allow that.
    """
    before = stack.data.get("inputs") if stack is not None else None
    body = request.get("ProcessedTemplate") or read_template_text(call, request, before)
    read = read_values(call, request, body, before)
    values = read.values
    try:
        if LANGUAGE_EXTENSIONS in find_transforms(load_source(body)):
            values = {**_pseudo_parameters(call, _stack_name(request)), **values}
        pieces = _fetch_pieces(call, request, body, values)
        template = load_template(body, values, pieces)
    except TemplateError as error:
        raise ValidationError(error.message) from None
    tags = before["tags"] if before is not None and "Tags" not in request else _read_tags(request)
    data = {
        "template_id": call.tx.stacks.keep_template(body),
        "piece_ids": {place: call.tx.stacks.keep_template(text) for place, text in pieces.items()},
        "parameters": read.texts,
        "values": values,
        "stored_names": parameters.find_stored_names(read.declared, read.texts),
        "tags": tags,
        "capabilities": request.get("Capabilities", []),
        "role_arn": read.role_arn,
        "notification_arns": request.get("NotificationARNs", []),
    }
    if "WrittenTemplate" in request:
        data["written_id"] = call.tx.stacks.keep_template(request["WrittenTemplate"])
    return Inputs(template, data)


class Values(NamedTuple):
    """The parameters of a request.

    Attributes:
        texts: as they are given or kept.
        values: what Ref gives.
        role_arn: the stack's role, or empty.
    """

    declared: dict[str, Mapping[str, Any]]
    texts: dict[str, str]
    values: dict[str, Any]
    role_arn: str


def read_values(call: Call, request: Shape, body: str, before: Mapping[str, Any] | None) -> Values:
    """Read the parameters of a template.

    Args:
        body: the template.
        before: the inputs that the stack has, whose parameters may be kept.

    Raises:
        ValidationError: a parameter is wrong, or the role.
    """
    role_arn = request.get("RoleARN") or (before or {}).get("role_arn", "")
    if "RoleARN" in request:
        check_role(call, role_arn)
    try:
        declared = load_parameters(body)
        texts = _read_parameters(request, declared, before)
        # Who deploys need not be allowed to read parameters: the role that they pass must be.
        lookups = CallLookups(call, stack_principal(call, {"role_arn": role_arn}))
        values = parameters.resolve_values(declared, texts, lookups.find_stored)
    except TemplateError as error:
        raise ValidationError(error.message) from None
    return Values(declared, texts, values, role_arn)


def check_inputs(
    call: Call, inputs: Inputs, stack_name: str, stack_id: str, *, reviewed: bool = False
) -> None:
    """Check all that can be known before anything changes: rules, types, functions, rights.

    Args:
        reviewed: a change set shows what macros have made before it is carried out.

    Raises:
        ValidationError, InsufficientCapabilitiesException: as AWS refuses.
    """
    principal = stack_principal(call, inputs.data)
    try:
        resolver = make_resolver(
            call, inputs, stack_name, stack_id, NothingKnown(), CallLookups(call, principal)
        )
        for name in inputs.template.conditions:
            resolver.is_true(name)
        conditions.check_rules(resolver)
        _check_types(call, inputs, resolver)
        for resource in resolver.active_resources.values():
            for member in ("DeletionPolicy", "UpdateReplacePolicy"):
                resolver.policy(resource, member)
        graph.check_acyclic(graph.find_dependencies(resolver))
        graph.check_active_references(resolver)
        _check_values(resolver)
    except TemplateError as error:
        raise ValidationError(error.message) from None
    expands = bool(inputs.template.transforms) and not reviewed
    if expands and AUTO_EXPAND not in inputs.data["capabilities"]:
        raise InsufficientCapabilitiesException(f"Requires capabilities : [{AUTO_EXPAND}]")
    _check_capabilities(inputs, resolver)


def make_resolver(
    call: Call,
    inputs: Inputs,
    stack_name: str,
    stack_id: str,
    resources: Resources,
    lookups: CallLookups,
) -> Resolver:
    """A resolver of a stack's template with its inputs."""
    pseudo = {
        **_pseudo_parameters(call, stack_name),
        "AWS::NotificationARNs": inputs.data["notification_arns"],
        "AWS::StackId": stack_id,
    }
    return Resolver(inputs.template, inputs.data["values"], pseudo, resources, lookups)


def _pseudo_parameters(call: Call, stack_name: str) -> dict[str, Any]:
    partition = partition_of(call.region)
    return {
        "AWS::AccountId": call.account,
        "AWS::Partition": partition,
        "AWS::Region": call.region,
        "AWS::StackName": stack_name,
        "AWS::URLSuffix": URL_SUFFIXES[partition],
    }


def stored_inputs(call: Call, data: Mapping[str, Any]) -> Inputs:
    """Inputs as kept with a stack."""
    return Inputs(stored_template(call, data), dict(data))


def stored_template(call: Call, data: Mapping[str, Any]) -> Template:
    """The template of inputs as kept with a stack."""
    body = call.tx.stacks.get_template(data["template_id"])
    # Stacks of earlier releases have none: they could include nothing.
    places = data.get("piece_ids", {})
    pieces = {place: call.tx.stacks.get_template(kept) for place, kept in places.items()}
    return load_template(body, data["values"], pieces)


def stack_principal(call: Call, data: Mapping[str, Any]) -> Principal:
    """With whose rights a stack is deployed now: its role's, or the caller's."""
    if data["role_arn"]:
        return role_principal(data["role_arn"], "AWSCloudFormation", "cloudformation.amazonaws.com")
    return call.principal


def check_role(call: Call, role_arn: str) -> None:
    """The caller may pass the role to CloudFormation, and the role trusts CloudFormation.

    Raises:
        ServiceError: the caller has no permission for iam:PassRole.
        ValidationError: there is no such role, or it trusts others alone.
    """
    call.authorize("iam:PassRole", role_arn, {"iam:PassedToService": SERVICE_NAME})
    if call.config.iam == "off":
        return
    try:
        call.invoke("iam", "GetTrustedRole", {"RoleArn": role_arn, "Service": SERVICE_NAME})
    except ServiceError:
        raise ValidationError(f"Role {role_arn} is invalid or cannot be assumed") from None


def find_unsupported(template: Template, names: set[str]) -> list[str]:
    """The types of these resources that this runtime does not have, each once."""
    types = [template.resources[name].type for name in names]
    return sorted({kind for kind in types if registry.find(kind) is None})


def _check_types(call: Call, inputs: Inputs, resolver: Resolver) -> None:
    accepted = call.config.accepted_inert(inputs.data["tags"])
    missing = find_unsupported(inputs.template, set(resolver.active_resources))
    if "all" in accepted:
        accepted = frozenset(missing)
    refused = [kind for kind in missing if kind not in accepted]
    if refused:
        raise format_error(
            f"Unrecognized resource types: [{', '.join(refused)}]. This runtime has none of their"
            " services; to keep them as records without behaviour, give --accept-inert TYPE (or"
            " all) to `groundstate deploy`, or set GROUNDSTATE_ACCEPT_INERT."
        )
    inputs.data["inert"] = [kind for kind in missing if kind in accepted]


def _check_values(resolver: Resolver) -> None:
    """Resolve what can be resolved, so that a function that is used wrongly is found now."""
    for name, resource in resolver.active_resources.items():
        try:
            resolver.object_of(resource, resolver.resolve(resource.properties))
        except UnsupportedFunction as error:
            raise format_error(f"{error.message} (at /Resources/{name}/Properties)") from None
    for name, output in resolver.template.outputs.items():
        if output.condition is None or resolver.is_true(output.condition):
            try:
                resolver.resolve(output.value)
            except UnsupportedFunction as error:
                raise format_error(f"{error.message} (at /Outputs/{name}/Value)") from None


def _check_capabilities(inputs: Inputs, resolver: Resolver) -> None:
    given = set(inputs.data["capabilities"])
    needed = ""
    for resource in resolver.active_resources.values():
        kind = registry.find(resource.type)
        if kind is None or not kind.iam:
            continue
        if kind.name_property and kind.name_property in resource.properties:
            needed = "CAPABILITY_NAMED_IAM"
        needed = needed or "CAPABILITY_IAM"
    if needed == "CAPABILITY_NAMED_IAM" and needed not in given:
        raise InsufficientCapabilitiesException("Requires capabilities : [CAPABILITY_NAMED_IAM]")
    if needed and not given & {"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"}:
        raise InsufficientCapabilitiesException("Requires capabilities : [CAPABILITY_IAM]")


def _stack_name(request: Shape) -> str:
    """The name of a request's stack, which may be given by its ARN."""
    return str(request.get("StackName", "")).rpartition(":stack/")[2].partition("/")[0]


def _fetch_pieces(
    call: Call, request: Shape, body: str, values: Mapping[str, Any]
) -> dict[str, str]:
    """The texts that a template includes, by location; they stay as they are for the stack."""
    if INCLUDE not in body and "Fn::Transform" not in body:
        return {}
    pseudo = _pseudo_parameters(call, _stack_name(request))
    return {
        key: fetch_template(call, place, call.principal)
        for key, place in find_locations(load_source(body), values, pseudo).items()
    }


def _read_parameters(
    request: Shape, declared: parameters.Declared, before: Mapping[str, Any] | None
) -> dict[str, str]:
    given: dict[str, str] = {}
    kept: dict[str, str] = {}
    for entry in request.get("Parameters", []):
        name = entry.get("ParameterKey", "")
        if not entry.get("UsePreviousValue"):
            if "ParameterValue" not in entry:
                raise TemplateError(f"Parameters: [{name}] must have values")
            given[name] = entry["ParameterValue"]
        elif before is None or name not in before["parameters"]:
            raise TemplateError(
                f"Invalid input for parameter key {name}. Cannot specify usePreviousValue as true"
                " for a parameter key not in the previous template"
            )
        elif name in declared:
            kept[name] = before["parameters"][name]
    return parameters.choose_values(declared, given, kept)


def _read_tags(request: Shape) -> dict[str, str]:
    tags = {entry["Key"]: entry["Value"] for entry in request.get("Tags", [])}
    reserved = [key for key in tags if key.lower().startswith("aws:")]
    if reserved:
        raise ValidationError(f"Stack tag keys must not begin with aws: [{', '.join(reserved)}]")
    return tags
