"""What DynamoDB keeps outside of the database: lines of imports that are being read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from groundstate.config import Config
from groundstate.operation import Runner


class DynamoDBHost:
    """The memory of the service. What is not here, after a restart, is read again.

    Attributes:
        readings: by an import's number, the items of the object that it is at, from where it is;
            None for a line that is no item.
    """

    def __init__(self, runner: Runner, config: Config) -> None:
        self.readings: dict[int, Iterator[dict[str, Any] | None]] = {}

    def start(self) -> None:
        """Nothing has to be started."""

    async def stop(self) -> None:
        """Forget what is being read."""
        self.readings.clear()
