"""The tables of Lambda's functions: versions, aliases, settings."""

from __future__ import annotations

import sqlite3
from typing import Any, NamedTuple

import orjson

Document = dict[str, Any]


class FunctionRow(NamedTuple):
    """A function, whatever its versions are.

    Attributes:
        last_version: the number of the newest published version; 0 if there was none.
        reserved_concurrency: as set by PutFunctionConcurrency, or None.
        tags: by key.
    """

    function_id: int
    region: str
    name: str
    last_version: int
    reserved_concurrency: int | None
    tags: dict[str, str]


class VersionRow(NamedTuple):
    """A configuration of a function: `$LATEST` or a published version.

    Attributes:
        code_sha256: the key of its zip file, in hexadecimal; empty for an image.
        document: the FunctionConfiguration that clients see.
    """

    function_id: int
    version: str
    revision_id: str
    code_sha256: str
    document: Document


_FUNCTION = "function_id, region, name, last_version, reserved_concurrency, tags"
_VERSION = "function_id, version, revision_id, code_sha256, document"


class FunctionTable:
    """Functions and what belongs to one function."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    # Functions

    def add(self, region: str, name: str, tags: dict[str, str]) -> int:
        """Add a function; its id."""
        cursor = self._execute(
            "INSERT INTO lambda_functions (region, name, tags) VALUES (?,?,?)",
            (region, name, orjson.dumps(tags).decode()),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def find(self, region: str, name: str) -> FunctionRow | None:
        """The function of this name."""
        row = self._execute(
            f"SELECT {_FUNCTION} FROM lambda_functions WHERE region = ? AND name = ?",
            (region, name),
        ).fetchone()
        return None if row is None else _function(row)

    def list_page(self, region: str, after: str, limit: int) -> list[FunctionRow]:
        """Functions in the order of their names, from behind `after`."""
        rows = self._execute(
            f"SELECT {_FUNCTION} FROM lambda_functions WHERE region = ? AND name > ?"
            " ORDER BY name LIMIT ?",
            (region, after, limit),
        )
        return [_function(row) for row in rows]

    def list_runtimes(self) -> list[str]:
        """What the functions of all regions run on, each once."""
        rows = self._execute(
            "SELECT DISTINCT json_extract(CAST(document AS TEXT), '$.Runtime')"
            " FROM lambda_versions WHERE version = '$LATEST' ORDER BY 1"
        )
        return [runtime for (runtime,) in rows if runtime]

    def remove(self, function_id: int) -> None:
        """Remove a function with all that belongs to it."""
        for table in ("lambda_functions", "lambda_versions", "lambda_aliases", "lambda_settings"):
            self._execute(f"DELETE FROM {table} WHERE function_id = ?", (function_id,))

    def set_last_version(self, function_id: int, number: int) -> None:
        """Note the number of the newest published version."""
        self._execute(
            "UPDATE lambda_functions SET last_version = ? WHERE function_id = ?",
            (number, function_id),
        )

    def set_reserved_concurrency(self, function_id: int, concurrency: int | None) -> None:
        """Reserve concurrency, or none."""
        self._execute(
            "UPDATE lambda_functions SET reserved_concurrency = ? WHERE function_id = ?",
            (concurrency, function_id),
        )

    def sum_reserved_concurrency(self, region: str, *, but: int) -> int:
        """The concurrency that all functions of a region but one have reserved."""
        row = self._execute(
            "SELECT coalesce(sum(reserved_concurrency), 0) FROM lambda_functions"
            " WHERE region = ? AND function_id <> ?",
            (region, but),
        ).fetchone()
        return int(row[0])

    def set_tags(self, function_id: int, tags: dict[str, str]) -> None:
        """Replace the tags."""
        self._execute(
            "UPDATE lambda_functions SET tags = ? WHERE function_id = ?",
            (orjson.dumps(tags).decode(), function_id),
        )

    # Versions

    def put_version(self, row: VersionRow) -> None:
        """Write a configuration, over the one that has its version."""
        self._execute(
            f"INSERT OR REPLACE INTO lambda_versions ({_VERSION}) VALUES (?,?,?,?,?)",
            (*row[:4], orjson.dumps(row.document)),
        )

    def find_version(self, function_id: int, version: str) -> VersionRow | None:
        """The configuration of a version."""
        row = self._execute(
            f"SELECT {_VERSION} FROM lambda_versions WHERE function_id = ? AND version = ?",
            (function_id, version),
        ).fetchone()
        return None if row is None else _version(row)

    def find_revision(
        self, region: str, name: str, version: str
    ) -> tuple[int, str, int | None] | None:
        """A function's id, the revision of one of its versions, its reserved concurrency."""
        row = self._execute(
            "SELECT f.function_id, v.revision_id, f.reserved_concurrency"
            " FROM lambda_functions f JOIN lambda_versions v"
            " ON v.function_id = f.function_id AND v.version = ? WHERE f.region = ? AND f.name = ?",
            (version, region, name),
        ).fetchone()
        return None if row is None else (row[0], row[1], row[2])

    def list_versions(self, function_id: int) -> list[VersionRow]:
        """All configurations: `$LATEST`, then the published ones in their order."""
        rows = self._execute(
            f"SELECT {_VERSION} FROM lambda_versions WHERE function_id = ?"
            " ORDER BY version <> '$LATEST', CAST(version AS INTEGER)",
            (function_id,),
        )
        return [_version(row) for row in rows]

    def remove_version(self, function_id: int, version: str) -> None:
        """Remove one configuration."""
        self._execute(
            "DELETE FROM lambda_versions WHERE function_id = ? AND version = ?",
            (function_id, version),
        )

    # Aliases

    def put_alias(self, function_id: int, name: str, document: Document) -> None:
        """Write an alias, over the one that has its name."""
        self._execute(
            "INSERT OR REPLACE INTO lambda_aliases (function_id, name, document) VALUES (?,?,?)",
            (function_id, name, orjson.dumps(document)),
        )

    def find_alias(self, function_id: int, name: str) -> Document | None:
        """The alias of this name."""
        row = self._execute(
            "SELECT document FROM lambda_aliases WHERE function_id = ? AND name = ?",
            (function_id, name),
        ).fetchone()
        return None if row is None else orjson.loads(row[0])

    def list_aliases(self, function_id: int) -> list[Document]:
        """All aliases, in the order of their names."""
        rows = self._execute(
            "SELECT document FROM lambda_aliases WHERE function_id = ? ORDER BY name",
            (function_id,),
        )
        return [orjson.loads(row[0]) for row in rows]

    def remove_alias(self, function_id: int, name: str) -> None:
        """Remove an alias; nothing happens if it is gone."""
        self._execute(
            "DELETE FROM lambda_aliases WHERE function_id = ? AND name = ?", (function_id, name)
        )

    # Settings

    def put_setting(self, function_id: int, kind: str, qualifier: str, document: Document) -> None:
        """Write a setting of a function, or of one of its versions or aliases."""
        self._execute(
            "INSERT OR REPLACE INTO lambda_settings (function_id, kind, qualifier, document)"
            " VALUES (?,?,?,?)",
            (function_id, kind, qualifier, orjson.dumps(document)),
        )

    def find_setting(self, function_id: int, kind: str, qualifier: str) -> Document | None:
        """A setting."""
        row = self._execute(
            "SELECT document FROM lambda_settings"
            " WHERE function_id = ? AND kind = ? AND qualifier = ?",
            (function_id, kind, qualifier),
        ).fetchone()
        return None if row is None else orjson.loads(row[0])

    def list_settings(self, function_id: int, kind: str) -> list[tuple[str, Document]]:
        """The settings of a kind with their qualifiers."""
        rows = self._execute(
            "SELECT qualifier, document FROM lambda_settings"
            " WHERE function_id = ? AND kind = ? ORDER BY qualifier",
            (function_id, kind),
        )
        return [(row[0], orjson.loads(row[1])) for row in rows]

    def list_settings_of_all(
        self, region: str, kind: str
    ) -> list[tuple[FunctionRow, str, Document]]:
        """The settings of a kind of all functions of a region, with functions and qualifiers."""
        columns = ", ".join(f"f.{column}" for column in _FUNCTION.split(", "))
        rows = self._execute(
            f"SELECT {columns}, s.qualifier, s.document FROM lambda_settings s"
            " JOIN lambda_functions f ON f.function_id = s.function_id"
            " WHERE f.region = ? AND s.kind = ?",
            (region, kind),
        )
        return [(_function(row[:-2]), row[-2], orjson.loads(row[-1])) for row in rows]

    def list_regions_of_settings(self, kind: str) -> list[str]:
        """The regions in which there are settings of a kind."""
        rows = self._execute(
            "SELECT DISTINCT f.region FROM lambda_settings s"
            " JOIN lambda_functions f ON f.function_id = s.function_id"
            " WHERE s.kind = ? ORDER BY f.region",
            (kind,),
        )
        return [row[0] for row in rows]

    def find_url(self, kind: str, url_id: str) -> tuple[int, str, Document] | None:
        """The setting of this kind whose `UrlId` is this, with its function's id and qualifier."""
        row = self._execute(
            "SELECT function_id, qualifier, document FROM lambda_settings"
            " WHERE kind = ? AND json_extract(CAST(document AS TEXT), '$.UrlId') = ?",
            (kind, url_id),
        ).fetchone()
        return None if row is None else (row[0], row[1], orjson.loads(row[2]))

    def remove_setting(self, function_id: int, kind: str, qualifier: str) -> bool:
        """Remove a setting; False if there was none."""
        cursor = self._execute(
            "DELETE FROM lambda_settings WHERE function_id = ? AND kind = ? AND qualifier = ?",
            (function_id, kind, qualifier),
        )
        return cursor.rowcount == 1

    def remove_settings(self, function_id: int, qualifier: str) -> None:
        """Remove everything that is set for one version or alias."""
        self._execute(
            "DELETE FROM lambda_settings WHERE function_id = ? AND qualifier = ?",
            (function_id, qualifier),
        )


def _function(row: tuple[Any, ...]) -> FunctionRow:
    function = FunctionRow(*row)
    return function._replace(tags=orjson.loads(row[5]))


def _version(row: tuple[Any, ...]) -> VersionRow:
    version = VersionRow(*row)
    return version._replace(document=orjson.loads(row[4]))
