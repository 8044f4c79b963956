"""What is asked of policies: an action on a resource, by somebody, under these circumstances."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Caller(NamedTuple):
    """Who asks, as the Principal element of a policy sees them.

    Attributes:
        arn: the session's ARN of an assumed role, the user's ARN, or the account's root.
        account: 12 digits; empty for an AWS service.
        identity_arn: the role's ARN behind a session; the user's own.
        unique_id: `AROA...` or `AIDA...`, which a policy may name, too.
        service: the service's principal (`events.amazonaws.com`) if an AWS service asks for itself.
    """

    arn: str
    account: str
    identity_arn: str = ""
    unique_id: str = ""
    service: str = ""

    @property
    def is_session(self) -> bool:
        """Whether a role's session asks, not a user."""
        return ":assumed-role/" in self.arn


class Request:
    """One question to the policies.

    Args:
        action: as AWS writes it, `dynamodb:PutItem`.
        resource: an ARN, or `*`.
        caller: who asks; only policies with a Principal element look at it.
        make_context: gives the context keys, asked for when the first condition or variable needs
            one. Names in any case; values are texts, numbers, booleans or lists of them.
    """

    __slots__ = ("_context", "_make_context", "action", "action_key", "caller", "resource")

    def __init__(
        self,
        action: str,
        resource: str,
        caller: Caller,
        make_context: Callable[[], Mapping[str, Any]] = dict,
    ) -> None:
        self.action = action
        self.action_key = action.lower()
        self.resource = resource
        self.caller = caller
        self._make_context = make_context
        self._context: dict[str, tuple[str, ...]] | None = None

    def find(self, key: str) -> tuple[str, ...]:
        """The values of a context key (in lower case); empty if it is absent."""
        context = self._context
        if context is None:
            context = self._context = {
                name.lower(): _texts(value) for name, value in self._make_context().items()
            }
        return context.get(key, ())

    @property
    def used_context(self) -> bool:
        """Whether a condition or a variable asked for a context key."""
        return self._context is not None

    def resolve(self, key: str) -> str | None:
        """The one value of a key, for a policy variable; None if it has none or several."""
        values = self.find(key)
        return values[0] if len(values) == 1 else None


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, bool):
        return ("true" if value else "false",)
    if isinstance(value, (list, tuple, set, frozenset)):
        return tuple(text for item in value for text in _texts(item))
    return () if value is None else (str(value),)
