"""The contract between the gateway and the services: a call, an operation, a service error.

A service is a table of operations. An operation is a plain synchronous function
`operation(call, request) -> response`; `request` and `response` are dicts in the shapes of the
service's model (https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html).

Values inside those dicts, for every protocol:

* structures, lists and maps are dicts and lists, in the model's own member names;
* a timestamp is epoch seconds as a float (the gateway writes it as the protocol wants it);
* a blob is `bytes`, except in services that say `blobs_as_text`, where it is base64 text;
* a member that has no value is left out, never None.

An operation validates, reads and writes into the open transaction (`call.tx`), and returns. If it
raises, only its own writes are undone. Whatever must leave the process waits for the commit
(`call.after_commit`). An operation that has to wait returns a `Deferred` and ends; a later job
resolves it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self

from groundstate import ids

if TYPE_CHECKING:
    from groundstate.clock import Clock
    from groundstate.config import Config
    from groundstate.store import Transaction

Shape = dict[str, Any]


class ServiceError(Exception):
    """The caller's fault, as AWS documents it.

    The class name is the error code on the wire unless `code` says otherwise; the service model
    gives the HTTP status, or `status` where the model does not know the error.

    Args:
        message: AWS's text, which clients show.
        members: further members of the error shape (`CancellationReasons`, `Item`, ...).

    Attributes:
        lacks_right: a role that the request names had not the right; its policy may come later.
    """

    code: ClassVar[str] = ""
    status: ClassVar[int] = 400
    lacks_right = False

    def __init__(self, message: str = "", **members: Any) -> None:
        super().__init__(message)
        self.message = message
        self.members = members

    def for_want_of_right(self) -> Self:
        """The error, marked as one that a policy of a role would have prevented."""
        self.lacks_right = True
        return self

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" not in cls.__dict__:
            cls.code = cls.__name__


def named_error(code: str, message: str, status: int = 400, **members: Any) -> ServiceError:
    """Make a ServiceError whose code is known only at run time."""
    error_class: type[ServiceError] = type(code, (ServiceError,), {"code": code, "status": status})
    return error_class(message, **members)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls: an IAM user, an assumed role, an AWS service, or the account's root.

    Attributes:
        arn: what GetCallerIdentity answers and what access-denied messages name,
            e.g. `arn:aws:sts::000000000000:assumed-role/Name/session`.
        account: 12 digits.
        user_id: the `UserId` of GetCallerIdentity.
        identity_arn: the IAM role or user whose policies decide; empty for the administrator.
        administrator: the machine's own user. Nothing is checked for it.
        session_policies: policy documents (JSON text) given to AssumeRole.
        source: the service that calls with this role (`states.amazonaws.com`), for conditions.
        session_tags: keys and values that a session was tagged with, by AssumeRole.
    """

    arn: str
    account: str
    user_id: str = ""
    identity_arn: str = ""
    administrator: bool = False
    session_policies: tuple[str, ...] = ()
    source: str = ""
    session_tags: tuple[tuple[str, str], ...] = ()


class Deferred:
    """An answer that a later job gives: the second half of an operation that waits.

    Resolve or fail it once, inside a job (`Runner.run`), so that what it sets off belongs to that
    job's transaction; one whose answer is a `Stream` that begins sets off nothing. Callbacks run
    at once, in the order in which they were added.
    """

    __slots__ = ("_callbacks", "done", "error", "result")

    def __init__(self) -> None:
        self.done = False
        self.result: Shape | None = None
        self.error: ServiceError | None = None
        self._callbacks: list[Callable[[Deferred], None]] = []

    def resolve(self, result: Shape) -> None:
        """Give the answer; ignored if there is one already."""
        self._finish(result, None)

    def fail(self, error: ServiceError) -> None:
        """Refuse; ignored if there is an answer already."""
        self._finish(None, error)

    def add_callback(self, callback: Callable[[Deferred], None]) -> None:
        """Call back with this object when it is done: at once if it is."""
        if self.done:
            callback(self)
        else:
            self._callbacks.append(callback)

    def _finish(self, result: Shape | None, error: ServiceError | None) -> None:
        if self.done:
            return
        self.done, self.result, self.error = True, result, error
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback(self)


class Stream:
    """A part of an answer that comes bit by bit: from one writer to one reader.

    What is written before somebody reads is kept; what is written when nobody reads any more is
    dropped.
    """

    __slots__ = ("_end", "_ended", "_kept", "_take")

    def __init__(self) -> None:
        self._kept: list[Any] = []
        self._ended = False
        self._take: Callable[[Any], None] | None = None
        self._end: Callable[[], None] | None = None

    def write(self, part: Any) -> None:
        """Give the next part."""
        if self._take is None:
            self._kept.append(part)
        else:
            self._take(part)

    def end(self) -> None:
        """Say that there is no more; said again, it is ignored."""
        if self._ended:
            return
        self._ended = True
        if self._end is not None:
            self._end()

    def read(self, take: Callable[[Any], None], end: Callable[[], None]) -> None:
        """Take the parts as they come, and be told when there are no more."""
        kept, self._kept = self._kept, []
        self._take, self._end = take, end
        for part in kept:
            take(part)
        if self._ended:
            end()

    def leave(self) -> None:
        """Read no more."""
        self._take, self._end = _drop, None

    def map(self, function: Callable[[Any], Any]) -> Stream:
        """The stream of what a function makes of each part."""
        mapped = Stream()
        self.read(lambda part: mapped.write(function(part)), mapped.end)
        return mapped


def _drop(_: Any) -> None:
    pass


Answer = Shape | Deferred


class Call:
    """One operation under way: who calls, when, in which transaction.

    Attributes:
        service, operation: botocore's service name and AWS's operation name.
        region, account: from the request's credential scope, or the caller's call.
        principal: who calls.
        now: epoch seconds at the beginning of the operation. Operations read no other clock.
        tx: the open transaction; its attributes are the store's tables.
        host: the service's own host (processes, pools), or None.
        config: the runtime's settings.
        takes_fragments: the answer goes to a client as JSON, so its values may be
            `orjson.Fragment`s. Not set for callers in the runtime, who want values.
    """

    __slots__ = (
        "_request_id",
        "_runner",
        "account",
        "config",
        "host",
        "now",
        "operation",
        "principal",
        "region",
        "service",
        "takes_fragments",
        "tx",
    )

    def __init__(
        self,
        runner: Runner,
        service: str,
        operation: str,
        principal: Principal,
        region: str,
        request_id: str,
        now: float,
        tx: Transaction,
        host: Any,
        config: Config,
        *,
        takes_fragments: bool = False,
    ) -> None:
        self.takes_fragments = takes_fragments
        self._runner = runner
        self.service = service
        self.operation = operation
        self.principal = principal
        self.account = principal.account
        self.region = region
        self._request_id = request_id
        self.now = now
        self.tx = tx
        self.host = host
        self.config = config

    @property
    def request_id(self) -> str:
        """A UUID; the answer's `x-amzn-RequestId`. Few calls inside the runtime ask for theirs."""
        if not self._request_id:
            self._request_id = ids.make_uuid()
        return self._request_id

    @property
    def runner(self) -> Runner:
        """What runs operations and jobs; hosts and deferred work keep it, not the call."""
        return self._runner

    def invoke(
        self,
        service: str,
        operation: str,
        request: Shape,
        *,
        principal: Principal | None = None,
        region: str | None = None,
    ) -> Answer:
        """Perform another operation now, as a client with these rights would.

        Its writes are undone by its own failure alone, so a caller may catch the ServiceError.
        The request goes through the model's validation, as one from outside does.
        """
        return self._runner.perform(
            service, operation, request, principal or self.principal, region or self.region
        )

    def acting_as(self, principal: Principal) -> Call:
        """The same call in the name of another, e.g. of a role that the caller passed."""
        other = copy.copy(self)
        other.principal = principal
        return other

    def authorize(
        self,
        action: str,
        resource: str,
        context: Mapping[str, Any] | None = None,
        policy: str | None = None,
    ) -> None:
        """Check a permission beyond the one that the operation declares.

        Args:
            policy: the resource's own.

        Raises:
            ServiceError: AccessDeniedException (or the service's relative) with AWS's text.
        """
        self._runner.authorize(self, action, resource, context, policy)

    def after_commit(self, effect: Callable[[], None]) -> None:
        """Do this once what the operation wrote is on disk; not at all if the operation fails."""
        self.tx.after_commit(effect)

    def soon(self, job: Callable[[Call], None]) -> None:
        """Run a job as this service in a later tick, in a savepoint of its own.

        The job is not durable: `Service.recover` must find again what it would have done.
        """
        service, region, runner = self.service, self.region, self._runner
        self.tx.after_commit(lambda: runner.soon(service, job, region))


class Runner(Protocol):
    """Runs operations and jobs in the open transaction. `dispatch.Dispatcher` is the one there is.

    Attributes:
        clock: the runtime's clock, for hosts; operations have `Call.now`.
        endpoint_url: where clients reach the gateway.
    """

    clock: Clock
    endpoint_url: str

    def perform(
        self, service: str, operation: str, request: Shape, principal: Principal, region: str
    ) -> Answer:
        """Perform an operation in a savepoint of its own."""

    def run(self, service: str, job: Callable[[Call], Any], region: str) -> Any:
        """Run a job of a service now, as the service itself, in a savepoint of its own."""

    def soon(self, service: str, job: Callable[[Call], Any], region: str) -> None:
        """Run a job of a service in a later turn of the loop."""

    def authorize(
        self,
        call: Call,
        action: str,
        resource: str,
        context: Mapping[str, Any] | None,
        policy: str | None,
    ) -> None:
        """Raise the service's access-denied error unless the call's principal may do this."""


class Host(Protocol):
    """What a service keeps outside of the store: processes, sockets, pools."""

    def start(self) -> None: ...

    async def stop(self) -> None: ...


Resources = str | Iterable[str]
ResourcesOf = Callable[[Call, Shape], Resources]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation and what the dispatcher has to know of it.

    Attributes:
        run: the function.
        resource: the ARN or ARNs that the permission is about, from the request; None means `*`.
            It must not fail on a strange request: it runs before the operation validates.
        action: the IAM action, where it is not `<prefix>:<OperationName>`
            (https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html).
            An empty string: no permission is needed.
        context: condition keys from the request, for conditions that name them.
        resource_policy: the resource's own policy document (JSON text), or None.
        reads: writes nothing, so it needs no savepoint.
        refuses_first: raises a ServiceError only before its first write, so that within another
            operation, whose savepoint catches bugs, it needs none of its own. Alone, it has one
            from when it calls `tx.protect`, which it does before its first write unless that is
            a single statement after which nothing can fail.
    """

    run: Callable[[Call, Shape], Answer]
    resource: ResourcesOf | None = None
    action: str | None = None
    context: Callable[[Call, Shape], Mapping[str, Any]] | None = None
    resource_policy: Callable[[Call, Shape], str | None] | None = None
    reads: bool = False
    refuses_first: bool = False


TimerHandler = Callable[[Call, str, bytes], None]


@dataclass(frozen=True, slots=True)
class Service:
    """One AWS service.

    Attributes:
        name: botocore's name (`stepfunctions`, `dynamodb`, `lambda`, ...): the model and the key.
        operations: by AWS's operation name.
        iam_prefix: the service's prefix in IAM actions (`states`).
        timers: what to do when a timer of a kind is due: `handler(call, subject, data)`.
        recover: called at each start, before anything is served, to go on with unfinished work.
        make_host: makes what the service keeps outside of the store.
        blobs_as_text: blobs stay base64 text in requests and responses.
        validates_itself: the service checks its input itself, in its own order, so the gateway
            only parses it.
        error_prefix: what stands before a modelled error's name in the JSON protocols' `__type`.
        own_front: it stands behind DynamoDB's servers (`gateway/front.py`), not AWS's common ones.
    """

    name: str
    operations: Mapping[str, Operation]
    iam_prefix: str
    timers: Mapping[str, TimerHandler] = field(default_factory=dict)
    recover: Callable[[Call], None] | None = None
    make_host: Callable[[Runner, Config], Host] | None = None
    blobs_as_text: bool = False
    validates_itself: bool = False
    error_prefix: str = ""
    own_front: bool = False
