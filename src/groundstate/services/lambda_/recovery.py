"""What Lambda does at each start of the runtime."""

from __future__ import annotations

from groundstate.operation import Call
from groundstate.services.lambda_.async_events import recover_events
from groundstate.services.lambda_.durable.recovery import recover_executions
from groundstate.services.lambda_.provisioned import KIND


def recover(call: Call) -> None:
    """Go on with what was under way and with event sources, and remove code that is not used."""
    call.tx.function_code.remove_unused()
    call.host.code.remove_unused(call.tx.function_code.list_keys())
    for runtime in call.tx.functions.list_runtimes():
        call.host.prepare(runtime)
    recover_events(call)
    recover_executions(call)
    host = call.host
    call.after_commit(host.reload_event_sources)
    if call.tx.functions.list_regions_of_settings(KIND):
        call.after_commit(host.provide_later)
