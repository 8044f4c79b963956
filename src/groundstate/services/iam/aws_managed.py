"""AWS's own managed policies: those that CDK apps of these services attach, with their documents.

AWS: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import re
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

_ACCOUNT_PREFIXES = (
    "arn:aws:iam::aws:policy/",
    "arn:aws-cn:iam::aws:policy/",
    "arn:aws-us-gov:iam::aws:policy/",
)
# AWS's paths are these; a name has no other slash.
_NAME = re.compile(r"(service-role/|aws-service-role/|job-function/|root/)?[A-Z]\w[\w+=,.@-]*\Z")

logger = logging.getLogger(__name__)


class AwsPolicy(NamedTuple):
    """One of AWS's policies.

    Attributes:
        path_and_name: `service-role/AWSLambdaBasicExecutionRole`: the ARN's end.
        policy_id: its unique id.
        document: JSON text.
    """

    path_and_name: str
    policy_id: str
    document: str

    @property
    def arn(self) -> str:
        """Its ARN in the partition `aws`."""
        return _ACCOUNT_PREFIXES[0] + self.path_and_name

    @property
    def name(self) -> str:
        """Its name, without the path."""
        return self.path_and_name.rpartition("/")[2]

    @property
    def path(self) -> str:
        """Its path, with a slash at both ends."""
        head = self.path_and_name.rpartition("/")[0]
        return f"/{head}/" if head else "/"


def find_aws_policy(arn: str) -> AwsPolicy | None:
    """One of AWS's policies by its ARN; None if it cannot be one.

    AWS has some 1,500. Those about services that do not run here are not carried: each is taken
    under its name with a document that grants nothing, so that a template that attaches it deploys.
    """
    if not is_aws_policy(arn):
        return None
    name = arn.split(":policy/", 1)[1]
    carried = _policies().get(name)
    if carried is not None or _NAME.match(name) is None or _is_elsewhere(name):
        return carried
    return _without_document(name)


def find_aws_document(arn: str) -> str | None:
    """The document of one of AWS's policies; None if the ARN is not one."""
    policy = find_aws_policy(arn)
    return None if policy is None else policy.document


def is_aws_policy(arn: str) -> bool:
    """Whether an ARN is one that only AWS gives."""
    return arn.startswith(_ACCOUNT_PREFIXES)


def list_aws_policies() -> list[AwsPolicy]:
    """AWS's policies that we carry, by name."""
    return sorted(_policies().values(), key=lambda policy: policy.name.lower())


@lru_cache(maxsize=1)
def _policies() -> dict[str, AwsPolicy]:
    text = resources.files(__package__).joinpath("aws_managed.json").read_text("utf-8")
    statements: dict[str, list[Any]] = json.loads(text)
    return {name: _make_policy(name, statements[name]) for name in statements}


def _is_elsewhere(name: str) -> bool:
    """Whether a policy of this name is known under another path, as people often get it wrong."""
    last = name.rpartition("/")[2]
    return any(policy.name == last for policy in _policies().values())


@lru_cache(maxsize=256)
def _without_document(name: str) -> AwsPolicy:
    logger.warning(
        "The document of AWS's policy %s is not known here: it grants nothing"
        " (see the README of services/iam).",
        name,
    )
    return _make_policy(name, [])


def _make_policy(name: str, statements: list[Any]) -> AwsPolicy:
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    policy_id = base64.b32encode(hashlib.sha256(name.encode()).digest()[:11]).decode()[:17]
    return AwsPolicy(name, f"ANPA{policy_id}", document)
