"""Operations and their members as the AWS SDK for Java 2 names them, which aws-sdk tasks do.

AWS: https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from groundstate.asl.interface import Resource
from groundstate.models import ServiceModel, has_model, list_models, load_model

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")

# SDK 2 names services by their id; these are botocore's names where they are not the same but for
# hyphens.
_MODELS = {
    "applicationdiscovery": "discovery",
    "cloudwatchlogs": "logs",
    "cognitoidentityprovider": "cognito-idp",
    "costandusagereport": "cur",
    "costexplorer": "ce",
    "databasemigration": "dms",
    "directory": "ds",
    "directoryservicedata": "ds-data",
    "elasticloadbalancing": "elb",
    "elasticloadbalancingv2": "elbv2",
    "elasticsearch": "es",
    "eventbridge": "events",
    "iotdataplane": "iot-data",
    "iotjobsdataplane": "iot-jobs-data",
    "lexmodelbuilding": "lex-models",
    "lexmodelsv2": "lexv2-models",
    "lexruntime": "lex-runtime",
    "lexruntimev2": "lexv2-runtime",
    "marketplacemetering": "meteringmarketplace",
    "migrationhub": "mgh",
    "serverlessapplicationrepository": "serverlessrepo",
    "sfn": "stepfunctions",
    "simpledb": "sdb",
}


@lru_cache(maxsize=1024)
def find_model(service: str) -> str | None:
    """Botocore's name of a service (`sfn`, `bedrockruntime`); None if it does not know it."""
    name = _MODELS.get(service, service)
    return name if has_model(name) else _without_hyphens().get(service)


@cache
def _without_hyphens() -> dict[str, str]:
    return {name.replace("-", ""): name for name in list_models()}


@lru_cache(maxsize=8192)
def pascal(name: str) -> str:
    """A service as SDK 2 spells it: `DynamoDB` becomes `DynamoDb`, `SFN` `Sfn`."""
    return "".join(word[0].upper() + word[1:].lower() for word in _WORDS.findall(name))


@lru_cache(maxsize=16384)
def member_name(name: str) -> str:
    """A member as SDK 2 spells it: leading capitals become one: `SSEKMSKeyId`, `SsekmsKeyId`."""
    if name == "NULL":
        # The getter of DynamoDB's attribute values: `null` is a word of Java.
        return "Nul"
    end = 1
    while end < len(name) and name[end].isupper() and not name[end + 1 : end + 2].islower():
        end += 1
    return name[0].upper() + name[1:end].lower() + name[end:]


def service_name(model: ServiceModel) -> str:
    """A service's name in error names and causes: `DynamoDb`, `Sfn`, `S3`."""
    return pascal(str(model.metadata["serviceId"]))


def find_operation(model: ServiceModel, action: str) -> str | None:
    """The operation of an action (`putItem`); a task has no use for a stream of events."""
    found = _operations(model.name, model).get(action.lower())
    return None if found is None or model.answers_with_events(found) else found


def is_known(resource: Resource) -> bool:
    """Whether there is the operation of an aws-sdk resource, as far as we know its service."""
    model_name = find_model(resource.service)
    if model_name is None:
        return True
    return find_operation(load_model(model_name), resource.action) is not None


def find_wrong(service: str, action: str, parameters: Any) -> str:
    """The first parameter that an operation does not have, or ''.

    Args:
        service, action: of the resource `aws-sdk:service:action`.
        parameters: as the task has them.
    """
    model_name = find_model(service)
    if model_name is None:
        return ""
    model = load_model(model_name)
    operation = find_operation(model, action)
    shape = None if operation is None else model.input_shape(operation)
    return "" if shape is None else _find_wrong(model, shape, parameters)


def _find_wrong(model: ServiceModel, shape_name: str, value: Any) -> str:
    shape = model.shapes[shape_name]
    kind = shape["type"]
    inner: list[tuple[str, Any]] = []
    if kind == "structure" and isinstance(value, dict):
        members = members_of(model, shape_name)
        for name, each in value.items():
            member = members.get(name)
            if member is None:
                return str(name)
            inner.append((shape["members"][member]["shape"], each))
    elif kind == "list" and isinstance(value, list):
        inner = [(shape["member"]["shape"], each) for each in value]
    elif kind == "map" and isinstance(value, dict):
        inner = [(shape["value"]["shape"], each) for each in value.values()]
    found = (_find_wrong(model, name, each) for name, each in inner)
    return next((name for name in found if name), "")


@lru_cache(maxsize=256)
def _operations_of(name: str, names: tuple[str, ...]) -> dict[str, str]:
    return {operation.lower(): operation for operation in names}


def _operations(name: str, model: ServiceModel) -> dict[str, str]:
    return _operations_of(name, tuple(model.operations))


_member_names: dict[tuple[str, str], dict[str, str]] = {}


def members_of(model: ServiceModel, shape_name: str) -> dict[str, str]:
    """A structure's members by their names in SDK 2."""
    key = (model.name, shape_name)
    found = _member_names.get(key)
    if found is None:
        names = model.shapes[shape_name].get("members", {})
        found = _member_names[key] = {member_name(name): name for name in names}
        # Names that SDK 2 would spell in another way are taken in the model's spelling, too.
        found.update((name[0].upper() + name[1:], name) for name in names)
    return found
