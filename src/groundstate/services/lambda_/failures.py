"""The documents that Invoke answers when it was not the function's code that failed.

Texts observed in November 2025, see the service's README.
"""

from __future__ import annotations

import signal

import orjson

from groundstate.services.lambda_.limits import RESPONSE_BYTES_MAX

EXIT_ERROR = "Runtime.ExitError"
EXTENSION_CRASH = "Extension.Crash"
_SIGNALS = {
    signal.SIGKILL: "killed",
    signal.SIGTERM: "terminated",
    signal.SIGSEGV: "segmentation fault",
    signal.SIGABRT: "aborted",
    signal.SIGINT: "interrupt",
    signal.SIGBUS: "bus error",
    signal.SIGILL: "illegal instruction",
    signal.SIGFPE: "floating point exception",
    signal.SIGHUP: "hangup",
    signal.SIGPIPE: "broken pipe",
}


def make_failure(error_type: str, message: str) -> bytes:
    """The document of a failure of the runtime's."""
    return orjson.dumps({"errorType": error_type, "errorMessage": message})


def timed_out(request_id: str, timeout_s: int) -> bytes:
    """The function took longer than its timeout."""
    return make_failure(
        "Sandbox.Timedout",
        f"RequestId: {request_id} Error: Task timed out after {timeout_s:.2f} seconds",
    )


def too_large() -> bytes:
    """The function returned more than it may."""
    return make_failure(
        "Function.ResponseSizeTooLarge",
        "Response payload size exceeded maximum allowed payload size"
        f" ({RESPONSE_BYTES_MAX} bytes).",
    )


def exit_reason(status: int) -> str:
    """How a function's process ended, in the words of AWS's logs; `status` is waitpid's."""
    if status == 0:
        return "Runtime exited without providing a reason"
    return f"Runtime exited with error: {describe_status(status)}"


def describe_status(status: int) -> str:
    """How a process ended; `status` is waitpid's."""
    number = status & 0x7F
    if not number:
        return f"exit status {status >> 8}" if status else "exit code 0"
    name = _SIGNALS.get(signal.Signals(number), f"signal {number}")
    dumped = " (core dumped)" if status & 0x80 else ""
    return f"signal: {name}{dumped}"
