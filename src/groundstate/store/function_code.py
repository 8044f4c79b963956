"""The tables of Lambda's code: zip files, and the layers that are made of them."""

from __future__ import annotations

import sqlite3
from typing import Any

import orjson

Document = dict[str, Any]


class CodeTable:
    """Zip files by their SHA-256, kept as long as a version or a layer uses them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def put(self, code_sha256: str, content: bytes) -> None:
        """Keep a zip file; one that is there stays."""
        self._execute(
            "INSERT OR IGNORE INTO lambda_code (code_sha256, zip) VALUES (?,?)",
            (code_sha256, content),
        )

    def find(self, code_sha256: str) -> bytes | None:
        """The zip file."""
        row = self._execute(
            "SELECT zip FROM lambda_code WHERE code_sha256 = ?", (code_sha256,)
        ).fetchone()
        return None if row is None else bytes(row[0])

    def list_keys(self) -> set[str]:
        """The SHA-256 of all zip files."""
        return {row[0] for row in self._execute("SELECT code_sha256 FROM lambda_code")}

    def sum_sizes(self) -> int:
        """Bytes of all zip files."""
        row = self._execute("SELECT coalesce(sum(length(zip)), 0) FROM lambda_code").fetchone()
        return int(row[0])

    def remove_unused(self) -> None:
        """Remove the zip files that no version and no layer uses any more."""
        self._execute(
            "DELETE FROM lambda_code WHERE"
            " NOT EXISTS (SELECT 1 FROM lambda_versions v"
            "  WHERE v.code_sha256 = lambda_code.code_sha256)"
            " AND NOT EXISTS (SELECT 1 FROM lambda_layers l"
            "  WHERE l.code_sha256 = lambda_code.code_sha256)"
        )


class LayerTable:
    """Versions of layers. A deleted one keeps its code, since functions may still use it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def add(self, region: str, name: str, code_sha256: str, document: Document) -> None:
        """Write a version; its number is in the document."""
        self._execute(
            "INSERT INTO lambda_layers (region, name, version, code_sha256, document)"
            " VALUES (?,?,?,?,?)",
            (region, name, document["Version"], code_sha256, orjson.dumps(document)),
        )

    def next_version(self, region: str, name: str) -> int:
        """The number of the next version; numbers are not used twice."""
        row = self._execute(
            "SELECT coalesce(max(version), 0) + 1 FROM lambda_layers WHERE region = ? AND name = ?",
            (region, name),
        ).fetchone()
        return int(row[0])

    def find(self, region: str, name: str, version: int) -> Document | None:
        """A version that is not deleted."""
        row = self._execute(
            "SELECT document FROM lambda_layers WHERE region = ? AND name = ? AND version = ?",
            (region, name, version),
        ).fetchone()
        return None if row is None or row[0] is None else orjson.loads(row[0])

    def find_code(self, version_arn: str) -> str | None:
        """The SHA-256 of a version's zip file, deleted or not, by its ARN."""
        parts = version_arn.split(":")
        row = self._execute(
            "SELECT code_sha256 FROM lambda_layers WHERE region = ? AND name = ? AND version = ?",
            (parts[3], parts[6], parts[7]),
        ).fetchone()
        return None if row is None else row[0]

    def list_versions(self, region: str, name: str | None = None) -> list[Document]:
        """The versions that are not deleted, by name and falling version."""
        rows = self._execute(
            "SELECT document FROM lambda_layers WHERE region = ? AND (? IS NULL OR name = ?)"
            " AND document IS NOT NULL ORDER BY name, version DESC",
            (region, name, name),
        )
        return [orjson.loads(row[0]) for row in rows]

    def delete(self, region: str, name: str, version: int) -> None:
        """Delete a version; what uses it keeps its code."""
        self._execute(
            "UPDATE lambda_layers SET document = NULL, policy = NULL"
            " WHERE region = ? AND name = ? AND version = ?",
            (region, name, version),
        )

    def set_policy(self, region: str, name: str, version: int, policy: Document | None) -> None:
        """Set or remove a version's resource policy."""
        self._execute(
            "UPDATE lambda_layers SET policy = ? WHERE region = ? AND name = ? AND version = ?",
            (None if policy is None else orjson.dumps(policy), region, name, version),
        )

    def find_policy(self, region: str, name: str, version: int) -> Document | None:
        """A version's resource policy."""
        row = self._execute(
            "SELECT policy FROM lambda_layers WHERE region = ? AND name = ? AND version = ?",
            (region, name, version),
        ).fetchone()
        return None if row is None or row[0] is None else orjson.loads(row[0])
