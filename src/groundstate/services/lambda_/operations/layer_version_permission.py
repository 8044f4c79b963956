"""AddLayerVersionPermission, RemoveLayerVersionPermission, GetLayerVersionPolicy.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html
"""

from __future__ import annotations

import orjson

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.errors import ResourceNotFoundException
from groundstate.services.lambda_.layers import get_layer, layer_name
from groundstate.services.lambda_.policies import (
    add_statement,
    empty_policy,
    parse_principal,
    remove_statement,
    shown_policy,
)


def add_layer_version_permission(call: Call, request: Shape) -> Shape:
    """Let other accounts use a version of a layer.

    Raises:
        ResourceNotFoundException: there is no such version.
        ResourceConflictException: the statement's id is taken.
        PreconditionFailedException: the RevisionId is not the latest one.
    """
    name, version = layer_name(request["LayerName"]), request["VersionNumber"]
    layer = get_layer(call, name, version)
    statement: Shape = {
        "Sid": request["StatementId"],
        "Effect": "Allow",
        "Principal": parse_principal(request["Principal"]),
        "Action": request["Action"],
        "Resource": layer["LayerVersionArn"],
    }
    if "OrganizationId" in request:
        organization = {"aws:PrincipalOrgID": request["OrganizationId"]}
        statement["Condition"] = {"StringEquals": organization}
    kept = call.tx.layers.find_policy(call.region, name, version) or empty_policy()
    add_statement(kept, statement, request)
    call.tx.layers.set_policy(call.region, name, version, kept)
    return {"Statement": orjson.dumps(statement).decode(), "RevisionId": kept["RevisionId"]}


def remove_layer_version_permission(call: Call, request: Shape) -> Shape:
    """Take a statement out of a layer version's policy.

    Raises:
        ResourceNotFoundException: there is no such version, policy or statement.
        PreconditionFailedException: the RevisionId is not the latest one.
    """
    name, version = layer_name(request["LayerName"]), request["VersionNumber"]
    kept = _policy(call, name, version)
    left = remove_statement(kept, request["StatementId"], request)
    call.tx.layers.set_policy(call.region, name, version, kept if left else None)
    return {}


def get_layer_version_policy(call: Call, request: Shape) -> Shape:
    """Show a layer version's policy.

    Raises:
        ResourceNotFoundException: there is no such version, or it has no policy.
    """
    return shown_policy(_policy(call, layer_name(request["LayerName"]), request["VersionNumber"]))


def _policy(call: Call, name: str, version: int) -> Shape:
    get_layer(call, name, version)
    kept = call.tx.layers.find_policy(call.region, name, version)
    if kept is None:
        raise ResourceNotFoundException("No policy is associated with the given resource.")
    return kept
