"""Tasks: DynamoDB in the same transaction, the SDK, roles, nested executions."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

PUT = {
    "Type": "Task",
    "Resource": "arn:aws:states:::dynamodb:putItem",
    "Parameters": {"TableName": "Tasks", "Item": {"id": {"S.$": "$.id"}, "s": {"S": "STARTED"}}},
    "ResultPath": None,
}
UPDATE = {
    "Type": "Task",
    "Resource": "arn:aws:states:::dynamodb:updateItem",
    "Parameters": {
        "TableName": "Tasks",
        "Key": {"id": {"S.$": "$.id"}},
        "UpdateExpression": "SET s = :s",
        "ExpressionAttributeValues": {":s": {"S": "Done"}},
    },
    "ResultPath": None,
}
PASS = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
WAIT = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": True}}}


def chain(**states: dict[str, Any]) -> dict[str, Any]:
    """A definition whose states follow each other."""
    names = list(states)
    following = {name: {"Next": after} for name, after in itertools.pairwise(names)}
    linked = {name: state | following.get(name, {"End": True}) for name, state in states.items()}
    return {"StartAt": names[0], "States": linked}


STATUS = "$.SdkHttpMetadata.HttpStatusCode"
PLAIN = {key: value for key, value in PUT.items() if key != "ResultPath"}


@pytest.mark.parametrize(
    ("fields", "output"),
    [
        ({"ResultSelector": {"status.$": STATUS}}, {"status": 200}),
        ({"OutputPath": STATUS}, 200),
        ({"ResultPath": "$.put", "OutputPath": f"$.put{STATUS[1:]}"}, 200),
        ({"Assign": {"status.$": STATUS}, "ResultPath": None}, {"shown": 200}),
        (
            {"ResultPath": "$.put", "ResultSelector": {"status.$": STATUS}},
            {"id": "a", "put": {"status": 200}},
        ),
    ],
)
def test_answer_of_a_task_is_read_where_it_is_wanted(
    states: Any, fields: dict[str, Any], output: Any
) -> None:
    states.make_table()
    show = {"Type": "Pass", "Parameters": {"shown.$": "$status"}}
    following = {"Show": show} if "Assign" in fields else {}
    described = states.describe(states.run(chain(Put=PLAIN | fields, **following), {"id": "a"}))
    assert json.loads(described["output"]) == output


def test_answer_of_a_task_is_read_by_jsonata(states: Any) -> None:
    states.make_table()
    put = {
        "Type": "Task",
        "QueryLanguage": "JSONata",
        "Resource": PUT["Resource"],
        "Arguments": {"TableName": "Tasks", "Item": {"id": {"S": "a"}}},
        "Output": "{% $states.result.SdkHttpMetadata.HttpStatusCode %}",
    }
    assert states.describe(states.run(chain(Put=put)))["output"] == "200"


def test_tasks_state_machine_has_the_events_of_aws(states: Any) -> None:
    dynamodb = states.make_table()
    wait = {"Type": "Wait", "Seconds": 30}
    execution = states.run(chain(Put=PUT, Wait=wait, Update=UPDATE), {"id": "Breakfast"})
    item = dynamodb.get_item(TableName="Tasks", Key={"id": {"S": "Breakfast"}})["Item"]
    assert item["s"] == {"S": "STARTED"}
    states.runtime.advance(seconds=30)
    task = ["TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSucceeded", "TaskStateExited"]
    assert states.types(execution) == [
        "ExecutionStarted",
        *task,
        "WaitStateEntered",
        "WaitStateExited",
        *task,
        "ExecutionSucceeded",
    ]
    item = dynamodb.get_item(TableName="Tasks", Key={"id": {"S": "Breakfast"}})["Item"]
    assert item["s"] == {"S": "Done"}
    scheduled = states.history(execution)[2]["taskScheduledEventDetails"]
    assert (scheduled["resourceType"], scheduled["resource"]) == ("dynamodb", "putItem")
    succeeded = states.history(execution)[4]["taskSucceededEventDetails"]
    output = json.loads(succeeded["output"])
    assert output["SdkHttpMetadata"]["HttpStatusCode"] == 200
    assert set(output) == {"SdkHttpMetadata", "SdkResponseMetadata"}


def test_missing_grant_fails_as_on_aws(states: Any) -> None:
    states.make_table()
    role = states.make_role("nothing")
    machine = states.create(chain(Put=PUT), roleArn=role)
    described = states.describe(states.start(machine, {"id": "x"}))
    assert described["error"] == "DynamoDB.AmazonDynamoDBException"
    cause = described["cause"]
    assert cause.startswith("User: arn:aws:sts::000000000000:assumed-role/nothing/")
    assert (
        "is not authorized to perform: dynamodb:PutItem on resource:"
        " arn:aws:dynamodb:us-east-1:000000000000:table/Tasks because no identity-based policy"
        " allows the dynamodb:PutItem action (Service: AmazonDynamoDBv2; Status Code: 400;"
        " Error Code: AccessDeniedException; Request ID: "
    ) in cause
    assert cause.endswith("; Proxy: null)")


def test_failed_condition_is_caught_by_its_name(states: Any) -> None:
    dynamodb = states.make_table()
    dynamodb.put_item(TableName="Tasks", Item={"id": {"S": "x"}})
    put = {
        **PUT,
        "Parameters": {
            **PUT["Parameters"],  # type: ignore[dict-item]
            "ConditionExpression": "attribute_not_exists(id)",
        },
    }
    put["Catch"] = [{"ErrorEquals": ["DynamoDB.ConditionalCheckFailedException"], "Next": "There"}]
    definition = {
        "StartAt": "Put",
        "States": {
            "Put": {**put, "End": True},
            "There": {"Type": "Pass", "Result": "there", "End": True},
        },
    }
    assert states.output(states.run(definition, {"id": "x"})) == "there"


def test_sdk_integration_has_the_sdks_names(states: Any) -> None:
    states.make_table()
    definition = chain(
        Put={
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:dynamodb:putItem",
            "Parameters": {"TableName": "Tasks", "Item": {"id": {"S": "x"}}},
            "ResultPath": "$.put",
        },
        Get={
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:dynamodb:getItem",
            "Parameters": {"TableName": "Tasks", "Key": {"id": {"S": "x"}}},
        },
    )
    assert states.output(states.run(definition)) == {"Item": {"id": {"S": "x"}}}


def test_attribute_values_have_the_sdks_names_and_blobs_are_text(states: Any) -> None:
    dynamodb = states.make_table()
    item = {"id": {"S": "x"}, "blob": {"B": "text"}, "none": {"Nul": True}, "yes": {"Bool": True}}
    definition = chain(
        Put={
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:dynamodb:putItem",
            "Parameters": {"TableName": "Tasks", "Item": item},
            "ResultPath": "$.put",
        },
        Get={
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:dynamodb:getItem",
            "Parameters": {"TableName": "Tasks", "Key": {"id": {"S": "x"}}},
        },
    )
    assert states.output(states.run(definition)) == {"Item": item}
    (stored,) = dynamodb.scan(TableName="Tasks")["Items"]
    assert stored["blob"] == {"B": b"text"}
    assert stored["none"] == {"NULL": True}


def test_sdk_error_without_a_text_says_null(states: Any) -> None:
    definition = chain(
        Get={
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:ssm:getParameter",
            "Parameters": {"Name": "none"},
        }
    )
    described = states.describe(states.run(definition))
    assert described["error"] == "Ssm.ParameterNotFoundException"
    assert described["cause"].startswith("null (Service: Ssm, Status Code: 400, ")


def test_sdk_error_has_the_sdks_name(states: Any) -> None:
    definition = chain(
        Get={
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:dynamodb:getItem",
            "Parameters": {"TableName": "None", "Key": {"id": {"S": "x"}}},
        }
    )
    described = states.describe(states.run(definition))
    assert described["error"] == "DynamoDb.ResourceNotFoundException"
    assert described["cause"].startswith(
        "Requested resource not found (Service: DynamoDb, Status Code: 400, Request ID: "
    )


def test_sdk_member_that_is_none_is_refused(states: Any) -> None:
    definition = chain(
        Get={
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:sfn:describeExecution",
            "Parameters": {"ExecutionArns": "x"},
        }
    )
    execution = states.run(definition)
    described = states.describe(execution)
    assert described["error"] == "States.Runtime"
    assert 'The field "ExecutionArns" is not supported by Step Functions' in described["cause"]
    assert states.types(execution) == ["ExecutionStarted", "TaskStateEntered", "ExecutionFailed"]


def test_service_that_is_not_there_names_the_setting(states: Any) -> None:
    definition = chain(
        Send={
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage",
            "Parameters": {"QueueUrl": "https://q", "MessageBody": "x"},
        }
    )
    described = states.describe(states.run(definition))
    assert described["status"] == "FAILED"
    assert "GROUNDSTATE_ENDPOINTS=sqs=http" in described["cause"]


def test_nested_execution_is_waited_for(states: Any) -> None:
    child = states.create(WAIT, "Child")
    definition = chain(
        Start={
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Parameters": {"StateMachineArn": child, "Input": {"a": 1}},
        }
    )
    execution = states.run(definition)
    assert states.status(execution) == "RUNNING"
    states.runtime.advance(seconds=60)
    output = states.output(execution)
    assert (output["Status"], output["Output"]) == ("SUCCEEDED", {"a": 1})
    assert "TaskSubmitted" in states.types(execution)


def test_failed_child_fails_its_parent(states: Any) -> None:
    child = states.create(
        {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E", "Cause": "C"}}}, "Child"
    )
    definition = chain(
        Start={
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.sync",
            "Parameters": {"StateMachineArn": child},
        }
    )
    described = states.describe(states.run(definition))
    assert described["error"] == "States.TaskFailed"
    cause = json.loads(described["cause"])
    assert (cause["Status"], cause["Error"], cause["Cause"]) == ("FAILED", "E", "C")


def test_stopping_the_parent_stops_the_child(states: Any) -> None:
    child = states.create(WAIT, "Child")
    definition = chain(
        Start={
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.sync",
            "Parameters": {"StateMachineArn": child, "Name": "child"},
        }
    )
    execution = states.run(definition)
    states.client.stop_execution(executionArn=execution)
    states.runtime.settle()
    assert states.status(child.replace("stateMachine", "execution") + ":child") == "ABORTED"


def test_machine_that_starts_itself_does_not_nest(states: Any) -> None:
    arn = "arn:aws:states:us-east-1:000000000000:stateMachine:Machine"
    definition = {
        "StartAt": "More",
        "States": {
            "More": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.n", "NumericEquals": 0, "Next": "Done"}],
                "Default": "Again",
            },
            "Again": {
                "Type": "Task",
                "Resource": "arn:aws:states:::states:startExecution.sync:2",
                "Parameters": {
                    "StateMachineArn": arn,
                    "Input": {"n.$": "States.MathAdd($.n, -1)"},
                },
                "OutputPath": "$.Status",
                "End": True,
            },
            "Done": {"Type": "Succeed"},
        },
    }
    execution = states.run(definition, {"n": 300})
    assert states.output(execution) == "SUCCEEDED"
    succeeded = states.client.list_executions(
        stateMachineArn=arn, statusFilter="SUCCEEDED", maxResults=1000
    )
    assert len(succeeded["executions"]) == 301


def test_task_of_a_map_writes_every_item_once(states: Any) -> None:
    dynamodb = states.make_table()
    definition = {
        "StartAt": "Each",
        "States": {
            "Each": {
                "Type": "Map",
                "ItemProcessor": {
                    "StartAt": "Put",
                    "States": {
                        "Put": {
                            "Type": "Task",
                            "Resource": "arn:aws:states:::dynamodb:putItem",
                            "Parameters": {
                                "TableName": "Tasks",
                                "Item": {"id": {"S.$": "States.Format('i{}', $)"}},
                            },
                            "ResultPath": None,
                            "End": True,
                        }
                    },
                },
                "End": True,
            }
        },
    }
    execution = states.run(definition, list(range(300)))
    assert states.output(execution) == list(range(300))
    assert dynamodb.scan(TableName="Tasks", Select="COUNT")["Count"] == 300
    ids = [
        event["id"]
        for event in states.client.get_execution_history(executionArn=execution, maxResults=1000)[
            "events"
        ]
    ]
    assert ids == list(range(1, 1001))


def test_heads_of_s3_are_refused_as_the_sdk_names_it(states: Any) -> None:
    # Documented of the SDK for Java 2: an answer without a body is named by what was asked.
    states.runtime.client("s3").create_bucket(Bucket="data")
    for action, parameters, error in (
        ("headObject", {"Bucket": "data", "Key": "none"}, "S3.NoSuchKeyException"),
        ("headBucket", {"Bucket": "none"}, "S3.NoSuchBucketException"),
    ):
        resource = f"arn:aws:states:::aws-sdk:s3:{action}"
        head = {"Type": "Task", "Resource": resource, "Parameters": parameters}
        failed = states.describe(states.start(states.create(chain(H=head), action)))
        assert failed["error"] == error
        assert failed["cause"].startswith("null (Service: S3, Status Code: 404, Request ID: ")


def test_lists_that_xml_does_not_show_are_not_there(states: Any) -> None:
    states.runtime.client("s3").create_bucket(Bucket="data")
    parameters = {"Bucket": "data"}
    listing = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:s3:listObjectsV2",
        "Parameters": parameters,
    }
    output = states.output(states.run(chain(L=listing)))
    assert output["KeyCount"] == 0
    assert not output.keys() & {"Contents", "CommonPrefixes"}


def test_what_expressions_give_a_writer_is_checked(states: Any) -> None:
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "P",
        "States": {"P": {"Type": "Pass", "End": True}},
    }
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Arguments": "{% 1 %}"}
    state = {"Type": "Map", "Items": [1], "ItemProcessor": processor, "ResultWriter": writer}
    definition = {"QueryLanguage": "JSONata", **chain(M=state)}
    assert states.describe(states.run(definition))["error"] == "States.ResultWriterFailed"
