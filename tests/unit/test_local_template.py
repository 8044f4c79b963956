"""Templates with files beside them: what is packaged, and what is written in its place."""

import io
import json
import zipfile

import pytest

from groundstate.cloud_assembly import AssemblyError
from groundstate.local_template import is_template, make_stack_name, read_local_template

BUCKET = "cdk-hnb659fds-assets-000000000000-us-east-1"
SAM = """
Transform: AWS::Serverless-2016-10-31
Parameters: {Stage: {Type: String}}
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.handler, Runtime: python3.12, CodeUri: hello/}
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties: {DefinitionUri: flow.asl.yaml, DefinitionSubstitutions: {Arn: !GetAtt Hello.Arn}}
  Shared:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: layer}
  There:
    Type: AWS::Serverless::Function
    Properties: {Handler: a.b, Runtime: python3.12, CodeUri: s3://bucket/key}
"""


@pytest.fixture
def folder(tmp_path):
    for name, text in {
        "hello/app.py": "def handler(event, context): return 1",
        "layer/python/shared.py": "",
        "flow.asl.yaml": "StartAt: A",
        "template.yaml": SAM,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def read(folder, **options):
    (stack,) = read_local_template(folder / "template.yaml", **options).stacks
    return stack


def packaged(folder, template):
    (folder / "template.yaml").write_text(template)
    stack = read(folder)
    return json.loads(stack.template_text)["Resources"], {
        asset.key: asset for asset in stack.assets
    }


def names_in(asset):
    return zipfile.ZipFile(io.BytesIO(asset.read())).namelist()


def test_paths_become_assets_and_places_in_s3(folder):
    stack = read(folder, name="shop", parameters={"Stage": "live"})
    assert (stack.name, dict(stack.parameters)) == ("shop", {"Stage": "live"})
    assert stack.kept_parameters == ("Stage",)
    resources = json.loads(stack.template_text)["Resources"]
    assets = {f"s3://{asset.bucket}/{asset.key}": asset for asset in stack.assets}
    assert {asset.bucket for asset in stack.assets} == {BUCKET}
    code = assets[resources["Hello"]["Properties"]["CodeUri"]]
    assert names_in(code) == ["app.py"]
    layer = assets[resources["Shared"]["Properties"]["ContentUri"]]
    assert names_in(layer) == ["python/shared.py"]
    definition = assets[resources["Flow"]["Properties"]["DefinitionUri"]]
    assert definition.read() == b"StartAt: A"
    assert resources["There"]["Properties"]["CodeUri"] == "s3://bucket/key"
    # The template itself is one, for when it is too large to be sent.
    assert assets[stack.template_url].read().decode() == stack.template_text


def test_same_files_make_the_same_package(folder):
    assert read(folder).template_text == read(folder).template_text
    before = read(folder).template_text
    (folder / "hello" / "app.py").write_text("changed")
    assert read(folder).template_text != before


def test_template_without_paths_stays_as_it_is(folder):
    text = "# a comment\nResources: {G: {Type: AWS::Logs::LogGroup}}\n"
    (folder / "template.yaml").write_text(text)
    assert read(folder).template_text == text


def test_code_that_is_not_named_is_the_templates_folder(folder):
    (folder / ".groundstate").mkdir()
    (folder / ".groundstate" / "data.db").write_text("")
    function = {"Type": "AWS::Serverless::Function", "Properties": {"Handler": "a.b"}}
    resources, assets = packaged(folder, json.dumps({"Resources": {"F": function}}))
    key = resources["F"]["Properties"]["CodeUri"].rpartition("/")[2]
    assert names_in(assets[key]) == [
        "flow.asl.yaml",
        "hello/app.py",
        "layer/python/shared.py",
        "template.yaml",
    ]


def test_shared_code_is_packaged_where_it_is_shared(folder):
    body = {
        "Globals": {"Function": {"CodeUri": "hello"}},
        "Resources": {"F": {"Type": "AWS::Serverless::Function"}},
    }
    (folder / "template.yaml").write_text(json.dumps(body))
    made = json.loads(read(folder).template_text)
    assert made["Globals"]["Function"]["CodeUri"].startswith(f"s3://{BUCKET}/")
    assert made["Resources"]["F"] == {"Type": "AWS::Serverless::Function"}


def test_plain_types_get_the_places_that_they_take(folder):
    (folder / "child.yaml").write_text(
        "Resources: {F: {Type: 'AWS::Lambda::Function', Properties: {Code: hello/app.py}}}"
    )
    (folder / "packed.zip").write_bytes(b"PK")
    resources, assets = packaged(
        folder,
        """
Resources:
  Function: {Type: AWS::Lambda::Function, Properties: {Code: packed.zip}}
  Inline: {Type: AWS::Lambda::Function, Properties: {Code: {ZipFile: x}}}
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties: {DefinitionS3Location: flow.asl.yaml}
  Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml}}
  Group:
    Type: AWS::Logs::LogGroup
    Properties: {'Fn::Transform': {Name: AWS::Include, Parameters: {Location: flow.asl.yaml}}}
""",
    )
    code = resources["Function"]["Properties"]["Code"]
    assert code["S3Bucket"] == BUCKET
    assert assets[code["S3Key"]].read() == b"PK"
    assert resources["Inline"]["Properties"]["Code"] == {"ZipFile": "x"}
    location = resources["Machine"]["Properties"]["DefinitionS3Location"]
    assert location["Bucket"] == BUCKET
    url = resources["Child"]["Properties"]["TemplateURL"]
    child = json.loads(assets[url.rpartition("/")[2]].read())
    nested = child["Resources"]["F"]["Properties"]["Code"]["S3Key"]
    assert names_in(assets[nested]) == ["app.py"]
    piece = resources["Group"]["Properties"]["Fn::Transform"]["Parameters"]["Location"]
    assert piece == f"s3://{BUCKET}/{location['Key']}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Resources: [}", "YAML not well-formed"),
        ("[1]", "no template"),
        (
            "Resources: {F: {Type: 'AWS::Lambda::Function', Properties: {Code: nowhere}}}",
            "Code names nowhere, which is not there",
        ),
    ],
)
def test_what_cannot_be_packaged_is_told(folder, text, message):
    (folder / "template.yaml").write_text(text)
    with pytest.raises(AssemblyError, match=message):
        read(folder)


def test_stack_is_named_after_the_file_or_its_folder(tmp_path):
    folder = tmp_path / "my_shop.app"
    folder.mkdir()
    assert make_stack_name(folder / "template.yaml") == "my-shop-app"
    assert make_stack_name(folder / "orders.yaml") == "orders"
    assert make_stack_name(folder / "2nd.yaml") == "stack-2nd"
    (folder / "orders.yaml").write_text("")
    assert is_template(str(folder / "orders.yaml"))
    assert not is_template(str(folder))
