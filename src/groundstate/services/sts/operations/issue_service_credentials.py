"""IssueServiceCredentials: a role's credentials for an AWS service that runs something with it.

Internal: AWS's model does not have it, so no wire reaches it. On AWS the service assumes the role
by itself; https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.sts.sessions import issue_credentials, role_session

DEFAULT_DURATION_S = 43_200


def issue_service_credentials(call: Call, request: Shape) -> Shape:
    """Give a role's credentials to a service that the role trusts.

    The request has `RoleArn`, `RoleSessionName`, `Service` (`lambda.amazonaws.com`), and maybe
    `DurationSeconds` and `SourceArn`, for trust policies with `aws:SourceArn`. The answer has
    `Credentials` and `AssumedRoleUser`, as AssumeRole's.

    Raises:
        AccessDenied: there is no such role, or it does not trust the service.
    """
    context = {"aws:SourceArn": request["SourceArn"]} if "SourceArn" in request else {}
    role = call.invoke(
        "iam",
        "GetTrustedRole",
        {"RoleArn": request["RoleArn"], "Service": request["Service"], "Context": context},
    )
    assert isinstance(role, dict), role
    session = role_session(role, request["RoleSessionName"])
    duration_s = request.get("DurationSeconds", DEFAULT_DURATION_S)
    return {
        "Credentials": issue_credentials(call, session, duration_s),
        "AssumedRoleUser": {"AssumedRoleId": session.user_id, "Arn": session.arn},
    }
