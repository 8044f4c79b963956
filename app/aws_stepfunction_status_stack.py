"""The stack: a function that starts a state machine that keeps a task's status in a table."""

from pathlib import Path
from typing import Any

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

FUNCTION_NAME = "InvokeTaskStepFunction"
HANDLER_CODE = Path(__file__).parent / "lambdas" / "invoke"


class AwsStepfunctionStatusStack(Stack):
    """The table `Tasks`, the state machine that writes to it, and the function that starts it."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        table = self._make_table()
        state_machine = sfn.StateMachine(
            self,
            "StateMachine",
            definition_body=sfn.DefinitionBody.from_chainable(self._make_definition(table)),
        )
        table.grant_write_data(state_machine)
        function = self._make_function(state_machine)
        state_machine.grant_start_execution(function)

    def _make_table(self) -> dynamodb.Table:
        return dynamodb.Table(
            self,
            "Tasks",
            table_name="Tasks",
            partition_key=dynamodb.Attribute(name="taskId", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="timestamp", type=dynamodb.AttributeType.NUMBER),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            # An example's data may go with its stack. For your own, keep the default, RETAIN.
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _make_definition(self, table: dynamodb.Table) -> sfn.Chain:
        task_id = tasks.DynamoAttributeValue.from_string(sfn.JsonPath.string_at("$.taskId"))
        # DynamoDB's API takes numbers as text, and a path to a number would give a JSON number.
        timestamp = tasks.DynamoAttributeValue.number_from_string(
            sfn.JsonPath.format("{}", sfn.JsonPath.string_at("$.timestamp"))
        )
        create_item = tasks.DynamoPutItem(
            self,
            "CreateDynamoTaskItem",
            table=table,
            item={
                "taskId": task_id,
                "timestamp": timestamp,
                "Status": tasks.DynamoAttributeValue.from_string("STARTED"),
            },
            # The states behind this one need its input, not DynamoDB's answer.
            result_path=sfn.JsonPath.DISCARD,
        )
        work = sfn.Wait(
            self,
            "Execute long running task...wait 30 seconds",
            time=sfn.WaitTime.duration(Duration.seconds(30)),
        )
        update_item = tasks.DynamoUpdateItem(
            self,
            "UpdateDynamoTaskItem",
            table=table,
            key={"taskId": task_id, "timestamp": timestamp},
            # `Status` is a reserved word in expressions: it needs a placeholder.
            update_expression="SET #s = :val",
            expression_attribute_names={"#s": "Status"},
            expression_attribute_values={
                ":val": tasks.DynamoAttributeValue.from_string("Done"),
            },
        )
        return sfn.Chain.start(create_item).next(work).next(update_item)

    def _make_function(self, state_machine: sfn.StateMachine) -> lambda_.Function:
        # Without a log group of its own the function gets one that outlives the stack. Since the
        # function's name is fixed, the next deployment would find the group's name taken.
        log_group = logs.LogGroup(
            self,
            "InvokeTaskStepFunctionLogs",
            log_group_name=f"/aws/lambda/{FUNCTION_NAME}",
            retention=logs.RetentionDays.ONE_WEEK,
            removal_policy=RemovalPolicy.DESTROY,
        )
        return lambda_.Function(
            self,
            "InvokeTaskStepFunction",
            function_name=FUNCTION_NAME,
            description="Starts the state machine for a task.",
            runtime=lambda_.Runtime.PYTHON_3_14,
            handler="index.handler",
            code=lambda_.Code.from_asset(str(HANDLER_CODE), exclude=["__pycache__"]),
            timeout=Duration.seconds(10),
            environment={"StateMachineArn": state_machine.state_machine_arn},
            log_group=log_group,
        )
