"""`groundstate deploy` and `groundstate destroy`, of a SAM template with its code beside it."""

import json

import pytest

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters: {Greeting: {Type: String, Default: hello}}
Resources:
  Greet:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.12
      CodeUri: src/
      FunctionName: greet
      Environment: {Variables: {GREETING: !Ref Greeting}}
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties: {DefinitionUri: flow.asl.json, Role: !GetAtt GreetRole.Arn, Name: flow}
Outputs:
  Flow: {Value: !Ref Flow}
"""


@pytest.fixture
def template(tmp_path):
    folder = tmp_path / "shop"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "app.py").write_text("def handler(event, context): return 'one'")
    (folder / "flow.asl.json").write_text(
        json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
    )
    path = folder / "template.yaml"
    path.write_text(TEMPLATE.replace("Role: !GetAtt GreetRole.Arn, ", ""))
    return path


@pytest.fixture
def deployed(groundstate_command, template):
    yield template
    groundstate_command("destroy", str(template), "--yes")


def greeting(runtime):
    found = runtime.client("lambda").get_function_configuration(FunctionName="greet")
    return found["Environment"]["Variables"]["GREETING"]


def test_template_deploys_with_its_files_and_changes_with_them(
    groundstate_command, runtime, deployed
):
    said = groundstate_command("deploy", str(deployed), "--parameter", "Greeting=hi", "--json")
    assert said.status == 0, said.err
    assert said.document["shop"]["status"] == "CREATE_COMPLETE"
    assert said.document["shop"]["outputs"]["Flow"].endswith(":flow")
    assert greeting(runtime) == "hi"
    before = runtime.client("lambda").get_function_configuration(FunctionName="greet")
    assert "no changes" in groundstate_command("deploy", str(deployed)).err
    (deployed.parent / "src" / "app.py").write_text("def handler(event, context): return 'two'")
    assert "UPDATE_COMPLETE" in groundstate_command("deploy", str(deployed)).err
    after = runtime.client("lambda").get_function_configuration(FunctionName="greet")
    assert after["CodeSha256"] != before["CodeSha256"]
    # A parameter that is not given keeps its value, as with `aws cloudformation deploy`.
    assert greeting(runtime) == "hi"


def test_stack_of_a_template_has_the_name_that_is_given(groundstate_command, runtime, template):
    assert groundstate_command("deploy", str(template), "--stack-name", "mine").status == 0
    stacks = runtime.client("cloudformation")
    assert stacks.describe_stacks(StackName="mine")["Stacks"]
    said = groundstate_command("destroy", str(template), "--stack-name", "mine", "--yes")
    assert said.out == "Deleted: mine\n"


def test_file_that_is_not_there_is_told_before_anything_is_sent(groundstate_command, template):
    (template.parent / "flow.asl.json").unlink()
    said = groundstate_command("deploy", str(template))
    assert said.status == 1
    assert "DefinitionUri names flow.asl.json, which is not there" in said.err


def test_options_of_templates_are_refused_for_apps(groundstate_command, tmp_path):
    said = groundstate_command("deploy", str(tmp_path), "--stack-name", "x")
    assert said.status == 1
    assert "--stack-name and --parameter are for templates" in said.err


def test_parameter_of_another_form_is_refused(groundstate_command, template):
    said = groundstate_command("deploy", str(template), "--parameter", "Greeting")
    assert said.status == 1
    assert "NAME=VALUE" in said.err
