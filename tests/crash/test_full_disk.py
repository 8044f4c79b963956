"""A disk that takes no more ends the runtime, which says so; nothing that was answered is lost."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

ROOM_BYTES = 3 * 1024 * 1024
ITEM_BYTES = 20_000


def start(folder: Path) -> tuple[subprocess.Popen[str], Any]:
    """The real `groundstate serve`, and a client of its DynamoDB that tries once."""
    command = [sys.executable, "-m", "groundstate.cli", "serve", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--data-dir", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    client = boto3.client(
        "dynamodb",
        endpoint_url=next(word for word in line.split() if word.startswith("http://")),
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )
    return process, client


def create_table(client: Any) -> None:
    client.create_table(
        TableName="Items",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "N"}],
        BillingMode="PAY_PER_REQUEST",
    )


def write_until_it_ends(client: Any) -> int:
    """Put items until there is no answer any more; how many were acknowledged."""
    for count in range(10 * ROOM_BYTES // ITEM_BYTES):
        item = {"id": {"N": str(count)}, "data": {"S": "x" * ITEM_BYTES}}
        try:
            client.put_item(TableName="Items", Item=item)
        except BotoCoreError:
            return count
    raise AssertionError("more was written than there was room for")


def test_full_disk_ends_the_runtime_and_loses_nothing(tmp_path: Path) -> None:
    process, client = start(tmp_path)
    create_table(client)
    # Files of this process may not grow beyond that: the kernel refuses as a full disk does.
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (ROOM_BYTES, ROOM_BYTES))
    count = write_until_it_ends(client)
    assert count > 10
    _, said = process.communicate(timeout=20)
    assert process.returncode == 1
    assert f"The data in {tmp_path} could not be written any more" in said
    assert "Make room on the disk" in said
    assert "Traceback" not in said

    process, client = start(tmp_path)
    try:
        pages = client.get_paginator("scan").paginate(TableName="Items", Select="COUNT")
        # What was refused last may have been written.
        assert sum(page["Count"] for page in pages) in (count, count + 1)
        client.put_item(TableName="Items", Item={"id": {"N": "-1"}})
    finally:
        process.terminate()
        process.communicate(timeout=20)
