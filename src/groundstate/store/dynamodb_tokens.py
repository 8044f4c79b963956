"""Client request tokens of DynamoDB transactions."""

from __future__ import annotations

import sqlite3


class TokenRows:
    """What tokens were used for."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def find(self, token: str, not_before: float) -> tuple[bytes, bytes] | None:
        """The (request, response) of a token that was used not before this time."""
        found: tuple[bytes, bytes] | None = self._execute(
            "SELECT request, response FROM dynamodb_tokens WHERE token = ? AND used_at >= ?",
            (token, not_before),
        ).fetchone()
        return found

    def use(
        self, token: str, request: bytes, response: bytes, now: float, *, not_before: float
    ) -> None:
        """Remember a token, and forget those that were used before `not_before`."""
        self._execute("DELETE FROM dynamodb_tokens WHERE used_at < ?", (not_before,))
        self._execute(
            "INSERT OR REPLACE INTO dynamodb_tokens (token, request, response, used_at)"
            " VALUES (?, ?, ?, ?)",
            (token, request, response, now),
        )
