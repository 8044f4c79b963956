"""What SAM generates for events of other services."""

from groundstate.services.cloudformation.template.source import parse_source
from tests.unit.cloudformation.serverless import (
    expand,
    function,
    transform,
    types,
)

EVENTS = """
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.b
      Runtime: nodejs22.x
      CodeUri: s3://b/k
      Events:
        Rest: {Type: Api, Properties: {Path: '/x/{id}', Method: get}}
        Http: {Type: HttpApi, Properties: {Path: /h, Method: POST}}
        Rate: {Type: Schedule, Properties: {Schedule: rate(1 minute)}}
        Cron: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 minute)}}
        Queue: {Type: SQS, Properties: {Queue: !GetAtt Q.Arn, BatchSize: 10}}
        Topic: {Type: SNS, Properties: {Topic: !Ref T}}
        Through: {Type: SNS, Properties: {Topic: !Ref T, SqsSubscription: true}}
        Put: {Type: S3, Properties: {Bucket: !Ref B, Events: 's3:ObjectCreated:*'}}
        Bus: {Type: EventBridgeRule, Properties: {Pattern: {source: [x]}}}
        Shards: {Type: Kinesis, Properties: {Stream: arn:k, StartingPosition: LATEST}}
        Log: {Type: CloudWatchLogs, Properties: {LogGroupName: g, FilterPattern: x}}
  Q: {Type: AWS::SQS::Queue}
  T: {Type: AWS::SNS::Topic}
  B: {Type: AWS::S3::Bucket}
  M:
    Type: AWS::Serverless::StateMachine
    Properties:
      Definition: {StartAt: A}
      Events:
        Rate: {Type: Schedule, Properties: {Schedule: rate(1 day), Enabled: false}}
        Start: {Type: Api, Properties: {Path: /m, Method: post}}
"""


def test_events_of_other_services_become_their_resources():
    made = expand(parse_source(EVENTS)["Resources"])
    deployment = next(name for name in made if name.startswith("ServerlessRestApiDeployment"))
    assert types(made) == {
        "F": "AWS::Lambda::Function",
        "FRole": "AWS::IAM::Role",
        "FRestPermissionProd": "AWS::Lambda::Permission",
        "FHttpPermission": "AWS::Lambda::Permission",
        "FRate": "AWS::Events::Rule",
        "FRatePermission": "AWS::Lambda::Permission",
        "FCron": "AWS::Scheduler::Schedule",
        "FCronRole": "AWS::IAM::Role",
        "FQueue": "AWS::Lambda::EventSourceMapping",
        "FTopic": "AWS::SNS::Subscription",
        "FTopicPermission": "AWS::Lambda::Permission",
        "FThrough": "AWS::SNS::Subscription",
        "FThroughEventSourceMapping": "AWS::Lambda::EventSourceMapping",
        "FThroughQueue": "AWS::SQS::Queue",
        "FThroughQueuePolicy": "AWS::SQS::QueuePolicy",
        "FPutPermission": "AWS::Lambda::Permission",
        "FBus": "AWS::Events::Rule",
        "FBusPermission": "AWS::Lambda::Permission",
        "FShards": "AWS::Lambda::EventSourceMapping",
        "FLog": "AWS::Logs::SubscriptionFilter",
        "FLogPermission": "AWS::Lambda::Permission",
        "Q": "AWS::SQS::Queue",
        "T": "AWS::SNS::Topic",
        "B": "AWS::S3::Bucket",
        "M": "AWS::StepFunctions::StateMachine",
        "MRole": "AWS::IAM::Role",
        "MRate": "AWS::Events::Rule",
        "MRateRole": "AWS::IAM::Role",
        "MStartRole": "AWS::IAM::Role",
        "ServerlessRestApi": "AWS::ApiGateway::RestApi",
        deployment: "AWS::ApiGateway::Deployment",
        "ServerlessRestApiProdStage": "AWS::ApiGateway::Stage",
        "ServerlessHttpApi": "AWS::ApiGatewayV2::Api",
        "ServerlessHttpApiApiGatewayDefaultStage": "AWS::ApiGatewayV2::Stage",
    }
    assert set(made["ServerlessRestApi"]["Properties"]["Body"]["paths"]) == {"/x/{id}", "/m"}
    assert made["B"]["DependsOn"] == ["FPutPermission"]
    assert made["MRate"]["Properties"]["State"] == "DISABLED"
    (target,) = made["FRate"]["Properties"]["Targets"]
    assert target == {"Arn": {"Fn::GetAtt": ["F", "Arn"]}, "Id": "FRateLambdaTarget"}


def test_named_api_takes_the_paths_of_its_events():
    event = {
        "Type": "Api",
        "Properties": {"RestApiId": {"Ref": "Api"}, "Path": "/", "Method": "any"},
    }
    api = {"Type": "AWS::Serverless::Api", "Properties": {"StageName": "dev"}}
    made = transform(
        {"Api": api, "F": {**function(Events={"E": event}), "Condition": "C"}},
        Outputs={"S": {"Value": {"Ref": "Api.Stage"}}},
    )
    operation = made["Resources"]["Api"]["Properties"]["Body"]["paths"]["/"]
    assert operation["x-amazon-apigateway-any-method"]["Fn::If"][0] == "C"
    assert "FEPermissiondev" in made["Resources"]
    assert made["Outputs"]["S"]["Value"] == {"Ref": "ApidevStage"}
