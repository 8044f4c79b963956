"""Refuse requests that do not come from this machine's own programs.

A web page of another origin can make a browser send requests here, and with a name that it makes
resolve to 127.0.0.1 it can even read the answers (DNS rebinding). So `Host` must name this machine,
and `Origin`, where a browser sends it, as well.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from groundstate.gateway.http import HttpRequest

_LOCAL = frozenset({"127.0.0.1", "localhost", "::1", "sync-localhost", "sync-127.0.0.1"})


class OriginCheck:
    """Knows the names of this machine.

    Args:
        listening_on: the address that the server listens on.
        allowed_hosts: further names that the user allows; `.name` allows all names below it.
    """

    def __init__(self, listening_on: str, allowed_hosts: tuple[str, ...] = ()) -> None:
        self._allowed = _LOCAL | {listening_on} | {name.lower() for name in allowed_hosts if name}
        self._suffixes = (".localhost", *(name for name in self._allowed if name.startswith(".")))
        self._any_address = listening_on in ("0.0.0.0", "::")  # noqa: S104 - compared, not bound
        self._known_hosts: dict[str, bool] = {}

    def find_refusal(self, request: HttpRequest) -> str | None:
        """Why the request is refused; None if it is not."""
        host = request.headers.get("host", "")
        allowed = self._known_hosts.get(host)
        if allowed is None:
            allowed = self._is_local(_name_of(f"//{host}"))
            if len(self._known_hosts) < 1000:
                self._known_hosts[host] = allowed
        if not allowed:
            return (
                f"The host {host!r} is not this machine's. "
                "Allow it with GROUNDSTATE_ALLOWED_HOSTS if it is.\n"
            )
        origin = request.headers.get("origin")
        if origin is not None and not self._is_local(_name_of(origin)):
            return f"Requests from the origin {origin!r} are not allowed.\n"
        return None

    def _is_local(self, name: str) -> bool:
        return (
            name in self._allowed
            or name.endswith(self._suffixes)
            or (self._any_address and _is_address(name))
        )


def _name_of(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    # Listening on all addresses, we are reached by any of them; names need to be allowed, since an
    # address in `Host` cannot be rebound.
    return ":" in name or all(part.isdigit() for part in name.split("."))
