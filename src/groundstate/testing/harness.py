"""A runtime in a thread of the test's process, and boto3 clients that need no socket."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

from groundstate.cli.apps import deploy_app, read_app
from groundstate.cli.client import Client
from groundstate.cli.errors import CommandError
from groundstate.cli.output import Console
from groundstate.clock import VirtualClock
from groundstate.config import ACCEPT_INERT_TAG, ClientConfig, Config
from groundstate.gateway.http import HttpRequest, HttpResponse
from groundstate.runtime import QUIET_TURNS, Runtime

Result = TypeVar("Result")


class DeployError(Exception):
    """An app could not be synthesized, or a stack not be deployed; the text says why."""


class Groundstate:
    """A runtime for tests: in memory, on a free port, in virtual time.

    Args:
        data_dir: keep the data here instead of in memory.
        real_time: use the machine's clock; needed where something outside of the runtime takes
            time, such as a Lambda function that sleeps.
        settings: other settings of `groundstate.config.Config`.

    Attributes:
        clock: the virtual clock, or None in real time.
        endpoint_url: for clients in other processes.
    """

    def __init__(
        self, data_dir: str | Path | None = None, *, real_time: bool = False, **settings: Any
    ) -> None:
        settings.setdefault("port", 0)
        settings.setdefault("in_memory", data_dir is None)
        if data_dir is not None:
            settings["data_dir"] = str(data_dir)
        self.config = Config(**settings)
        self.clock = None if real_time else VirtualClock()
        self.endpoint_url = ""
        self._clients: dict[tuple[Any, ...], Any] = {}
        self._ready = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="groundstate", daemon=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the runtime."""
        self._thread.start()
        self._ready.wait()
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """Stop the runtime; what is on disk can be opened again."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self.runtime.request_stop)
            self._thread.join()
        for client in self._clients.values():
            client.close()

    def client(
        self,
        service: str,
        *,
        region: str = "us-east-1",
        access_key_id: str | None = None,
        secret_access_key: str | None = None,
        session_token: str | None = None,
    ) -> Any:
        """A boto3 client whose requests go straight into the gateway, signed as ever."""
        key = (service, region, access_key_id, secret_access_key, session_token)
        if key not in self._clients:
            client = _session().client(
                service,
                region_name=region,
                endpoint_url=self.endpoint_url,
                aws_access_key_id=access_key_id or self.config.access_key_id,
                aws_secret_access_key=secret_access_key or self.config.secret_access_key,
                aws_session_token=session_token,
                config=_client_config(),
            )
            client.meta.events.register("before-send", self._send)
            self._clients[key] = client
        return self._clients[key]

    def resource(self, service: str, *, region: str = "us-east-1") -> Any:
        """A boto3 resource, such as that of `dynamodb`, whose requests need no socket either."""
        resource = _session().resource(
            service,
            region_name=region,
            endpoint_url=self.endpoint_url,
            aws_access_key_id=self.config.access_key_id,
            aws_secret_access_key=self.config.secret_access_key,
            config=_client_config(),
        )
        resource.meta.client.meta.events.register("before-send", self._send)
        return resource

    def deploy(
        self,
        app: str | Path,
        *,
        stack_name: str = "",
        parameters: Mapping[str, str] | None = None,
        accept_inert: Sequence[str] = (),
    ) -> dict[str, dict[str, str]]:
        """Deploy an app as `groundstate deploy` does: synthesized if it changed, all its stacks.

        Args:
            app: the folder of a `cdk.json`, a synthesized `cdk.out`, or a CloudFormation or SAM
                template.
            stack_name, parameters: of a template's stack.
            accept_inert: resource types that the runtime does not run, to be kept as records;
                `all` accepts every type.

        Returns:
            The outputs of each stack, by its name.

        Raises:
            DeployError: stacks that were deployed before the one that failed stay. The events are
                on standard error, where pytest shows them.
        """
        config = self.config
        client = Client(
            ClientConfig(
                self.endpoint_url, config.region, config.access_key_id, config.secret_access_key
            )
        )
        console = Console()
        tags = {ACCEPT_INERT_TAG: ",".join(accept_inert)} if accept_inert else {}
        try:
            assembly = read_app(
                str(app), client, console, stack_name=stack_name, parameters=parameters
            )
            deployed = deploy_app(client, assembly.stacks, console, tags=tags)
        except CommandError as error:
            raise DeployError("\n".join(filter(None, (error.message, error.hint)))) from error
        return {name: state.outputs for name, (state, _) in deployed.items()}

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which every AWS client and tool reaches this runtime."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": self.config.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.config.secret_access_key,
            "AWS_DEFAULT_REGION": self.config.region,
            "AWS_REGION": self.config.region,
            "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        }

    def advance(
        self, seconds: float = 0, *, minutes: float = 0, hours: float = 0, days: float = 0
    ) -> None:
        """Let time pass: serve every timer in between at its own time, in its order.

        Raises:
            RuntimeError: this runtime is in real time.
            ValueError: time does not go back.
        """
        clock = self.clock
        if clock is None:
            raise RuntimeError("advance needs virtual time: this runtime has real_time=True")
        span_s = seconds + 60 * minutes + 3600 * hours + 86400 * days
        if span_s < 0:
            raise ValueError(f"time does not go back: advance by {span_s} seconds")
        self._call(lambda: self._advance_to(clock, clock.now() + span_s))

    def settle(self) -> None:
        """Wait until the runtime has nothing left to do at this moment."""
        self._call(self._settle)

    def on_loop(self, function: Callable[[Runtime], Result]) -> Result:
        """Call a function with the runtime, on its loop."""

        async def call() -> Result:
            return function(self.runtime)

        result: Result = self._call(call)
        return result

    def _call(self, make: Callable[[], Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(make(), self._loop).result(timeout=60)

    async def _advance_to(self, clock: VirtualClock, target: float) -> None:
        await self._settle()
        while (due_at := clock.next_alarm_at) is not None and due_at <= target:
            clock.set(due_at)
            await self._settle()
        clock.set(target)
        await self._settle()

    async def _settle(self) -> None:
        quiet = 0
        barrier = self.runtime.dispatcher.barrier
        while quiet < QUIET_TURNS:
            working = self.runtime.is_working
            # A function at work is another process: looking at it once a millisecond is enough.
            await asyncio.sleep(0.001 if working else 0)
            quiet = 0 if working or barrier.is_busy else quiet + 1

    def _run(self) -> None:
        asyncio.run(self._main())

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        try:
            self.runtime = Runtime(self.config, self.clock)
            await self.runtime.start()
            self.endpoint_url = self.runtime.endpoint_url
        except BaseException as error:  # noqa: BLE001 - start() raises it in the test
            self._error = error
            return
        finally:
            self._ready.set()
        await self.runtime.wait_stopped()
        await self.runtime.stop()

    def _send(self, request: Any, **_: Any) -> Any:
        from botocore.awsrequest import AWSResponse

        url = urlsplit(request.url)
        body = request.body or b""
        if hasattr(body, "read"):
            body = body.read()
        headers = {
            name.lower(): value.decode() if isinstance(value, bytes) else str(value)
            for name, value in request.headers.items()
        }
        headers.setdefault("host", url.netloc)
        sent = HttpRequest(
            request.method,
            url.path or "/",
            url.query,
            headers,
            body.encode() if isinstance(body, str) else bytes(body),
        )
        future: concurrent.futures.Future[HttpResponse] = concurrent.futures.Future()
        self._loop.call_soon_threadsafe(
            self.runtime.gateway.handle, sent, lambda answer: answer.when_whole(future.set_result)
        )
        response = future.result(timeout=60)
        return AWSResponse(
            request.url, response.status, dict(response.headers), _Raw(response.body)
        )


@cache
def _session() -> Any:
    """One boto3 session for all runtimes of a process: reading its models takes 50 to 150 ms."""
    import boto3

    return boto3.session.Session()


def _client_config() -> Any:
    from botocore.config import Config as ClientConfig

    return ClientConfig(
        retries={"max_attempts": 0},
        inject_host_prefix=False,
        s3={"addressing_style": "path"},
    )


class _Raw:
    """A body as urllib3 would give it."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._position = 0

    def stream(self, amount: int = 2**16, decode_content: bool | None = None) -> Any:
        while chunk := self.read(amount):
            yield chunk

    def read(self, amount: int | None = None, **_: Any) -> bytes:
        end = len(self._body) if amount is None or amount < 0 else self._position + amount
        chunk = self._body[self._position : end]
        self._position += len(chunk)
        return chunk

    def close(self) -> None:
        self._position = len(self._body)
