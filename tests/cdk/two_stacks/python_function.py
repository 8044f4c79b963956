"""A Python function of this app: its code is a folder of `functions/`."""

from pathlib import Path
from typing import Any

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

FUNCTIONS = Path(__file__).parent / "functions"


def python_function(
    scope: Construct,
    construct_id: str,
    folder: str,
    handler: str = "index.handler",
    **properties: Any,
) -> lambda_.Function:
    return lambda_.Function(
        scope,
        construct_id,
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler=handler,
        code=lambda_.Code.from_asset(str(FUNCTIONS / folder)),
        **properties,
    )
