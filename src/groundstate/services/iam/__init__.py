"""AWS Identity and Access Management: roles, users, policies, and who may do what."""

from __future__ import annotations

from groundstate.operation import Operation, Service
from groundstate.services.iam.entities import listed_resource, tag_context
from groundstate.services.iam.model import Group, InstanceProfile, ManagedPolicy, Role, User
from groundstate.services.iam.operations.access_keys import (
    create_access_key,
    delete_access_key,
    get_access_key_last_used,
    list_access_keys,
    update_access_key,
)
from groundstate.services.iam.operations.account import (
    get_account_authorization_details,
    get_account_summary,
    list_account_aliases,
)
from groundstate.services.iam.operations.attachments import (
    attach_policy,
    detach_policy,
    list_attached_policies,
    policy_arn_context,
)
from groundstate.services.iam.operations.boundaries import (
    boundary_context,
    delete_boundary,
    put_boundary,
)
from groundstate.services.iam.operations.check_resource_policy import check_policy_of_a_resource
from groundstate.services.iam.operations.get_permissions_report import get_permissions_report
from groundstate.services.iam.operations.groups import (
    add_user_to_group,
    create_group,
    delete_group,
    get_group,
    group_resource,
    list_groups,
    new_group_resource,
    remove_user_from_group,
    update_group,
)
from groundstate.services.iam.operations.identity_providers import (
    change_provider,
    create_open_id_connect_provider,
    delete_open_id_connect_provider,
    get_open_id_connect_provider,
    list_open_id_connect_providers,
    list_provider_tags,
    provider_resource,
    with_client_id,
    with_tags,
    with_thumbprints,
    without_client_id,
    without_tags,
)
from groundstate.services.iam.operations.inline_policies import (
    delete_inline_policy,
    get_inline_policy,
    list_inline_policies,
    put_inline_policy,
)
from groundstate.services.iam.operations.instance_profiles import (
    add_role_to_instance_profile,
    create_instance_profile,
    delete_instance_profile,
    get_instance_profile,
    instance_profile_resource,
    list_instance_profiles,
    list_instance_profiles_for_role,
    remove_role_from_instance_profile,
)
from groundstate.services.iam.operations.login_profiles import (
    create_login_profile,
    delete_login_profile,
    get_login_profile,
    update_login_profile,
)
from groundstate.services.iam.operations.policies import (
    create_policy,
    delete_policy,
    get_policy,
    list_entities_for_policy,
    list_policies,
    new_policy_resource,
    policy_resource,
)
from groundstate.services.iam.operations.policy_versions import (
    create_policy_version,
    delete_policy_version,
    get_policy_version,
    list_policy_versions,
    set_default_policy_version,
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
from groundstate.services.iam.operations.service_linked_roles import (
    create_service_linked_role,
    delete_service_linked_role,
    get_service_linked_role_deletion_status,
    service_context,
    service_linked_resource,
)
from groundstate.services.iam.operations.simulation import (
    get_context_keys_for_custom_policy,
    get_context_keys_for_principal_policy,
    simulate_custom_policy,
    simulate_principal_policy,
    simulated_resource,
)
from groundstate.services.iam.operations.tags import (
    list_tags,
    tag_entity,
    untag_entity,
)
from groundstate.services.iam.operations.trusted_roles import get_trusted_role
from groundstate.services.iam.operations.users import (
    create_user,
    delete_user,
    get_user,
    list_groups_for_user,
    list_users,
    new_user_resource,
    update_user,
    user_resource,
)

OPERATIONS = {
    # Roles
    "CreateRole": Operation(create_role, resource=new_role_resource, context=boundary_context),
    "GetRole": Operation(get_role, resource=role_resource, reads=True),
    "ListRoles": Operation(list_roles, resource=listed_resource(Role), reads=True),
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
    "PutRolePermissionsBoundary": Operation(
        put_boundary(Role), resource=role_resource, context=boundary_context
    ),
    "DeleteRolePermissionsBoundary": Operation(delete_boundary(Role), resource=role_resource),
    "TagRole": Operation(tag_entity(Role), resource=role_resource, context=tag_context),
    "UntagRole": Operation(untag_entity(Role), resource=role_resource, context=tag_context),
    "ListRoleTags": Operation(list_tags(Role), resource=role_resource, reads=True),
    "CreateServiceLinkedRole": Operation(
        create_service_linked_role, resource=service_linked_resource, context=service_context
    ),
    "DeleteServiceLinkedRole": Operation(
        delete_service_linked_role, resource=service_linked_resource
    ),
    "GetServiceLinkedRoleDeletionStatus": Operation(
        get_service_linked_role_deletion_status, reads=True
    ),
    # Users
    "CreateUser": Operation(create_user, resource=new_user_resource, context=boundary_context),
    "GetUser": Operation(get_user, resource=user_resource, reads=True),
    "ListUsers": Operation(list_users, resource=listed_resource(User), reads=True),
    "UpdateUser": Operation(update_user, resource=user_resource),
    "DeleteUser": Operation(delete_user, resource=user_resource),
    "PutUserPolicy": Operation(put_inline_policy(User), resource=user_resource),
    "GetUserPolicy": Operation(get_inline_policy(User), resource=user_resource, reads=True),
    "ListUserPolicies": Operation(list_inline_policies(User), resource=user_resource, reads=True),
    "DeleteUserPolicy": Operation(delete_inline_policy(User), resource=user_resource),
    "AttachUserPolicy": Operation(
        attach_policy(User), resource=user_resource, context=policy_arn_context
    ),
    "DetachUserPolicy": Operation(
        detach_policy(User), resource=user_resource, context=policy_arn_context
    ),
    "ListAttachedUserPolicies": Operation(
        list_attached_policies(User), resource=user_resource, reads=True
    ),
    "PutUserPermissionsBoundary": Operation(
        put_boundary(User), resource=user_resource, context=boundary_context
    ),
    "DeleteUserPermissionsBoundary": Operation(delete_boundary(User), resource=user_resource),
    "TagUser": Operation(tag_entity(User), resource=user_resource, context=tag_context),
    "UntagUser": Operation(untag_entity(User), resource=user_resource, context=tag_context),
    "ListUserTags": Operation(list_tags(User), resource=user_resource, reads=True),
    "ListGroupsForUser": Operation(list_groups_for_user, resource=user_resource, reads=True),
    "CreateAccessKey": Operation(create_access_key, resource=user_resource),
    "ListAccessKeys": Operation(list_access_keys, resource=user_resource, reads=True),
    "UpdateAccessKey": Operation(update_access_key, resource=user_resource),
    "DeleteAccessKey": Operation(delete_access_key, resource=user_resource),
    "CreateLoginProfile": Operation(create_login_profile, resource=user_resource),
    "GetLoginProfile": Operation(get_login_profile, resource=user_resource, reads=True),
    "UpdateLoginProfile": Operation(update_login_profile, resource=user_resource),
    "DeleteLoginProfile": Operation(delete_login_profile, resource=user_resource),
    "GetAccessKeyLastUsed": Operation(get_access_key_last_used, reads=True),
    # Groups
    "CreateGroup": Operation(create_group, resource=new_group_resource),
    "GetGroup": Operation(get_group, resource=group_resource, reads=True),
    "ListGroups": Operation(list_groups, resource=listed_resource(Group), reads=True),
    "UpdateGroup": Operation(update_group, resource=group_resource),
    "DeleteGroup": Operation(delete_group, resource=group_resource),
    "AddUserToGroup": Operation(add_user_to_group, resource=group_resource),
    "RemoveUserFromGroup": Operation(remove_user_from_group, resource=group_resource),
    "PutGroupPolicy": Operation(put_inline_policy(Group), resource=group_resource),
    "GetGroupPolicy": Operation(get_inline_policy(Group), resource=group_resource, reads=True),
    "ListGroupPolicies": Operation(
        list_inline_policies(Group), resource=group_resource, reads=True
    ),
    "DeleteGroupPolicy": Operation(delete_inline_policy(Group), resource=group_resource),
    "AttachGroupPolicy": Operation(
        attach_policy(Group), resource=group_resource, context=policy_arn_context
    ),
    "DetachGroupPolicy": Operation(
        detach_policy(Group), resource=group_resource, context=policy_arn_context
    ),
    "ListAttachedGroupPolicies": Operation(
        list_attached_policies(Group), resource=group_resource, reads=True
    ),
    # Managed policies
    "CreatePolicy": Operation(create_policy, resource=new_policy_resource),
    "GetPolicy": Operation(get_policy, resource=policy_resource, reads=True),
    "ListPolicies": Operation(list_policies, resource=listed_resource(ManagedPolicy), reads=True),
    "DeletePolicy": Operation(delete_policy, resource=policy_resource),
    "ListEntitiesForPolicy": Operation(
        list_entities_for_policy, resource=policy_resource, reads=True
    ),
    "CreatePolicyVersion": Operation(create_policy_version, resource=policy_resource),
    "GetPolicyVersion": Operation(get_policy_version, resource=policy_resource, reads=True),
    "ListPolicyVersions": Operation(list_policy_versions, resource=policy_resource, reads=True),
    "SetDefaultPolicyVersion": Operation(set_default_policy_version, resource=policy_resource),
    "DeletePolicyVersion": Operation(delete_policy_version, resource=policy_resource),
    "TagPolicy": Operation(
        tag_entity(ManagedPolicy), resource=policy_resource, context=tag_context
    ),
    "UntagPolicy": Operation(
        untag_entity(ManagedPolicy), resource=policy_resource, context=tag_context
    ),
    "ListPolicyTags": Operation(list_tags(ManagedPolicy), resource=policy_resource, reads=True),
    # Instance profiles
    "CreateInstanceProfile": Operation(create_instance_profile, resource=instance_profile_resource),
    "GetInstanceProfile": Operation(
        get_instance_profile, resource=instance_profile_resource, reads=True
    ),
    "ListInstanceProfiles": Operation(
        list_instance_profiles, resource=listed_resource(InstanceProfile), reads=True
    ),
    "ListInstanceProfilesForRole": Operation(
        list_instance_profiles_for_role, resource=role_resource, reads=True
    ),
    "DeleteInstanceProfile": Operation(delete_instance_profile, resource=instance_profile_resource),
    "AddRoleToInstanceProfile": Operation(
        add_role_to_instance_profile, resource=instance_profile_resource
    ),
    "RemoveRoleFromInstanceProfile": Operation(
        remove_role_from_instance_profile, resource=instance_profile_resource
    ),
    "TagInstanceProfile": Operation(
        tag_entity(InstanceProfile), resource=instance_profile_resource, context=tag_context
    ),
    "UntagInstanceProfile": Operation(
        untag_entity(InstanceProfile), resource=instance_profile_resource, context=tag_context
    ),
    "ListInstanceProfileTags": Operation(
        list_tags(InstanceProfile), resource=instance_profile_resource, reads=True
    ),
    # OpenID Connect providers
    "CreateOpenIDConnectProvider": Operation(
        create_open_id_connect_provider, resource=provider_resource, context=tag_context
    ),
    "GetOpenIDConnectProvider": Operation(
        get_open_id_connect_provider, resource=provider_resource, reads=True
    ),
    "ListOpenIDConnectProviders": Operation(list_open_id_connect_providers, reads=True),
    "DeleteOpenIDConnectProvider": Operation(
        delete_open_id_connect_provider, resource=provider_resource
    ),
    "AddClientIDToOpenIDConnectProvider": Operation(
        change_provider(with_client_id), resource=provider_resource
    ),
    "RemoveClientIDFromOpenIDConnectProvider": Operation(
        change_provider(without_client_id), resource=provider_resource
    ),
    "UpdateOpenIDConnectProviderThumbprint": Operation(
        change_provider(with_thumbprints), resource=provider_resource
    ),
    "TagOpenIDConnectProvider": Operation(
        change_provider(with_tags), resource=provider_resource, context=tag_context
    ),
    "UntagOpenIDConnectProvider": Operation(
        change_provider(without_tags), resource=provider_resource, context=tag_context
    ),
    "ListOpenIDConnectProviderTags": Operation(
        list_provider_tags, resource=provider_resource, reads=True
    ),
    # The account, and simulation
    "ListAccountAliases": Operation(list_account_aliases, reads=True),
    "GetAccountSummary": Operation(get_account_summary, reads=True),
    "GetAccountAuthorizationDetails": Operation(get_account_authorization_details, reads=True),
    "SimulatePrincipalPolicy": Operation(
        simulate_principal_policy, resource=simulated_resource, reads=True
    ),
    "SimulateCustomPolicy": Operation(simulate_custom_policy, reads=True),
    "GetContextKeysForCustomPolicy": Operation(get_context_keys_for_custom_policy, reads=True),
    "GetContextKeysForPrincipalPolicy": Operation(
        get_context_keys_for_principal_policy, resource=simulated_resource, reads=True
    ),
    # Internal: the runtime asks them; the wire cannot, since AWS's model does not have them.
    "GetTrustedRole": Operation(get_trusted_role, action="", reads=True),
    "CheckResourcePolicy": Operation(check_policy_of_a_resource, action="", reads=True),
    "GetPermissionsReport": Operation(get_permissions_report, action="", reads=True),
}

SERVICE = Service("iam", OPERATIONS, iam_prefix="iam")
