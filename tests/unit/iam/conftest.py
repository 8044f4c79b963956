"""A runtime for each test, and what the tests of IAM say often."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from groundstate.testing import Groundstate

ACCOUNT = "000000000000"


@pytest.fixture
def gs():
    with Groundstate() as runtime:
        yield runtime


@pytest.fixture
def iam(gs):
    return gs.client("iam")


@pytest.fixture
def account(gs):
    return Account(gs)


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(**principal):
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def refusal(call, **given):
    """The code and the message with which a client's call is refused."""
    with pytest.raises(ClientError) as refused:
        call(**given)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


class Account:
    """Makes roles and users, and clients that call as them."""

    def __init__(self, gs):
        self.gs = gs
        self.iam = gs.client("iam")

    def make_role(self, name="Role", *statements, document=None, **more):
        document = document or trust(AWS=ACCOUNT)
        self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=document, **more)
        if statements:
            self.iam.put_role_policy(
                RoleName=name, PolicyName="inline", PolicyDocument=policy(*statements)
            )
        return f"arn:aws:iam::{ACCOUNT}:role/{name}"

    def make_user(self, name="ann", *statements, **more):
        self.iam.create_user(UserName=name, **more)
        if statements:
            self.iam.put_user_policy(
                UserName=name, PolicyName="inline", PolicyDocument=policy(*statements)
            )
        return f"arn:aws:iam::{ACCOUNT}:user/{name}"

    def as_user(self, name, service):
        key = self.iam.create_access_key(UserName=name)["AccessKey"]
        return self.gs.client(
            service,
            access_key_id=key["AccessKeyId"],
            secret_access_key=key["SecretAccessKey"],
        )

    def as_role(self, name, service, **given):
        arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
        answer = self.gs.client("sts").assume_role(RoleArn=arn, RoleSessionName="session", **given)
        return self.with_credentials(answer["Credentials"], service)

    def with_credentials(self, credentials, service):
        return self.gs.client(
            service,
            access_key_id=credentials["AccessKeyId"],
            secret_access_key=credentials["SecretAccessKey"],
            session_token=credentials["SessionToken"],
        )
