"""The roles of functions: whether one may be used, and the credentials that it gives.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
"""

from __future__ import annotations

from groundstate.arn import parse_arn
from groundstate.operation import Call, Principal, ServiceError, Shape
from groundstate.principals import has_rights, role_principal
from groundstate.services.lambda_.errors import InvalidParameterValueException
from groundstate.services.lambda_.model import FunctionVersion
from groundstate.services.lambda_.variables import Credentials

SERVICE_NAME = "lambda.amazonaws.com"
CREDENTIALS_S = 12 * 3600


def check_role(call: Call, role: str) -> None:
    """The caller may pass the role to Lambda, and the role trusts Lambda.

    Raises:
        ServiceError: the caller has no permission for iam:PassRole.
        InvalidParameterValueException: there is no such role, or it does not trust Lambda.
    """
    call.authorize("iam:PassRole", role, {"iam:PassedToService": SERVICE_NAME})
    if call.config.iam == "off":
        return
    try:
        call.invoke("iam", "GetTrustedRole", {"RoleArn": role, "Service": SERVICE_NAME})
    except ServiceError as error:
        raise InvalidParameterValueException(
            "The role defined for the function cannot be assumed by Lambda."
        ) from error


# What the documented policies have for a network of one's own.
_NETWORK = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
)
_DEAD_LETTERS = {"sqs": "sqs:SendMessage", "sns": "sns:Publish"}


def check_rights(call: Call, document: Shape) -> None:
    """A function's role may do what its VPC, dead letters and traces need: AWS asks beforehand.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
    https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html

    Raises:
        InvalidParameterValueException: it may not.
    """
    role = role_principal(document["Role"], document["FunctionName"], SERVICE_NAME)
    if document.get("VpcConfig", {}).get("SubnetIds"):
        interfaces = f"arn:aws:ec2:{call.region}:{call.account}:*/*"
        _require(call, role, interfaces, *_NETWORK)
    if document.get("TracingConfig", {}).get("Mode") == "Active":
        _require(call, role, "*", "xray:PutTraceSegments", "xray:PutTelemetryRecords")
    target = document.get("DeadLetterConfig", {}).get("TargetArn", "")
    arn = parse_arn(target)
    if arn is not None and arn.service in _DEAD_LETTERS:
        _require(call, role, target, _DEAD_LETTERS[arn.service])


def _require(call: Call, role: Principal, resource: str, needed: str, *others: str) -> None:
    if not has_rights(call, role, resource, needed, *others):
        service, action = needed.split(":")
        raise InvalidParameterValueException(
            f"The provided execution role does not have permissions to call {action} on"
            f" {service.upper()}"
        ).for_want_of_right()


def issue_credentials(call: Call, function: FunctionVersion) -> Credentials:
    """Temporary credentials of a function's role.

    Raises:
        ServiceError: the role is gone, or does not trust Lambda any more.
    """
    request = {
        "RoleArn": function.role,
        "RoleSessionName": function.name,
        "DurationSeconds": CREDENTIALS_S,
        "Service": SERVICE_NAME,
        "SourceArn": function.arn,
    }
    try:
        answer = call.invoke("sts", "IssueServiceCredentials", request)
    except ServiceError:
        if call.config.iam != "off":
            raise
        # Where nothing is checked, a role need not exist.
        return Credentials(call.config.access_key_id, call.config.secret_access_key, "")
    assert isinstance(answer, dict), answer
    issued = answer["Credentials"]
    return Credentials(
        issued["AccessKeyId"], issued["SecretAccessKey"], issued.get("SessionToken", "")
    )
