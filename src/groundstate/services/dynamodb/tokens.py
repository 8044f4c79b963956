"""Client request tokens: the same transaction twice within ten minutes happens once.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, NamedTuple

import orjson

from groundstate.operation import Call, Shape
from groundstate.services.dynamodb.errors import IdempotentParameterMismatchException

TOKEN_LIFETIME_S = 10 * 60
_UNITS = "ReplayUnits"


class Done(NamedTuple):
    """A transaction that was carried out.

    Attributes:
        response: what it answered, without its cost.
        units: what it costs, by table, to be told so again.
    """

    response: Shape
    units: dict[str, float]


def find_done(call: Call, request: Shape, actions: Any) -> Done | None:
    """The transaction that was carried out with this request's token; None if it is new.

    Raises:
        IdempotentParameterMismatchException: the token was used for other actions.
    """
    token = _token(call, request)
    if token is None:
        return None
    found = call.tx.dynamodb.tokens.find(token, call.now - TOKEN_LIFETIME_S)
    if found is None:
        return None
    if found[0] != _fingerprint(actions):
        raise IdempotentParameterMismatchException(
            "The request uses the same client token as a previous, but non-identical request."
            " Do not reuse a client token with different requests, unless the requests are"
            " identical"
        )
    response: Shape = orjson.loads(found[1])
    return Done(response, response.pop(_UNITS, {}))


def remember(call: Call, request: Shape, actions: Any, done: Done) -> None:
    """Remember what a transaction with a token answered."""
    token = _token(call, request)
    if token is not None:
        call.tx.dynamodb.tokens.use(
            token,
            _fingerprint(actions),
            orjson.dumps({**done.response, _UNITS: done.units}),
            call.now,
            not_before=call.now - TOKEN_LIFETIME_S,
        )


def _token(call: Call, request: Shape) -> str | None:
    token = request.get("ClientRequestToken")
    if token is None:
        return None
    # ExecuteTransaction's tokens are others than TransactWriteItems' (observed).
    kind = "statements/" if "TransactStatements" in request else ""
    return f"{call.account}/{call.region}/{kind}{token}"


def _fingerprint(actions: Any) -> bytes:
    return sha256(orjson.dumps(actions, option=orjson.OPT_SORT_KEYS)).digest()
