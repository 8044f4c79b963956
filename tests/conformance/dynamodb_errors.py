"""How DynamoDB words its refusals, beside how this runtime does: requests with known answers."""

import json
import re
import time
from pathlib import Path
from typing import Any

from groundstate.cli.client import Client
from groundstate.config import ClientConfig
from tests.conformance.endpoint import start_runtime

ACTIVE_TIMEOUT_S = 10.0


def count(folder: Path, options: list[str]) -> dict[str, int]:
    """How many requests are refused with DynamoDB's status, code and message."""
    known = json.loads((folder / "errors.json").read_text(encoding="utf-8"))
    # A request with only a `sketch` says in words what to send: it is for people.
    cases = [case for case in known["errors"] if "request" in case and "setup" not in case]
    passed = 0
    with start_runtime() as endpoint:
        client = Client(ClientConfig(endpoint_url=endpoint))
        for table in known["tables"]:
            client.call("dynamodb", "CreateTable", **table)
            _wait_active(client, table["TableName"])
        for case in cases:
            difference = compare(client, case)
            passed += difference is None
            if difference is not None and "-v" in options:
                print(f"{case['operation']} {json.dumps(case['request'])[:300]}\n  {difference}")
    print(f"dynamodb: {passed}/{len(cases)}")
    return {"same": passed, "cases": len(cases)}


def compare(client: Client, case: dict[str, Any]) -> str | None:
    """What differs from DynamoDB's answer; None if nothing does."""
    answer = client.send(
        "dynamodb",
        "POST",
        "/",
        body=json.dumps(expand(case["request"])).encode(),
        headers={
            "content-type": "application/x-amz-json-1.0",
            "x-amz-target": f"DynamoDB_20120810.{case['operation']}",
        },
    )
    said = json.loads(answer.body)
    kind = str(said.get("__type", ""))
    message = str(said.get("message") or said.get("Message") or "")
    if answer.status != case["status"]:
        return f"status {answer.status}, not {case['status']}: {said}"
    if kind.rpartition("#")[2] != case["code"] or ("type" in case and kind != case["type"]):
        return f"type {kind}, not {case.get('type', case['code'])}: {message}"
    if not is_same_message(message, case):
        return (
            f"said      {message}\n  expected  {case.get('message', case.get('message_pattern'))}"
        )
    return None


def is_same_message(message: str, case: dict[str, Any]) -> bool:
    """Whether a message is the known one; the parts of `N validation errors` come in any order."""
    if "message_pattern" in case:
        return re.search(case["message_pattern"], message, re.IGNORECASE) is not None
    return _parts(message) == _parts(case["message"])


def expand(value: Any, index: int | None = None) -> Any:
    """Fill in `{"$repeat": [x, n]}`; `$i` in it is the index."""
    if isinstance(value, dict):
        if value.keys() == {"$repeat"}:
            repeated, times = value["$repeat"]
            if isinstance(repeated, str):
                return repeated * times
            return [expand(repeated, number) for number in range(times)]
        return {_indexed(key, index): expand(inner, index) for key, inner in value.items()}
    if isinstance(value, list):
        return [expand(inner, index) for inner in value]
    return _indexed(value, index) if isinstance(value, str) else value


def _indexed(text: str, index: int | None) -> str:
    return text if index is None else text.replace("$i", str(index))


def _parts(message: str) -> tuple[str, list[str]]:
    head, found, rest = message.partition(" detected: ")
    return (head, sorted(rest.split("; "))) if found else (message, [])


def _wait_active(client: Client, table: str) -> None:
    deadline = time.monotonic() + ACTIVE_TIMEOUT_S
    while time.monotonic() < deadline:
        described = client.call("dynamodb", "DescribeTable", TableName=table)
        if described["Table"]["TableStatus"] == "ACTIVE":
            return
        time.sleep(0.05)
    raise SystemExit(f"{table} did not become active.")
