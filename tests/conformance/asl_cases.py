"""What AWS Step Functions did with recorded state machines, beside what this runtime does.

The runner belongs to the recordings, so that every runtime is measured alike.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import boto3

from tests.conformance.endpoint import start_runtime

JOBS = 8
# Other cases need services that this runtime does not have: SNS, SQS, EventBridge, ...
NEEDS = "activity,dynamodb,lambda,logs,mock_config,s3,sfn"
# The runner gives its state machines this role, and as on AWS a role without policies may do
# nothing. So it is there before the runner comes, with all permissions.
ROLE = "asl-conformance"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": ["states.amazonaws.com", "lambda.amazonaws.com"]},
            "Action": "sts:AssumeRole",
        }
    ],
}


def count(folder: Path, options: list[str]) -> dict[str, int]:
    """How many cases came out as on AWS: `L1` status, output and error; `L2` the whole history."""
    with tempfile.TemporaryDirectory() as scratch:
        # The runner adds the mocks of its cases to this file before it runs them.
        mocks = Path(scratch) / "mocks.json"
        mocks.write_text('{"StateMachines": {}, "MockedResponses": {}}', encoding="utf-8")
        with start_runtime("--mock-config", str(mocks)) as endpoint:
            _make_role(endpoint)
            said = _run(folder, endpoint, mocks, options)
    found = re.search(r"^asl: L1 (\d+)/(\d+) L2 (\d+)/(\d+)$", said, re.MULTILINE)
    assert found is not None, "the runner of the recordings did not come to its last line"
    return {"L1": int(found[1]), "L2": int(found[3]), "cases": int(found[2])}


def _run(folder: Path, endpoint: str, mocks: Path, options: list[str]) -> str:
    """Run the runner; what it says is printed as it comes."""
    where = ["--endpoint", endpoint, "--cases", str(folder), "--mock-config", str(mocks)]
    how = ["--jobs", str(JOBS), "--needs", NEEDS, *options]
    process = subprocess.Popen(
        [sys.executable, str(folder / "run_cases.py"), *where, *how],
        stdout=subprocess.PIPE,
        text=True,
        cwd=mocks.parent,
    )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        print(line, end="", flush=True)
        lines.append(line)
    process.stdout.close()
    process.wait()
    return "".join(lines)


def _make_role(endpoint: str) -> None:
    iam = boto3.client(
        "iam",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.attach_role_policy(RoleName=ROLE, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
