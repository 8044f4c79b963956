"""CreateLoginProfile, GetLoginProfile, UpdateLoginProfile, DeleteLoginProfile.

AWS: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateLoginProfile.html and its
neighbours.

There is no console to sign in to, so a password is neither checked nor kept, only since when there
is one.
"""

from __future__ import annotations

from dataclasses import replace

from groundstate.operation import Call, Shape
from groundstate.services.iam.entities import named_entity, own_user, save
from groundstate.services.iam.errors import EntityAlreadyExists, NoSuchEntity
from groundstate.services.iam.model import User


def create_login_profile(call: Call, request: Shape) -> Shape:
    """Give a user a password.

    Raises:
        NoSuchEntity: there is no such user.
        EntityAlreadyExists: the user has one.
    """
    user = _user(call, request)
    if user.login_since is not None:
        raise EntityAlreadyExists(f"Login Profile for user {user.name} already exists.")
    reset = request.get("PasswordResetRequired", False)
    user = replace(user, login_since=call.now, login_reset=reset)
    save(call, user)
    return {"LoginProfile": _describe(user)}


def get_login_profile(call: Call, request: Shape) -> Shape:
    """Tell since when a user has a password.

    Raises:
        NoSuchEntity: there is no such user, or the user has none.
    """
    return {"LoginProfile": _describe(_user_with_password(call, request))}


def update_login_profile(call: Call, request: Shape) -> Shape:
    """Change a user's password, or whether it has to be changed.

    Raises:
        NoSuchEntity: there is no such user, or the user has none.
    """
    user = _user_with_password(call, request)
    reset = request.get("PasswordResetRequired", user.login_reset)
    save(call, replace(user, login_reset=reset))
    return {}


def delete_login_profile(call: Call, request: Shape) -> Shape:
    """Take a user's password away.

    Raises:
        NoSuchEntity: there is no such user, or the user has none.
    """
    user = _user_with_password(call, request)
    save(call, replace(user, login_since=None, login_reset=False))
    return {}


def _user(call: Call, request: Shape) -> User:
    return named_entity(call, User, request) if "UserName" in request else own_user(call)


def _user_with_password(call: Call, request: Shape) -> User:
    user = _user(call, request)
    if user.login_since is None:
        raise NoSuchEntity(f"Login Profile for User {user.name} cannot be found.")
    return user


def _describe(user: User) -> Shape:
    return {
        "UserName": user.name,
        "CreateDate": user.login_since,
        "PasswordResetRequired": user.login_reset,
    }
