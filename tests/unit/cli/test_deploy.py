"""`groundstate deploy` and `groundstate destroy`, of assemblies made by hand."""

import hashlib
import json
import re

import pytest


class Assembly:
    """A synthesized app with one stack, `Shop`, that can be changed and written again."""

    def __init__(self, folder):
        self.folder = folder
        self.resources = {}
        self.outputs = {}
        self.padding = ""
        self.protected = False
        self.add_table("Orders")

    def add_table(self, name, key="id"):
        self.resources[name] = {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "TableName": name,
                "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
                "BillingMode": "PAY_PER_REQUEST",
            },
        }

    def write(self):
        template = json.dumps(
            {
                "Description": "A shop.",
                "Metadata": {"Padding": self.padding},
                "Resources": self.resources,
                "Outputs": self.outputs,
            }
        )
        digest = hashlib.sha256(template.encode()).hexdigest()
        bucket = "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"
        asset = {
            "source": {"path": "Shop.template.json", "packaging": "file"},
            "destinations": {"here": {"bucketName": bucket, "objectKey": f"{digest}.json"}},
        }
        stack = {
            "type": "aws:cloudformation:stack",
            "environment": "aws://unknown-account/unknown-region",
            "properties": {
                "templateFile": "Shop.template.json",
                "stackTemplateAssetObjectUrl": f"s3://{bucket}/{digest}.json",
                "tags": {"team": "shop"},
                "terminationProtection": self.protected,
            },
            "dependencies": ["Shop.assets"],
        }
        assets = {"type": "cdk:asset-manifest", "properties": {"file": "Shop.assets.json"}}
        files = {
            "Shop.template.json": template,
            "Shop.assets.json": json.dumps({"files": {digest: asset}}),
            "manifest.json": json.dumps({"artifacts": {"Shop": stack, "Shop.assets": assets}}),
        }
        for name, content in files.items():
            (self.folder / name).write_text(content)


@pytest.fixture
def assembly(tmp_path, groundstate_command):
    assembly = Assembly(tmp_path)
    assembly.write()
    yield assembly
    groundstate_command("destroy", str(tmp_path), "--yes")


@pytest.fixture
def deploy(assembly, groundstate_command):
    def deploy(*options):
        assembly.write()
        return groundstate_command("deploy", str(assembly.folder), *options)

    return deploy


@pytest.fixture
def tables(runtime):
    return lambda: runtime.client("dynamodb").list_tables()["TableNames"]


def test_creates_the_stack_and_shows_how_it_goes(deploy, tables, assembly):
    assembly.outputs = {"Name": {"Value": {"Ref": "Orders"}}}
    said = deploy()
    assert said.status == 0
    assert said.out == "Shop.Name = Orders\n"
    assert re.search("CREATE_COMPLETE +AWS::DynamoDB::Table", said.err)
    assert "Shop: CREATE_COMPLETE" in said.err
    assert tables() == ["Orders"]


def test_events_are_shown_once_and_in_their_order(deploy):
    lines = [line.split() for line in deploy().err.splitlines() if "_" in line.split()[0]]
    assert [(line[0], line[-1]) for line in lines if line[1] == "AWS::DynamoDB::Table"] == [
        ("CREATE_IN_PROGRESS", "Orders"),
        ("CREATE_IN_PROGRESS", "Initiated"),
        ("CREATE_COMPLETE", "Orders"),
    ]
    assert len({tuple(line) for line in lines}) == len(lines)


def test_second_time_nothing_changes(deploy):
    deploy()
    said = deploy("--json")
    assert said.document["Shop"]["changed"] is False
    assert said.document["Shop"]["status"] == "CREATE_COMPLETE"


def test_change_updates_in_place(deploy, tables, assembly):
    deploy()
    assembly.add_table("Returns")
    said = deploy("--json")
    assert said.document["Shop"]["changed"] is True
    assert said.document["Shop"]["status"] == "UPDATE_COMPLETE"
    assert tables() == ["Orders", "Returns"]


def test_tags_of_the_app_are_the_stack_s(deploy, runtime):
    deploy()
    (stack,) = runtime.client("cloudformation").describe_stacks(StackName="Shop")["Stacks"]
    assert stack["Tags"] == [{"Key": "team", "Value": "shop"}]


def test_protection_follows_the_app(deploy, assembly, groundstate_command):
    assembly.protected = True
    deploy()
    said = groundstate_command("destroy", str(assembly.folder), "--yes")
    assert said.status == 1
    assert "TerminationProtection" in said.err
    assembly.protected = False
    deploy()
    assert groundstate_command("destroy", str(assembly.folder), "--yes").status == 0


def test_template_that_is_too_large_to_send_goes_through_s3(deploy, assembly):
    assembly.padding = "x" * 60_000
    assert deploy("--json").document["Shop"]["status"] == "CREATE_COMPLETE"


def test_failure_is_rolled_back_and_said(deploy, tables, assembly):
    assembly.resources["Taken"] = {
        **assembly.resources["Orders"],
        "DependsOn": "Orders",
    }
    said = deploy()
    assert said.status == 1
    assert "CREATE_FAILED" in said.err
    assert "Shop could not be deployed: ROLLBACK_COMPLETE" in said.err
    assert "Taken (AWS::DynamoDB::Table) failed first: " in said.err
    assert tables() == []
    assert "Taken (AWS::DynamoDB::Table) failed first: " in deploy("--json").err


def test_after_a_failed_creation_the_next_one_starts_anew(deploy, tables, assembly):
    assembly.resources["Taken"] = {**assembly.resources["Orders"], "DependsOn": "Orders"}
    assert deploy().status == 1
    del assembly.resources["Taken"]
    assert deploy("--json").document["Shop"]["status"] == "CREATE_COMPLETE"
    assert tables() == ["Orders"]


def test_unsupported_type_is_named_before_anything_changes(deploy, tables, assembly):
    assembly.resources["Queue"] = {"Type": "AWS::SQS::Queue"}
    said = deploy()
    assert said.status == 1
    assert "AWS::SQS::Queue" in said.err
    assert "--accept-inert" in said.err
    assert tables() == []


def test_unsupported_type_can_be_accepted(deploy, tables, assembly):
    assembly.resources["Queue"] = {"Type": "AWS::SQS::Queue"}
    said = deploy("--accept-inert", "AWS::SQS::Queue")
    assert said.status == 0
    assert tables() == ["Orders"]


def test_stack_that_the_app_does_not_have_is_refused_with_those_it_has(deploy):
    said = deploy("--stack", "Shopp")
    assert said.status == 1
    assert "Its stacks: Shop" in said.err


def test_destroy_deletes_the_stack_and_its_tables(deploy, tables, assembly, groundstate_command):
    deploy()
    said = groundstate_command("destroy", str(assembly.folder), "--yes", "--json")
    assert said.status == 0
    assert said.document == {"deleted": ["Shop"]}
    assert tables() == []


def test_destroy_names_what_stays(deploy, tables, assembly, runtime, groundstate_command):
    assembly.resources["Orders"]["DeletionPolicy"] = "Retain"
    deploy()
    said = groundstate_command("destroy", str(assembly.folder), "--yes")
    assert "Orders (AWS::DynamoDB::Table) stays" in said.err
    assert tables() == ["Orders"]
    runtime.client("dynamodb").delete_table(TableName="Orders")


def test_destroy_of_nothing_is_done_at_once(assembly, groundstate_command):
    said = groundstate_command("destroy", str(assembly.folder))
    assert said.status == 0
    assert "None of the app's stacks" in said.out


@pytest.mark.parametrize(("answer", "left"), [("n", ["Orders"]), ("y", [])])
def test_destroy_asks_on_a_terminal(
    deploy, tables, assembly, groundstate_command, monkeypatch, answer, left
):
    deploy()
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: answer)
    groundstate_command("destroy", str(assembly.folder))
    assert tables() == left
