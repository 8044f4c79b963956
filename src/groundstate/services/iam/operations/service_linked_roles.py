"""CreateServiceLinkedRole, DeleteServiceLinkedRole, GetServiceLinkedRoleDeletionStatus.

AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from groundstate.operation import Call, Shape
from groundstate.services.iam.answers import describe_role
from groundstate.services.iam.entities import (
    SERVICE_LINKED_PATH,
    base_members,
    entity_arn,
    named_entity,
)
from groundstate.services.iam.errors import EntityAlreadyExists, InvalidInput, NoSuchEntity
from groundstate.services.iam.model import Role

# The names that cannot be guessed from the service's.
_NAMES = {
    "apigateway": "APIGateway",
    "autoscaling": "AutoScaling",
    "dynamodb.application-autoscaling": "ApplicationAutoScaling_DynamoDBTable",
    "ecs": "ECS",
    "elasticloadbalancing": "ElasticLoadBalancing",
    "es": "AmazonElasticsearchService",
    "events": "CloudWatchEvents",
    "lambda.application-autoscaling": "ApplicationAutoScaling_LambdaConcurrency",
    "ops.apigateway": "APIGateway",
    "rds": "RDS",
    "replication.dynamodb": "DynamoDBReplication",
    "ssm": "AmazonSSM",
}
_SERVICE = re.compile(r"([a-z0-9.-]+)\.amazonaws\.com(\.cn)?\Z")


def create_service_linked_role(call: Call, request: Shape) -> Shape:
    """Make the role by which a service works in the account. It grants nothing here.

    Raises:
        InvalidInput: the service has no name of AWS's form, or the role is there.
    """
    service = request["AWSServiceName"]
    found = _SERVICE.match(service)
    if found is None:
        raise InvalidInput(f"Service {service} is not a valid service name.")
    name = _NAMES.get(found.group(1)) or "".join(
        word.capitalize() for word in re.split(r"[.-]", found.group(1))
    )
    name = f"AWSServiceRoleFor{name}"
    if "CustomSuffix" in request:
        name = f"{name}_{request['CustomSuffix']}"
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        ],
    }
    try:
        base = base_members(call, Role, name, f"{SERVICE_LINKED_PATH}{service}/")
    except EntityAlreadyExists:
        raise InvalidInput(
            f"Service role name {name} has been taken in this account, please try a different"
            " suffix."
        ) from None
    role = Role(**base, trust_document=json.dumps(trust), description=request.get("Description"))
    call.tx.iam.insert_entity(role.to_row())
    return {"Role": describe_role(role)}


def delete_service_linked_role(call: Call, request: Shape) -> Shape:
    """Delete a service's role at once; AWS takes its time.

    Raises:
        NoSuchEntity: there is none of this name.
    """
    role = named_entity(call, Role, request)
    if not role.path.startswith(SERVICE_LINKED_PATH):
        raise NoSuchEntity(f"The role with name {role.name} cannot be found.")
    call.tx.iam.delete_entity(role.entity_id)
    return {"DeletionTaskId": f"task{role.path}{role.name}/{call.request_id}"}


def get_service_linked_role_deletion_status(call: Call, request: Shape) -> Shape:
    """Say that a deletion is done.

    Raises:
        NoSuchEntity: the text names no deletion.
    """
    if not request["DeletionTaskId"].startswith(f"task{SERVICE_LINKED_PATH}"):
        raise NoSuchEntity(f"Deletion task {request['DeletionTaskId']} cannot be found.")
    return {"Status": "SUCCEEDED"}


def service_linked_resource(call: Call, request: Shape) -> str:
    """The ARN of the roles that a request is about, for its permission."""
    if "RoleName" in request:
        row = call.tx.iam.find_entity(Role.kind, str(request["RoleName"]))
        return row.arn if row is not None else entity_arn(call, Role, str(request["RoleName"]))
    service = request.get("AWSServiceName", "*")
    return entity_arn(call, Role, "*", f"{SERVICE_LINKED_PATH}{service}/")


def service_context(call: Call, request: Shape) -> Mapping[str, Any]:
    """The condition key for which services roles may be made."""
    return {"iam:AWSServiceName": str(request.get("AWSServiceName", ""))}
