"""AWS Identity and Access Management: roles, users, policies, and who may do what."""

from __future__ import annotations

from groundstate.operation import Operation, Service
from groundstate.services.iam.model import Role
from groundstate.services.iam.operations.attachments import (
    attach_policy,
    detach_policy,
    list_attached_policies,
    policy_arn_context,
)
from groundstate.services.iam.operations.inline_policies import (
    delete_inline_policy,
    get_inline_policy,
    list_inline_policies,
    put_inline_policy,
)
from groundstate.services.iam.operations.roles import (
    create_role,
    delete_role,
    get_role,
    list_roles,
    new_role_resource,
    role_resource,
    update_assume_role_policy,
    update_role,
    update_role_description,
)
from groundstate.services.iam.operations.trusted_roles import get_trusted_role

OPERATIONS = {
    "CreateRole": Operation(create_role, resource=new_role_resource),
    "GetRole": Operation(get_role, resource=role_resource, reads=True),
    "ListRoles": Operation(list_roles, reads=True),
    "UpdateRole": Operation(update_role, resource=role_resource),
    "UpdateRoleDescription": Operation(update_role_description, resource=role_resource),
    "UpdateAssumeRolePolicy": Operation(update_assume_role_policy, resource=role_resource),
    "DeleteRole": Operation(delete_role, resource=role_resource),
    "PutRolePolicy": Operation(put_inline_policy(Role), resource=role_resource),
    "GetRolePolicy": Operation(get_inline_policy(Role), resource=role_resource, reads=True),
    "ListRolePolicies": Operation(list_inline_policies(Role), resource=role_resource, reads=True),
    "DeleteRolePolicy": Operation(delete_inline_policy(Role), resource=role_resource),
    "AttachRolePolicy": Operation(
        attach_policy(Role), resource=role_resource, context=policy_arn_context
    ),
    "DetachRolePolicy": Operation(
        detach_policy(Role), resource=role_resource, context=policy_arn_context
    ),
    "ListAttachedRolePolicies": Operation(
        list_attached_policies(Role), resource=role_resource, reads=True
    ),
    # Internal: other services ask it; the wire cannot, since AWS's model does not have it.
    "GetTrustedRole": Operation(get_trusted_role, action="", reads=True),
}

SERVICE = Service("iam", OPERATIONS, iam_prefix="iam")
