"""EventBridge connections of HTTP tasks, from the user's file: the runtime has no EventBridge.

The setting `GROUNDSTATE_CONNECTIONS` names a JSON file: an object with a member for each connection
(its name or ARN) that holds what CreateConnection takes.

AWS: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateConnection.html
"""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from groundstate.services.stepfunctions.integrations.http_request import Added

NOT_FOUND = "Events.ConnectionResource.ResourceNotFound"
INVALID = "Events.ConnectionResource.InvalidConnectionState"
_TOKEN_TIMEOUT_S = 20


class ConnectionFailed(Exception):
    """A connection cannot be used.

    Attributes:
        error, cause: of the task.
    """

    def __init__(self, error: str, cause: str) -> None:
        super().__init__(error, cause)
        self.error = error
        self.cause = cause


def connection_arn(parameters: dict[str, Any]) -> str:
    """The ARN of the connection that an HTTP task names, or ''."""
    for member in ("Authentication", "InvocationConfig"):
        value = parameters.get(member)
        if isinstance(value, dict) and value.get("ConnectionArn"):
            return str(value["ConnectionArn"])
    return ""


def find_connection(path: str, arn: str) -> dict[str, Any]:
    """What the user's file says of a connection; it is read anew each time.

    Raises:
        ConnectionFailed: the file does not name it, or cannot be read.
    """
    try:
        known = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConnectionFailed(
            INVALID, f"The file of GROUNDSTATE_CONNECTIONS cannot be read: {error}"
        ) from None
    name = arn.partition(":connection/")[2].partition("/")[0]
    found = known.get(arn, known.get(name)) if isinstance(known, dict) else None
    if not isinstance(found, dict):
        raise ConnectionFailed(
            NOT_FOUND, f"Connection {arn} is not in the file of GROUNDSTATE_CONNECTIONS."
        )
    return found


def authorize(connection: dict[str, Any]) -> Added:
    """What a connection adds to a request. OAuth asks for a token: call it in a thread.

    Raises:
        ConnectionFailed: the connection is not like CreateConnection's, or gives no token.
    """
    parameters = connection.get("AuthParameters") or {}
    try:
        headers = _credentials(connection.get("AuthorizationType"), parameters)
        added = parameters.get("InvocationHttpParameters") or {}
        return Added(
            {**_pairs(added, "HeaderParameters"), **headers},
            _pairs(added, "QueryStringParameters"),
            _pairs(added, "BodyParameters"),
        )
    except (KeyError, TypeError) as error:
        raise ConnectionFailed(INVALID, f"The connection lacks {error}.") from None


def _credentials(kind: Any, parameters: dict[str, Any]) -> dict[str, str]:
    if kind == "BASIC":
        basic = parameters["BasicAuthParameters"]
        return {"Authorization": _basic(basic["Username"], basic["Password"])}
    if kind == "API_KEY":
        key = parameters["ApiKeyAuthParameters"]
        return {key["ApiKeyName"]: key["ApiKeyValue"]}
    if kind == "OAUTH_CLIENT_CREDENTIALS":
        return {"Authorization": f"Bearer {_fetch_token(parameters['OAuthParameters'])}"}
    raise ConnectionFailed(INVALID, f"The AuthorizationType {kind!r} is not supported.")


def _basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def _fetch_token(oauth: dict[str, Any]) -> str:
    client, extra = oauth["ClientParameters"], oauth.get("OAuthHttpParameters") or {}
    form = {
        "grant_type": "client_credentials",
        "client_id": client["ClientID"],
        "client_secret": client["ClientSecret"],
        **_pairs(extra, "BodyParameters"),
    }
    url, method = oauth["AuthorizationEndpoint"], oauth.get("HttpMethod", "POST")
    query = _pairs(extra, "QueryStringParameters")
    if method == "GET":
        query, data = {**form, **query}, None
    else:
        data = urlencode(form).encode()
    if query:
        url += ("&" if "?" in url else "?") + urlencode(query)
    if not url.startswith(("http://", "https://")):
        raise ConnectionFailed(INVALID, "The AuthorizationEndpoint must be a URL.")
    headers = _pairs(extra, "HeaderParameters")
    request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=_TOKEN_TIMEOUT_S) as response:  # noqa: S310
            return str(json.loads(response.read())["access_token"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        cause = f"The AuthorizationEndpoint gave no token: {error}"
        raise ConnectionFailed(INVALID, cause) from None


def _pairs(parameters: dict[str, Any], member: str) -> dict[str, str]:
    return {pair["Key"]: pair["Value"] for pair in parameters.get(member) or ()}
