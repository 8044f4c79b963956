"""Bad requests with DynamoDB's known answers, where the recorded data is at hand."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from groundstate.testing import Groundstate

_DATA = (
    Path(
        os.environ.get("GROUNDSTATE_CONFORMANCE")
        or Path(__file__).parents[4] / "shared" / "conformance"
    )
    / "dynamodb"
    / "errors.json"
)
_STREAM_OPERATIONS = ("ListStreams", "GetRecords")
# Needs another request ten minutes before; test_transactions.py has it.
_NEEDS_MORE = "same token, other items than ten minutes ago"


def _load() -> dict[str, Any]:
    if not _DATA.exists():
        return {"tables": [], "errors": []}
    found: dict[str, Any] = json.loads(_DATA.read_text())
    return found


_RECORDED = _load()
_COMPLETE = [
    entry
    for entry in _RECORDED["errors"]
    if "sketch" not in entry.get("request", {"sketch": ""})
    and entry["operation"] != "NoSuchOperation"
    and entry["request"].get("ClientRequestToken") != _NEEDS_MORE
]


def _expand(value: Any) -> Any:
    if isinstance(value, list):
        return [_expand(element) for element in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"$repeat"}:
        what, count = value["$repeat"]
        if isinstance(what, str):
            return what * count
        text = json.dumps(what)
        return [_expand(json.loads(text.replace("$i", str(at)))) for at in range(count)]
    return {name: _expand(element) for name, element in value.items()}


@pytest.fixture(scope="module")
def clients() -> Iterator[dict[str, Any]]:
    with Groundstate() as runtime:
        found = {name: runtime.client(name) for name in ("dynamodb", "dynamodbstreams")}
        for client in found.values():
            # Without botocore's own validation: its place is taken by a body of ours.
            client._serializer = client._serializer._serializer
        for table in _RECORDED["tables"]:
            found["dynamodb"].create_table(**table)
        yield found


def _parts(message: str) -> list[str]:
    head, _, rest = message.partition(" detected: ")
    return [head, *sorted(rest.split("; "))]


@pytest.mark.skipif(not _COMPLETE, reason=f"the recorded answers are not at {_DATA}")
@pytest.mark.parametrize("entry", _COMPLETE, ids=lambda entry: entry["operation"])
def test_recorded_answer(clients: dict[str, Any], entry: dict[str, Any]) -> None:
    name = "dynamodbstreams" if entry["operation"] in _STREAM_OPERATIONS else "dynamodb"
    operation = clients[name].meta.service_model.operation_model(entry["operation"])
    body = json.dumps(_expand(entry["request"])).encode()

    def send_raw(params: dict[str, Any], **_: Any) -> None:
        params["body"] = body
        params["headers"]["Content-Length"] = str(len(body))

    events = clients[name].meta.events
    event = f"before-call.{clients[name].meta.service_model.service_id.hyphenize()}"
    events.register(event, send_raw)
    try:
        # Its endpoint rules look into RequestItems; all else is in the body.
        given = {"RequestItems": {}} if operation.name.startswith("Batch") else {}
        with pytest.raises(ClientError) as caught:
            clients[name]._make_api_call(operation.name, given)
    finally:
        events.unregister(event, send_raw)
    error = caught.value.response["Error"]
    assert error["Code"] == entry["code"], error
    if entry.get("message"):
        assert _parts(error.get("Message", "")) == _parts(entry["message"])
    elif entry.get("message_pattern"):
        assert re.search(entry["message_pattern"], error.get("Message", ""))
