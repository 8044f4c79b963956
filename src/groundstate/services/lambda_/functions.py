"""Finding functions, versions and aliases, with the errors of those that are not there."""

from __future__ import annotations

from typing import Any

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.errors import (
    InvalidParameterValueException,
    PreconditionFailedException,
    ResourceNotFoundException,
)
from groundstate.services.lambda_.model import LATEST, FunctionVersion, make_function_version
from groundstate.services.lambda_.names import FunctionName, function_arn
from groundstate.store.functions import FunctionRow, VersionRow


def get_function_row(call: Call, name: str, qualifier: str = "") -> FunctionRow:
    """The function of this name.

    Raises:
        ResourceNotFoundException: there is none; the message has the qualifier that was asked for.
    """
    found = call.tx.functions.find(call.region, name)
    if found is None:
        raise function_not_found(call, name, qualifier)
    return found


def function_not_found(call: Call, name: str, qualifier: str) -> ResourceNotFoundException:
    """The error of a function that is not there."""
    return ResourceNotFoundException(f"Function not found: {function_arn(call, name, qualifier)}")


def get_version(call: Call, function: FunctionRow, qualifier: str) -> VersionRow:
    """The configuration that a qualifier stands for: a version's, or an alias's first version's.

    Raises:
        ResourceNotFoundException: the function has no such version or alias.
    """
    version = qualifier or LATEST
    if is_alias_name(version):
        alias = call.tx.functions.find_alias(function.function_id, version)
        if alias is None:
            raise alias_not_found(call, function.name, version)
        version = alias["FunctionVersion"]
    found = call.tx.functions.find_version(function.function_id, version)
    if found is None:
        raise function_not_found(call, function.name, qualifier)
    return found


def alias_not_found(call: Call, name: str, alias: str) -> ResourceNotFoundException:
    """The error of an alias that is not there."""
    return ResourceNotFoundException(f"Cannot find alias arn: {function_arn(call, name, alias)}")


def get_configuration(call: Call, named: FunctionName) -> tuple[FunctionRow, VersionRow, Shape]:
    """The function, the version, and the FunctionConfiguration as the caller sees it.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
    """
    function = get_function_row(call, named.name, named.qualifier)
    version = get_version(call, function, named.qualifier)
    document = dict(version.document)
    if named.qualifier:
        document["FunctionArn"] = function_arn(call, named.name, named.qualifier)
    return function, version, document


def is_alias_name(qualifier: str) -> bool:
    """A qualifier that is neither `$LATEST` nor a number."""
    return qualifier != LATEST and not qualifier.isdecimal()


def require_unqualified(named: FunctionName) -> None:
    """Refuse a qualifier where only the function itself can be meant.

    Raises:
        InvalidParameterValueException: there is one other than `$LATEST`.
    """
    if named.qualifier and named.qualifier != LATEST:
        raise InvalidParameterValueException(
            "This operation is permitted on Lambda functions only. Aliases and versions do not"
            " support this operation. Please specify either a function name or an unqualified"
            " function ARN."
        )


def check_revision(request: dict[str, Any], revision_id: str, kind: str) -> None:
    """Refuse a change that was meant for an older revision.

    Raises:
        PreconditionFailedException: the request names another revision.
    """
    if request.get("RevisionId", revision_id) != revision_id:
        raise PreconditionFailedException(
            f"The Revision Id provided does not match the latest Revision Id. Call the"
            f" {kind} API to retrieve the latest Revision Id"
        )


def find_function_version(
    call: Call, name: str, version: str
) -> tuple[FunctionVersion, int | None] | None:
    """What runs for a version, and the function's reserved concurrency; None if there is none.

    Reads little when the revision is known: this is in the path of every invocation.
    """
    found = call.tx.functions.find_revision(call.region, name, version)
    if found is None:
        return None
    function_id, revision_id, reserved = found
    known: FunctionVersion | None = call.host.find_version(revision_id)
    if known is None:
        row = call.tx.functions.find_version(function_id, version)
        assert row is not None, (function_id, version)
        known = make_function_version(
            function_id,
            call.region,
            revision_id,
            row.code_sha256,
            layer_codes(call, row.document),
            row.document,
        )
        call.host.keep_version(known)
    return known, reserved


def layer_codes(call: Call, document: Shape) -> tuple[str, ...]:
    """The SHA-256 of the zip files of a configuration's layers; those left out have none."""
    codes = []
    for layer in document.get("Layers", ()):
        if layer["Arn"].split(":")[4] != call.account:
            continue
        found = call.tx.layers.find_code(layer["Arn"])
        assert found is not None, layer["Arn"]
        codes.append(found)
    return tuple(codes)
