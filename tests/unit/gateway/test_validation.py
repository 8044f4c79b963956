"""What no service takes, whatever its model says: asked as no client of AWS's would."""

import pytest
from botocore.exceptions import ClientError

from tests.fuzz.requests import make_client


@pytest.mark.parametrize(
    ("service", "operation", "request_", "code", "message"),
    [
        (
            "logs",
            "TestMetricFilter",
            {"filterPattern": "x", "logEventMessages": ["a", None]},
            "InvalidParameterException",
            (
                "1 validation error detected: Value '[a, null]' at 'logEventMessages' failed to"
                " satisfy constraint: Member must satisfy constraint: [Member must not be null]"
            ),
        ),
        (
            "stepfunctions",
            "ListExecutions",
            {"stateMachineArn": "x", "maxResults": 2**63},
            "SerializationException",
            "NUMBER_VALUE cannot be converted to Integer",
        ),
        (
            "lambda",
            "GetLayerVersion",
            {"LayerName": "layer", "VersionNumber": 2**63},
            "SerializationException",
            "NUMBER_VALUE cannot be converted to Long",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isalpha() else "",
)
def test_value_that_cannot_be_is_refused(groundstate, service, operation, request_, code, message):
    client = make_client(groundstate, service)
    with pytest.raises(ClientError) as refused:
        client._make_api_call(operation, request_)
    error = refused.value.response["Error"]
    assert (error["Code"], error["Message"]) == (code, message)
