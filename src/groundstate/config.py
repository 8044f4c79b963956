"""The runtime's settings: name, default, unit, help. Nothing else reads the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

# Names types that may be records, as the setting `accept_inert` does, for one stack.
ACCEPT_INERT_TAG = "groundstate:accept-inert"

PORT_MAX = 65_535


def _setting(default: Any, help_text: str, choices: tuple[str, ...] = ()) -> Any:
    return field(default=default, metadata={"help": help_text, "choices": choices})


@dataclass(frozen=True)
class Config:
    """Settings of one runtime. Each can be set by `GROUNDSTATE_<NAME>` in the environment.

    Raises:
        ValueError: a setting has a value that it cannot have. A setting that is misspelled would
            else be taken for its default, in silence.
    """

    host: str = _setting("127.0.0.1", "Address to listen on. Loopback unless you say otherwise.")
    port: int = _setting(4566, "Port to listen on; 0 picks a free one.")
    data_dir: str = _setting(
        ".groundstate", "Folder that holds the database and the functions' code."
    )
    in_memory: bool = _setting(False, "Keep everything in memory; nothing survives the process.")
    synchronous: str = _setting(
        "FULL",
        "As SQLite's `synchronous`. FULL: what is acknowledged survives a loss of power; NORMAL:"
        " that of the process alone.",
        choices=("OFF", "NORMAL", "FULL", "EXTRA"),
    )
    account: str = _setting("000000000000", "The account id that everything belongs to.")
    region: str = _setting("us-east-1", "The region of calls that name none.")
    access_key_id: str = _setting("test", "The local administrator's access key id.")
    secret_access_key: str = _setting("test", "The local administrator's secret access key.")
    allowed_hosts: str = _setting(
        "",
        "Host names beside this machine's that requests may name, by commas; `.name` stands for"
        " all names below it.",
    )
    max_body_bytes: int = _setting(100 * 1024 * 1024, "Largest request body, in bytes.")
    accept_inert: str = _setting(
        "", "CloudFormation types, by commas or `all`, that stacks may hold as inert records."
    )
    foreign_layers: str = _setting(
        "empty",
        "Lambda layers of other accounts, which are not here. `empty`: they hold nothing, and the"
        " function's log says so; `refuse`: no function may name one.",
        choices=("empty", "refuse"),
    )
    table_change_s: int = _setting(
        0, "Seconds for which DynamoDB tables are CREATING, UPDATING or DELETING."
    )
    log_level: str = _setting(
        "WARNING",
        "Level of the runtime's own log on standard error.",
        choices=("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"),
    )
    iam: str = _setting(
        "enforce",
        "`enforce`: roles need the permissions that they use; `strict`: state machines need a role"
        " that exists, too, as on AWS; `off`: nothing is checked.",
        choices=("enforce", "strict", "off"),
    )
    endpoints: str = _setting(
        "",
        "Where tasks of state machines find services that the runtime does not have, by commas:"
        " `sqs=http://127.0.0.1:9324,sns=aws` (`aws` is AWS itself, with your own credentials).",
    )
    connections: str = _setting(
        "",
        "JSON file of EventBridge connections for HTTP tasks, by name or ARN, each with"
        " `AuthorizationType` and `AuthParameters` as CreateConnection takes them.",
    )
    mock_config: str = _setting(
        "", "Mock configuration file of Step Functions Local, for `arn#TestCase`."
    )
    virtual_time: bool = _setting(
        False, "Jump to the next timer whenever nothing else is left to do."
    )

    def __post_init__(self) -> None:
        for setting in fields(self):
            choices, value = setting.metadata["choices"], getattr(self, setting.name)
            meant = [choice for choice in choices if choice.lower() == value.lower()]
            if choices and not meant:
                raise _unfit(setting.name, f"one of {', '.join(choices)}", value)
            if meant:
                # In its one spelling, whatever case it was given in.
                object.__setattr__(self, setting.name, meant[0])
        if not 0 <= self.port <= PORT_MAX:
            raise _unfit("port", f"a number from 0 to {PORT_MAX}", self.port)
        if self.max_body_bytes < 1:
            raise _unfit("max_body_bytes", "a number above 0", self.max_body_bytes)
        if self.table_change_s < 0:
            raise _unfit("table_change_s", "a number of seconds", self.table_change_s)
        if re.fullmatch("[0-9]{12}", self.account) is None:
            raise _unfit("account", "twelve digits", self.account)
        for part in filter(None, map(str.strip, self.endpoints.split(","))):
            if re.fullmatch(r"[^=\s]+\s*=\s*(aws|https?://\S+)", part) is None:
                raise _unfit("endpoints", "pairs like sqs=http://127.0.0.1:9324 or sns=aws", part)

    def accepted_inert(self, tags: Mapping[str, str]) -> frozenset[str]:
        """The types that may be records without behaviour; `all` stands for every one.

        Args:
            tags: of a stack or a function, which every client can give.
        """
        text = f"{self.accept_inert},{tags.get(ACCEPT_INERT_TAG, '')}"
        return frozenset(name.strip() for name in text.split(",") if name.strip())

    @property
    def database_path(self) -> Path | None:
        """Where the database lives; None in memory."""
        return None if self.in_memory else Path(self.data_dir) / "groundstate.db"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None, **given: Any) -> Config:
        """Settings from `GROUNDSTATE_*` variables, under those that are given (None: not given)."""
        environment = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for setting in fields(cls):
            text = environment.get(f"GROUNDSTATE_{setting.name.upper()}")
            if text is not None:
                values[setting.name] = _parse(setting.name, text, type(setting.default))
        values.update((name, value) for name, value in given.items() if value is not None)
        return cls(**values)


@dataclass(frozen=True)
class ClientConfig:
    """Where the command line finds a runtime, and as whom it calls.

    It calls as the runtime's administrator. `AWS_ACCESS_KEY_ID` does not count: it may belong to an
    account at AWS, and its secret has no business here.
    """

    endpoint_url: str = "http://127.0.0.1:4566"
    region: str = "us-east-1"
    access_key_id: str = "test"
    secret_access_key: str = "test"  # noqa: S105 - well known, and good on this machine alone

    @classmethod
    def from_environment(
        cls,
        environment: Mapping[str, str] | None = None,
        *,
        endpoint_url: str | None = None,
        region: str | None = None,
    ) -> ClientConfig:
        """What is given, or `AWS_ENDPOINT_URL` and `AWS_REGION` say, or the runtime's defaults."""
        environment = os.environ if environment is None else environment
        runtime = Config.from_environment(environment)
        return cls(
            endpoint_url=endpoint_url
            or environment.get("AWS_ENDPOINT_URL")
            or f"http://{runtime.host}:{runtime.port}",
            region=region
            or environment.get("AWS_REGION")
            or environment.get("AWS_DEFAULT_REGION")
            or runtime.region,
            access_key_id=runtime.access_key_id,
            secret_access_key=runtime.secret_access_key,
        )


def make_child_environment(**changes: str) -> dict[str, str]:
    """This process's environment with changes, for a process that it starts."""
    return {**os.environ, **changes}


def _unfit(name: str, wanted: str, value: Any) -> ValueError:
    return ValueError(
        f"The setting {name} (GROUNDSTATE_{name.upper()}) must be {wanted}, not {value!r}"
    )


def _parse(name: str, text: str, kind: type) -> Any:
    if kind is bool:
        if text.lower() not in ("1", "true", "yes", "0", "false", "no", ""):
            raise ValueError(f"GROUNDSTATE_{name.upper()} must be true or false, not {text!r}")
        return text.lower() in ("1", "true", "yes")
    if kind is int:
        try:
            return int(text)
        except ValueError:
            raise ValueError(f"GROUNDSTATE_{name.upper()} must be a number, not {text!r}") from None
    return text


def cache_folder() -> Path:
    """Where things live that can be made again: below `XDG_CACHE_HOME`, else `~/.cache`."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
    return Path(base) / "groundstate"
