"""What exports and imports share: their ARNs, tokens, pages, and the turns in which they go on.

A turn does a piece of the work and notes how far it came, in one transaction, and sets a timer for
the next one; so does a crash cost no more than a piece. What a turn cannot do fails the transfer.
Amazon S3 is used in the name of who asked for the transfer.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from typing import Any

from groundstate import ids
from groundstate.operation import Call, Deferred, ServiceError, Shape
from groundstate.principals import load_principal
from groundstate.services.dynamodb.errors import (
    AccessDeniedException,
    ExportNotFoundException,
    ImportNotFoundException,
    ValidationException,
)
from groundstate.store.dynamodb_transfers import TransferRow

EXPORT, IMPORT = "export", "import"
TRANSFER_TIMER = "transfer"
PAGE_DEFAULT, PAGE_MAX = 10, 25
# For so long a client token stands for the same transfer.
TOKEN_AGE_S_MAX = 8 * 3600

_ARN = re.compile(r"arn:[^:]+:dynamodb:([^:]+):(\d{12}):table/[^/]+/(export|import)/[^/]+")
_NOT_FOUND = {EXPORT: ExportNotFoundException, IMPORT: ImportNotFoundException}

logger = logging.getLogger(__name__)

Turn = Callable[[Call, TransferRow], bool]
"""Does a piece of the work. Returns whether it was the last one."""


class TransferFailedError(Exception):
    """A transfer cannot go on. Args: AWS's FailureCode, and what happened."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


def make_transfer_arn(call: Call, table_arn: str, kind: str) -> str:
    """A new ARN: the table's, the time in milliseconds, and chance."""
    mark = f"{ids.make_entropy():032x}"[:8]
    return f"{table_arn}/{kind}/{int(call.now * 1000):014d}-{mark}"


def start(call: Call, row: TransferRow) -> None:
    """Write a new transfer down, and begin it in a later turn."""
    call.tx.dynamodb.transfers.add(call.account, call.region, row)
    _set_timer(call, row)


def make_handler(turns: Mapping[str, Turn]) -> Callable[[Call, str, bytes], None]:
    """What goes on with a transfer when its timer is due (`Service.timers`).

    Args:
        turns: by the kind of transfer.
    """

    def on_timer(call: Call, subject: str, data: bytes) -> None:
        row = call.tx.dynamodb.transfers.find(int(subject))
        if row is not None and row.progress:
            _go_on(call, row, turns[row.kind])

    return on_timer


def _go_on(call: Call, row: TransferRow, turn: Turn) -> None:
    try:
        is_over = turn(call, row)
    except TransferFailedError as failed:
        logger.warning("%s failed: %s: %s", row.arn, failed.code, failed.message)
        end(call, row, "FAILED")
        row.description.update(FailureCode=failed.code, FailureMessage=failed.message)
        is_over = True
    call.tx.dynamodb.transfers.update(row)
    if not is_over:
        _set_timer(call, row)


def ask_s3(call: Call, row: TransferRow, operation: str, request: Shape) -> Shape:
    """Perform an operation of Amazon S3 in the name of who asked for a transfer.

    Raises:
        TransferFailedError: it was refused.
    """
    principal = load_principal(row.progress["principal"])
    try:
        answer = call.invoke("s3", operation, request, principal=principal)
    except ServiceError as error:
        message = (
            f"{error.message} (Service: Amazon S3; Status Code: {error.status}; Error Code:"
            f" {error.code}; Request ID: {call.request_id}; Proxy: null)"
        )
        raise TransferFailedError(f"S3{error.code}", message) from None
    assert not isinstance(answer, Deferred)
    return answer


def get_transfer(call: Call, kind: str, arn: str) -> TransferRow:
    """An export or import by its ARN.

    Raises:
        AccessDeniedException: it is another account's.
        ExportNotFoundException, ImportNotFoundException: there is none.
        ValidationException: it is no such ARN.
    """
    match = _ARN.fullmatch(arn)
    if match is None or match[3] != kind:
        raise ValidationException(f"Invalid {kind.capitalize()} ARN")
    if match[2] != call.account:
        raise AccessDeniedException("Access is denied")
    prefix = f"{kind.capitalize()} not found"
    if match[1] != call.region:
        raise _NOT_FOUND[kind](f"{prefix}: Invalid {kind} arn")
    row = call.tx.dynamodb.transfers.find_by_arn(kind, arn)
    if row is None:
        raise _NOT_FOUND[kind](f"{prefix}: {prefix}: {arn}")
    return row


def find_by_token(call: Call, kind: str, token: str) -> TransferRow | None:
    """The transfer that a client token stands for."""
    since = call.now - TOKEN_AGE_S_MAX
    return call.tx.dynamodb.transfers.find_by_token(kind, call.account, call.region, token, since)


def list_transfers(
    call: Call, kind: str, subject: str | None, limit: int, token: str | None
) -> tuple[list[TransferRow], str | None]:
    """A page of transfers, the newest first, and the token for the next one.

    Raises:
        ValidationException: the token is none of ours.
    """
    below = 1 << 62 if token is None else _read_token(kind, token)
    rows = call.tx.dynamodb.transfers.list_page(
        kind, call.account, call.region, subject, below, limit + 1
    )
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], _token_start(kind) + f"{rows[limit - 1].transfer_id:032x}"


def _token_start(kind: str) -> str:
    return f"{kind}s".encode().hex().rjust(80, "0")


def _read_token(kind: str, token: str) -> int:
    begins = _token_start(kind)
    number = token.removeprefix(begins)
    if len(token) != len(begins) + 32 or re.fullmatch("[0-9a-f]{32}", number) is None:
        raise ValidationException(f"Invalid Request: Provided nextToken is invalid: {token}")
    return min(int(number, 16), 1 << 62)


def pick(description: Mapping[str, Any], members: tuple[str, ...]) -> Shape:
    """Some members of a description: those that it has."""
    return {name: description[name] for name in members if name in description}


def end(call: Call, row: TransferRow, status: str) -> None:
    """Note that a transfer is over."""
    if row.kind == EXPORT:
        call.tx.dynamodb.backups.drop_copy(row.transfer_id)
    status_member = "ExportStatus" if row.kind == EXPORT else "ImportStatus"
    row.description.update({status_member: status, "EndTime": round(call.now, 3)})
    row.progress = {}


def _set_timer(call: Call, row: TransferRow) -> None:
    call.tx.timers.set(
        call.now, "dynamodb", TRANSFER_TIMER, str(row.transfer_id), region=call.region
    )
