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
            "Activity": {
                "Type": "AWS::StepFunctions::Activity",
                "Properties": {"Name": "activity"},
            },
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
    table = template["Resources"]["Table"]["Properties"]
    del table["GlobalSecondaryIndexes"], table["AttributeDefinitions"][1]
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


def test_filters_and_policies_of_logs_come_and_go(stacks):
    logs = stacks.runtime.client("logs")
    transformation = {
        "MetricName": "errors",
        "MetricNamespace": "app",
        "MetricValue": "1",
        "DefaultValue": "0",
        "Dimensions": [{"Key": "level", "Value": "$.level"}],
    }
    resources = {
        "Role": ROLE,
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python3.13",
                "Handler": "index.handler",
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Code": {"ZipFile": "def handler(event, context): return 1"},
            },
        },
        "Permission": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "Action": "lambda:InvokeFunction",
                "FunctionName": {"Ref": "Function"},
                "Principal": "logs.amazonaws.com",
            },
        },
        "Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "orders"}},
        "Metric": {
            "Type": "AWS::Logs::MetricFilter",
            "Properties": {
                "LogGroupName": {"Ref": "Group"},
                "FilterPattern": "{ $.level = ERROR }",
                "MetricTransformations": [transformation],
            },
        },
        "Subscription": {
            "Type": "AWS::Logs::SubscriptionFilter",
            "DependsOn": "Permission",
            "Properties": {
                "LogGroupName": {"Ref": "Group"},
                "FilterPattern": "ERROR",
                "DestinationArn": {"Fn::GetAtt": ["Function", "Arn"]},
            },
        },
        "Policy": {
            "Type": "AWS::Logs::ResourcePolicy",
            "Properties": {"PolicyName": "writers", "PolicyDocument": "{}"},
        },
    }
    template = {"Resources": resources}
    assert stacks.create(template)["StackStatus"] == "CREATE_COMPLETE"
    names = stacks.physical_ids()
    (metric,) = logs.describe_metric_filters(logGroupName="orders")["metricFilters"]
    assert metric["filterName"] == names["Metric"]
    assert metric["metricTransformations"] == [
        {
            "metricName": "errors",
            "metricNamespace": "app",
            "metricValue": "1",
            "defaultValue": 0.0,
            "dimensions": {"level": "$.level"},
        }
    ]
    (filtered,) = logs.describe_subscription_filters(logGroupName="orders")["subscriptionFilters"]
    assert (filtered["filterName"], filtered["filterPattern"]) == (names["Subscription"], "ERROR")
    assert names["Policy"] == "writers"
    resources["Metric"]["Properties"]["FilterPattern"] = "ERROR"
    resources["Subscription"]["Properties"]["FilterPattern"] = ""
    resources["Policy"]["Properties"]["PolicyDocument"] = {"Statement": []}
    assert stacks.update(template)["StackStatus"] == "UPDATE_COMPLETE"
    assert stacks.physical_ids() == names
    (metric,) = logs.describe_metric_filters(logGroupName="orders")["metricFilters"]
    (filtered,) = logs.describe_subscription_filters(logGroupName="orders")["subscriptionFilters"]
    assert (metric["filterPattern"], filtered["filterPattern"]) == ("ERROR", "")
    (policy,) = logs.describe_resource_policies()["resourcePolicies"]
    assert policy["policyDocument"] == '{"Statement": []}'
    del resources["Metric"], resources["Subscription"], resources["Policy"]
    assert stacks.update(template)["StackStatus"] == "UPDATE_COMPLETE"
    assert logs.describe_metric_filters(logGroupName="orders")["metricFilters"] == []
    assert logs.describe_subscription_filters(logGroupName="orders")["subscriptionFilters"] == []
    assert logs.describe_resource_policies()["resourcePolicies"] == []


def test_user_has_the_password_of_the_template(stacks):
    iam = stacks.runtime.client("iam")
    user = {"Type": "AWS::IAM::User", "Properties": {"UserName": "ann"}}
    template = {"Resources": {"User": user}}
    user["Properties"]["LoginProfile"] = {"Password": "Tea4two!", "PasswordResetRequired": "true"}
    assert stacks.create(template)["StackStatus"] == "CREATE_COMPLETE"
    profile = iam.get_login_profile(UserName="ann")["LoginProfile"]
    assert profile["PasswordResetRequired"] is True
    user["Properties"]["LoginProfile"]["PasswordResetRequired"] = False
    assert stacks.update(template)["StackStatus"] == "UPDATE_COMPLETE"
    profile = iam.get_login_profile(UserName="ann")["LoginProfile"]
    assert profile["PasswordResetRequired"] is False
    del user["Properties"]["LoginProfile"]
    assert stacks.update(template)["StackStatus"] == "UPDATE_COMPLETE"
    iam.create_login_profile(UserName="ann", Password="Tea4three!")
    # A password that was given beside the stack does not keep the user from being deleted.
    assert stacks.delete()["StackStatus"] == "DELETE_COMPLETE"


def test_what_another_resource_makes_under_a_name_is_waited_for(stacks):
    policy = {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {
            "Bucket": {"Fn::Sub": "${AWS::StackName}-orders"},
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": "*",
                        "Action": "s3:GetObject",
                        "Resource": "arn:aws:s3:::app-orders/*",
                    }
                ],
            },
        },
    }
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "app-orders"}}
    template = {"Resources": {"APolicy": policy, "TheBucket": bucket}}
    assert stacks.create(template)["StackStatus"] == "CREATE_COMPLETE"
    assert any("a DependsOn" in reason for _, _, reason in stacks.events())
    assert stacks.delete()["StackStatus"] == "DELETE_COMPLETE"


def test_what_nobody_makes_fails_after_the_others(stacks):
    template = {
        "Resources": {
            "A": {"Type": "AWS::Logs::LogStream", "Properties": {"LogGroupName": "nowhere"}},
            "B": {"Type": "AWS::Logs::LogStream", "Properties": {"LogGroupName": "nowhere"}},
            "G": {"Type": "AWS::Logs::LogGroup"},
        }
    }
    assert stacks.create(template)["StackStatus"] == "ROLLBACK_COMPLETE"
    failed = [name for name, status, _ in stacks.events() if status == "CREATE_FAILED"]
    assert failed == ["B"]


def test_bucket_replicates_and_locks_as_its_template_says(stacks):
    versions = {"VersioningConfiguration": {"Status": "Enabled"}}
    rule = {
        "Id": "logs",
        "Priority": "1",
        "Status": "Enabled",
        "Filter": {
            "And": {"Prefix": "logs/", "TagFilters": [{"Key": "keep", "Value": "yes"}]},
        },
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {
            "Bucket": {"Fn::GetAtt": ["Copies", "Arn"]},
            "Metrics": {"Status": "Enabled", "EventThreshold": {"Minutes": "15"}},
            "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}},
        },
    }
    role = {"Fn::GetAtt": ["Role", "Arn"]}
    retention = {"Mode": "GOVERNANCE", "Days": "3"}
    locked = {
        "ObjectLockEnabled": True,
        "ObjectLockConfiguration": {
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": retention},
        },
    }
    source = {**versions, "ReplicationConfiguration": {"Role": role, "Rules": [rule]}}
    template = {
        "Resources": {
            "Role": ROLE,
            "Copies": {"Type": "AWS::S3::Bucket", "Properties": versions},
            "Source": {"Type": "AWS::S3::Bucket", "Properties": source},
            "Locked": {"Type": "AWS::S3::Bucket", "Properties": locked},
        }
    }
    assert stacks.create(template)["StackStatus"] == "CREATE_COMPLETE"
    names, s3 = stacks.physical_ids(), stacks.runtime.client("s3")
    kept = s3.get_bucket_replication(Bucket=names["Source"])["ReplicationConfiguration"]
    assert kept["Rules"][0]["Filter"] == {
        "And": {"Prefix": "logs/", "Tags": [{"Key": "keep", "Value": "yes"}]}
    }
    lock = s3.get_object_lock_configuration(Bucket=names["Locked"])["ObjectLockConfiguration"]
    assert lock["Rule"]["DefaultRetention"] == {"Mode": "GOVERNANCE", "Days": 3}
    for key, tagging in (("logs/a", "keep=yes"), ("logs/b", ""), ("other", "keep=yes")):
        s3.put_object(Bucket=names["Source"], Key=key, Body=b"text", Tagging=tagging)
    copies = s3.list_objects_v2(Bucket=names["Copies"])["Contents"]
    assert [copy["Key"] for copy in copies] == ["logs/a"]
    del source["ReplicationConfiguration"]
    assert stacks.update(template)["StackStatus"] == "UPDATE_COMPLETE"
    s3.put_object(Bucket=names["Source"], Key="logs/c", Body=b"text", Tagging="keep=yes")
    assert s3.list_objects_v2(Bucket=names["Copies"])["KeyCount"] == 1


def test_key_of_the_customer_has_no_effect_and_is_told(stacks):
    key = "arn:aws:kms:us-east-1:000000000000:key/k"
    encryption = {"Type": "CUSTOMER_MANAGED_KMS_KEY", "KmsKeyId": key}
    machine = {
        "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
        "Definition": {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}},
        "EncryptionConfiguration": encryption,
    }
    activity = {"Name": "activity", "EncryptionConfiguration": encryption}
    template = {
        "Resources": {
            "Role": ROLE,
            "Machine": {"Type": "AWS::StepFunctions::StateMachine", "Properties": machine},
            "Activity": {"Type": "AWS::StepFunctions::Activity", "Properties": activity},
        }
    }
    assert stacks.create(template)["StackStatus"] == "CREATE_COMPLETE"
    told = f"The key {key} has no effect here: there is no KMS, nothing is encrypted."
    notes = sorted(name for name, _, reason in stacks.events() if reason == told)
    assert notes == ["Activity", "Machine"]


def test_attributes_of_a_managed_policy_are_there(stacks):
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}],
    }
    policy = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}
    names = ("PolicyArn", "PolicyId", "DefaultVersionId", "IsAttachable", "CreateDate")
    outputs = {name: {"Value": {"Fn::GetAtt": ["Policy", name]}} for name in names}
    assert stacks.create({"Resources": {"Policy": policy}, "Outputs": outputs})
    shown = stacks.outputs()
    assert shown["PolicyId"].startswith("ANPA")
    assert (shown["DefaultVersionId"], shown["IsAttachable"]) == ("v1", "true")
    made = stacks.runtime.client("iam").get_policy(PolicyArn=shown["PolicyArn"])["Policy"]
    assert shown["CreateDate"] == made["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ")


def test_literal_of_sub_may_have_a_space_before_its_mark(stacks):
    group = {"Type": "AWS::Logs::LogGroup"}
    template = {"Resources": {"G": group}, "Outputs": {"S": {"Value": {"Fn::Sub": "${ !B}"}}}}
    assert stacks.create(template)["StackStatus"] == "CREATE_COMPLETE"
    assert stacks.outputs()["S"] == "${B}"


def test_records_of_other_services_are_named_by_arns_as_on_aws(stacks):
    policy = {
        "Type": "AWS::IAM::Policy",
        "Properties": {
            "PolicyName": "run",
            "Roles": [{"Ref": "Role"}],
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {"Effect": "Allow", "Action": "ecs:RunTask", "Resource": {"Ref": "Task"}}
                ],
            },
        },
    }
    task = {"Type": "AWS::ECS::TaskDefinition", "Properties": {"Family": "f"}}
    template = {"Resources": {"Role": ROLE, "Policy": policy, "Task": task}}
    tags = [{"Key": "groundstate:accept-inert", "Value": "AWS::ECS::TaskDefinition"}]
    assert stacks.create(template, Tags=tags)["StackStatus"] == "CREATE_COMPLETE"
    assert stacks.physical_ids()["Task"].startswith("arn:aws:ecs:us-east-1:000000000000:")


def test_type_that_nothing_here_reads_is_a_record_and_says_so(stacks):
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Federated": {"Ref": "Provider"}},
                "Action": "sts:AssumeRoleWithSAML",
                "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
            }
        ],
    }
    query = {"Name": "errors", "QueryString": "fields @message"}
    document = {"Name": "steps", "Content": {"schemaVersion": "0.3"}}
    template = {
        "Resources": {
            "Provider": {
                "Type": "AWS::IAM::SAMLProvider",
                "Properties": {"Name": "corp", "SamlMetadataDocument": "<x/>"},
            },
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}},
            "Query": {"Type": "AWS::Logs::QueryDefinition", "Properties": query},
            "Steps": {"Type": "AWS::SSM::Document", "Properties": document},
        },
        "Outputs": {
            "Provider": {"Value": {"Fn::GetAtt": ["Provider", "Arn"]}},
            "Query": {"Value": {"Fn::GetAtt": ["Query", "QueryDefinitionId"]}},
        },
    }
    assert stacks.create(template)["StackStatus"] == "CREATE_COMPLETE"
    names, outputs = stacks.physical_ids(), stacks.outputs()
    assert names["Provider"] == "arn:aws:iam::000000000000:saml-provider/corp"
    assert (outputs["Provider"], outputs["Query"]) == (names["Provider"], names["Query"])
    assert names["Steps"] == "steps"
    note = "This resource is kept as a record: it has no effect here."
    told = sorted(name for name, _, reason in stacks.events() if reason == note)
    assert told == ["Provider", "Query", "Steps"]
    document["Content"] = {"schemaVersion": "2.2"}
    query["QueryString"] = "fields @timestamp"
    assert stacks.update(template)["StackStatus"] == "UPDATE_COMPLETE"
    assert stacks.physical_ids() == names
    document["Name"] = "others"
    assert stacks.update(template)["StackStatus"] == "UPDATE_COMPLETE"
    assert stacks.physical_ids()["Steps"] == "others"
    assert stacks.delete()["StackStatus"] == "DELETE_COMPLETE"


def test_records_of_one_service_refer_to_each_other(stacks):
    grant = {
        "AccessGrantsLocationId": {"Ref": "Location"},
        "Grantee": {"GranteeType": "IAM", "GranteeIdentifier": "arn:aws:iam::000000000000:user/x"},
        "Permission": "READ",
    }
    point = {"Name": "everywhere", "Regions": [{"Bucket": {"Ref": "Bucket"}}]}
    policy = {"MrapName": {"Ref": "Point"}, "Policy": {"Statement": []}}
    transformer = {
        "LogGroupIdentifier": {"Ref": "Group"},
        "TransformerConfig": [{"ParseJSON": {"Source": "field"}}],
    }
    hook = {
        "Alias": "Private::Checks::All",
        "LambdaFunction": "arn:aws:lambda:us-east-1:000000000000:function:checks",
        "FailureMode": "WARN",
    }
    resources = {
        "Bucket": {"Type": "AWS::S3::Bucket"},
        "Instance": {"Type": "AWS::S3::AccessGrantsInstance"},
        "Location": {
            "Type": "AWS::S3::AccessGrantsLocation",
            "DependsOn": "Instance",
            "Properties": {"LocationScope": "s3://"},
        },
        "Grant": {"Type": "AWS::S3::AccessGrant", "Properties": grant},
        "Point": {"Type": "AWS::S3::MultiRegionAccessPoint", "Properties": point},
        "PointPolicy": {"Type": "AWS::S3::MultiRegionAccessPointPolicy", "Properties": policy},
        "Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "plain"}},
        "Transformer": {"Type": "AWS::Logs::Transformer", "Properties": transformer},
        "Hook": {"Type": "AWS::CloudFormation::LambdaHook", "Properties": hook},
        "Set": {
            "Type": "AWS::CloudFormation::StackSet",
            "Properties": {"StackSetName": "all", "PermissionModel": "SELF_MANAGED"},
        },
    }
    outputs = {
        "Grant": {"Value": {"Fn::GetAtt": ["Grant", "AccessGrantArn"]}},
        "Instance": {"Value": {"Fn::GetAtt": ["Instance", "AccessGrantsInstanceArn"]}},
        "Location": {"Value": {"Fn::GetAtt": ["Location", "AccessGrantsLocationId"]}},
    }
    assert stacks.create({"Resources": resources, "Outputs": outputs})["StackStatus"] == (
        "CREATE_COMPLETE"
    )
    names, shown = stacks.physical_ids(), stacks.outputs()
    assert names["Transformer"] == names["Group"] == "plain"
    assert names["PointPolicy"] == names["Point"] == "everywhere"
    assert names["Set"] == "all"
    assert names["Hook"].startswith("arn:aws:cloudformation:us-east-1:000000000000:type/hook/")
    assert shown["Instance"] == "arn:aws:s3:us-east-1:000000000000:access-grants/default"
    assert shown["Grant"] == f"{shown['Instance']}/grant/{names['Grant']}"
    assert shown["Location"] == names["Location"]
    transformer["LogGroupIdentifier"] = "other"
    grant["Permission"] = "READWRITE"
    assert stacks.update({"Resources": resources})["StackStatus"] == "UPDATE_COMPLETE"
    assert stacks.physical_ids() == {**names, "Transformer": "other"}
    assert stacks.delete()["StackStatus"] == "DELETE_COMPLETE"


def test_configurations_of_a_bucket_are_those_of_its_template(stacks):
    rules = [
        {
            "Id": "old",
            "Status": "Enabled",
            "Prefix": "logs/",
            "ObjectSizeGreaterThan": "10",
            "ExpirationInDays": "30",
            "NoncurrentVersionTransitions": [{"StorageClass": "GLACIER", "TransitionInDays": 7}],
        },
        {"Id": "date", "Status": "Enabled", "ExpirationDate": "2030-01-01T00:00:00.000Z"},
    ]
    routing = {
        "RedirectRule": {"HostName": "example.com", "HttpRedirectCode": 302},
        "RoutingRuleCondition": {"HttpErrorCodeReturnedEquals": 404},
    }
    website = {"IndexDocument": "index.html", "RoutingRules": [routing]}
    bucket = {"LifecycleConfiguration": {"Rules": rules}, "WebsiteConfiguration": website}
    template = {"Resources": {"B": {"Type": "AWS::S3::Bucket", "Properties": bucket}}}
    assert stacks.create(template)["StackStatus"] == "CREATE_COMPLETE"
    name, s3 = stacks.physical_ids()["B"], stacks.runtime.client("s3")
    kept = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    assert kept[0]["Filter"] == {"And": {"Prefix": "logs/", "ObjectSizeGreaterThan": 10}}
    assert kept[0]["NoncurrentVersionTransitions"] == [
        {"StorageClass": "GLACIER", "NoncurrentDays": 7}
    ]
    assert kept[1]["Expiration"]["Date"].year == 2030
    shown = s3.get_bucket_website(Bucket=name)["RoutingRules"]
    assert shown[0]["Redirect"] == {"HostName": "example.com", "HttpRedirectCode": "302"}
    assert shown[0]["Condition"] == {"HttpErrorCodeReturnedEquals": "404"}
    for wrong, told in (
        ({"CorsConfiguration": {"CorsRules": "none"}}, "expected type: JSONArray"),
        ({"LifecycleConfiguration": {"Rules": [{"ExpirationInDays": "x"}]}}, "type: Integer"),
        ({"NotificationConfiguration": {"Lambda": []}}, "extraneous key [Lambda]"),
    ):
        template["Resources"]["B"]["Properties"] = wrong
        stacks.create(template, "wrong", OnFailure="DO_NOTHING")
        assert any(told in reason for _, _, reason in stacks.events("wrong"))
        stacks.delete("wrong")
