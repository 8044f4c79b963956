"""The stack with the data: tables with an index and a stream, a bucket with a site, a parameter."""

from pathlib import Path
from typing import Any

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_assets as assets
from aws_cdk import aws_s3_deployment as deployment
from aws_cdk import aws_ssm as ssm
from constructs import Construct
from python_function import python_function

HERE = Path(__file__).parent


class StoreStack(Stack):
    """Attributes: `table`, `archive` (a TableV2), `bucket`, `numbers` (an asset)."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        self.table = self._make_table()
        self.archive = self._make_archive()
        self.bucket = self._make_bucket()
        self.numbers = assets.Asset(self, "Numbers", path=str(HERE / "numbers.json"))
        ssm.StringParameter(
            self, "Greeting", parameter_name="/store/greeting", string_value="Good morning"
        )
        self._watch_table()
        # A strong reference: while another stack imports it, it cannot go.
        self.export_value(self.bucket.bucket_name, name="StoreBucketName")
        CfnOutput(self, "TableName", value=self.table.table_name)
        CfnOutput(self, "ArchiveName", value=self.archive.table_name)
        CfnOutput(self, "BucketName", value=self.bucket.bucket_name)

    def _make_table(self) -> dynamodb.Table:
        table = dynamodb.Table(
            self,
            "Orders",
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
            removal_policy=RemovalPolicy.DESTROY,
        )
        table.add_global_secondary_index(
            index_name="by-customer",
            partition_key=dynamodb.Attribute(name="customer", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="placed", type=dynamodb.AttributeType.NUMBER),
        )
        return table

    def _make_archive(self) -> dynamodb.TableV2:
        return dynamodb.TableV2(
            self,
            "Archive",
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            billing=dynamodb.Billing.on_demand(),
            global_secondary_indexes=[
                dynamodb.GlobalSecondaryIndexPropsV2(
                    index_name="by-kind",
                    partition_key=dynamodb.Attribute(
                        name="kind", type=dynamodb.AttributeType.STRING
                    ),
                )
            ],
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _make_bucket(self) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Site",
            versioned=True,
            auto_delete_objects=True,
            removal_policy=RemovalPolicy.DESTROY,
        )
        deployment.BucketDeployment(
            self,
            "SiteContents",
            sources=[
                deployment.Source.asset(str(HERE / "site")),
                deployment.Source.json_data("settings.json", {"table": self.table.table_name}),
            ],
            destination_bucket=bucket,
            destination_key_prefix="site",
        )
        return bucket

    def _watch_table(self) -> None:
        """Every new order is copied into the archive, by a function behind the table's stream."""
        words = lambda_.LayerVersion(
            self,
            "Words",
            code=lambda_.Code.from_asset(str(HERE / "layers" / "words")),
            compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
        )
        function = python_function(
            self,
            "OnOrder",
            "stream",
            layers=[words],
            environment={"ARCHIVE": self.archive.table_name},
            log_group=logs.LogGroup(
                self,
                "OnOrderLogs",
                retention=logs.RetentionDays.ONE_WEEK,
                removal_policy=RemovalPolicy.DESTROY,
            ),
        )
        self.archive.grant_write_data(function)
        function.add_event_source(
            sources.DynamoEventSource(
                self.table, starting_position=lambda_.StartingPosition.TRIM_HORIZON
            )
        )
