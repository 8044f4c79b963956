"""The transform itself: Globals, then each resource of SAM's, then the references to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from groundstate.services.cloudformation.template.errors import TemplateError
from groundstate.services.cloudformation.template.sam import (
    application,
    connector,
    function,
    http_api,
    layer_version,
    rest_api,
    simple_table,
    state_machine,
)
from groundstate.services.cloudformation.template.sam.expansion import Expansion, InvalidResource
from groundstate.services.cloudformation.template.sam.global_values import (
    InvalidGlobals,
    apply_globals,
)
from groundstate.services.cloudformation.template.sam.references import (
    rename,
    rename_dependencies,
)

SERVERLESS = "AWS::Serverless-2016-10-31"

Expand = Callable[[Expansion, str, Mapping[str, Any]], None]
# In this order: an API is made when the events have added their paths to it.
_EXPANDERS: Mapping[str, Expand] = {
    simple_table.NAME: simple_table.expand_simple_table,
    layer_version.NAME: layer_version.expand_layer_version,
    application.NAME: application.expand_application,
    function.NAME: function.expand_function,
    state_machine.NAME: state_machine.expand_state_machine,
    rest_api.NAME: rest_api.expand_api,
    http_api.NAME: http_api.expand_http_api,
    connector.NAME: connector.expand_connector,
}
_IMPLICIT = {
    rest_api.IMPLICIT: ("Api", "RestApiId", rest_api.make_implicit),
    http_api.IMPLICIT: ("HttpApi", "ApiId", http_api.make_implicit),
}


def expand_serverless(body: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The template with plain types in the place of SAM's.

    Args:
        values: what `Ref` gives for the template's parameters.

    Raises:
        TemplateError: with all that SAM finds wrong, in one message.
    """
    try:
        sources, shared = apply_globals(body)
    except InvalidGlobals as error:
        raise _failure([str(error)]) from None
    _add_implicit(sources, shared)
    for logical_id, source in sources.items():
        if _kind(source) in (rest_api.NAME, http_api.NAME):
            # Events add their paths to it, and the template as parsed is shared.
            sources[logical_id] = deepcopy(source)
    expansion = Expansion(sources, body.get("Conditions", {}), values)
    for logical_id, source in sources.items():
        if _kind(source) not in _EXPANDERS:
            expansion.resources[logical_id] = source
    problems = _expand_all(expansion)
    if problems:
        raise _failure(problems)
    return _finish(body, expansion)


def _expand_all(expansion: Expansion) -> list[str]:
    """Expand each resource of SAM's; what is wrong with them."""
    problems: list[str] = []
    steps = [
        (expand, logical_id)
        for kind, expand in _EXPANDERS.items()
        for logical_id, source in expansion.sources.items()
        if _kind(source) == kind
    ]
    # Connectors within a resource come last: they may lead to any other.
    steps += [(connector.expand_embedded, logical_id) for logical_id in expansion.sources]
    for expand, logical_id in steps:
        if problems and expand is connector.expand_embedded:
            break
        try:
            expand(expansion, logical_id, expansion.sources[logical_id])
        except InvalidResource as error:
            problems.append(error.message)
    return problems


def _kind(source: Any) -> str:
    kind = source.get("Type") if isinstance(source, dict) else None
    return kind if isinstance(kind, str) else ""


def _failure(problems: list[str]) -> TemplateError:
    return TemplateError(
        f"Transform {SERVERLESS} failed with: Invalid Serverless Application Specification"
        f" document. Number of errors found: {len(problems)}. {', '.join(problems)}"
    )


def _add_implicit(sources: dict[str, dict[str, Any]], shared: Mapping[str, Any]) -> None:
    """Add the APIs that events use without naming one, for as long as their functions are there."""
    for api_id, (kind, reference, make) in _IMPLICIT.items():
        users = [
            source
            for source in sources.values()
            if _kind(source) in (function.NAME, state_machine.NAME)
            and _uses(source, kind, reference, api_id)
        ]
        if not users or api_id in sources:
            continue
        api = make(shared.get(kind, {}))
        conditions = [source.get("Condition") for source in users]
        if None not in conditions and len(set(conditions)) == 1:
            api["Condition"] = conditions[0]
        sources[api_id] = api


def _uses(source: Mapping[str, Any], kind: str, reference: str, api_id: str) -> bool:
    properties = source.get("Properties", {})
    events = properties.get("Events", {}) if isinstance(properties, dict) else None
    return isinstance(events, dict) and any(
        event.get("Type") == kind
        and event.get("Properties", {}).get(reference) in (None, {"Ref": api_id}, api_id)
        for event in events.values()
        if isinstance(event, dict)
    )


def _finish(body: Mapping[str, Any], expansion: Expansion) -> dict[str, Any]:
    names = expansion.names
    finished = {
        section: value for section, value in body.items() if section not in ("Globals", "Transform")
    }
    resources = {}
    for logical_id, resource in expansion.resources.items():
        renamed = rename(resource, names)
        if isinstance(renamed, dict) and "DependsOn" in renamed:
            renamed["DependsOn"] = rename_dependencies(
                renamed["DependsOn"], names, expansion.connected
            )
        resources[logical_id] = renamed
    finished["Resources"] = resources
    if expansion.conditions:
        finished["Conditions"] = expansion.conditions
    if "Outputs" in body:
        finished["Outputs"] = rename(body["Outputs"], names)
    return finished
