"""The parameters of Systems Manager's store, with their history.

AWS: https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-parameter-store.html
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

_AFTER_ALL = "\U0010ffff"


@dataclass(slots=True)
class Parameter:
    """A version of a parameter; `data` holds its value, type, tags and the rest."""

    region: str
    name: str
    version: int
    modified_at: float
    data: dict[str, Any]


class ParameterTable:
    """All versions of all parameters."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def save(self, parameter: Parameter, *, history_max: int) -> None:
        """Write a version; of the older ones as many are kept as the history takes."""
        self._execute(
            "INSERT OR REPLACE INTO ssm_parameters (region, name, version, modified_at, data)"
            " VALUES (?,?,?,?,?)",
            (
                parameter.region,
                parameter.name,
                parameter.version,
                parameter.modified_at,
                json.dumps(parameter.data),
            ),
        )
        self._execute(
            "DELETE FROM ssm_parameters WHERE region = ? AND name = ? AND version <= ?",
            (parameter.region, parameter.name, parameter.version - history_max),
        )

    def find(self, region: str, name: str, version: int | None = None) -> Parameter | None:
        """A version of a parameter; the newest if none is named."""
        row = self._execute(
            "SELECT region, name, version, modified_at, data FROM ssm_parameters"
            " WHERE region = ? AND name = ? AND (? IS NULL OR version = ?)"
            " ORDER BY version DESC LIMIT 1",
            (region, name, version, version),
        ).fetchone()
        return None if row is None else _parameter(row)

    def list_versions(self, region: str, name: str) -> list[Parameter]:
        """A parameter's versions, oldest first."""
        rows = self._execute(
            "SELECT region, name, version, modified_at, data FROM ssm_parameters"
            " WHERE region = ? AND name = ? ORDER BY version",
            (region, name),
        )
        return [_parameter(row) for row in rows]

    def list_newest(self, region: str, prefix: str = "") -> list[Parameter]:
        """The newest versions of the parameters whose names begin with a prefix, by name."""
        rows = self._execute(
            "SELECT region, name, max(version), modified_at, data FROM ssm_parameters"
            " WHERE region = ? AND name >= ? AND name < ? GROUP BY name ORDER BY name",
            (region, prefix, prefix + _AFTER_ALL),
        )
        return [_parameter(row) for row in rows]

    def remove(self, region: str, name: str) -> bool:
        """Forget a parameter with its history; whether it was there."""
        cursor = self._execute(
            "DELETE FROM ssm_parameters WHERE region = ? AND name = ?", (region, name)
        )
        return cursor.rowcount > 0


def _parameter(row: Any) -> Parameter:
    return Parameter(row[0], row[1], row[2], row[3], json.loads(row[4]))
