"""Cases of policy evaluation: what AWS's documentation says of each, and where it says so.

`expected` is `allow`, `implicit <kind>` or `explicit <kind>`: the kind of policy that decides, as
the access-denied message names it. Every case runs twice: through the evaluator, and (where it has
no session policy, and an identity asks) through SimulateCustomPolicy.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
LOGIC = GUIDE + "reference_policies_evaluation-logic_policy-eval-denyallow.html"
SINGLE_ACCOUNT = GUIDE + "reference_policies_evaluation-logic_policy-eval-basics.html"
INTERPLAY = GUIDE + "reference_policies_evaluation-logic_AccessPolicyLanguage_Interplay.html"
ACTION = GUIDE + "reference_policies_elements_action.html"
NOT_ACTION = GUIDE + "reference_policies_elements_notaction.html"
RESOURCE = GUIDE + "reference_policies_elements_resource.html"
NOT_RESOURCE = GUIDE + "reference_policies_elements_notresource.html"
PRINCIPAL = GUIDE + "reference_policies_elements_principal.html"
NOT_PRINCIPAL = GUIDE + "reference_policies_elements_notprincipal.html"
OPERATORS = GUIDE + "reference_policies_elements_condition_operators.html"
CONDITION_LOGIC = GUIDE + "reference_policies_condition-logic-multiple-context-keys-or-values.html"
SEVERAL_VALUES = GUIDE + "reference_policies_condition-single-vs-multi-valued-context-keys.html"
VARIABLES = GUIDE + "reference_policies_variables.html"
VERSION = GUIDE + "reference_policies_elements_version.html"
BOUNDARIES = GUIDE + "access_policies_boundaries.html"
SESSIONS = GUIDE + "access_policies.html"
TAGS = GUIDE + "access_tags.html"
GLOBAL_KEYS = GUIDE + "reference_policies_condition-keys.html"
DEPUTY = GUIDE + "confused-deputy.html"
DYNAMODB_KEYS = (
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html"
)

ACCOUNT = "000000000000"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Worker"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Worker/run-1"
USER = f"arn:aws:iam::{ACCOUNT}:user/ann"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/Tasks"
INDEX = f"{TABLE}/index/by-status"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:Start"
S3 = "s3.amazonaws.com"
BUCKET = "arn:aws:s3:::bucket"
OBJECT = "arn:aws:s3:::bucket/home/ann/notes.txt"


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def document(*statements: dict[str, Any], version: str | None = "2012-10-17") -> str:
    body: dict[str, Any] = {"Statement": list(statements)}
    if version is not None:
        body["Version"] = version
    return json.dumps(body)


def from_bucket(operator: str, key: str, value: str) -> str:
    """A function's policy as AddPermission writes it for a bucket's notifications."""
    return document(
        allow(
            "lambda:InvokeFunction",
            FUNCTION,
            Principal={"Service": S3},
            Condition={operator: {key: value}},
        )
    )


@dataclass(frozen=True)
class Case:
    name: str
    source: str
    expected: str
    identity: list[str] = field(default_factory=list)
    boundary: str | None = None
    session: str | None = None
    resource_policy: str | None = None
    action: str = "dynamodb:PutItem"
    resource: str = TABLE
    caller: str = SESSION
    context: dict[str, Any] = field(default_factory=dict)


NO_IDENTITY = "implicit identity-based policy"
DENIED = "explicit identity-based policy"
FULL = document(allow("*"))

CASES = [
    # Allowed and denied at all
    Case("no policy at all", LOGIC, NO_IDENTITY),
    Case(
        "action and resource are named",
        LOGIC,
        "allow",
        [document(allow("dynamodb:PutItem", TABLE))],
    ),
    Case(
        "another action is named", LOGIC, NO_IDENTITY, [document(allow("dynamodb:GetItem", TABLE))]
    ),
    Case(
        "another resource is named",
        LOGIC,
        NO_IDENTITY,
        [document(allow("dynamodb:PutItem", TABLE + "2"))],
    ),
    Case(
        "a deny overrides an allow of the same policy",
        INTERPLAY,
        DENIED,
        [document(allow("dynamodb:*"), deny("dynamodb:PutItem", TABLE))],
    ),
    Case(
        "a deny overrides an allow of another policy",
        INTERPLAY,
        DENIED,
        [FULL, document(deny("dynamodb:Put*"))],
    ),
    Case(
        "a deny of another resource does not matter",
        INTERPLAY,
        "allow",
        [document(allow("dynamodb:*"), deny("dynamodb:*", TABLE + "2"))],
    ),
    Case("one of two policies allows", LOGIC, "allow", [document(allow("s3:*")), FULL]),
    Case(
        "an explicit deny with no allow is explicit",
        INTERPLAY,
        DENIED,
        [document(deny("dynamodb:PutItem"))],
    ),
    # Action and NotAction
    Case(
        "actions have no case",
        ACTION,
        "allow",
        [document(allow("DynamoDB:putitem", TABLE))],
    ),
    Case("a star ends an action", ACTION, "allow", [document(allow("dynamodb:Put*"))]),
    Case("a star within an action", ACTION, "allow", [document(allow("dynamodb:*Item"))]),
    Case("a star of another service", ACTION, NO_IDENTITY, [document(allow("s3:*"))]),
    Case(
        "a question mark is one character", ACTION, "allow", [document(allow("dynamodb:P?tItem"))]
    ),
    Case(
        "a question mark is not two characters",
        ACTION,
        NO_IDENTITY,
        [document(allow("dynamodb:P?Item"))],
    ),
    Case("a star is every action", ACTION, "allow", [document(allow("*", TABLE))]),
    Case(
        "NotAction allows what it does not name",
        NOT_ACTION,
        "allow",
        [document({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})],
    ),
    Case(
        "NotAction does not allow what it names",
        NOT_ACTION,
        NO_IDENTITY,
        [document({"Effect": "Allow", "NotAction": "dynamodb:*", "Resource": "*"})],
    ),
    Case(
        "a deny with NotAction spares what it names",
        NOT_ACTION,
        "allow",
        [FULL, document({"Effect": "Deny", "NotAction": "dynamodb:*", "Resource": "*"})],
    ),
    Case(
        "a deny with NotAction hits what it does not name",
        NOT_ACTION,
        DENIED,
        [FULL, document({"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"})],
    ),
    # Resource and NotResource
    Case(
        "a star ends a resource",
        RESOURCE,
        "allow",
        [document(allow("dynamodb:Query", TABLE + "/index/*"))],
        action="dynamodb:Query",
        resource=INDEX,
    ),
    Case(
        "a table is not its indexes",
        DYNAMODB_KEYS,
        NO_IDENTITY,
        [document(allow("dynamodb:Query", TABLE))],
        action="dynamodb:Query",
        resource=INDEX,
    ),
    Case(
        "a star in the region",
        RESOURCE,
        "allow",
        [document(allow("*", TABLE.replace("us-east-1", "*")))],
    ),
    Case(
        "a star that ends a part goes beyond its colon",
        RESOURCE,
        "allow",
        [document(allow("*", "arn:aws:dynamodb:*"))],
    ),
    Case("resources have case", RESOURCE, NO_IDENTITY, [document(allow("*", TABLE.lower()))]),
    Case(
        "a function is not its aliases",
        RESOURCE,
        NO_IDENTITY,
        [document(allow("lambda:InvokeFunction", FUNCTION))],
        action="lambda:InvokeFunction",
        resource=FUNCTION + ":live",
    ),
    Case(
        "NotResource allows what it does not name",
        NOT_RESOURCE,
        "allow",
        [
            document(
                {"Effect": "Allow", "Action": "dynamodb:*", "NotResource": TABLE + "2"},
            )
        ],
    ),
    Case(
        "a deny with NotResource spares what it names",
        NOT_RESOURCE,
        "allow",
        [FULL, document({"Effect": "Deny", "Action": "*", "NotResource": [TABLE, INDEX]})],
    ),
    Case(
        "a deny with NotResource hits everything else",
        NOT_RESOURCE,
        DENIED,
        [FULL, document({"Effect": "Deny", "Action": "*", "NotResource": TABLE})],
        resource=INDEX,
    ),
    # Conditions
    Case(
        "a condition holds",
        OPERATORS,
        "allow",
        [document(allow("*", Condition={"StringEquals": {"aws:RequestedRegion": "us-east-1"}}))],
        context={"aws:RequestedRegion": "us-east-1"},
    ),
    Case(
        "a condition does not hold",
        OPERATORS,
        NO_IDENTITY,
        [document(allow("*", Condition={"StringEquals": {"aws:RequestedRegion": "us-east-1"}}))],
        context={"aws:RequestedRegion": "eu-west-1"},
    ),
    Case(
        "a key that is not there does not match",
        OPERATORS,
        NO_IDENTITY,
        [document(allow("*", Condition={"StringLike": {"aws:PrincipalTag/team": "*"}}))],
    ),
    Case(
        "a negated operator on a key that is not there is true",
        OPERATORS,
        DENIED,
        [
            FULL,
            document(deny("*", Condition={"StringNotEquals": {"aws:PrincipalTag/team": "red"}})),
        ],
    ),
    Case(
        "IfExists on a key that is not there is true",
        OPERATORS,
        "allow",
        [
            document(
                allow("*", Condition={"StringEqualsIfExists": {"aws:PrincipalTag/team": "red"}})
            )
        ],
    ),
    Case(
        "Null asks whether a key is there",
        OPERATORS,
        DENIED,
        [FULL, document(deny("*", Condition={"Null": {"aws:TokenIssueTime": "true"}}))],
    ),
    Case(
        "several values: one is enough",
        CONDITION_LOGIC,
        "allow",
        [
            document(
                allow("*", Condition={"StringEquals": {"aws:PrincipalTag/team": ["red", "blue"]}})
            )
        ],
        context={"aws:PrincipalTag/team": "blue"},
    ),
    Case(
        "several values of a negated operator: none may match",
        CONDITION_LOGIC,
        NO_IDENTITY,
        [
            document(
                allow(
                    "*", Condition={"StringNotEquals": {"aws:PrincipalTag/team": ["red", "blue"]}}
                )
            )
        ],
        context={"aws:PrincipalTag/team": "blue"},
    ),
    Case(
        "several keys: all must hold",
        CONDITION_LOGIC,
        NO_IDENTITY,
        [
            document(
                allow(
                    "*",
                    Condition={
                        "StringEquals": {
                            "aws:PrincipalTag/team": "red",
                            "aws:RequestedRegion": "us-east-1",
                        }
                    },
                )
            )
        ],
        context={"aws:PrincipalTag/team": "red", "aws:RequestedRegion": "eu-west-1"},
    ),
    Case(
        "a condition key has no case",
        GLOBAL_KEYS,
        "allow",
        [document(allow("*", Condition={"StringEquals": {"AWS:requestedregion": "us-east-1"}}))],
        context={"aws:RequestedRegion": "us-east-1"},
    ),
    Case(
        "an address of a network",
        OPERATORS,
        DENIED,
        [FULL, document(deny("*", Condition={"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}))],
        context={"aws:SourceIp": "203.0.113.9"},
    ),
    Case(
        "a date before another",
        OPERATORS,
        "allow",
        [
            document(
                allow("*", Condition={"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}})
            )
        ],
        context={"aws:CurrentTime": "2026-11-23T06:00:00Z"},
    ),
    Case(
        "a number over a limit",
        OPERATORS,
        NO_IDENTITY,
        [
            document(
                allow("s3:ListBucket", Condition={"NumericLessThanEquals": {"s3:max-keys": "10"}})
            )
        ],
        action="s3:ListBucket",
        resource="arn:aws:s3:::bucket",
        context={"s3:max-keys": "11"},
    ),
    Case(
        "a transport that is not secure",
        GLOBAL_KEYS,
        DENIED,
        [FULL, document(deny("*", Condition={"Bool": {"aws:SecureTransport": "false"}}))],
        context={"aws:SecureTransport": False},
    ),
    Case(
        "an ARN of a source",
        OPERATORS,
        "allow",
        [document(allow("*", Condition={"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:bucket*"}}))],
        context={"aws:SourceArn": "arn:aws:s3:::bucket-1"},
    ),
    Case(
        "all of DynamoDB's leading keys are the user's own",
        DYNAMODB_KEYS,
        "allow",
        [
            document(
                allow(
                    "dynamodb:*",
                    Condition={"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["ann"]}},
                )
            )
        ],
        context={"dynamodb:LeadingKeys": ["ann", "ann"]},
    ),
    Case(
        "one of DynamoDB's leading keys is another's",
        DYNAMODB_KEYS,
        NO_IDENTITY,
        [
            document(
                allow(
                    "dynamodb:*",
                    Condition={"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["ann"]}},
                )
            )
        ],
        context={"dynamodb:LeadingKeys": ["ann", "bob"]},
    ),
    Case(
        "ForAllValues is true of a key that is not there",
        SEVERAL_VALUES,
        "allow",
        [document(allow("*", Condition={"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}))],
    ),
    Case(
        "ForAnyValue is false of a key that is not there",
        SEVERAL_VALUES,
        NO_IDENTITY,
        [document(allow("*", Condition={"ForAnyValue:StringEquals": {"aws:TagKeys": ["team"]}}))],
    ),
    Case(
        "tags of the principal and of the resource are the same",
        TAGS,
        "allow",
        [
            document(
                allow(
                    "*",
                    Condition={
                        "StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}
                    },
                )
            )
        ],
        context={"aws:ResourceTag/team": "red", "aws:PrincipalTag/team": "red"},
    ),
    Case(
        "a text of another case, case ignored",
        OPERATORS,
        "allow",
        [
            document(
                allow("*", Condition={"StringEqualsIgnoreCase": {"aws:PrincipalTag/team": "RED"}})
            )
        ],
        context={"aws:PrincipalTag/team": "red"},
    ),
    Case(
        "a text of another case",
        OPERATORS,
        NO_IDENTITY,
        [document(allow("*", Condition={"StringEquals": {"aws:PrincipalTag/team": "RED"}}))],
        context={"aws:PrincipalTag/team": "red"},
    ),
    Case(
        "a star means itself to StringEquals",
        OPERATORS,
        NO_IDENTITY,
        [document(allow("*", Condition={"StringEquals": {"aws:PrincipalTag/team": "r*"}}))],
        context={"aws:PrincipalTag/team": "red"},
    ),
    Case(
        "a pattern that must not match",
        OPERATORS,
        DENIED,
        [FULL, document(deny("*", Condition={"StringNotLike": {"aws:PrincipalTag/team": "r*"}}))],
        context={"aws:PrincipalTag/team": "blue"},
    ),
    Case(
        "IfExists on a key that is there asks for its value",
        OPERATORS,
        NO_IDENTITY,
        [
            document(
                allow("*", Condition={"StringEqualsIfExists": {"aws:PrincipalTag/team": "red"}})
            )
        ],
        context={"aws:PrincipalTag/team": "blue"},
    ),
    Case(
        "a denied lack of a second factor, with keys that last",
        OPERATORS,
        "allow",
        [FULL, document(deny("*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}}))],
    ),
    Case(
        "a denied lack of a second factor, IfExists",
        OPERATORS,
        DENIED,
        [
            FULL,
            document(
                deny("*", Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}})
            ),
        ],
    ),
    Case(
        "Null asks whether a key is not there",
        OPERATORS,
        "allow",
        [document(allow("*", Condition={"Null": {"aws:PrincipalTag/team": "false"}}))],
        context={"aws:PrincipalTag/team": "red"},
    ),
    Case(
        "a date in seconds since 1970",
        OPERATORS,
        "allow",
        [document(allow("*", Condition={"DateGreaterThan": {"aws:EpochTime": "1700000000"}}))],
        context={"aws:EpochTime": "2026-11-23T06:00:00Z"},
    ),
    Case(
        "a session that began too long ago",
        OPERATORS,
        DENIED,
        [
            FULL,
            document(
                deny(
                    "*", Condition={"DateLessThan": {"aws:TokenIssueTime": "2026-11-23T06:00:00Z"}}
                )
            ),
        ],
        context={"aws:TokenIssueTime": "2026-11-23T05:59:59Z"},
    ),
    Case(
        "an address of version 6",
        OPERATORS,
        "allow",
        [
            document(
                allow(
                    "*",
                    Condition={
                        "IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:DB8:1234:5678::/64"]}
                    },
                )
            )
        ],
        context={"aws:SourceIp": "2001:db8:1234:5678::9"},
    ),
    Case(
        "bytes that are the same",
        OPERATORS,
        "allow",
        [document(allow("*", Condition={"BinaryEquals": {"x:key": "QmluYXJ5"}}))],
        context={"x:key": "QmluYXJ5"},
    ),
    Case(
        "an ARN of another region",
        OPERATORS,
        NO_IDENTITY,
        [
            document(
                allow("*", Condition={"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:*:t"}})
            )
        ],
        context={"aws:SourceArn": "arn:aws:sns:eu-west-1:000000000000:t"},
    ),
    Case(
        "an ARN that must not match",
        OPERATORS,
        DENIED,
        [
            FULL,
            document(
                deny(
                    "*",
                    Condition={"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/Admin*"}},
                )
            ),
        ],
        context={"aws:PrincipalArn": ROLE},
    ),
    Case(
        "ForAnyValue: one of the keys is enough",
        SEVERAL_VALUES,
        "allow",
        [document(allow("*", Condition={"ForAnyValue:StringLike": {"aws:TagKeys": ["team*"]}}))],
        context={"aws:TagKeys": ["cost", "teams"]},
    ),
    Case(
        "ForAllValues of a negated operator: none may match",
        SEVERAL_VALUES,
        NO_IDENTITY,
        [
            document(
                allow("*", Condition={"ForAllValues:StringNotEquals": {"aws:TagKeys": ["team"]}})
            )
        ],
        context={"aws:TagKeys": ["cost", "team"]},
    ),
    Case(
        "Null beside ForAllValues asks for the key",
        SEVERAL_VALUES,
        NO_IDENTITY,
        [
            document(
                allow(
                    "*",
                    Condition={
                        "ForAllValues:StringEquals": {"aws:TagKeys": ["team"]},
                        "Null": {"aws:TagKeys": "false"},
                    },
                )
            )
        ],
    ),
    # Variables
    Case(
        "the user's own folder",
        VARIABLES,
        "allow",
        [document(allow("s3:GetObject", "arn:aws:s3:::bucket/home/${aws:username}/*"))],
        action="s3:GetObject",
        resource=OBJECT,
        caller=USER,
        context={"aws:username": "ann"},
    ),
    Case(
        "another user's folder",
        VARIABLES,
        NO_IDENTITY,
        [document(allow("s3:GetObject", "arn:aws:s3:::bucket/home/${aws:username}/*"))],
        action="s3:GetObject",
        resource=OBJECT,
        caller=USER,
        context={"aws:username": "bob"},
    ),
    Case(
        "a role has no user name",
        VARIABLES,
        NO_IDENTITY,
        [document(allow("s3:GetObject", "arn:aws:s3:::bucket/home/${aws:username}/*"))],
        action="s3:GetObject",
        resource=OBJECT,
    ),
    Case(
        "a default stands in for a tag",
        VARIABLES,
        "allow",
        [document(allow("s3:GetObject", "arn:aws:s3:::bucket/${aws:PrincipalTag/team, 'home'}/*"))],
        action="s3:GetObject",
        resource=OBJECT,
    ),
    Case(
        "an older document has no variables",
        VERSION,
        NO_IDENTITY,
        [
            document(
                allow("s3:GetObject", "arn:aws:s3:::bucket/home/${aws:username}/*"),
                version="2008-10-17",
            )
        ],
        action="s3:GetObject",
        resource=OBJECT,
        caller=USER,
        context={"aws:username": "ann"},
    ),
    Case(
        "a default is not asked for where there is a value",
        VARIABLES,
        NO_IDENTITY,
        [document(allow("s3:GetObject", "arn:aws:s3:::bucket/${aws:PrincipalTag/team, 'home'}/*"))],
        action="s3:GetObject",
        resource=OBJECT,
        context={"aws:PrincipalTag/team": "red"},
    ),
    Case(
        "a star that means itself",
        VARIABLES,
        NO_IDENTITY,
        [document(allow("s3:GetObject", "arn:aws:s3:::bucket/${*}"))],
        action="s3:GetObject",
        resource=OBJECT,
    ),
    # Permissions boundaries
    Case("a boundary allows it, too", BOUNDARIES, "allow", [FULL], document(allow("dynamodb:*"))),
    Case(
        "a boundary leaves it out",
        BOUNDARIES,
        "implicit permissions boundary",
        [FULL],
        document(allow("s3:*")),
    ),
    Case(
        "a boundary denies it",
        BOUNDARIES,
        "explicit permissions boundary",
        [FULL],
        document(allow("*"), deny("dynamodb:PutItem")),
    ),
    Case("a boundary alone grants nothing", BOUNDARIES, NO_IDENTITY, [], FULL),
    # Session policies
    Case(
        "a session policy allows it, too",
        SESSIONS,
        "allow",
        [FULL],
        session=document(allow("dynamodb:PutItem", TABLE)),
    ),
    Case(
        "a session policy leaves it out",
        SESSIONS,
        "implicit session policy",
        [FULL],
        session=document(allow("dynamodb:GetItem", TABLE)),
    ),
    Case(
        "a session policy denies it",
        SESSIONS,
        "explicit session policy",
        [FULL],
        session=document(allow("*"), deny("dynamodb:PutItem")),
    ),
    Case("a session policy alone grants nothing", SESSIONS, NO_IDENTITY, [], session=FULL),
    # Resource policies
    Case(
        "a resource's policy names the role",
        SINGLE_ACCOUNT,
        "allow",
        resource_policy=document(allow("dynamodb:PutItem", TABLE, Principal={"AWS": ROLE})),
    ),
    Case(
        "a resource's policy names the session",
        LOGIC,
        "allow",
        [],
        document(allow("s3:*")),
        resource_policy=document(allow("dynamodb:PutItem", TABLE, Principal={"AWS": SESSION})),
    ),
    Case(
        "a boundary limits what a resource's policy grants to the role",
        LOGIC,
        "implicit permissions boundary",
        [],
        document(allow("s3:*")),
        resource_policy=document(allow("dynamodb:PutItem", TABLE, Principal={"AWS": ROLE})),
    ),
    Case(
        "a boundary does not limit what a resource's policy grants to a user",
        LOGIC,
        "allow",
        [],
        document(allow("s3:*")),
        resource_policy=document(allow("dynamodb:PutItem", TABLE, Principal={"AWS": USER})),
        caller=USER,
    ),
    Case(
        "a session policy limits what a resource's policy grants to the role",
        LOGIC,
        "implicit session policy",
        [],
        session=document(allow("s3:*")),
        resource_policy=document(allow("dynamodb:PutItem", TABLE, Principal={"AWS": ROLE})),
    ),
    Case(
        "a resource's policy that names the account leaves it to the identity",
        PRINCIPAL,
        NO_IDENTITY,
        resource_policy=document(allow("dynamodb:PutItem", TABLE, Principal={"AWS": ROOT})),
    ),
    Case(
        "a resource's policy names everyone",
        PRINCIPAL,
        "allow",
        resource_policy=document(allow("dynamodb:PutItem", TABLE, Principal="*")),
    ),
    Case(
        "a resource's policy names somebody else",
        PRINCIPAL,
        NO_IDENTITY,
        resource_policy=document(allow("dynamodb:PutItem", TABLE, Principal={"AWS": USER})),
    ),
    Case(
        "a resource's policy denies what the identity allows",
        SINGLE_ACCOUNT,
        "explicit resource-based policy",
        [FULL],
        resource_policy=document(deny("dynamodb:*", TABLE, Principal="*")),
    ),
    Case(
        "an identity's deny overrides a resource's allow",
        SINGLE_ACCOUNT,
        DENIED,
        [document(deny("dynamodb:*"))],
        resource_policy=document(allow("dynamodb:PutItem", TABLE, Principal={"AWS": ROLE})),
    ),
    Case(
        "a deny of everybody but the role",
        NOT_PRINCIPAL,
        "allow",
        [FULL],
        resource_policy=document(
            deny("dynamodb:*", TABLE, NotPrincipal={"AWS": [ROLE, SESSION, ROOT]})
        ),
    ),
    Case(
        "a deny of everybody but somebody else",
        NOT_PRINCIPAL,
        "explicit resource-based policy",
        [FULL],
        resource_policy=document(deny("dynamodb:*", TABLE, NotPrincipal={"AWS": [USER, ROOT]})),
    ),
    Case(
        "a condition in a resource's policy",
        SINGLE_ACCOUNT,
        NO_IDENTITY,
        resource_policy=document(
            allow(
                "dynamodb:PutItem",
                TABLE,
                Principal="*",
                Condition={"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/Other"}},
            )
        ),
        context={"aws:PrincipalArn": ROLE},
    ),
    # Services that ask for themselves: the resource's policy alone decides
    Case(
        "a service is let in for its source",
        DEPUTY,
        "allow",
        resource_policy=from_bucket("ArnLike", "aws:SourceArn", BUCKET),
        action="lambda:InvokeFunction",
        resource=FUNCTION,
        caller=S3,
        context={"aws:SourceArn": BUCKET, "aws:SourceAccount": ACCOUNT},
    ),
    Case(
        "a service is not let in for another source",
        DEPUTY,
        "implicit resource-based policy",
        resource_policy=from_bucket("ArnLike", "aws:SourceArn", BUCKET),
        action="lambda:InvokeFunction",
        resource=FUNCTION,
        caller=S3,
        context={"aws:SourceArn": BUCKET + "2", "aws:SourceAccount": ACCOUNT},
    ),
    Case(
        "a service is let in for its account",
        DEPUTY,
        "allow",
        resource_policy=from_bucket("StringEquals", "aws:SourceAccount", ACCOUNT),
        action="lambda:InvokeFunction",
        resource=FUNCTION,
        caller=S3,
        context={"aws:SourceArn": BUCKET, "aws:SourceAccount": ACCOUNT},
    ),
    Case(
        "a service is not let in for another account",
        DEPUTY,
        "implicit resource-based policy",
        resource_policy=from_bucket("StringEquals", "aws:SourceAccount", ACCOUNT),
        action="lambda:InvokeFunction",
        resource=FUNCTION,
        caller=S3,
        context={"aws:SourceArn": BUCKET, "aws:SourceAccount": "111111111111"},
    ),
    Case(
        "another service is not let in",
        PRINCIPAL,
        "implicit resource-based policy",
        resource_policy=from_bucket("StringEquals", "aws:SourceAccount", ACCOUNT),
        action="lambda:InvokeFunction",
        resource=FUNCTION,
        caller="events.amazonaws.com",
        context={"aws:SourceAccount": ACCOUNT},
    ),
    Case(
        "a role is no service",
        PRINCIPAL,
        NO_IDENTITY,
        resource_policy=from_bucket("StringEquals", "aws:SourceAccount", ACCOUNT),
        action="lambda:InvokeFunction",
        resource=FUNCTION,
        context={"aws:SourceAccount": ACCOUNT},
    ),
    Case(
        "a deny of services of other accounts",
        GLOBAL_KEYS,
        "explicit resource-based policy",
        resource_policy=document(
            allow("lambda:*", FUNCTION, Principal={"Service": S3}),
            deny(
                "*",
                Principal="*",
                Condition={
                    "StringNotEquals": {"aws:SourceAccount": ACCOUNT},
                    "Bool": {"aws:PrincipalIsAWSService": "true"},
                },
            ),
        ),
        action="lambda:InvokeFunction",
        resource=FUNCTION,
        caller=S3,
        context={"aws:SourceAccount": "111111111111", "aws:PrincipalIsAWSService": True},
    ),
]
