"""AWS Security Token Service: who calls, and temporary credentials."""

from __future__ import annotations

from groundstate.operation import Operation, Service
from groundstate.services.sts.operations.assume_role import assume_role
from groundstate.services.sts.operations.assume_role_with_web_identity import (
    assume_role_with_saml,
    assume_role_with_web_identity,
)
from groundstate.services.sts.operations.decode_authorization_message import (
    decode_authorization_message,
)
from groundstate.services.sts.operations.get_access_key_info import get_access_key_info
from groundstate.services.sts.operations.get_caller_identity import get_caller_identity
from groundstate.services.sts.operations.get_session_token import get_session_token
from groundstate.services.sts.operations.issue_service_credentials import (
    issue_service_credentials,
)

OPERATIONS = {
    # AssumeRole looks at the role's trust policy and at the caller's own policies by itself.
    "AssumeRole": Operation(assume_role, action="", reads=True),
    "AssumeRoleWithSAML": Operation(assume_role_with_saml, action="", reads=True),
    "AssumeRoleWithWebIdentity": Operation(assume_role_with_web_identity, action="", reads=True),
    "DecodeAuthorizationMessage": Operation(decode_authorization_message, reads=True),
    "GetAccessKeyInfo": Operation(get_access_key_info, reads=True),
    "GetCallerIdentity": Operation(get_caller_identity, action="", reads=True),
    "GetSessionToken": Operation(get_session_token, action="", reads=True),
    # Internal: other services ask it; the wire cannot, since AWS's model does not have it.
    "IssueServiceCredentials": Operation(issue_service_credentials, action="", reads=True),
}

SERVICE = Service("sts", OPERATIONS, iam_prefix="sts")
