"""Refuse policy documents that IAM refuses, with its texts.

AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html. IAM checks in
stages (grammar, version, legacy parsing, statement ids, presence, form), and says the first failure
only; the texts are those that people report from CreatePolicy, PutRolePolicy and CreateRole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from groundstate.services.iam.policy.conditions import is_operator

_TOP = frozenset({"Version", "Id", "Statement"})
_VERSIONS = ("2008-10-17", "2012-10-17")
_IDENTITY_ELEMENTS = frozenset(
    {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}
)
_TRUST_ELEMENTS = frozenset(
    {"Sid", "Effect", "Action", "NotAction", "Principal", "NotPrincipal", "Condition"}
)
_RESOURCE_ELEMENTS = _IDENTITY_ELEMENTS | _TRUST_ELEMENTS
_TRUST_ACTIONS = frozenset(
    {
        "sts:assumerole",
        "sts:assumerole*",
        "sts:assumerolewithsaml",
        "sts:assumerolewithwebidentity",
        "sts:setcontext",
        "sts:setsourceidentity",
        "sts:tagsession",
    }
)
_PRINCIPAL_KINDS = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})
_IAM_PATHS = (
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
)
_PARTITIONS = frozenset({"aws", "aws-cn", "aws-us-gov", "*"})
_SID = re.compile(r"[0-9A-Za-z]*\Z")
_VENDOR = re.compile(r"[A-Za-z0-9.-]+\Z")
_SERVICE_PRINCIPAL = re.compile(r"[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal)\Z")
_ACCOUNT = re.compile(r"[0-9]{12}\Z")
_UNIQUE_ID = re.compile(r"A(ROA|IDA)[A-Z0-9]{16,}\Z")

_SYNTAX = "Syntax errors in policy."
_LEGACY = "The policy failed legacy parsing"


class MalformedDocument(ValueError):
    """A policy document breaks the grammar; the text is AWS's."""


def check_identity_document(text: str, *, inline: bool = False) -> None:
    """Check a managed policy, or a policy of a role's, a user's or a group's own.

    Args:
        inline: it is an entity's own. Those may be of the older version: many old templates' are.

    Raises:
        MalformedDocument: IAM would refuse it.
    """
    document = _parse(text, _SYNTAX)
    statements = list(_statements(document))
    for statement in statements:
        _check_elements(statement, _IDENTITY_ELEMENTS)
        _check_syntax(statement)
    if document.get("Version") != _VERSIONS[-1] and not inline:
        raise MalformedDocument("Policy document must be version 2012-10-17 or greater.")
    _check_effects(statements)
    _check_sids(statements)
    for statement in statements:
        if not _texts(statement.get("Action", statement.get("NotAction", []))):
            raise MalformedDocument("Policy statement must contain actions.")
        if not _texts(statement.get("Resource", statement.get("NotResource", []))):
            raise MalformedDocument("Policy statement must contain resources.")
    for statement in statements:
        for resource in _texts(statement.get("Resource", statement.get("NotResource", []))):
            _check_resource(resource)
        for action in _texts(statement.get("Action", statement.get("NotAction", []))):
            _check_action(action)


def check_trust_document(text: str) -> None:
    """Check the trust policy of a role. Whether the principals exist is the caller's to ask.

    Raises:
        MalformedDocument: IAM would refuse it.
    """
    document = _parse(text, "This policy contains invalid Json")
    statements = list(_statements(document))
    for statement in statements:
        for prohibited in ("Resource", "NotResource"):
            if prohibited in statement:
                raise MalformedDocument(f"Has prohibited field {prohibited}")
        _check_elements(statement, _TRUST_ELEMENTS)
        _check_syntax(statement)
    _check_effects(statements)
    _check_sids(statements)
    for statement in statements:
        if not statement.get("Principal") and not statement.get("NotPrincipal"):
            raise MalformedDocument("Missing required field Principal cannot be empty!")
        _check_principal(statement.get("Principal", statement.get("NotPrincipal")))
        actions = _texts(statement.get("Action", []))
        if not actions or any(action.lower() not in _TRUST_ACTIONS for action in actions):
            raise MalformedDocument("AssumeRole policy may only specify STS AssumeRole actions.")


def check_resource_document(text: str) -> None:
    """Check the policy of a bucket, a table or a stream; the texts are those of S3.

    Whether the principals exist, and the actions fit the resource, is the caller's to ask. Unlike
    IAM, S3 takes any text for a Sid, and one text for several: templates have sentences there.

    Raises:
        MalformedDocument: the services would refuse it.
    """
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise MalformedDocument("Policies must be valid JSON and the first byte must be '{'")
    for name in document.keys() - _TOP:
        raise MalformedDocument(f"Unknown field {name}")
    if document.get("Version", _VERSIONS[0]) not in _VERSIONS:
        raise MalformedDocument("The policy must contain a valid version string")
    if not isinstance(document.get("Statement"), (list, dict)) or not document["Statement"]:
        raise MalformedDocument("Missing required field Statement")
    for statement in _statements(document):
        _check_resource_statement(statement)


def _check_resource_statement(statement: Mapping[str, Any]) -> None:
    for name in statement.keys() - _RESOURCE_ELEMENTS:
        raise MalformedDocument(f"Unknown field {name}")
    for name in ("Effect", "Principal", "Action", "Resource"):
        if not statement.get(name) and not statement.get(f"Not{name}"):
            raise MalformedDocument(f"Missing required field {name}")
    if statement["Effect"] not in ("Allow", "Deny"):
        raise MalformedDocument(f"Invalid effect: {statement['Effect']}")
    _check_syntax(statement)
    for action in _texts(statement.get("Action", statement.get("NotAction"))):
        if action != "*" and action.count(":") != 1:
            raise MalformedDocument("Policy has invalid action")
    for resource in _texts(statement.get("Resource", statement.get("NotResource"))):
        if resource != "*" and not resource.startswith(("arn:", "*")):
            raise MalformedDocument("Policy has invalid resource")
    try:
        _check_principal(statement.get("Principal", statement.get("NotPrincipal")))
    except MalformedDocument:
        raise MalformedDocument("Invalid principal in policy") from None


def named_principals(text: str) -> list[str]:
    """The ARNs of users and roles that a trust policy names."""
    found = []
    for statement in _statements(json.loads(text)):
        for element in (statement.get("Principal"), statement.get("NotPrincipal")):
            if isinstance(element, dict):
                found += [name for name in _texts(element.get("AWS", [])) if name[:4] == "arn:"]
    return found


def invalid_principal(kind: str, name: str) -> MalformedDocument:
    """What IAM says of a principal that does not exist."""
    return MalformedDocument(f'Invalid principal in policy: "{kind}":"{name}"')


def _parse(text: str, message: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError:
        raise MalformedDocument(message) from None
    if not isinstance(document, dict):
        raise MalformedDocument(message)
    if not document.keys() <= _TOP or document.get("Version", _VERSIONS[0]) not in _VERSIONS:
        raise MalformedDocument(_SYNTAX)
    statements = document.get("Statement")
    if not statements or not isinstance(statements, (dict, list)):
        raise MalformedDocument(_SYNTAX)
    if not isinstance(document.get("Id", ""), str):
        raise MalformedDocument(_SYNTAX)
    return document


def _statements(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    statements = document["Statement"]
    for statement in statements if isinstance(statements, list) else [statements]:
        if not isinstance(statement, dict):
            raise MalformedDocument(_SYNTAX)
        yield statement


def _check_elements(statement: Mapping[str, Any], known: frozenset[str]) -> None:
    if "Principal" in statement.keys() - known:
        raise MalformedDocument("Policy document should not specify a principal.")
    if not statement.keys() <= known:
        raise MalformedDocument(_SYNTAX)


def _check_syntax(statement: Mapping[str, Any]) -> None:
    for name in ("Action", "Resource", "Principal"):
        if name in statement and f"Not{name}" in statement:
            raise MalformedDocument(_SYNTAX)
    if not isinstance(statement.get("Sid", ""), str):
        raise MalformedDocument(_SYNTAX)
    if str(statement.get("Effect")).lower() not in ("allow", "deny"):
        raise MalformedDocument(_SYNTAX)
    for name in ("Action", "NotAction", "Resource", "NotResource"):
        _texts(statement.get(name, []))
    condition = statement.get("Condition", {})
    if not isinstance(condition, dict) or any(
        not isinstance(keys, dict) for keys in condition.values()
    ):
        raise MalformedDocument(_SYNTAX)
    for name, keys in condition.items():
        if keys and not is_operator(name):
            raise MalformedDocument(_SYNTAX)
        for values in keys.values():
            for value in values if isinstance(values, list) else [values]:
                if not isinstance(value, (str, int, float)):
                    raise MalformedDocument(_SYNTAX)


def _check_effects(statements: list[Mapping[str, Any]]) -> None:
    for statement in statements:
        if statement["Effect"] not in ("Allow", "Deny"):
            raise MalformedDocument(_LEGACY)


def _check_sids(statements: list[Mapping[str, Any]]) -> None:
    sids = [statement["Sid"] for statement in statements if statement.get("Sid")]
    if len(set(sids)) != len(sids):
        raise MalformedDocument("Statement IDs (SID) in a single policy must be unique.")
    for sid in sids:
        if _SID.match(sid) is None:
            raise MalformedDocument(
                "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the"
                " regular expression [0-9A-Za-z]*"
            )


def _check_action(action: str) -> None:
    if action == "*":
        return
    vendor, colon, name = action.partition(":")
    if not colon:
        raise MalformedDocument(
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
        )
    if ":" in name:
        raise MalformedDocument("Actions/Condition can contain only one colon.")
    if vendor != "*" and _VENDOR.match(vendor) is None:
        raise MalformedDocument(f"Vendor {vendor} is not valid")


def _check_resource(resource: str) -> None:
    if resource == "*":
        return
    parts = resource.split(":", 5)
    if len(parts) == 1 or parts[0] not in ("arn", "*"):
        raise MalformedDocument(f'Resource {resource} must be in ARN format or "*".')
    if parts[1] not in _PARTITIONS:
        padded = ":".join((parts[2:] + ["*"] * 4)[:4])
        raise MalformedDocument(
            f'Partition "{parts[1]}" is not valid for resource "arn:{parts[1]}:{padded}".'
        )
    if len(parts) < 3:
        raise MalformedDocument(
            "Resource vendor must be fully qualified and cannot contain regexes."
        )
    if len(parts) < 6:
        return
    service, region, path = parts[2], parts[3], parts[5]
    if service == "iam" and region:
        raise MalformedDocument(f"IAM resource {resource} cannot contain region information.")
    if service == "s3" and region:
        raise MalformedDocument(f"Resource {resource} can not contain region information.")
    if service == "iam" and path not in ("*", "root") and not path.startswith(_IAM_PATHS):
        raise MalformedDocument(
            f'IAM resource path must either be "*" or start with {", ".join(_IAM_PATHS)}.'
        )


def _check_principal(element: Any) -> None:
    if element == "*":
        return
    if not isinstance(element, dict):
        raise MalformedDocument(_SYNTAX)
    for kind, names in element.items():
        if kind not in _PRINCIPAL_KINDS:
            raise MalformedDocument(_SYNTAX)
        if not _texts(names):
            raise MalformedDocument("Missing required field Principal cannot be empty!")
        for name in _texts(names):
            if kind == "Service" and _SERVICE_PRINCIPAL.match(name) is None:
                raise invalid_principal("SERVICE", name)
            if kind == "AWS" and not (
                name == "*" or name[:4] == "arn:" or _UNIQUE_ID.match(name) or _ACCOUNT.match(name)
            ):
                raise invalid_principal("AWS", name)


def _texts(value: Any) -> list[str]:
    texts = value if isinstance(value, list) else [value]
    if any(not isinstance(text, str) for text in texts):
        raise MalformedDocument(_SYNTAX)
    return texts
