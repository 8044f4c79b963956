"""Change sets: what they show, and what becomes of them."""

import json

import pytest
from botocore.exceptions import ClientError


def parameter(value, **properties):
    return {
        "Type": "AWS::SSM::Parameter",
        "Properties": {"Type": "String", "Value": value, **properties},
    }


def group(name):
    return {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": name}}


@pytest.fixture
def prepare(stacks):
    """Create a change set and describe it."""

    def run(template, name="changes", kind="UPDATE", **options):
        stacks.client.create_change_set(
            StackName="app",
            ChangeSetName=name,
            ChangeSetType=kind,
            TemplateBody=json.dumps(template),
            **options,
        )
        return stacks.client.describe_change_set(
            StackName="app", ChangeSetName=name, IncludePropertyValues=True
        )

    return run


def shown(answer):
    return {
        change["ResourceChange"]["LogicalResourceId"]: (
            change["ResourceChange"]["Action"],
            change["ResourceChange"].get("Replacement"),
        )
        for change in answer["Changes"]
    }


def test_new_stack_is_in_review_until_its_change_set_is_executed(stacks, prepare):
    answer = prepare({"Resources": {"A": group("a")}}, kind="CREATE")
    assert answer["Status"] == "CREATE_COMPLETE"
    assert shown(answer) == {"A": ("Add", None)}
    status = stacks.client.describe_stacks(StackName="app")["Stacks"][0]["StackStatus"]
    assert status == "REVIEW_IN_PROGRESS"
    stacks.client.execute_change_set(StackName="app", ChangeSetName="changes")
    assert stacks.describe()["StackStatus"] == "CREATE_COMPLETE"
    assert stacks.events()[:2] == [
        ("app", "REVIEW_IN_PROGRESS", "User Initiated"),
        ("app", "CREATE_IN_PROGRESS", "User Initiated"),
    ]


def test_stack_in_review_can_be_deleted(stacks, prepare):
    prepare({"Resources": {"A": group("a")}}, kind="CREATE")
    stacks.client.delete_stack(StackName="app")
    with pytest.raises(ClientError, match="does not exist"):
        stacks.describe()


def test_changes_tell_what_is_replaced_and_why(stacks, prepare):
    stacks.create(
        {
            "Resources": {
                "Replaced": group("a"),
                "Follows": parameter({"Ref": "Replaced"}),
                "Changed": parameter("1"),
                "Gone": parameter("1"),
                "Same": parameter("1"),
            }
        }
    )
    answer = prepare(
        {
            "Resources": {
                "Replaced": group("b"),
                "Follows": parameter({"Ref": "Replaced"}),
                "Changed": parameter("2"),
                "New": parameter("1"),
                "Same": parameter("1"),
            }
        }
    )
    assert shown(answer) == {
        "Changed": ("Modify", "False"),
        "Follows": ("Modify", "False"),
        "Gone": ("Remove", None),
        "New": ("Add", None),
        "Replaced": ("Modify", "True"),
    }
    changes = {
        change["ResourceChange"]["LogicalResourceId"]: change["ResourceChange"]
        for change in answer["Changes"]
    }
    follows = changes["Follows"]["Details"][0]
    assert (follows["Evaluation"], follows["ChangeSource"]) == ("Dynamic", "ResourceReference")
    assert follows["CausingEntity"] == "Replaced"
    changed = changes["Changed"]["Details"][0]["Target"]
    assert (changed["Name"], changed["BeforeValue"], changed["AfterValue"]) == ("Value", "1", "2")
    assert changed["RequiresRecreation"] == "Never"
    assert changes["Replaced"]["PolicyAction"] == "ReplaceAndDelete"


def test_change_set_without_changes_fails(stacks, prepare):
    template = {"Resources": {"A": group("a")}}
    stacks.create(template)
    answer = prepare(template)
    assert answer["Status"] == "FAILED"
    assert answer["StatusReason"] == (
        "The submitted information didn't contain changes. Submit different information to create"
        " a change set."
    )
    with pytest.raises(ClientError, match="cannot be executed in its current status"):
        stacks.client.execute_change_set(StackName="app", ChangeSetName="changes")


def test_change_of_a_parameter_is_its_cause(stacks, prepare):
    template = {
        "Parameters": {"P": {"Type": "String", "Default": "1"}},
        "Resources": {"A": parameter({"Ref": "P"})},
    }
    stacks.create(template)
    answer = prepare(template, Parameters=[{"ParameterKey": "P", "ParameterValue": "2"}])
    detail = answer["Changes"][0]["ResourceChange"]["Details"][0]
    assert (detail["ChangeSource"], detail["CausingEntity"]) == ("ParameterReference", "P")


def test_executed_change_set_takes_the_others_away(stacks, prepare):
    stacks.create({"Resources": {"A": parameter("1")}})
    prepare({"Resources": {"A": parameter("2")}}, "first")
    prepare({"Resources": {"A": parameter("3")}}, "second")
    stacks.client.execute_change_set(StackName="app", ChangeSetName="second")
    assert stacks.describe()["StackStatus"] == "UPDATE_COMPLETE"
    summaries = stacks.client.list_change_sets(StackName="app")["Summaries"]
    assert [entry["ChangeSetName"] for entry in summaries] == ["second"]


def test_what_is_not_there_is_told(stacks):
    stacks.create({"Resources": {"A": group("a")}})
    with pytest.raises(ClientError) as refused:
        stacks.client.describe_change_set(StackName="app", ChangeSetName="none")
    assert refused.value.response["Error"]["Code"] == "ChangeSetNotFound"
    assert refused.value.response["Error"]["Message"] == "ChangeSet [none] does not exist"
    stacks.client.delete_change_set(StackName="app", ChangeSetName="none")
    with pytest.raises(ClientError, match=r"Stack \[none\] does not exist"):
        stacks.client.describe_change_set(StackName="none", ChangeSetName="none")


def test_a_client_token_makes_one_change_set(stacks):
    stacks.create({"Resources": {"A": group("a")}})

    def create(**more):
        return stacks.client.create_change_set(
            StackName="app",
            ChangeSetName="changes",
            TemplateBody=json.dumps({"Resources": {"A": group("b")}}),
            **more,
        )["Id"]

    first = create(ClientToken="once")
    assert create(ClientToken="once") == first
    for other in ({}, {"ClientToken": "twice"}):
        with pytest.raises(ClientError, match="ChangeSet changes already exists"):
            create(**other)


def test_change_set_of_type_create_needs_a_new_stack(stacks, prepare):
    stacks.create({"Resources": {"A": group("a")}})
    with pytest.raises(ClientError) as refused:
        prepare({"Resources": {"A": group("b")}}, kind="CREATE")
    assert refused.value.response["Error"]["Message"] == (
        "Stack [app] already exists and cannot be created again with the changeSet [changes]."
    )


def test_import_takes_over_what_is_there(stacks, prepare):
    stacks.runtime.client("logs").create_log_group(logGroupName="old")
    stacks.create({"Resources": {"A": parameter("1")}})
    template = {
        "Resources": {"A": parameter("1"), "G": {**group("old"), "DeletionPolicy": "Retain"}}
    }
    identifier = {
        "ResourceType": "AWS::Logs::LogGroup",
        "LogicalResourceId": "G",
        "ResourceIdentifier": {"LogGroupName": "old"},
    }
    answer = prepare(template, kind="IMPORT", ResourcesToImport=[identifier])
    assert shown(answer)["G"][0] == "Import"
    stacks.client.execute_change_set(StackName="app", ChangeSetName="changes")
    assert stacks.describe()["StackStatus"] == "IMPORT_COMPLETE"
    assert stacks.physical_ids()["G"] == "old"
    assert ("G", "IMPORT_COMPLETE", "Resource import completed.") in stacks.events()


def test_import_of_what_is_not_there_is_taken_back(stacks, prepare):
    stacks.create({"Resources": {"A": parameter("1")}})
    for kind, key in (("Logs::LogGroup", "LogGroupName"), ("S3::Bucket", "BucketName")):
        resource = {
            "Type": f"AWS::{kind}",
            "Properties": {key: "not-there"},
            "DeletionPolicy": "Retain",
        }
        identifier = {
            "ResourceType": f"AWS::{kind}",
            "LogicalResourceId": "G",
            "ResourceIdentifier": {key: "not-there"},
        }
        template = {"Resources": {"A": parameter("1"), "G": resource}}
        name = f"import-{key}"
        prepare(template, name, kind="IMPORT", ResourcesToImport=[identifier])
        stacks.client.execute_change_set(StackName="app", ChangeSetName=name)
        assert stacks.describe()["StackStatus"] == "IMPORT_ROLLBACK_COMPLETE"
        assert set(stacks.physical_ids()) == {"A"}


def test_drift_is_found(stacks):
    stacks.create({"Resources": {"A": parameter("1", Name="/p"), "B": parameter("1")}})
    stacks.runtime.client("ssm").put_parameter(Name="/p", Value="2", Overwrite=True)
    detection = stacks.client.detect_stack_drift(StackName="app")["StackDriftDetectionId"]
    status = stacks.client.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
    assert (status["StackDriftStatus"], status["DriftedStackResourceCount"]) == ("DRIFTED", 1)
    drifts = stacks.client.describe_stack_resource_drifts(
        StackName="app", StackResourceDriftStatusFilters=["MODIFIED"]
    )["StackResourceDrifts"]
    assert drifts[0]["LogicalResourceId"] == "A"
    assert drifts[0]["PropertyDifferences"] == [
        {
            "PropertyPath": "/Value",
            "ExpectedValue": "1",
            "ActualValue": "2",
            "DifferenceType": "NOT_EQUAL",
        }
    ]


def test_stack_policies_may_stand_in_s3(stacks):
    def rule(effect):
        statement = {"Effect": effect, "Action": "Update:*", "Principal": "*", "Resource": "*"}
        return json.dumps({"Statement": [statement]})

    s3 = stacks.runtime.client("s3")
    s3.create_bucket(Bucket="policies")
    urls = {}
    for name, text in (("deny", rule("Deny")), ("allow", rule("Allow")), ("none", "{")):
        s3.put_object(Bucket="policies", Key=name, Body=text.encode())
        urls[name] = f"https://policies.s3.amazonaws.com/{name}"
    with pytest.raises(ClientError, match="ValidationError"):
        stacks.create({"Resources": {"A": parameter("1")}}, StackPolicyURL=urls["none"])
    stacks.create({"Resources": {"A": parameter("1")}}, StackPolicyURL=urls["deny"])
    changed = {"Resources": {"A": parameter("2")}}
    with pytest.raises(ClientError, match="Action denied by stack policy"):
        stacks.update(changed)
    updated = stacks.update(changed, StackPolicyDuringUpdateURL=urls["allow"])
    assert updated["StackStatus"] == "UPDATE_COMPLETE"
    again = {"Resources": {"A": parameter("3")}}
    with pytest.raises(ClientError, match="Action denied by stack policy"):
        stacks.update(again)
    stacks.update(again, StackPolicyDuringUpdateURL=urls["allow"], StackPolicyURL=urls["allow"])
    assert stacks.client.get_stack_policy(StackName="app")["StackPolicyBody"] == rule("Allow")


def test_stack_policy_protects(stacks):
    policy = {
        "Statement": [
            {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
            {
                "Effect": "Deny",
                "Action": "Update:*",
                "Principal": "*",
                "Resource": "LogicalResourceId/A",
            },
        ]
    }
    stacks.create({"Resources": {"A": parameter("1"), "B": parameter("1")}})
    stacks.client.set_stack_policy(StackName="app", StackPolicyBody=json.dumps(policy))
    with pytest.raises(ClientError, match="Action denied by stack policy"):
        stacks.update({"Resources": {"A": parameter("2"), "B": parameter("1")}})
    stacks.update({"Resources": {"A": parameter("1"), "B": parameter("2")}})


def test_drift_is_reverted_when_asked(stacks, prepare):
    template = {"Resources": {"A": parameter("1", Name="/p")}}
    stacks.create(template)
    ssm = stacks.runtime.client("ssm")
    ssm.put_parameter(Name="/p", Value="2", Overwrite=True)
    answer = prepare(template, DeploymentMode="REVERT_DRIFT")
    assert shown(answer) == {"A": ("Modify", "False")}
    stacks.client.execute_change_set(StackName="app", ChangeSetName="changes")
    assert stacks.describe()["StackStatus"] == "UPDATE_COMPLETE"
    assert ssm.get_parameter(Name="/p")["Parameter"]["Value"] == "1"


def test_change_set_that_reverts_drift_changes_nothing_by_itself(stacks, prepare):
    template = {"Resources": {"A": parameter("1", Name="/p")}}
    stacks.create(template)
    stacks.runtime.client("ssm").put_parameter(Name="/p", Value="2", Overwrite=True)
    answer = prepare(template, DeploymentMode="REVERT_DRIFT")
    change = answer["Changes"][0]["ResourceChange"]
    target = change["Details"][0]["Target"]
    assert change["ResourceDriftStatus"] == "MODIFIED"
    assert (target["BeforeValue"], target["AfterValue"]) == ("2", "1")
    assert (target["Drift"]["PreviousValue"], target["Drift"]["ActualValue"]) == ("1", "2")
    stacks.client.delete_change_set(StackName="app", ChangeSetName="changes")
    drift = stacks.client.detect_stack_resource_drift(StackName="app", LogicalResourceId="A")
    assert drift["StackResourceDrift"]["StackResourceDriftStatus"] == "MODIFIED"


def test_template_that_says_what_drift_has_made_resets_the_drift_alone(stacks, prepare):
    """What `cdk deploy --revert-drift` meets after `cdk deploy --hotswap`."""
    stacks.create({"Resources": {"A": parameter("1", Name="/p")}})
    ssm = stacks.runtime.client("ssm")
    ssm.put_parameter(Name="/p", Value="2", Overwrite=True)
    wanted = {"Resources": {"A": parameter("2", Name="/p")}}
    answer = prepare(wanted, DeploymentMode="REVERT_DRIFT")
    assert shown(answer) == {"A": ("SyncWithActual", None)}
    stacks.client.execute_change_set(StackName="app", ChangeSetName="changes")
    assert stacks.describe()["StackStatus"] == "UPDATE_COMPLETE"
    assert ssm.get_parameter(Name="/p")["Parameter"]["Version"] == 2
    template = stacks.client.get_template(StackName="app")["TemplateBody"]
    assert template == wanted
    drift = stacks.client.detect_stack_resource_drift(StackName="app", LogicalResourceId="A")
    assert drift["StackResourceDrift"]["StackResourceDriftStatus"] == "IN_SYNC"


def test_what_was_deleted_behind_the_stack_is_made_again(stacks, prepare):
    template = {"Resources": {"A": parameter("1", Name="/p")}}
    stacks.create(template)
    ssm = stacks.runtime.client("ssm")
    ssm.delete_parameter(Name="/p")
    answer = prepare(template, DeploymentMode="REVERT_DRIFT")
    assert shown(answer) == {"A": ("Add", None)}
    assert answer["Changes"][0]["ResourceChange"]["ResourceDriftStatus"] == "DELETED"
    stacks.client.execute_change_set(StackName="app", ChangeSetName="changes")
    assert stacks.describe()["StackStatus"] == "UPDATE_COMPLETE"
    assert ssm.get_parameter(Name="/p")["Parameter"]["Value"] == "1"


def test_one_resource_is_changed_by_cloud_control(stacks):
    stacks.create({"Resources": {"A": parameter("1", Name="/p")}})
    control = stacks.runtime.client("cloudcontrol")
    patch = json.dumps([{"op": "replace", "path": "/Value", "value": "2"}])
    place = {"TypeName": "AWS::SSM::Parameter", "Identifier": "/p"}
    event = control.update_resource(**place, PatchDocument=patch)["ProgressEvent"]
    assert event["OperationStatus"] == "SUCCESS"
    status = control.get_resource_request_status(RequestToken=event["RequestToken"])
    assert status["ProgressEvent"]["Identifier"] == "/p"
    properties = control.get_resource(**place)["ResourceDescription"]["Properties"]
    assert json.loads(properties)["Value"] == "2"
    bad = json.dumps([{"op": "remove", "path": "/None"}])
    with pytest.raises(ClientError, match="Invalid patch document"):
        control.update_resource(**place, PatchDocument=bad)
    refused = control.update_resource(
        **place, PatchDocument=json.dumps([{"op": "replace", "path": "/Name", "value": "/q"}])
    )["ProgressEvent"]
    assert (refused["OperationStatus"], refused["ErrorCode"]) == ("FAILED", "InvalidRequest")


@pytest.mark.parametrize("call", ["create_stack", "create_change_set"])
def test_a_deployment_config_may_leave_a_failure_as_it_is(stacks, call):
    config = {"Mode": "EXPRESS", "DisableRollback": True}
    bad = {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 2}}
    request = {
        "StackName": "app",
        "TemplateBody": json.dumps({"Resources": {"A": group("a"), "B": bad}}),
        "DeploymentConfig": config,
    }
    if call == "create_stack":
        stacks.client.create_stack(**request)
    else:
        made = stacks.client.create_change_set(
            ChangeSetName="changes", ChangeSetType="CREATE", **request
        )
        described = stacks.client.describe_change_set(ChangeSetName=made["Id"])
        assert described["DeploymentConfig"] == config
        stacks.client.execute_change_set(ChangeSetName=made["Id"])
    assert stacks.describe()["StackStatus"] == "CREATE_FAILED"
    made = stacks.client.list_stack_resources(StackName="app")["StackResourceSummaries"]
    assert {one["LogicalResourceId"]: one["ResourceStatus"] for one in made} == {
        "A": "CREATE_COMPLETE",
        "B": "CREATE_FAILED",
    }
