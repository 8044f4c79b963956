"""IAM at every commit point: what was acknowledged is there, and credentials stay good."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from groundstate.operation import ServiceError
from groundstate.services.iam.credentials import find_credentials
from tests.crash.loop import Driver, crash_everywhere

ACCOUNT = "000000000000"
POLICY = f"arn:aws:iam::{ACCOUNT}:policy/Reads"


def _document(action: str) -> str:
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
        ],
    }
)


async def workload(driver: Driver) -> None:
    await driver.call_anew("iam", "CreateRole", RoleName="Kept", AssumeRolePolicyDocument=TRUST)
    await driver.call(
        "iam",
        "PutRolePolicy",
        RoleName="Kept",
        PolicyName="own",
        PolicyDocument=_document("iam:ListRoles"),
    )
    await driver.call_anew(
        "iam", "CreatePolicy", PolicyName="Reads", PolicyDocument=_document("s3:GetObject")
    )
    await driver.call("iam", "AttachRolePolicy", RoleName="Kept", PolicyArn=POLICY)
    versions = await driver.call("iam", "ListPolicyVersions", PolicyArn=POLICY)
    if len(versions["Versions"]) == 1:
        await driver.call(
            "iam",
            "CreatePolicyVersion",
            PolicyArn=POLICY,
            PolicyDocument=_document("s3:ListBucket"),
            SetAsDefault=True,
        )
    session = await driver.call(
        "sts",
        "AssumeRole",
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/Kept",
        RoleSessionName="session",
    )
    driver.note({"session": session["Credentials"]})
    await _make_user(driver)
    await _make_and_delete(driver)


async def _make_user(driver: Driver) -> None:
    await driver.call_anew("iam", "CreateUser", UserName="ann")
    keys = await driver.call("iam", "ListAccessKeys", UserName="ann")
    if not keys["AccessKeyMetadata"]:
        answer = await driver.call("iam", "CreateAccessKey", UserName="ann")
        driver.note({"key": answer["AccessKey"]})
    await driver.call_anew("iam", "CreateGroup", GroupName="Staff")
    await driver.call("iam", "AddUserToGroup", GroupName="Staff", UserName="ann")


async def _make_and_delete(driver: Driver) -> None:
    await driver.call_anew("iam", "CreateRole", RoleName="Gone", AssumeRolePolicyDocument=TRUST)
    await driver.call("iam", "AttachRolePolicy", RoleName="Gone", PolicyArn=POLICY)
    with contextlib.suppress(ServiceError):  # It is detached already, in the second life.
        await driver.call("iam", "DetachRolePolicy", RoleName="Gone", PolicyArn=POLICY)
    await driver.call("iam", "DeleteRole", RoleName="Gone")


async def check(driver: Driver, notes: list[Any]) -> None:
    details = await driver.call("iam", "GetAccountAuthorizationDetails")
    (role,) = details["RoleDetailList"]
    assert role["RoleName"] == "Kept"
    assert [policy["PolicyName"] for policy in role["RolePolicyList"]] == ["own"]
    assert [policy["PolicyArn"] for policy in role["AttachedManagedPolicies"]] == [POLICY]
    (policy,) = details["Policies"]
    assert policy["DefaultVersionId"] == "v2"
    assert [version["VersionId"] for version in policy["PolicyVersionList"]] == ["v2", "v1"]
    assert policy["AttachmentCount"] == 1
    (user,) = details["UserDetailList"]
    assert user["GroupList"] == ["Staff"]
    keys = await driver.call("iam", "ListAccessKeys", UserName="ann")
    assert len(keys["AccessKeyMetadata"]) == 1
    for note in notes:
        given = note.get("key") or note["session"]
        found = find_credentials(
            driver.runtime.store.tx,
            driver.runtime.config,
            given["AccessKeyId"],
            given.get("SessionToken", ""),
            driver.runtime.clock.now(),
        )
        assert (found.refusal, found.secret) == ("", given["SecretAccessKey"]), note


def test_acknowledged_entities_and_credentials_survive_a_crash_at_any_commit() -> None:
    assert crash_everywhere(workload, check) >= 20
