"""CreateAccessKey, ListAccessKeys, UpdateAccessKey, DeleteAccessKey, GetAccessKeyLastUsed.

AWS: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html and its
neighbours.
"""

from __future__ import annotations

from groundstate import ids
from groundstate.operation import Call, Shape
from groundstate.services.iam.entities import named_entity, own_user, page
from groundstate.services.iam.errors import AccessDenied, LimitExceeded, NoSuchEntity
from groundstate.services.iam.model import User
from groundstate.store.iam import AccessKeyRow

KEYS_MAX = 2
SECRET_LENGTH = 40


def create_access_key(call: Call, request: Shape) -> Shape:
    """Make an access key for a user. Its secret is told this once.

    Raises:
        NoSuchEntity: there is no such user.
        LimitExceeded: the user has two keys.
    """
    user = _user(call, request)
    if len(call.tx.iam.list_access_keys(user.entity_id)) >= KEYS_MAX:
        raise LimitExceeded(f"Cannot exceed quota for AccessKeysPerUser: {KEYS_MAX}")
    key = AccessKeyRow(
        ids.make_iam_id("AKIA"), user.entity_id, ids.make_secret(SECRET_LENGTH), "Active", call.now
    )
    call.tx.iam.insert_access_key(key)
    return {"AccessKey": {**_describe(user, key), "SecretAccessKey": key.secret}}


def list_access_keys(call: Call, request: Shape) -> Shape:
    """List a user's access keys.

    Raises:
        NoSuchEntity: there is no such user.
    """
    user = _user(call, request)
    keys = call.tx.iam.list_access_keys(user.entity_id)
    shown, more = page(request, "access keys", keys, lambda key: key.access_key_id)
    return {"AccessKeyMetadata": [_describe(user, key) for key in shown], **more}


def update_access_key(call: Call, request: Shape) -> Shape:
    """Activate or deactivate a key.

    Raises:
        NoSuchEntity: the user does not have it.
    """
    key = _key(call, request)
    call.tx.iam.set_access_key_status(key.access_key_id, request["Status"])
    return {}


def delete_access_key(call: Call, request: Shape) -> Shape:
    """Delete a key.

    Raises:
        NoSuchEntity: the user does not have it.
    """
    call.tx.iam.delete_access_key(_key(call, request).access_key_id)
    return {}


def get_access_key_last_used(call: Call, request: Shape) -> Shape:
    """Say whose a key is. When it was used is not kept.

    Raises:
        AccessDenied: there is no such key in this account.
    """
    key = call.tx.iam.find_access_key(request["AccessKeyId"])
    if key is None:
        raise AccessDenied(
            f"User: {call.principal.arn} is not authorized to perform: iam:GetAccessKeyLastUsed on"
            f" resource: access key {request['AccessKeyId']}"
        )
    row = call.tx.iam.find_entity_by_id(key.user_id)
    assert row is not None, key
    return {
        "UserName": row.name,
        "AccessKeyLastUsed": {"ServiceName": "N/A", "Region": "N/A"},
    }


def _user(call: Call, request: Shape) -> User:
    return named_entity(call, User, request) if "UserName" in request else own_user(call)


def _key(call: Call, request: Shape) -> AccessKeyRow:
    user = _user(call, request)
    key = call.tx.iam.find_access_key(request["AccessKeyId"])
    if key is None or key.user_id != user.entity_id:
        raise NoSuchEntity(f"The Access Key with id {request['AccessKeyId']} cannot be found.")
    return key


def _describe(user: User, key: AccessKeyRow) -> Shape:
    return {
        "UserName": user.name,
        "AccessKeyId": key.access_key_id,
        "Status": key.status,
        "CreateDate": key.created_at,
    }
