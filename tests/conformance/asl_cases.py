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
    with tempfile.TemporaryDirectory() as scratch, start_runtime() as endpoint:
        _make_role(endpoint)
        finished = subprocess.run(
            [
                *(sys.executable, str(folder / "run_cases.py")),
                *("--endpoint", endpoint, "--cases", str(folder), "--jobs", str(JOBS)),
                *options,
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd=scratch,
        )
    print(finished.stdout[-6000:])
    found = re.search(r"^asl: L1 (\d+)/(\d+) L2 (\d+)/(\d+)$", finished.stdout, re.MULTILINE)
    if found is None:
        raise SystemExit(f"The runner of the recordings failed:\n{finished.stderr}")
    return {"L1": int(found[1]), "L2": int(found[3]), "cases": int(found[2])}


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
