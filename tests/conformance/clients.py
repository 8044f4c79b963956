"""AWS's two clients with one face: boto3, and the `aws` command line.

Both are called with a service, an operation and its request; blobs are bytes, in requests and in
answers.
"""

import contextlib
import gc
import io
import json
import re
from pathlib import Path
from typing import Any

import boto3
from awscli.clidriver import create_clidriver
from botocore import xform_name
from botocore.exceptions import ClientError


class AwsError(Exception):
    """The service refused the call; `code` is AWS's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class Boto3:
    """boto3, told nothing but the endpoint; credentials and region come from the environment."""

    def __init__(self, endpoint: str) -> None:
        self._session = boto3.session.Session()
        self._endpoint = endpoint
        self._clients: dict[str, Any] = {}

    def __call__(self, service: str, operation: str, **request: Any) -> dict[str, Any]:
        if service not in self._clients:
            self._clients[service] = self._session.client(service, endpoint_url=self._endpoint)
        try:
            answer = getattr(self._clients[service], xform_name(operation))(**request)
        except ClientError as error:
            details = error.response["Error"]
            raise AwsError(details["Code"], details["Message"]) from error
        if "Payload" in answer:
            answer["Payload"] = answer["Payload"].read()
        elif hasattr(answer.get("Body"), "read"):
            answer["Body"] = answer["Body"].read()
        return answer

    def close(self) -> None:
        """Close its connections."""
        for client in self._clients.values():
            client.close()


class CommandLine:
    """The `aws` command line, in this process: its start would cost a second for each call."""

    def __init__(self, endpoint: str, scratch: Path) -> None:
        self._endpoint = endpoint
        self._scratch = scratch
        self._driver = create_clidriver()

    def __call__(self, service: str, operation: str, **request: Any) -> dict[str, Any]:
        command = xform_name(operation, "-")
        words = ["--endpoint-url", self._endpoint, "--output", "json", "--no-paginate"]
        words += [service, command]
        outfile = self._scratch / "outfile"
        for member in [name for name, value in request.items() if isinstance(value, bytes)]:
            path = self._scratch / member
            path.write_bytes(request.pop(member))
            # These two are read as a file's path and as a file's content.
            path_is_value = (service, member) == ("s3api", "Body")
            option = xform_name(member, "-")
            words += [f"--{option}", str(path) if path_is_value else f"fileb://{path}"]
        if (service, operation) in (("lambda", "Invoke"), ("s3api", "GetObject")):
            # The answer's body goes to a file, and then there is no --cli-input-json.
            for member, value in request.items():
                words += [f"--{xform_name(member, '-')}", str(value)]
            words.append(str(outfile))
        else:
            words += ["--cli-input-json", json.dumps(request)]
        status, out, err = self._run(words)
        if (service, operation) == ("s3api", "PutObject"):
            _close_left_open(str(self._scratch / "Body"))
        if status != 0:
            found = re.search(r"An error occurred \((.+?)\) when calling .*?: (.*)", err, re.DOTALL)
            if found is None:
                raise AssertionError(f"aws {' '.join(words)}: {err}")
            raise AwsError(found[1], found[2])
        answer: dict[str, Any] = json.loads(out) if out.strip() else {}
        if operation == "Invoke":
            answer["Payload"] = outfile.read_bytes()
        elif operation == "GetObject":
            answer["Body"] = outfile.read_bytes()
        return answer

    def close(self) -> None:
        """Nothing is open."""

    def _run(self, words: list[str]) -> tuple[int, str, str]:
        # The command line writes text to one, and bytes to the buffer of the other.
        out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                status = self._driver.main(words)
            except SystemExit as exit_:
                status = int(exit_.code or 0)
        texts = [stream.buffer.getvalue().decode() for stream in (out, err)]  # type: ignore[attr-defined]
        return status, texts[0], texts[1]


def _close_left_open(path: str) -> None:
    """Close a body's file: the command line leaves that to the end of its process."""
    for found in gc.get_objects():
        if isinstance(found, io.BufferedReader) and found.name == path:
            found.close()
