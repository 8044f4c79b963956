"""Functions, versions, aliases and what is set for them, seen from a client."""

from __future__ import annotations

import hashlib
import json
import time
from base64 import b64encode

import pytest
from botocore.exceptions import ClientError

from groundstate.testing import Groundstate

from .conftest import BASIC, Functions, make_zip

ECHO = "def handler(event, context):\n    return event\n"
ARN = "arn:aws:lambda:us-east-1:000000000000:function:"


def test_new_function_is_pending_and_then_active(functions):
    content = make_zip({"app.py": ECHO})
    created = functions.client.create_function(
        FunctionName="new",
        Runtime="python3.14",
        Handler="app.handler",
        Role=functions.role,
        Code={"ZipFile": content},
    )
    assert created["State"] == "Pending"
    assert created["StateReasonCode"] == "Creating"
    assert created["StateReason"] == "The function is being created."
    assert created["CodeSize"] == len(content)
    assert created["CodeSha256"] == b64encode(hashlib.sha256(content).digest()).decode()
    assert created["FunctionArn"] == f"{ARN}new"
    assert (created["Timeout"], created["MemorySize"]) == (3, 128)
    found = functions.client.get_function(FunctionName=f"{ARN}new")
    assert found["Configuration"]["State"] == "Active"
    assert found["Configuration"]["LastUpdateStatus"] == "Successful"
    assert found["Configuration"]["LoggingConfig"] == {
        "LogFormat": "Text",
        "LogGroup": "/aws/lambda/new",
    }


def test_name_can_be_used_once(functions):
    name = functions.make(ECHO)
    with pytest.raises(functions.client.exceptions.ResourceConflictException) as refused:
        functions.make(ECHO, FunctionName=name)
    assert refused.value.response["Error"]["Message"] == f"Function already exist: {name}"


@pytest.mark.parametrize("name", ["role/nobody", "user/somebody"])
def test_role_that_lambda_cannot_assume_is_refused(functions, name):
    with pytest.raises(ClientError) as refused:
        functions.make(ECHO, Role=f"arn:aws:iam::000000000000:{name}")
    assert refused.value.response["Error"]["Code"] in (
        "InvalidParameterValueException",
        "ValidationException",
    )


def test_zip_that_is_none_is_refused_and_leaves_nothing(functions):
    with pytest.raises(functions.client.exceptions.InvalidParameterValueException) as refused:
        functions.make(ECHO, FunctionName="no-zip", Code={"ZipFile": b"not a zip file"})
    assert refused.value.response["Error"]["Message"] == (
        "Could not unzip uploaded file. Please check your file, then try to upload again."
    )
    with pytest.raises(functions.client.exceptions.ResourceNotFoundException):
        functions.client.get_function(FunctionName="no-zip")


def test_variables_over_4_kb_are_refused(functions):
    with pytest.raises(functions.client.exceptions.InvalidParameterValueException) as refused:
        functions.make(ECHO, Environment={"Variables": {"LONG": "x" * 4100}})
    assert "exceeded the 4KB limit. String measured: {" in str(refused.value)


def test_reserved_variables_are_refused(functions):
    with pytest.raises(functions.client.exceptions.InvalidParameterValueException) as refused:
        functions.make(
            ECHO, Environment={"Variables": {"AWS_REGION": "x", "AWS_ACCESS_KEY_ID": "y"}}
        )
    assert "Reserved keys used in this request: AWS_ACCESS_KEY_ID, AWS_REGION" in str(refused.value)


def test_changed_code_is_live_and_keeps_the_settings(functions):
    name = functions.make("def handler(event, context):\n    return 'old'\n", Timeout=7)
    assert functions.invoke(name).payload == "old"
    code = make_zip({"app.py": "def handler(event, context):\n    return 'new'\n"})
    updated = functions.client.update_function_code(FunctionName=name, ZipFile=code)
    assert updated["LastUpdateStatus"] == "InProgress"
    assert updated["Timeout"] == 7
    assert functions.invoke(name).payload == "new"


def test_running_invocation_finishes_on_the_old_code(functions):
    source = "import time\ndef handler(event, context):\n    time.sleep(0.4)\n    return 'old'\n"
    name = functions.make(source)
    functions.invoke(name)
    from concurrent.futures import ThreadPoolExecutor

    code = make_zip({"app.py": "def handler(event, context):\n    return 'new'\n"})
    with ThreadPoolExecutor(1) as pool:
        old = pool.submit(functions.invoke, name)
        while not functions.groundstate.on_loop(
            lambda runtime: runtime.dispatcher.hosts["lambda"].busy
        ):
            pass
        functions.client.update_function_code(FunctionName=name, ZipFile=code)
        assert functions.invoke(name).payload == "new"
        assert old.result().payload == "old"


def test_changed_variables_reach_the_next_invocation(functions):
    source = "import os\ndef handler(event, context):\n    return os.environ.get('COLOUR')\n"
    name = functions.make(source, Environment={"Variables": {"COLOUR": "red"}})
    assert functions.invoke(name).payload == "red"
    functions.client.update_function_configuration(
        FunctionName=name, Environment={"Variables": {"COLOUR": "blue"}}
    )
    assert functions.invoke(name).payload == "blue"


def test_wrong_revision_is_refused(functions):
    name = functions.make(ECHO)
    with pytest.raises(functions.client.exceptions.PreconditionFailedException):
        functions.client.update_function_configuration(
            FunctionName=name, Timeout=5, RevisionId="00000000-0000-4000-8000-000000000000"
        )


def test_version_keeps_what_was_published(functions):
    name = functions.make("def handler(event, context):\n    return 1\n")
    first = functions.client.publish_version(FunctionName=name, Description="first")
    assert (first["Version"], first["FunctionArn"]) == ("1", f"{ARN}{name}:1")
    again = functions.client.publish_version(FunctionName=name)
    assert (again["Version"], again["Description"]) == ("1", "first")
    code = make_zip({"app.py": "def handler(event, context):\n    return 2\n"})
    second = functions.client.update_function_code(FunctionName=name, ZipFile=code, Publish=True)
    assert second["Version"] == "2"
    assert functions.invoke(name, Qualifier="1").payload == 1
    assert functions.invoke(f"{name}:2").payload == 2
    listed = functions.client.list_versions_by_function(FunctionName=name)["Versions"]
    assert [version["Version"] for version in listed] == ["$LATEST", "1", "2"]


def test_changed_description_makes_another_version(functions):
    name = functions.make(ECHO)
    functions.client.publish_version(FunctionName=name)
    functions.client.update_function_configuration(FunctionName=name, Description="new")
    assert functions.client.publish_version(FunctionName=name)["Version"] == "2"


def test_deleted_version_is_gone_and_its_number_is_not_used_again(functions):
    name = functions.make(ECHO)
    functions.client.publish_version(FunctionName=name)
    functions.client.delete_function(FunctionName=name, Qualifier="1")
    with pytest.raises(functions.client.exceptions.ResourceNotFoundException) as refused:
        functions.client.invoke(FunctionName=name, Qualifier="1")
    assert refused.value.response["Error"]["Message"] == f"Function not found: {ARN}{name}:1"
    assert functions.client.publish_version(FunctionName=name)["Version"] == "2"


def test_alias_leads_to_its_version(functions):
    name = functions.make("def handler(event, context):\n    return context.invoked_function_arn\n")
    functions.client.publish_version(FunctionName=name)
    alias = functions.client.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    assert alias["AliasArn"] == f"{ARN}{name}:live"
    answer = functions.client.invoke(FunctionName=name, Qualifier="live")
    assert answer["ExecutedVersion"] == "1"
    assert json.loads(answer["Payload"].read()) == f"{ARN}{name}:live"
    with pytest.raises(functions.client.exceptions.ResourceConflictException):
        functions.client.delete_function(FunctionName=name, Qualifier="1")


def test_alias_shares_its_invocations_between_two_versions(functions):
    name = functions.make(ECHO)
    functions.client.publish_version(FunctionName=name)
    functions.client.update_function_configuration(FunctionName=name, Timeout=9)
    functions.client.publish_version(FunctionName=name)
    weights = {"AdditionalVersionWeights": {"2": 0.5}}
    functions.client.create_alias(
        FunctionName=name, Name="half", FunctionVersion="1", RoutingConfig=weights
    )
    seen = set()
    for _ in range(40):
        answer = functions.client.invoke(FunctionName=name, Qualifier="half")
        seen.add(answer["ExecutedVersion"])
    assert seen == {"1", "2"}


def test_unknown_alias_is_refused(functions):
    name = functions.make(ECHO)
    with pytest.raises(functions.client.exceptions.ResourceNotFoundException) as refused:
        functions.client.get_alias(FunctionName=name, Name="nobody")
    assert refused.value.response["Error"]["Message"] == (
        f"Cannot find alias arn: {ARN}{name}:nobody"
    )


def test_alias_to_a_version_that_is_not_there_is_refused(functions):
    name = functions.make(ECHO)
    with pytest.raises(functions.client.exceptions.ResourceNotFoundException):
        functions.client.create_alias(FunctionName=name, Name="live", FunctionVersion="9")


def test_policy_has_its_statements_until_the_last_one_goes(functions):
    name = functions.make(ECHO)
    statement = functions.client.add_permission(
        FunctionName=name,
        StatementId="events",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn="arn:aws:events:us-east-1:000000000000:rule/r",
        SourceAccount="000000000000",
    )
    assert json.loads(statement["Statement"]) == {
        "Sid": "events",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": f"{ARN}{name}",
        "Condition": {
            "ArnLike": {"AWS:SourceArn": "arn:aws:events:us-east-1:000000000000:rule/r"},
            "StringEquals": {"AWS:SourceAccount": "000000000000"},
        },
    }
    with pytest.raises(functions.client.exceptions.ResourceConflictException) as refused:
        functions.client.add_permission(
            FunctionName=name,
            StatementId="events",
            Action="lambda:InvokeFunction",
            Principal="000000000000",
        )
    assert "The statement id (events) provided already exists." in str(refused.value)
    functions.client.remove_permission(FunctionName=name, StatementId="events")
    with pytest.raises(functions.client.exceptions.ResourceNotFoundException):
        functions.client.get_policy(FunctionName=name)


def test_resource_policy_lets_a_user_without_policies_invoke(functions):
    iam = functions.groundstate.client("iam")
    name = functions.make(ECHO)
    user = iam.create_user(UserName="guest")["User"]
    key = iam.create_access_key(UserName="guest")["AccessKey"]
    client = functions.groundstate.client(
        "lambda", access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"]
    )
    with pytest.raises(ClientError) as refused:
        client.invoke(FunctionName=name)
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    functions.client.add_permission(
        FunctionName=name,
        StatementId="guest",
        Action="lambda:InvokeFunction",
        Principal=user["Arn"],
    )
    assert client.invoke(FunctionName=name)["StatusCode"] == 200


def test_tags_are_added_and_removed(functions):
    name = functions.make(ECHO, Tags={"a": "1"})
    functions.client.tag_resource(Resource=f"{ARN}{name}", Tags={"b": "2"})
    assert functions.client.list_tags(Resource=f"{ARN}{name}")["Tags"] == {"a": "1", "b": "2"}
    functions.client.untag_resource(Resource=f"{ARN}{name}", TagKeys=["a"])
    assert functions.client.get_function(FunctionName=name)["Tags"] == {"b": "2"}


def test_layer_is_on_the_module_path_under_the_function(functions):
    layer = functions.client.publish_layer_version(
        LayerName="words",
        Content={"ZipFile": make_zip({"python/words.py": "HELLO = 'from the layer'\n"})},
        CompatibleRuntimes=["python3.14"],
    )
    assert layer["Version"] == 1
    source = "import words\ndef handler(event, context):\n    return words.HELLO\n"
    name = functions.make(source, Layers=[layer["LayerVersionArn"]])
    assert functions.invoke(name).payload == "from the layer"
    functions.client.delete_layer_version(LayerName="words", VersionNumber=1)
    functions.client.update_function_configuration(FunctionName=name, Timeout=4)
    assert functions.invoke(name).payload == "from the layer"
    with pytest.raises(functions.client.exceptions.ResourceNotFoundException):
        functions.client.get_layer_version(LayerName="words", VersionNumber=1)


def test_program_of_a_layer_is_started_by_its_name_on_aws(functions):
    """As the CDK's BucketDeployment starts `/opt/awscli/aws`, which AWS's own Python runs."""
    script = "#!/var/lang/bin/python\nimport sys\nprint('told', *sys.argv[1:])\n"
    layer = functions.client.publish_layer_version(
        LayerName="tools",
        Content={"ZipFile": make_zip({"tool/tell": script}, {"tool/tell": 0o100755})},
    )
    source = (
        "import subprocess\n"
        "def handler(event, context):\n"
        "    command = ['/opt/tool/tell', 'one', 'two']\n"
        "    return subprocess.check_output(command, text=True)\n"
    )
    name = functions.make(source, Layers=[layer["LayerVersionArn"]])
    assert functions.invoke(name).payload == "told one two\n"


def test_unknown_layer_is_refused(functions):
    arn = "arn:aws:lambda:us-east-1:000000000000:layer:nothing:3"
    with pytest.raises(functions.client.exceptions.InvalidParameterValueException) as refused:
        functions.make(ECHO, Layers=[arn])
    assert f"Layer version {arn} does not exist." in str(refused.value)


def test_reserved_concurrency_leaves_100_for_the_others(functions):
    name = functions.make(ECHO)
    with pytest.raises(functions.client.exceptions.InvalidParameterValueException) as refused:
        functions.client.put_function_concurrency(
            FunctionName=name, ReservedConcurrentExecutions=901
        )
    assert "below its minimum value of [100]." in str(refused.value)


def test_lists_are_paged(functions):
    name = functions.make(ECHO)
    for letter in "abc":
        functions.client.create_alias(FunctionName=name, Name=letter, FunctionVersion="$LATEST")
    first = functions.client.list_aliases(FunctionName=name, MaxItems=2)
    second = functions.client.list_aliases(FunctionName=name, Marker=first["NextMarker"])
    names = [alias["Name"] for page in (first, second) for alias in page["Aliases"]]
    assert names == ["a", "b", "c"]
    assert "NextMarker" not in second


def test_deleted_function_is_gone_and_its_name_is_free(functions):
    name = functions.make(ECHO)
    functions.invoke(name)
    functions.client.delete_function(FunctionName=name)
    with pytest.raises(functions.client.exceptions.ResourceNotFoundException):
        functions.invoke(name)
    functions.make("def handler(event, context):\n    return 'again'\n", FunctionName=name)
    assert functions.invoke(name).payload == "again"


def test_runtime_that_aws_has_retired_still_runs(functions):
    name = functions.make(ECHO, Runtime="python3.7")
    assert functions.invoke(name, {"n": 1}).payload == {"n": 1}


def test_big_package_is_unpacked_aside(functions):
    files = {f"data/{number}.bin": bytes(200_000) for number in range(30)}
    source = "import os\ndef handler(event, context):\n    return len(os.listdir('data'))\n"
    name = functions.make(source, files)
    assert functions.invoke(name).payload == 30


def test_settings_without_effect_are_kept(functions):
    name = functions.make(ECHO)
    client = functions.client
    assert client.get_function_recursion_config(FunctionName=name)["RecursiveLoop"] == "Terminate"
    client.put_function_recursion_config(FunctionName=name, RecursiveLoop="Allow")
    assert client.get_function_recursion_config(FunctionName=name)["RecursiveLoop"] == "Allow"
    assert client.get_runtime_management_config(FunctionName=name)["UpdateRuntimeOn"] == "Auto"
    client.put_runtime_management_config(FunctionName=name, UpdateRuntimeOn="FunctionUpdate")
    found = client.get_runtime_management_config(FunctionName=name)
    assert found["UpdateRuntimeOn"] == "FunctionUpdate"


FOREIGN = "arn:aws:lambda:us-east-1:017000801446:layer:AWSLambdaPowertoolsPython:22"


@pytest.mark.parametrize("runtime", ["java21", "ruby3.4", "dotnet8"])
def test_function_that_cannot_run_here_says_so_when_it_is_invoked(functions, runtime, caplog):
    name = functions.make(ECHO, Runtime=runtime, Handler="example.Handler::handleRequest")
    assert f"does not run functions of the runtime {runtime}" in caplog.text
    functions.client.update_function_configuration(FunctionName=name, Runtime="java17")
    functions.client.publish_version(FunctionName=name)
    assert functions.client.get_function_configuration(FunctionName=name)["Runtime"] == "java17"
    answer = functions.invoke(name)
    assert answer.error == "Unhandled"
    assert answer.payload["errorType"] == "Runtime.Unavailable"
    assert "java17" in answer.payload["errorMessage"]


SLOW = """
import time

def handler(event, context):
    time.sleep(event["lasts_s"])
"""


@pytest.mark.parametrize("is_deleted", [False, True])
def test_log_that_cannot_be_stored_is_told_unless_its_function_is_gone(
    functions, caplog, is_deleted
):
    iam = functions.groundstate.client("iam")
    name = functions.make(SLOW)
    functions.invoke(name, {"lasts_s": 0})
    # The role of a function whose stack goes loses its policies while the function still runs.
    iam.detach_role_policy(RoleName="Function", PolicyArn=BASIC)
    try:
        functions.invoke(name, {"lasts_s": 0.4}, InvocationType="Event")
        time.sleep(0.2)
        if is_deleted:
            functions.client.delete_function(FunctionName=name)
        time.sleep(0.6)
    finally:
        iam.attach_role_policy(RoleName="Function", PolicyArn=BASIC)
    assert (f"The log of {name} cannot be stored" in caplog.text) is not is_deleted


@pytest.mark.parametrize(
    ("mode", "is_told"), [(0o100600, True), (0o100640, True), (0o100644, False)]
)
def test_file_that_aws_could_not_read_is_told(functions, caplog, mode, is_told):
    source = f"{ECHO}# {mode}\n"
    content = make_zip({"app.py": source, "fine.txt": ""}, {"app.py": mode})
    name = functions.make("", Code={"ZipFile": content})
    assert ("A function's package has app.py" in caplog.text) is is_told
    assert functions.invoke(name, {"a": 1}).payload == {"a": 1}


def test_layer_of_another_account_is_empty_and_the_log_says_so(functions, caplog):
    name = functions.make(ECHO, Layers=[FOREIGN])
    assert f"of another account, and therefore empty: {FOREIGN}." in caplog.text
    shown = functions.client.get_function_configuration(FunctionName=name)["Layers"]
    assert [layer["Arn"] for layer in shown] == [FOREIGN]
    assert functions.invoke(name, {"a": 1}).payload == {"a": 1}
    assert any(FOREIGN in message for message in functions.messages(name))


def test_public_layer_holds_what_is_installed_here(functions, caplog, tmp_path, monkeypatch):
    (tmp_path / "aws_lambda_powertools").mkdir()
    (tmp_path / "aws_lambda_powertools" / "__init__.py").write_text("WORD = 'tools'\n")
    (tmp_path / "its_need.py").write_text("WORD = 'need'\n")
    for name, requires in (("aws_lambda_powertools", "its-need"), ("its_need", "boto3")):
        folder = tmp_path / f"{name}-3.0.dist-info"
        folder.mkdir()
        text = f"Metadata-Version: 2.1\nName: {name}\nVersion: 3.0\nRequires-Dist: {requires}\n"
        (folder / "METADATA").write_text(text)
        place = f"{name}/__init__.py" if name != "its_need" else "its_need.py"
        (folder / "RECORD").write_text(f"{place},,\n{folder.name}/METADATA,,\n")
    monkeypatch.syspath_prepend(tmp_path)
    source = """
import aws_lambda_powertools, its_need

def handler(event, context):
    return [aws_lambda_powertools.WORD, its_need.WORD]
"""
    name = functions.make(source, Layers=[FOREIGN])
    assert functions.invoke(name).payload == ["tools", "need"]
    stands_in = f"the package aws-lambda-powertools that is installed here stands in for {FOREIGN}."
    assert any(stands_in in message for message in functions.messages(name))
    assert "therefore empty" not in caplog.text


def test_layer_of_another_account_can_be_refused():
    with Groundstate(foreign_layers="refuse") as groundstate:
        functions = Functions(groundstate)
        with pytest.raises(ClientError) as refused:
            functions.make(ECHO, Layers=[FOREIGN])
        assert refused.value.response["Error"] == {
            "Code": "InvalidParameterValueException",
            "Message": (
                f"Groundstate has no layers of other accounts, so {FOREIGN} cannot be used. Publish"
                " a copy of it here (PublishLayerVersion) and name that, or set"
                " GROUNDSTATE_FOREIGN_LAYERS=empty."
            ),
        }
        accepted = {"groundstate:accept-inert": "AWS::Lambda::LayerVersion"}
        functions.make(ECHO, Layers=[FOREIGN], Tags=accepted)


IMAGE = "000000000000.dkr.ecr.us-east-1.amazonaws.com/app:1"


def test_function_of_an_image_is_there_and_says_that_it_cannot_run(functions, caplog):
    created = functions.client.create_function(
        FunctionName="image",
        Role=functions.role,
        PackageType="Image",
        Code={"ImageUri": IMAGE},
        ImageConfig={"Command": ["app.handler"]},
    )
    assert created["PackageType"] == "Image"
    assert created["ImageConfigResponse"] == {"ImageConfig": {"Command": ["app.handler"]}}
    assert "The function image cannot be invoked." in caplog.text
    code = functions.client.get_function(FunctionName="image")["Code"]
    assert (code["RepositoryType"], code["ImageUri"]) == ("ECR", IMAGE)
    functions.client.update_function_code(FunctionName="image", ImageUri=f"{IMAGE}2")
    code = functions.client.get_function(FunctionName="image")["Code"]
    assert code["ImageUri"] == f"{IMAGE}2"
    answer = functions.invoke("image")
    assert answer.payload["errorType"] == "Runtime.Unavailable"
    assert "container images" in answer.payload["errorMessage"]
