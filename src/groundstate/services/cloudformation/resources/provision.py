"""What a resource type's functions get to work with: whose stack it is, and the other services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from groundstate import ids
from groundstate.operation import Answer, Call, Deferred, Principal, Shape

Properties = dict[str, Any]

# The key in a Pending's state of the timer that ends it; the engine cancels it when it has ended.
TIMER = "timer_id"
# The part of a name before its suffix is cut, never the suffix.
_SUFFIX_LENGTH = 12


class ProvisionFailed(Exception):
    """A resource cannot be made, changed or deleted; the text is the event's reason."""

    @property
    def reason(self) -> str:
        """The text of the event."""
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class Made:
    """A resource is there as asked for.

    Attributes:
        physical_id: its name, ARN or URL, as AWS has it for the type.
        attributes: what `Fn::GetAtt` gives, by name.
        ref: what `Ref` gives; the physical id if None.
    """

    physical_id: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """The work goes on; the type's `check` is asked when something has happened.

    Attributes:
        physical_id: the resource's, empty if it has none yet.
        state: what `check` needs; plain JSON values, since it outlives the process.
    """

    physical_id: str
    state: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Current:
    """A resource as it is."""

    physical_id: str
    properties: Properties
    attributes: Mapping[str, Any] = field(default_factory=dict)


Outcome = Made | Pending


class Provision:
    """One piece of work on one resource.

    Attributes:
        call: the job that it is done in.
        stack_name, stack_id, logical_id, resource_type: whose resource it is, and what.
        tags: the stack's tags.
        capabilities: what the stack's caller allowed; nested stacks inherit it.
        principal: with whose rights.
        token: the deployment's ClientRequestToken.
        notes: what the user should know of the resource, beside that it is there.
    """

    __slots__ = (
        "call",
        "capabilities",
        "logical_id",
        "notes",
        "principal",
        "resource_type",
        "role_arn",
        "stack_id",
        "stack_name",
        "tags",
        "token",
    )

    def __init__(
        self,
        call: Call,
        *,
        stack_name: str,
        stack_id: str,
        logical_id: str,
        resource_type: str,
        tags: Mapping[str, str],
        capabilities: list[str],
        principal: Principal,
        role_arn: str,
        token: str,
    ) -> None:
        self.call = call
        self.stack_name = stack_name
        self.stack_id = stack_id
        self.logical_id = logical_id
        self.resource_type = resource_type
        self.tags = tags
        self.capabilities = capabilities
        self.principal = principal
        self.role_arn = role_arn
        self.token = token
        self.notes: list[str] = []

    @property
    def region(self) -> str:
        """The stack's region."""
        return self.call.region

    @property
    def account(self) -> str:
        """The stack's account."""
        return self.call.account

    def accepts_inert(self, kind: str) -> bool:
        """Whether the user accepts that a resource of this type is a record, wholly or in part."""
        return bool(self.call.config.accepted_inert(self.tags) & {"all", kind})

    def note(self, text: str) -> None:
        """Tell the user something as an event of the resource, and in the runtime's log."""
        self.notes.append(text)

    def invoke(self, service: str, operation: str, request: Shape) -> Shape:
        """Perform an operation of another service with the stack's rights.

        Raises:
            ServiceError: it refused.
        """
        answer = self.invoke_later(service, operation, request)
        if isinstance(answer, Deferred):
            assert answer.done, f"{service}:{operation} did not answer at once"
            if answer.error is not None:
                raise answer.error
            assert answer.result is not None
            return answer.result
        return answer

    def invoke_later(self, service: str, operation: str, request: Shape) -> Answer:
        """As `invoke`, for operations that may answer in a later tick."""
        return self.call.invoke(service, operation, request, principal=self.principal)

    def arn(self, service: str, resource: str) -> str:
        """An ARN in the stack's region and account."""
        partition = self.stack_id.split(":", 2)[1]
        return f"arn:{partition}:{service}:{self.region}:{self.account}:{resource}"

    def make_name(self, length_max: int, *, mixed: bool = False, separator: str = "-") -> str:
        """A physical name: `<Stack>-<LogicalId>-<SUFFIX>`, its readable part cut to fit.

        Args:
            mixed: a suffix of both cases, as the newer resource types have it.
        """
        suffix = ids.make_mixed_suffix(_SUFFIX_LENGTH) if mixed else ids.make_suffix(_SUFFIX_LENGTH)
        return join_name([self.stack_name, self.logical_id], suffix, length_max, separator)

    def make_short_name(self, length_max: int) -> str:
        """A physical name without the stack's: `<LogicalId>-<suffix>`."""
        suffix = ids.make_mixed_suffix(_SUFFIX_LENGTH)
        return join_name([self.logical_id], suffix, length_max, "-")


def join_name(parts: list[str], suffix: str, length_max: int, separator: str) -> str:
    """Join the parts of a name and its suffix, the parts cut so that all fits."""
    room = length_max - len(suffix) - len(separator) * len(parts)
    assert room >= len(parts), (length_max, suffix)
    if sum(len(part) for part in parts) > room:
        # AWS cuts the longer part first, so that both stay readable.
        half = room // len(parts)
        spare = sum(max(0, half - len(part)) for part in parts)
        parts = [part[: half + spare] if len(part) > half else part for part in parts]
    return separator.join([*parts, suffix])
