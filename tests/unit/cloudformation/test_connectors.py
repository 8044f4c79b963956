"""What SAM's connectors allow; destinations and notifications that depend on a condition."""

import pytest

from tests.unit.cloudformation.serverless import DEFINITION, expand, function, machine, transform


def connector(source, destination, *permissions):
    return {
        "Type": "AWS::Serverless::Connector",
        "Properties": {
            "Source": source if isinstance(source, dict) else {"Id": source},
            "Destination": destination
            if isinstance(destination, (dict, list))
            else {"Id": destination},
            "Permissions": list(permissions),
        },
    }


def test_connectors_give_policies_to_the_source():
    connector = {"Destination": {"Id": "T"}, "Permissions": ["Read", "Write"]}
    made = expand(
        {
            "T": {"Type": "AWS::Serverless::SimpleTable"},
            "F": {**function(), "Connectors": {"Use": {"Properties": connector}}},
            "M": machine(Definition=DEFINITION),
            "C": {
                "Type": "AWS::Serverless::Connector",
                "Properties": {
                    "Source": {"Id": "M"},
                    "Destination": {"Id": "F"},
                    "Permissions": ["Write"],
                },
            },
        }
    )
    assert made["FUsePolicy"]["Properties"]["Roles"] == [{"Ref": "FRole"}]
    read, write = made["FUsePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert ("dynamodb:GetItem" in read["Action"], "dynamodb:PutItem" in write["Action"]) == (
        True,
        True,
    )
    (invoke,) = made["CPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert invoke["Resource"] == [{"Fn::GetAtt": ["F", "Arn"]}]
    assert "Connectors" not in made["F"]


ENDS = {
    "A": {"Type": "AWS::Serverless::Api", "Properties": {"StageName": "p"}},
    "B": {"Type": "AWS::S3::Bucket"},
    "F": function(),
    "N": {"Type": "AWS::SNS::Topic"},
    "Q": {"Type": "AWS::SQS::Queue"},
    "R": {"Type": "AWS::Events::Rule", "Properties": {"EventPattern": {}}},
    "T": {"Type": "AWS::DynamoDB::Table"},
}
PUSHES = {
    "B": ("s3.amazonaws.com", {"Fn::GetAtt": ["B", "Arn"]}),
    "N": ("sns.amazonaws.com", {"Ref": "N"}),
    "R": ("events.amazonaws.com", {"Fn::GetAtt": ["R", "Arn"]}),
}


@pytest.mark.parametrize("source", PUSHES)
def test_what_pushes_to_a_function_may_invoke_it(source):
    made = expand({**ENDS, "C": connector(source, "F", "Write")})
    service, arn = PUSHES[source]
    permission = made["CWriteLambdaPermission"]
    assert permission["Type"] == "AWS::Lambda::Permission"
    assert permission["Properties"]["Principal"] == service
    assert permission["Properties"]["SourceArn"] == arn
    assert permission["Properties"]["FunctionName"] == {"Fn::GetAtt": ["F", "Arn"]}


def test_what_waits_for_a_connector_waits_for_what_it_allows():
    source = {"Type": "AWS::S3::Bucket", "Arn": "arn:aws:s3:::b"}
    several = connector(source, [{"Id": "F"}, {"Id": "G"}], "Write")
    waiting = {"Type": "AWS::S3::Bucket", "DependsOn": ["T", "C"]}
    made = expand({**ENDS, "G": function(), "C": several, "W": waiting})
    permissions = [f"CWriteLambdaPermissionDestination{index}" for index in range(2)]
    assert made["W"]["DependsOn"] == ["T", *permissions]
    assert made[permissions[1]]["Properties"]["SourceArn"] == "arn:aws:s3:::b"


def test_an_api_may_invoke_a_function_for_one_of_its_calls():
    source = {"Id": "A", "Qualifier": "p/GET/x"}
    made = expand({**ENDS, "C": connector(source, [{"Id": "F"}], "Write")})
    permission = made["CWriteLambdaPermissionDestination0"]["Properties"]
    calls, names = permission["SourceArn"]["Fn::Sub"]
    assert calls.endswith("${SourceResourceId}/${SourceQualifier}")
    assert names == {"SourceResourceId": {"Ref": "A"}, "SourceQualifier": "p/GET/x"}


@pytest.mark.parametrize(
    ("destination", "made_id", "target"),
    [("Q", "CQueuePolicy", {"Fn::GetAtt": ["Q", "Arn"]}), ("N", "CTopicPolicy", {"Ref": "N"})],
)
def test_a_rule_may_push_to_a_queue_or_a_topic_by_their_own_policy(destination, made_id, target):
    made = expand({**ENDS, "C": connector("R", destination, "Write")})
    (statement,) = made[made_id]["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Resource"] == target
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}


def test_a_function_may_read_a_stream_before_its_mapping_is_made():
    mapping = {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {
            "EventSourceArn": {"Fn::GetAtt": ["T", "StreamArn"]},
            "FunctionName": {"Ref": "F"},
        },
    }
    made = expand({**ENDS, "M": mapping, "C": connector("T", "F", "Read")})
    policy = made["CPolicy"]["Properties"]
    assert policy["Roles"] == [{"Ref": "FRole"}]
    assert "dynamodb:GetRecords" in policy["PolicyDocument"]["Statement"][0]["Action"]
    assert made["M"]["DependsOn"] == ["CPolicy"]


def destinations(destination, **attributes):
    config = {"DestinationConfig": {"OnSuccess": {"Type": "SNS", "Destination": destination}}}
    made = transform(
        {"F": {**function(EventInvokeConfig=config), **attributes}},
        Conditions={"C": {"Fn::Equals": ["a", "b"]}, "D": {"Fn::Equals": ["a", "b"]}},
    )
    resources = made["Resources"]
    success = resources["FEventInvokeConfig"]["Properties"]["DestinationConfig"]["OnSuccess"]
    return made, resources["FEventInvokeConfigOnSuccessTopic"], success["Destination"]


def test_a_destination_that_may_be_absent_is_made_then():
    absent = {"Ref": "AWS::NoValue"}
    made_topic = {"Ref": "FEventInvokeConfigOnSuccessTopic"}
    _, topic, destination = destinations({"Fn::If": ["C", absent, "arn:t"]})
    assert (topic["Condition"], destination) == ("C", {"Fn::If": ["C", made_topic, "arn:t"]})
    made, topic, destination = destinations({"Fn::If": ["C", "arn:t", absent]}, Condition="D")
    opposite = destination["Fn::If"][0]
    assert made["Conditions"][opposite] == {"Fn::Not": [{"Condition": "C"}]}
    assert destination == {"Fn::If": [opposite, made_topic, "arn:t"]}
    assert made["Conditions"][topic["Condition"]] == {
        "Fn::And": [{"Condition": "D"}, {"Condition": opposite}]
    }


def test_a_bucket_does_not_notify_a_function_that_is_not_made():
    event = {"Type": "S3", "Properties": {"Bucket": {"Ref": "B"}, "Events": "s3:ObjectCreated:*"}}
    made = expand(
        {"B": ENDS["B"], "F": {**function(Events={"E": event}), "Condition": "C"}},
        Conditions={"C": {"Fn::Equals": ["a", "b"]}},
    )
    assert "DependsOn" not in made["B"]
    (choice,) = made["B"]["Properties"]["NotificationConfiguration"]["LambdaConfigurations"]
    assert choice["Fn::If"][0] == "C"
    assert choice["Fn::If"][2] == {"Ref": "AWS::NoValue"}
    assert made["B"]["Properties"]["Tags"] == [
        {
            "Key": "sam:ConditionalDependsOn:FEPermission",
            "Value": {"Fn::If": ["C", {"Ref": "FEPermission"}, "no dependency"]},
        }
    ]
