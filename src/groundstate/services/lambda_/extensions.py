"""The extensions of an environment and their API: who has registered, who waits, what each is told.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html

External extensions are programs in a layer's folder `extensions`; they are started before the
runtime, which waits until they have registered. Internal ones are threads of the runtime's process,
which register while it gets ready. An environment takes an invocation when its runtime and all of
its extensions have asked for the next event. Error types are those of AWS's own runtime interface
emulator, which is open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import orjson

from groundstate import ids
from groundstate.services.lambda_.model import FunctionVersion

PREFIX = "/2020-01-01/extension/"
EXTENSIONS_MAX = 10
INVOKE, SHUTDOWN = "INVOKE", "SHUTDOWN"
_EVENTS = {True: (INVOKE, SHUTDOWN), False: (INVOKE,)}
_OK = b'{"status":"OK"}\n'


class Connection(Protocol):
    """The connection that a request came by."""

    @property
    def is_open(self) -> bool: ...

    def reply(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None: ...


class Extension:
    """One extension.

    Attributes:
        name: of its file, or what an internal one calls itself.
        identifier: how its requests are known.
        is_external: it is a process of its own, `pid` while that runs.
        events: what it wants to be told; None until it has registered.
        connection: where it waits for the next event.
    """

    def __init__(self, name: str, *, is_external: bool) -> None:
        self.name = name
        self.identifier = ids.make_uuid()
        self.is_external = is_external
        self.events: tuple[str, ...] | None = None
        self.connection: Connection | None = None
        self.pid = 0

    @property
    def is_waiting(self) -> bool:
        """It has asked for the next event, and still listens."""
        return self.connection is not None and self.connection.is_open

    def wants(self, event: str) -> bool:
        return self.events is not None and event in self.events

    def tell(self, event: bytes) -> None:
        """Answer its request for the next event."""
        connection, self.connection = self.connection, None
        if connection is not None:
            headers = {"Lambda-Extension-Event-Identifier": ids.make_uuid()}
            connection.reply(200, event, headers)


class Extensions:
    """All extensions of one environment.

    Attributes:
        all: those that are started with it, and those that have registered from within.

    Args:
        on_ready: called whenever one has come to wait for its next event.
        on_failure: called with an error type and what an extension says of its failure.
    """

    def __init__(
        self,
        function: FunctionVersion,
        on_ready: Callable[[], None],
        on_failure: Callable[[str, str], None],
    ) -> None:
        self._function = function
        self._on_ready = on_ready
        self._on_failure = on_failure
        self.all: list[Extension] = []
        self._is_open = True
        self._gates: list[Connection] = []
        self._shutdown: bytes | None = None

    # What the environment does

    def expect(self, names: list[str]) -> None:
        """These programs are going to be started."""
        self.all = [Extension(name, is_external=True) for name in names]

    def find(self, name: str) -> Extension:
        """The external extension of this name."""
        return next(found for found in self.all if found.name == name and found.is_external)

    @property
    def are_ready(self) -> bool:
        """Each waits for its next event."""
        return all(extension.is_waiting for extension in self.all)

    def close_registration(self) -> None:
        """The runtime is ready: nobody may register from now on."""
        self._is_open = False

    def await_registration(self, connection: Connection) -> None:
        """Answer when all external extensions have registered: the runtime may start then."""
        self._gates.append(connection)
        self._open_gate()

    def invoke(self, event: bytes) -> None:
        """Tell those that want to know of an invocation."""
        for extension in self.all:
            if extension.wants(INVOKE):
                extension.tell(event)

    def shut_down(self, event: bytes) -> None:
        """Tell those that want to know, now or when they ask, that the environment ends."""
        self._shutdown = event
        for extension in self.all:
            if extension.wants(SHUTDOWN):
                extension.tell(event)

    def disconnected(self, connection: object) -> None:
        """A connection is gone; who waited there has to ask again."""
        for extension in self.all:
            if extension.connection is connection:
                extension.connection = None

    # What extensions do

    def answer(
        self,
        connection: Connection,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
    ) -> None:
        """Answer a request below `PREFIX`."""
        if (method, path) == ("POST", "register"):
            self._register(connection, headers, body)
            return
        extension = self.identify(connection, headers)
        if extension is None:
            return
        if (method, path) == ("GET", "event/next"):
            self._next(connection, extension)
        elif method == "POST" and path in ("init/error", "exit/error"):
            self._fail(connection, path, headers)
        else:
            refuse(connection, "NotFound", f"{method} {PREFIX}{path}", status=404)

    def _register(self, connection: Connection, headers: Mapping[str, str], body: bytes) -> None:
        name = headers.get("lambda-extension-name", "")
        if not name:
            refuse(connection, "Extension.InvalidExtensionName", "Empty extension name")
            return
        events = _read_events(body)
        if events is None:
            refuse(connection, "InvalidRequestFormat", "The body should have a list of events")
            return
        extension = next((found for found in self.all if found.name == name), None)
        known = _EVENTS[extension is not None and extension.is_external]
        wrong = [event for event in events if event not in known]
        if wrong:
            text = f"{wrong[0]}: ErrorInvalidEventType"
            if wrong[0] == SHUTDOWN:
                text = f"{SHUTDOWN}: ShutdownEventNotSupportedForInternalExtension"
            refuse(connection, "Extension.InvalidEventType", text)
            return
        if extension is None or not extension.is_external:
            if not self._is_open:
                text = "Extension registration closed already"
                refuse(connection, "Extension.RegistrationClosed", text)
                return
            if extension is None and len(self.all) >= EXTENSIONS_MAX:
                text = f"Extension limit ({EXTENSIONS_MAX}) reached"
                refuse(connection, "Extension.TooManyExtensions", text)
                return
        if extension is not None and extension.events is not None:
            text = "Extension with this name already registered"
            refuse(connection, "Extension.InvalidExtensionState", text)
            return
        if extension is None:
            extension = Extension(name, is_external=False)
            self.all.append(extension)
        extension.events = tuple(events)
        document = {
            "functionName": self._function.name,
            "functionVersion": self._function.version,
            "handler": self._function.handler,
        }
        if "accountId" in headers.get("lambda-extension-accept-feature", ""):
            document["accountId"] = self._function.arn.split(":")[4]
        answered = {"Lambda-Extension-Identifier": extension.identifier}
        connection.reply(200, orjson.dumps(document), answered)
        self._open_gate()

    def identify(self, connection: Connection, headers: Mapping[str, str]) -> Extension | None:
        """Whose request it is; None: it was refused."""
        identifier = headers.get("lambda-extension-identifier", "")
        for extension in self.all:
            if extension.identifier == identifier and extension.events is not None:
                return extension
        if not identifier:
            kind, text = "Missing", "Missing Lambda-Extension-Identifier header"
        elif len(identifier) != len(ids.make_uuid()):
            kind, text = "Invalid", "Invalid Lambda-Extension-Identifier"
        else:
            kind, text = "Unknown", f"Unknown extension {identifier}"
        refuse(connection, f"Extension.{kind}ExtensionIdentifier", text)
        return None

    def _next(self, connection: Connection, extension: Extension) -> None:
        extension.connection = connection
        if self._shutdown is not None and extension.wants(SHUTDOWN):
            extension.tell(self._shutdown)
        else:
            self._on_ready()

    def _fail(self, connection: Connection, path: str, headers: Mapping[str, str]) -> None:
        error_type = headers.get("lambda-extension-function-error-type", "")
        if not error_type:
            text = "Lambda-Extension-Function-Error-Type not found"
            refuse(connection, "Extension.MissingHeader", text)
            return
        connection.reply(202, _OK)
        kind = "Extension.InitError" if path == "init/error" else "Extension.ExitError"
        self._on_failure(kind, error_type)

    def _open_gate(self) -> None:
        if all(extension.events is not None for extension in self.all if extension.is_external):
            gates, self._gates = self._gates, []
            for gate in gates:
                gate.reply(200, _OK)


def _read_events(body: bytes) -> list[str] | None:
    """The events that an extension registers for; None if the body is none."""
    try:
        document = orjson.loads(body)
    except ValueError:
        return None
    if not isinstance(document, dict):
        return None
    events = document.get("events") or []
    is_list = isinstance(events, list) and all(isinstance(event, str) for event in events)
    return events if is_list else None


def refuse(connection: Connection, error_type: str, message: str, *, status: int = 403) -> None:
    """Answer a request with an error."""
    document = {"errorMessage": message, "errorType": error_type}
    connection.reply(status, orjson.dumps(document))
