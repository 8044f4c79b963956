"""Resources of every type, made and deleted in one stack."""

from tests.unit.cloudformation.conftest import ROLE
from tests.unit.cloudformation.templates import parameter


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
                    "Tags": [{"Key": "team", "Value": "tasks"}, {"Key": "old", "Value": ""}],
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
    template["Resources"]["Source"]["Properties"]["Tags"] = [{"Key": "team", "Value": "others"}]
    stack = stacks.update(template)
    assert stack["StackStatus"] == "UPDATE_COMPLETE", [
        event for event in stacks.events() if "FAILED" in event[1]
    ]
    functions = stacks.runtime.client("lambda")
    mapping = functions.list_event_source_mappings()["EventSourceMappings"][0]
    tags = functions.list_tags(Resource=mapping["EventSourceMappingArn"])["Tags"]
    assert (tags["team"], tags.get("old")) == ("others", None)
    assert stacks.delete()["StackStatus"] == "DELETE_COMPLETE"
    assert stacks.runtime.client("dynamodb").list_tables()["TableNames"] == []
    assert stacks.runtime.client("iam").list_roles()["Roles"] == []
    assert stacks.runtime.client("s3").list_buckets()["Buckets"] == []
