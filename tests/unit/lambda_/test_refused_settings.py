"""What CreateFunction and its neighbours refuse, in AWS's words."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from .conftest import make_zip

ECHO = "def handler(event, context):\n    return event\n"
OTHER = "arn:aws:lambda:us-east-1:999999999999:function:other"


def refusal(call, **request) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**request)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.mark.parametrize(
    ("settings", "shown", "value", "most"),
    [
        ({"Timeout": 901}, "timeout", "901", "value less than or equal to 900"),
        ({"MemorySize": 10_241}, "memorySize", "10241", "value less than or equal to 10240"),
        (
            {"EphemeralStorage": {"Size": 10_241}},
            "ephemeralStorage.size",
            "10241",
            "value less than or equal to 10240",
        ),
        ({"FunctionName": "f" * 65}, "functionName", "f" * 65, "length less than or equal to 64"),
    ],
)
def test_setting_over_its_bound_is_refused(functions, settings, shown, value, most):
    code, message = refusal(functions.make, source=ECHO, **settings)
    assert code == "ValidationException"
    assert message == (
        f"1 validation error detected: Value '{value}' at '{shown}' failed to satisfy constraint:"
        f" Member must have {most}"
    )


def test_bounds_hold_for_changes_too(functions):
    name = functions.make(ECHO, Timeout=900, MemorySize=10_240)
    update = functions.client.update_function_configuration
    assert refusal(update, FunctionName=name, Timeout=901)[0] == "ValidationException"
    assert functions.client.get_function_configuration(FunctionName=name)["Timeout"] == 900


@pytest.mark.parametrize("names", [["A"], ["1st", "WITH-DASH"], ["_HANDLER"]])
def test_variable_with_a_name_that_cannot_be_is_refused(functions, names):
    variables = {"FINE": "", **dict.fromkeys(names, "secret")}
    code, message = refusal(functions.make, source=ECHO, Environment={"Variables": variables})
    assert code == "ValidationException"
    assert message == (
        "1 validation error detected: Value at 'environment.variables' failed to satisfy"
        " constraint: Map keys must satisfy constraint: [Member must satisfy regular expression"
        " pattern: [a-zA-Z]([a-zA-Z0-9_])+]"
    )


def test_image_without_an_image_is_refused(functions):
    code, message = refusal(functions.make, source=ECHO, PackageType="Image")
    assert code == "InvalidParameterValueException"
    assert message == "Please provide ImageUri when creating a function with packageType Image."


def test_zip_file_and_bucket_together_are_refused(functions):
    code = {"ZipFile": make_zip({"app.py": ECHO}), "S3Bucket": "bucket", "S3Key": "key"}
    message = refusal(functions.make, source=ECHO, Code=code)[1]
    assert message == (
        "Please do not provide other FunctionCode parameters when providing a ZipFile."
    )


@pytest.mark.parametrize(
    ("member", "value"),
    [
        (
            "CodeSigningConfigArn",
            "arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-0123456789abcdef0",
        ),
        ("AcceleratorConfig", {"AcceleratorMemorySize": 1024}),
        ("TenancyConfig", {"TenantIsolationMode": "PER_TENANT"}),
    ],
)
def test_what_is_not_here_is_refused_by_name(functions, member, value):
    assert member in refusal(functions.make, source=ECHO, **{member: value})[1]


def test_function_with_51_tags_is_refused(functions):
    tags = {f"key{number}": "" for number in range(51)}
    message = refusal(functions.make, source=ECHO, Tags=tags)[1]
    assert message == "Number of tags exceeds resource tag limit."


def test_new_function_is_named_by_an_arn_of_its_own_place(functions):
    own = "arn:aws:lambda:us-east-1:000000000000:function:by-arn"
    functions.make(ECHO, FunctionName=own)
    assert functions.client.get_function(FunctionName="by-arn")["Configuration"]["FunctionArn"] == (
        own
    )
    elsewhere = own.replace("us-east-1", "eu-west-1")
    code = refusal(functions.make, source=ECHO, FunctionName=elsewhere)[0]
    assert code == "ResourceNotFoundException"
    code = refusal(functions.make, source=ECHO, FunctionName=f"{own}:live")[0]
    assert code == "InvalidParameterValueException"


@pytest.mark.parametrize("name", [OTHER, "999999999999:function:other"])
def test_function_of_another_account_is_out_of_reach(functions, name):
    functions.make(ECHO, FunctionName="other")
    try:
        code, message = refusal(functions.client.invoke, FunctionName=name)
        assert code == "AccessDeniedException"
        assert message.endswith(
            f"is not authorized to perform: lambda:InvokeFunction on resource: {OTHER} because no"
            " resource-based policy allows the lambda:InvokeFunction action"
        )
        assert refusal(functions.client.get_function, FunctionName=name)[0] == code
    finally:
        functions.client.delete_function(FunctionName="other")


def test_function_is_no_destination_for_itself(functions):
    name = functions.make(ECHO)
    arn = f"arn:aws:lambda:us-east-1:000000000000:function:{name}"
    put = functions.client.put_function_event_invoke_config
    config = {"OnSuccess": {"Destination": arn}}
    assert refusal(put, FunctionName=name, DestinationConfig=config)[1] == (
        "You can't specify the function as a destination for itself."
    )
    config = {"OnFailure": {"Destination": f"{arn}-none"}}
    assert refusal(put, FunctionName=name, DestinationConfig=config)[1] == (
        f"The destination ARN {arn}-none is invalid."
    )


def test_a_function_and_its_layers_fit_together(functions, monkeypatch):
    monkeypatch.setattr("groundstate.services.lambda_.sizes.UNZIPPED_BYTES_MAX", 3000)
    client = functions.client

    def layer(size):
        made = client.publish_layer_version(
            LayerName=f"of-{size}", Content={"ZipFile": make_zip({"x": "x" * size})}
        )
        return made["LayerVersionArn"]

    small, large = layer(1000), layer(2000)
    name = functions.make(ECHO, Layers=[large])
    too_much = (
        "Function code combined with layers exceeds the maximum allowed size of 3000 bytes. The"
        f" actual size is {3000 + len(ECHO)} bytes."
    )
    update = client.update_function_configuration
    assert refusal(update, FunctionName=name, Layers=[small, large])[1] == too_much
    assert refusal(functions.make, source=ECHO, Layers=[small, large])[1] == too_much
    code = make_zip({"index.py": ECHO, "y": "y" * 1000})
    assert refusal(client.update_function_code, FunctionName=name, ZipFile=code)[1] == too_much
    update(FunctionName=name, Layers=[small])
    client.update_function_code(FunctionName=name, ZipFile=code)
