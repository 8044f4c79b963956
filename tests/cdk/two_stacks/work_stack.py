"""The stack that works on the data: a nested stack, custom resources, a Map over an object."""

from pathlib import Path
from typing import Any

from aws_cdk import CfnOutput, CustomResource, Duration, Fn, NestedStack, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ssm as ssm
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from aws_cdk import custom_resources as custom
from constructs import Construct
from python_function import python_function
from store_stack import StoreStack

HERE = Path(__file__).parent


class Settings(NestedStack):
    """A nested stack that uses a value of its parent, and gives one back."""

    def __init__(self, scope: Construct, construct_id: str, table_name: str) -> None:
        super().__init__(scope, construct_id)
        parameter = ssm.StringParameter(self, "Table", string_value=table_name)
        self.parameter_name = parameter.parameter_name


class WorkStack(Stack):
    """Everything else that a CDK app of these services is made of."""

    def __init__(
        self, scope: Construct, construct_id: str, store: StoreStack, **kwargs: Any
    ) -> None:
        super().__init__(scope, construct_id, **kwargs)
        self._store = store
        settings = Settings(self, "Settings", store.table.table_name)
        CfnOutput(self, "Parameter", value=settings.parameter_name)
        self._make_alias()
        self._make_node_function()
        self._make_custom_resources()
        self._make_state_machine()
        CfnOutput(
            self,
            "GreetingAtDeployment",
            value=ssm.StringParameter.value_for_string_parameter(self, "/store/greeting"),
        )
        # Read by the CDK CLI at synthesis, and remembered in cdk.context.json.
        CfnOutput(
            self,
            "GreetingAtSynthesis",
            value=ssm.StringParameter.value_from_lookup(self, "/lookup/greeting", "not yet known"),
        )

    def _make_alias(self) -> None:
        environment = {"TABLE": self._store.table.table_name}
        function = python_function(self, "Work", "work", environment=environment)
        self._store.table.grant_write_data(function)
        self._alias = lambda_.Alias(
            self, "Live", alias_name="live", version=function.current_version
        )
        CfnOutput(self, "AliasArn", value=self._alias.function_arn)

    def _make_node_function(self) -> None:
        function = lambda_.Function(
            self,
            "HelloNode",
            runtime=lambda_.Runtime.NODEJS_20_X,
            handler="index.handler",
            code=lambda_.Code.from_asset(str(HERE / "functions" / "hello_node")),
            # Made by a custom resource of the CDK's own, not by CloudFormation.
            log_retention=logs.RetentionDays.FIVE_DAYS,
            environment={"AWS_NODEJS_CONNECTION_REUSE_ENABLED": "1"},
        )
        CfnOutput(self, "HelloNodeName", value=function.function_name)

    def _make_custom_resources(self) -> None:
        answer = python_function(self, "Answer", "answer", "index.on_event")
        is_complete = python_function(self, "AnswerIsComplete", "answer", "index.is_complete")
        provider = custom.Provider(
            self,
            "AnswerProvider",
            on_event_handler=answer,
            is_complete_handler=is_complete,
            query_interval=Duration.seconds(1),
        )
        resource = CustomResource(
            self,
            "TheAnswer",
            service_token=provider.service_token,
            resource_type="Custom::Answer",
            properties={"Question": "six by nine"},
        )
        CfnOutput(self, "Answered", value=resource.get_att_string("Answer"))
        call = custom.AwsSdkCall(
            service="SSM",
            action="getParameter",
            parameters={"Name": "/store/greeting"},
            physical_resource_id=custom.PhysicalResourceId.of("greeting"),
        )
        looked_up = custom.AwsCustomResource(
            self,
            "Greeting",
            on_update=call,
            policy=custom.AwsCustomResourcePolicy.from_sdk_calls(
                resources=custom.AwsCustomResourcePolicy.ANY_RESOURCE
            ),
        )
        CfnOutput(self, "GreetingCalled", value=looked_up.get_response_field("Parameter.Value"))

    def _make_state_machine(self) -> None:
        # Imported, so that the reference is an export's: CloudFormation keeps the exporter whole.
        results = s3.Bucket.from_bucket_name(self, "Results", Fn.import_value("StoreBucketName"))
        each = sfn.DistributedMap(
            self,
            "EachNumber",
            item_reader=sfn.S3JsonItemReader(
                bucket=self._store.numbers.bucket, key=self._store.numbers.s3_object_key
            ),
            result_writer_v2=sfn.ResultWriterV2(bucket=results, prefix="results"),
            max_concurrency=10,
        )
        each.item_processor(
            tasks.LambdaInvoke(
                self, "Double", lambda_function=self._alias, payload_response_only=True
            ),
            mode=sfn.ProcessorMode.DISTRIBUTED,
            execution_type=sfn.ProcessorType.STANDARD,
        )
        machine = sfn.StateMachine(
            self,
            "Machine",
            definition_body=sfn.DefinitionBody.from_chainable(each),
            logs=sfn.LogOptions(
                destination=logs.LogGroup(
                    self,
                    "MachineLogs",
                    retention=logs.RetentionDays.ONE_DAY,
                    removal_policy=RemovalPolicy.DESTROY,
                ),
                level=sfn.LogLevel.ALL,
            ),
        )
        self._store.numbers.grant_read(machine)
        results.grant_read_write(machine)
        machine.add_to_role_policy(
            iam.PolicyStatement(actions=["kms:Decrypt"], resources=["*"], effect=iam.Effect.DENY)
        )
        CfnOutput(self, "MachineArn", value=machine.state_machine_arn)
