"""Stacks from creation to deletion, as a client sees them."""

import json

import pytest
from botocore.exceptions import ClientError

from tests.unit.cloudformation.conftest import CAPABILITIES, ROLE, TRUST


def parameter(value, **properties):
    return {
        "Type": "AWS::SSM::Parameter",
        "Properties": {"Type": "String", "Value": value, **properties},
    }


def bad_group():
    return {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "not a name!"}}


def group(name, **members):
    return {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": name}, **members}


def group_names(stacks):
    found = stacks.runtime.client("logs").describe_log_groups()["logGroups"]
    return sorted(entry["logGroupName"] for entry in found)


def test_every_event_has_an_id_of_its_own(stacks):
    """The CDK's command line stops reading at the first id that it has seen."""
    stacks.create({"Resources": {"A": group("a"), "B": group("b")}})
    events = stacks.client.describe_stack_events(StackName="app")["StackEvents"]
    assert len({event["EventId"] for event in events}) == len(events) == 8


def test_a_rollback_is_an_operation_of_its_own(stacks):
    stacks.create({"Resources": {"A": group("a")}})
    stacks.update({"Resources": {"A": group("a"), "B": group("a")}})
    stack = stacks.describe()
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    rollback, update = stack["LastOperations"]
    assert (rollback["OperationType"], update["OperationType"]) == ("ROLLBACK", "UPDATE_STACK")
    events = stacks.client.describe_stack_events(StackName="app")["StackEvents"]
    by_operation = {event["OperationId"] for event in events}
    assert len(by_operation) == 3
    assert events[0]["OperationId"] == rollback["OperationId"]
    failed = stacks.client.describe_events(
        OperationId=update["OperationId"], Filters={"FailedEvents": True}
    )["OperationEvents"]
    assert [(event["LogicalResourceId"], event["EventType"]) for event in failed] == [
        ("B", "PROVISIONING_ERROR")
    ]


def test_creation_tells_its_events_in_aws_order(stacks):
    stacks.create({"Resources": {"A": group("a"), "B": group("b", DependsOn="A")}})
    assert stacks.events() == [
        ("app", "CREATE_IN_PROGRESS", "User Initiated"),
        ("A", "CREATE_IN_PROGRESS", ""),
        ("A", "CREATE_IN_PROGRESS", "Resource creation Initiated"),
        ("A", "CREATE_COMPLETE", ""),
        ("B", "CREATE_IN_PROGRESS", ""),
        ("B", "CREATE_IN_PROGRESS", "Resource creation Initiated"),
        ("B", "CREATE_COMPLETE", ""),
        ("app", "CREATE_COMPLETE", ""),
    ]


def test_outputs_and_references_carry_values(stacks):
    stacks.create(
        {
            "Parameters": {"Prefix": {"Type": "String", "Default": "x"}},
            "Resources": {
                "A": parameter({"Fn::Sub": "${Prefix}-${AWS::Region}"}),
                "B": parameter({"Fn::Join": ["/", [{"Ref": "A"}, {"Fn::GetAtt": ["A", "Value"]}]]}),
            },
            "Outputs": {"Value": {"Value": {"Fn::GetAtt": ["B", "Value"]}, "Description": "d"}},
        }
    )
    name = stacks.physical_ids()["A"]
    assert stacks.outputs() == {"Value": f"{name}/x-us-east-1"}


def test_failed_creation_rolls_back_and_stays_describable(stacks):
    stack = stacks.create({"Resources": {"A": group("a"), "B": {**bad_group(), "DependsOn": "A"}}})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    events = stacks.events()
    assert events[4][:2] == ("B", "CREATE_IN_PROGRESS")
    assert events[5][:2] == ("B", "CREATE_FAILED")
    assert "HandlerErrorCode" in events[5][2]
    assert events[6:] == [
        (
            "app",
            "ROLLBACK_IN_PROGRESS",
            "The following resource(s) failed to create: [B]. Rollback requested by user.",
        ),
        ("B", "DELETE_COMPLETE", ""),
        ("A", "DELETE_IN_PROGRESS", ""),
        ("A", "DELETE_COMPLETE", ""),
        ("app", "ROLLBACK_COMPLETE", ""),
    ]
    assert group_names(stacks) == []
    with pytest.raises(ClientError, match="is in ROLLBACK_COMPLETE state and can not be updated"):
        stacks.update({"Resources": {"A": group("a")}})
    assert stacks.delete()["StackStatus"] == "DELETE_COMPLETE"


def test_failed_creation_may_be_left_as_it_is(stacks):
    template = {"Resources": {"A": group("a"), "B": {**bad_group(), "DependsOn": "A"}}}
    stack = stacks.create(template, OnFailure="DO_NOTHING")
    assert stack["StackStatus"] == "CREATE_FAILED"
    assert group_names(stacks) == ["a"]
    stacks.client.rollback_stack(StackName="app")
    assert stacks.describe()["StackStatus"] == "ROLLBACK_COMPLETE"
    assert group_names(stacks) == []


def test_stack_left_failed_can_be_mended_by_an_update(stacks):
    template = {"Resources": {"A": group("a"), "B": {**bad_group(), "DependsOn": "A"}}}
    stacks.create(template, DisableRollback=True)
    template["Resources"]["B"] = group("b")
    assert stacks.update(template)["StackStatus"] == "UPDATE_COMPLETE"
    assert group_names(stacks) == ["a", "b"]


def test_failed_creation_may_delete_the_stack(stacks):
    template = {"Resources": {"A": group("a"), "B": {**bad_group(), "DependsOn": "A"}}}
    answer = stacks.client.create_stack(
        StackName="app", TemplateBody=json.dumps(template), OnFailure="DELETE"
    )
    assert stacks.describe(answer["StackId"])["StackStatus"] == "DELETE_COMPLETE"


def test_update_in_place_keeps_identity(stacks):
    stacks.create({"Resources": {"A": parameter("1"), "B": group("b")}})
    before = stacks.physical_ids()
    assert (
        stacks.update({"Resources": {"A": parameter("2"), "B": group("b")}})["StackStatus"]
        == "UPDATE_COMPLETE"
    )
    assert stacks.physical_ids() == before
    assert stacks.events()[-5:] == [
        ("app", "UPDATE_IN_PROGRESS", "User Initiated"),
        ("A", "UPDATE_IN_PROGRESS", ""),
        ("A", "UPDATE_COMPLETE", ""),
        ("app", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", ""),
        ("app", "UPDATE_COMPLETE", ""),
    ]
    value = stacks.runtime.client("ssm").get_parameter(Name=before["A"])["Parameter"]["Value"]
    assert value == "2"


def test_replacement_makes_the_new_one_first(stacks):
    stacks.create({"Resources": {"A": group("a"), "B": parameter({"Ref": "A"})}})
    stacks.update({"Resources": {"A": group("a2"), "B": parameter({"Ref": "A"})}})
    assert stacks.events()[-10:] == [
        ("app", "UPDATE_IN_PROGRESS", "User Initiated"),
        (
            "A",
            "UPDATE_IN_PROGRESS",
            (
                "Requested update requires the creation of a new physical resource; hence"
                " creating one."
            ),
        ),
        ("A", "UPDATE_IN_PROGRESS", "Resource creation Initiated"),
        ("A", "UPDATE_COMPLETE", ""),
        ("B", "UPDATE_IN_PROGRESS", ""),
        ("B", "UPDATE_COMPLETE", ""),
        ("app", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", ""),
        ("A", "DELETE_IN_PROGRESS", ""),
        ("A", "DELETE_COMPLETE", ""),
        ("app", "UPDATE_COMPLETE", ""),
    ]
    assert group_names(stacks) == ["a2"]
    assert stacks.physical_ids()["A"] == "a2"


def test_failed_update_rolls_back_changes_replacements_and_additions(stacks):
    before = {"Resources": {"A": group("a"), "B": parameter("1"), "Gone": group("gone")}}
    stacks.create(before)
    ids = stacks.physical_ids()
    stack = stacks.update(
        {
            "Resources": {
                "A": group("a2"),
                "B": parameter("2"),
                "New": group("new"),
                "Bad": {**bad_group(), "DependsOn": ["A", "B", "New"]},
            }
        }
    )
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert group_names(stacks) == ["a", "gone"]
    assert stacks.physical_ids() == ids
    value = stacks.runtime.client("ssm").get_parameter(Name=ids["B"])["Parameter"]["Value"]
    assert value == "1"
    reasons = [
        reason
        for name, status, reason in stacks.events()
        if status.startswith("UPDATE_ROLLBACK_IN")
    ]
    assert reasons == ["The following resource(s) failed to create: [Bad]. "]
    assert (
        json.loads(json.dumps(stacks.client.get_template(StackName="app")["TemplateBody"]))
        == before
    )


def test_failed_update_may_be_left_and_rolled_back_later(stacks):
    stacks.create({"Resources": {"A": group("a")}})
    template = {"Resources": {"A": group("a2"), "B": {**bad_group(), "DependsOn": "A"}}}
    assert stacks.update(template, DisableRollback=True)["StackStatus"] == "UPDATE_FAILED"
    assert group_names(stacks) == ["a", "a2"]
    stacks.client.rollback_stack(StackName="app")
    assert stacks.describe()["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert group_names(stacks) == ["a"]


def test_custom_named_resource_is_not_replaced(stacks):
    table = {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "TableName": "mine",
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
        },
    }
    stacks.create({"Resources": {"T": table}})
    table["Properties"]["AttributeDefinitions"] = [{"AttributeName": "b", "AttributeType": "S"}]
    table["Properties"]["KeySchema"] = [{"AttributeName": "b", "KeyType": "HASH"}]
    assert stacks.update({"Resources": {"T": table}})["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert (
        "T",
        "UPDATE_FAILED",
        (
            "CloudFormation cannot update a stack when a custom-named resource requires replacing."
            " Rename mine and update the stack again."
        ),
    ) in stacks.events()


def test_update_without_a_change_is_refused(stacks):
    template = {"Resources": {"A": group("a")}}
    stacks.create(template)
    with pytest.raises(ClientError, match="No updates are to be performed"):
        stacks.update(template)


def test_change_of_outputs_alone_is_an_update(stacks):
    stacks.create({"Resources": {"A": group("a")}})
    stacks.update({"Resources": {"A": group("a")}, "Outputs": {"O": {"Value": {"Ref": "A"}}}})
    assert stacks.outputs() == {"O": "a"}


def test_change_of_type_is_refused(stacks):
    stacks.create({"Resources": {"A": group("a")}})
    with pytest.raises(ClientError, match="Update of resource type is not permitted"):
        stacks.update({"Resources": {"A": parameter("1")}})


@pytest.mark.parametrize(("policy", "left"), [("Retain", ["a"]), ("Delete", [])])
def test_deletion_policy_decides_what_stays(stacks, policy, left):
    stacks.create({"Resources": {"A": group("a", DeletionPolicy=policy), "B": group("b")}})
    stack = stacks.delete()
    assert stack["StackStatus"] == "DELETE_COMPLETE"
    assert group_names(stacks) == left
    skipped = ("A", "DELETE_SKIPPED", "") in stacks.events(stack["StackId"])
    assert skipped == (policy == "Retain")


def test_retain_except_on_create_does_not_outlive_a_failed_creation(stacks):
    template = {
        "Resources": {
            "A": group("a", DeletionPolicy="RetainExceptOnCreate"),
            "B": {**bad_group(), "DependsOn": "A"},
        }
    }
    stacks.create(template)
    assert group_names(stacks) == []


def test_update_replace_policy_keeps_the_old_one(stacks):
    stacks.create({"Resources": {"A": group("a", UpdateReplacePolicy="Retain")}})
    stacks.update({"Resources": {"A": group("a2", UpdateReplacePolicy="Retain")}})
    assert group_names(stacks) == ["a", "a2"]


def test_failed_deletion_can_retain_what_is_in_the_way(stacks):
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "full-bucket"}}
    stacks.create({"Resources": {"B": bucket, "A": group("a")}})
    stacks.runtime.client("s3").put_object(Bucket="full-bucket", Key="x", Body=b"x")
    stack = stacks.delete()
    assert stack["StackStatus"] == "DELETE_FAILED"
    assert stack["StackStatusReason"].startswith(
        "The following resource(s) failed to delete: [B]. "
    )
    stacks.client.delete_stack(StackName=stack["StackId"], RetainResources=["B"])
    assert stacks.describe(stack["StackId"])["StackStatus"] == "DELETE_COMPLETE"


def test_protected_stack_is_not_deleted(stacks):
    stacks.create({"Resources": {"A": group("a")}}, EnableTerminationProtection=True)
    with pytest.raises(
        ClientError, match="cannot be deleted while TerminationProtection is enabled"
    ):
        stacks.client.delete_stack(StackName="app")
    stacks.client.update_termination_protection(StackName="app", EnableTerminationProtection=False)
    assert stacks.delete()["StackStatus"] == "DELETE_COMPLETE"


def test_export_in_use_is_neither_changed_nor_deleted(stacks):
    exporting = {
        "Resources": {"A": group("a")},
        "Outputs": {"O": {"Value": {"Ref": "A"}, "Export": {"Name": "shared"}}},
    }
    stacks.create(exporting)
    stacks.create({"Resources": {"B": parameter({"Fn::ImportValue": "shared"})}}, "user")
    assert stacks.client.list_imports(ExportName="shared")["Imports"] == ["user"]
    assert stacks.client.list_exports()["Exports"][0]["Value"] == "a"
    with pytest.raises(ClientError, match="in use by user"):
        stacks.client.delete_stack(StackName="app")
    exporting["Resources"]["A"] = group("a2")
    stack = stacks.update(exporting)
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    reasons = [reason for _, status, reason in stacks.events() if "ROLLBACK_IN" in status]
    assert reasons == ["Export shared cannot be updated as it is in use by user "]
    stacks.delete("user")
    assert stacks.delete()["StackStatus"] == "DELETE_COMPLETE"


def test_second_export_of_a_name_fails(stacks):
    template = {
        "Resources": {"A": parameter("1")},
        "Outputs": {"O": {"Value": "x", "Export": {"Name": "shared"}}},
    }
    stacks.create(template)
    stack = stacks.create(template, "other")
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    reasons = [reason for _, status, reason in stacks.events("other") if "ROLLBACK_IN" in status]
    assert reasons[0].startswith("Export with name shared is already exported by stack app.")


def test_unknown_property_fails_its_resource(stacks):
    stacks.create({"Resources": {"A": parameter("1", Colour="red")}})
    (reason,) = (text for _, status, text in stacks.events() if status == "CREATE_FAILED")
    assert reason == (
        "Properties validation failed for resource A with message:\n"
        "[#: extraneous key [Colour] is not permitted]"
    )


def test_unknown_attribute_fails_the_stack(stacks):
    stacks.create(
        {
            "Resources": {"A": parameter("1")},
            "Outputs": {"O": {"Value": {"Fn::GetAtt": ["A", "Invalid"]}}},
        }
    )
    reasons = [reason for _, status, reason in stacks.events() if status == "ROLLBACK_IN_PROGRESS"]
    assert reasons == [
        (
            "Resource type AWS::SSM::Parameter does not support attribute {Invalid}."
            " Rollback requested"
            " by user."
        )
    ]


def test_inert_types_are_kept_as_records_when_accepted(stacks):
    template = {
        "Resources": {
            "Q": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 1}},
            "P": parameter({"Fn::GetAtt": ["Q", "Arn"]}),
        }
    }
    with pytest.raises(ClientError, match=r"\[AWS::SQS::Queue\].*--accept-inert"):
        stacks.create(template)
    tags = [{"Key": "groundstate:accept-inert", "Value": "AWS::SQS::Queue"}]
    assert stacks.create(template, Tags=tags)["StackStatus"] == "CREATE_COMPLETE"
    name = stacks.physical_ids()["P"]
    value = stacks.runtime.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
    assert value.startswith("arn:aws:sqs:us-east-1:000000000000:app-Q-")


def test_stack_not_there_is_told_in_aws_words(stacks):
    with pytest.raises(ClientError, match="Stack with id none does not exist"):
        stacks.client.describe_stacks(StackName="none")
    with pytest.raises(ClientError, match=r"Stack \[none\] does not exist"):
        stacks.client.describe_stack_events(StackName="none")
    assert stacks.client.delete_stack(StackName="none")["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_name_in_use_is_refused(stacks):
    stacks.create({"Resources": {"A": group("a")}})
    with pytest.raises(ClientError) as refused:
        stacks.create({"Resources": {"B": group("b")}})
    assert refused.value.response["Error"]["Code"] == "AlreadyExistsException"
    assert refused.value.response["Error"]["Message"] == "Stack [app] already exists"


def test_stack_tags_reach_the_resources(stacks):
    stacks.create({"Resources": {"A": parameter("1")}}, Tags=[{"Key": "team", "Value": "x"}])
    name = stacks.physical_ids()["A"]
    tags = stacks.runtime.client("ssm").list_tags_for_resource(
        ResourceType="Parameter", ResourceId=name
    )
    assert tags["TagList"] == [{"Key": "team", "Value": "x"}]


def test_secret_parameter_is_masked(stacks):
    template = {
        "Parameters": {"Secret": {"Type": "String", "NoEcho": True}},
        "Resources": {"A": parameter({"Ref": "Secret"})},
    }
    parameters = [{"ParameterKey": "Secret", "ParameterValue": "hidden"}]
    stack = stacks.create(template, Parameters=parameters)
    assert stack["Parameters"] == [{"ParameterKey": "Secret", "ParameterValue": "****"}]
    template["Resources"]["B"] = parameter("2")
    stacks.update(template, Parameters=[{"ParameterKey": "Secret", "UsePreviousValue": True}])
    name = stacks.physical_ids()["A"]
    value = stacks.runtime.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
    assert value == "hidden"


def test_stored_parameter_is_resolved_and_shown(stacks):
    stacks.runtime.client("ssm").put_parameter(Name="/p", Value="stored", Type="String")
    stack = stacks.create(
        {
            "Parameters": {"P": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/p"}},
            "Resources": {"A": parameter({"Ref": "P"}), "B": parameter("{{resolve:ssm:/p:1}}!")},
            "Outputs": {
                "A": {"Value": {"Fn::GetAtt": ["A", "Value"]}},
                "B": {"Value": {"Fn::GetAtt": ["B", "Value"]}},
            },
        }
    )
    assert stack["Parameters"][0]["ResolvedValue"] == "stored"
    assert stacks.outputs() == {"A": "stored", "B": "stored!"}


def test_roles_rights_bind_the_deployment(stacks):
    iam = stacks.runtime.client("iam")
    trust = json.dumps(TRUST).replace("states.amazonaws.com", "cloudformation.amazonaws.com")
    arn = iam.create_role(RoleName="deployer", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    stack = stacks.create({"Resources": {"A": group("a")}}, RoleARN=arn)
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert any(
        status == "CREATE_FAILED" and "is not authorized to perform: logs:CreateLogGroup" in reason
        for _, status, reason in stacks.events()
    )


def test_creation_that_takes_too_long_fails(stacks):
    template = {
        "Resources": {
            "H": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
            "W": {
                "Type": "AWS::CloudFormation::WaitCondition",
                "Properties": {"Handle": {"Ref": "H"}, "Timeout": "3600"},
            },
        }
    }
    stacks.client.create_stack(
        StackName="app", TemplateBody=json.dumps(template), TimeoutInMinutes=1
    )
    stacks.runtime.advance(seconds=61)
    assert stacks.describe()["StackStatus"] == "ROLLBACK_COMPLETE"


def test_wait_condition_ends_with_its_signal(stacks):
    template = {
        "Resources": {
            "H": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
            "W": {
                "Type": "AWS::CloudFormation::WaitCondition",
                "Properties": {"Handle": {"Ref": "H"}, "Timeout": "600"},
            },
        }
    }
    stacks.client.create_stack(StackName="app", TemplateBody=json.dumps(template))
    stacks.runtime.settle()
    stacks.client.signal_resource(
        StackName="app", LogicalResourceId="W", UniqueId="1", Status="SUCCESS"
    )
    assert stacks.describe()["StackStatus"] == "CREATE_COMPLETE"


def test_wait_condition_times_out(stacks):
    template = {
        "Resources": {
            "H": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
            "W": {
                "Type": "AWS::CloudFormation::WaitCondition",
                "Properties": {"Handle": {"Ref": "H"}, "Timeout": "600"},
            },
        }
    }
    stacks.client.create_stack(StackName="app", TemplateBody=json.dumps(template))
    stacks.runtime.advance(seconds=601)
    assert stacks.describe()["StackStatus"] == "ROLLBACK_COMPLETE"
    assert (
        "W",
        "CREATE_FAILED",
        "WaitCondition timed out. Received 0 conditions when expecting 1",
    ) in stacks.events()


def test_nested_stack_follows_its_parent(stacks):
    child = {
        "Parameters": {"Name": {"Type": "String"}},
        "Resources": {
            "G": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": {"Ref": "Name"}}}
        },
        "Outputs": {"Out": {"Value": {"Ref": "G"}}},
    }
    s3 = stacks.runtime.client("s3")
    s3.create_bucket(Bucket="templates")
    s3.put_object(Bucket="templates", Key="child.json", Body=json.dumps(child).encode())

    def parent(name):
        url = "https://s3.us-east-1.amazonaws.com/templates/child.json"
        return {
            "Resources": {
                "N": {
                    "Type": "AWS::CloudFormation::Stack",
                    "Properties": {"TemplateURL": url, "Parameters": {"Name": name}},
                }
            },
            "Outputs": {"O": {"Value": {"Fn::GetAtt": ["N", "Outputs.Out"]}}},
        }

    stack = stacks.create(parent("one"))
    assert stacks.outputs() == {"O": "one"}
    nested = stacks.describe(stacks.physical_ids()["N"])
    assert nested["ParentId"] == nested["RootId"] == stack["StackId"]
    stacks.update(parent("two"))
    assert stacks.outputs() == {"O": "two"}
    assert group_names(stacks) == ["two"]
    assert stacks.update(parent("bad name!"))["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.outputs() == {"O": "two"}
    stacks.delete()
    assert group_names(stacks) == []
    assert stacks.client.describe_stacks()["Stacks"] == []


def test_failed_nested_stack_fails_its_parent(stacks):
    child = {"Resources": {"A": group("a"), "B": {**bad_group(), "DependsOn": "A"}}}
    s3 = stacks.runtime.client("s3")
    s3.create_bucket(Bucket="templates")
    s3.put_object(Bucket="templates", Key="child.json", Body=json.dumps(child).encode())
    url = "https://templates.s3.us-east-1.amazonaws.com/child.json"
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}
    assert stacks.create({"Resources": {"N": nested}})["StackStatus"] == "ROLLBACK_COMPLETE"
    reason = next(reason for _, status, reason in stacks.events() if status == "CREATE_FAILED")
    assert reason.startswith("Embedded stack arn:aws:cloudformation:us-east-1:")
    assert "The following resource(s) failed to create: [B]." in reason
    assert group_names(stacks) == []


def test_resources_of_many_kinds_come_and_go(stacks):
    template = {
        "Resources": {
            "Role": ROLE,
            "Policy": {
                "Type": "AWS::IAM::Policy",
                "Properties": {
                    "PolicyName": "p",
                    "Roles": [{"Ref": "Role"}],
                    "PolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
                    },
                },
            },
            "Managed": {
                "Type": "AWS::IAM::ManagedPolicy",
                "Properties": {
                    "Roles": [{"Ref": "Role"}],
                    "PolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}],
                    },
                },
            },
            "User": {"Type": "AWS::IAM::User", "Properties": {"Groups": [{"Ref": "Group"}]}},
            "Group": {"Type": "AWS::IAM::Group"},
            "Key": {"Type": "AWS::IAM::AccessKey", "Properties": {"UserName": {"Ref": "User"}}},
            "Profile": {
                "Type": "AWS::IAM::InstanceProfile",
                "Properties": {"Roles": [{"Ref": "Role"}]},
            },
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "Runtime": "python3.13",
                    "Handler": "index.handler",
                    "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                    "Code": {"ZipFile": "def handler(event, context): return 1"},
                    "Timeout": "5",
                },
            },
            "Version": {
                "Type": "AWS::Lambda::Version",
                "Properties": {"FunctionName": {"Ref": "Function"}},
            },
            "Alias": {
                "Type": "AWS::Lambda::Alias",
                "Properties": {
                    "Name": "live",
                    "FunctionName": {"Ref": "Function"},
                    "FunctionVersion": {"Fn::GetAtt": ["Version", "Version"]},
                },
            },
            "Permission": {
                "Type": "AWS::Lambda::Permission",
                "Properties": {
                    "Action": "lambda:InvokeFunction",
                    "FunctionName": {"Ref": "Alias"},
                    "Principal": "s3.amazonaws.com",
                },
            },
            "Async": {
                "Type": "AWS::Lambda::EventInvokeConfig",
                "Properties": {
                    "FunctionName": {"Ref": "Function"},
                    "Qualifier": "$LATEST",
                    "MaximumRetryAttempts": "0",
                },
            },
            "Machine": {
                "Type": "AWS::StepFunctions::StateMachine",
                "Properties": {
                    "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
                    "DefinitionString": '{"StartAt":"A","States":{"A":{"Type":"${kind}"}}}',
                    "DefinitionSubstitutions": {"kind": "Succeed"},
                },
            },
            "Activity": {"Type": "AWS::StepFunctions::Activity"},
            "Table": {
                "Type": "AWS::DynamoDB::Table",
                "Properties": {
                    "BillingMode": "PAY_PER_REQUEST",
                    "AttributeDefinitions": [
                        {"AttributeName": "a", "AttributeType": "S"},
                        {"AttributeName": "b", "AttributeType": "N"},
                    ],
                    "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
                    "GlobalSecondaryIndexes": [
                        {
                            "IndexName": "by-b",
                            "KeySchema": [{"AttributeName": "b", "KeyType": "HASH"}],
                            "Projection": {"ProjectionType": "ALL"},
                        }
                    ],
                    "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
                },
            },
            "Source": {
                "Type": "AWS::Lambda::EventSourceMapping",
                "DependsOn": "Policy2",
                "Properties": {
                    "FunctionName": {"Ref": "Function"},
                    "EventSourceArn": {"Fn::GetAtt": ["Table", "StreamArn"]},
                    "StartingPosition": "LATEST",
                },
            },
            "Policy2": {
                "Type": "AWS::IAM::RolePolicy",
                "Properties": {
                    "RoleName": {"Ref": "Role"},
                    "PolicyName": "streams",
                    "PolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [{"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}],
                    },
                },
            },
            "Bucket": {
                "Type": "AWS::S3::Bucket",
                "Properties": {
                    "VersioningConfiguration": {"Status": "Enabled"},
                    "LifecycleConfiguration": {
                        "Rules": [{"Status": "Enabled", "ExpirationInDays": "30"}]
                    },
                },
            },
            "BucketPolicy": {
                "Type": "AWS::S3::BucketPolicy",
                "Properties": {
                    "Bucket": {"Ref": "Bucket"},
                    "PolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Effect": "Allow",
                                "Principal": {"AWS": {"Fn::GetAtt": ["Role", "Arn"]}},
                                "Action": "s3:GetObject",
                                "Resource": {"Fn::Sub": "${Bucket.Arn}/*"},
                            }
                        ],
                    },
                },
            },
            "Parameter": parameter("1"),
            "Meta": {"Type": "AWS::CDK::Metadata", "Properties": {"Analytics": "v2"}},
            "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": "7"}},
        }
    }
    stack = stacks.create(template)
    assert stack["StackStatus"] == "CREATE_COMPLETE", stacks.events()
    template["Resources"]["Function"]["Properties"]["MemorySize"] = "256"
    template["Resources"]["Machine"]["Properties"]["DefinitionSubstitutions"] = {"kind": "Fail"}
    template["Resources"]["Table"]["Properties"]["GlobalSecondaryIndexes"][0]["IndexName"] = "by-b2"
    template["Resources"]["Bucket"]["Properties"].pop("LifecycleConfiguration")
    template["Resources"]["Logs"]["Properties"]["RetentionInDays"] = 14
    stack = stacks.update(template)
    assert stack["StackStatus"] == "UPDATE_COMPLETE", [
        event for event in stacks.events() if "FAILED" in event[1]
    ]
    assert stacks.delete()["StackStatus"] == "DELETE_COMPLETE"
    assert stacks.runtime.client("dynamodb").list_tables()["TableNames"] == []
    assert stacks.runtime.client("iam").list_roles()["Roles"] == []
    assert stacks.runtime.client("s3").list_buckets()["Buckets"] == []


def test_template_in_yaml_deploys(stacks):
    stacks.client.create_stack(
        StackName="app",
        Capabilities=CAPABILITIES,
        TemplateBody="""
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Name: {Type: String, Default: yaml}
Resources:
  G:
    Type: AWS::Logs::LogGroup
    Properties:
      LogGroupName: !Sub /${Name}/${AWS::StackName}
      RetentionInDays: 7
Outputs:
  Name: {Value: !Ref G}
""",
    )
    assert stacks.outputs() == {"Name": "/yaml/app"}


def test_stored_parameters_are_read_with_the_rights_of_the_passed_role(stacks):
    """The CDK's deploy role may deploy, and read no parameter; the role that it passes may."""
    stacks.runtime.client("ssm").put_parameter(Name="/p", Value="stored", Type="String")
    iam = stacks.runtime.client("iam")
    for name, service, actions in (
        ("deploy", None, ["cloudformation:*", "iam:PassRole"]),
        ("exec", "cloudformation.amazonaws.com", ["*"]),
    ):
        principal = {"Service": service} if service else {"AWS": "000000000000"}
        trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Statement": trust}))
        allow = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": allow})
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document)
    arn = "arn:aws:iam::000000000000:role/"
    credentials = stacks.runtime.client("sts").assume_role(
        RoleArn=f"{arn}deploy", RoleSessionName="cli"
    )["Credentials"]
    client = stacks.runtime.client(
        "cloudformation",
        access_key_id=credentials["AccessKeyId"],
        secret_access_key=credentials["SecretAccessKey"],
        session_token=credentials["SessionToken"],
    )
    template = {
        "Parameters": {"P": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/p"}},
        "Resources": {"A": group({"Ref": "P"})},
    }
    change = {"StackName": "app", "ChangeSetName": "c", "ChangeSetType": "CREATE"}
    client.create_change_set(**change, TemplateBody=json.dumps(template), RoleARN=f"{arn}exec")
    client.execute_change_set(StackName="app", ChangeSetName="c")
    assert stacks.describe()["StackStatus"] == "CREATE_COMPLETE"
    assert group_names(stacks) == ["stored"]
