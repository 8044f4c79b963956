"""SAM's policy templates: what each allows, and on what.

AWS: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html

The table below has a template's name and its parameters on one line, and then its statements:
`allow` with actions, each service named once; `on` with a resource, which is what comes after
`arn:PARTITION:`, `@` standing for region and account and `{Name}` for a parameter; `if` with a
condition's operator, key and resource. `do` is `allow` with one action that is no list, `among` is
`on` with one resource in a list: SAM has both.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

_PARAMETER = re.compile(r"\{(\w+)\}")


class Statement(NamedTuple):
    """One statement; resources and the condition's value are as in the table."""

    actions: tuple[str, ...]
    resources: tuple[str, ...] = ()
    condition: tuple[str, str, str] | None = None
    is_one_action: bool = False
    is_list: bool = False


class PolicyTemplate(NamedTuple):
    """One policy template."""

    parameters: tuple[str, ...]
    statements: tuple[Statement, ...]

    def fill(self, values: dict[str, Any]) -> dict[str, Any]:
        """The policy document with the parameters' values in it."""
        return {"Statement": [_fill_statement(entry, values) for entry in self.statements]}


def find_policy_template(name: str) -> PolicyTemplate | None:
    """The policy template with this name."""
    return _read_table().get(name)


def _fill_statement(statement: Statement, values: dict[str, Any]) -> dict[str, Any]:
    resources = [_fill(resource, values) for resource in statement.resources]
    filled: dict[str, Any] = {
        "Action": statement.actions[0] if statement.is_one_action else list(statement.actions),
        "Effect": "Allow",
        "Resource": resources if statement.is_list or len(resources) != 1 else resources[0],
    }
    if statement.condition is not None:
        operator, key, resource = statement.condition
        filled["Condition"] = {operator: {key: _fill(resource, values)}}
    return filled


def _fill(resource: str, values: dict[str, Any]) -> Any:
    if resource == "*":
        return resource
    used = {name: name[0].lower() + name[1:] for name in _PARAMETER.findall(resource)}
    text = resource.replace("@", "${AWS::Region}:${AWS::AccountId}")
    text = _PARAMETER.sub(lambda match: "${" + used[match.group(1)] + "}", text)
    if not resource.startswith("{"):
        text = "arn:${AWS::Partition}:" + text
    if not used:
        return {"Fn::Sub": text}
    return {"Fn::Sub": [text, {variable: values[name] for name, variable in used.items()}]}


@lru_cache(maxsize=1)
def _read_table() -> dict[str, PolicyTemplate]:
    templates: dict[str, PolicyTemplate] = {}
    for line in _TABLE.replace("\n    ", " ").strip().splitlines():
        words = line.split()
        if not line.startswith("  "):
            name = words[0]
            templates[name] = PolicyTemplate(tuple(words[1:]), ())
            continue
        parameters, statements = templates[name]
        if words[0] in ("allow", "do"):
            actions = _read_actions(words[1:])
            statements = (*statements, Statement(actions, is_one_action=words[0] == "do"))
        elif words[0] in ("on", "among"):
            last = statements[-1]
            resources = (*last.resources, words[1])
            changed = last._replace(resources=resources, is_list=words[0] == "among")
            statements = (*statements[:-1], changed)
        else:
            changed = statements[-1]._replace(condition=(words[1], words[2], words[3]))
            statements = (*statements[:-1], changed)
        templates[name] = PolicyTemplate(parameters, statements)
    return templates


def _read_actions(words: list[str]) -> tuple[str, ...]:
    service, actions = "", []
    for word in words:
        if word.endswith(":"):
            service = word
        else:
            actions.append(service + word)
    return tuple(actions)


_TABLE = """
AMIDescribePolicy
  allow ec2: DescribeImages
  on *
AWSSecretsManagerGetSecretValuePolicy SecretArn
  allow secretsmanager: GetSecretValue
  on {SecretArn}
AWSSecretsManagerRotationPolicy FunctionName
  allow secretsmanager: DescribeSecret GetSecretValue PutSecretValue UpdateSecretVersionStage
  on secretsmanager:@:secret:*
  if StringEquals secretsmanager:resource/AllowRotationLambdaArn lambda:@:function:{FunctionName}
  allow secretsmanager: GetRandomPassword
  on *
AcmGetCertificatePolicy CertificateArn
  allow acm: GetCertificate
  on {CertificateArn}
AthenaQueryPolicy WorkGroupName
  allow athena: ListWorkGroups GetExecutionEngine GetExecutionEngines GetNamespace GetCatalogs
    GetNamespaces GetTables GetTable
  on *
  allow athena: StartQueryExecution GetQueryResults DeleteNamedQuery GetNamedQuery
    ListQueryExecutions StopQueryExecution GetQueryResultsStream ListNamedQueries
    CreateNamedQuery GetQueryExecution BatchGetNamedQuery BatchGetQueryExecution GetWorkGroup
  on athena:@:workgroup/{WorkGroupName}
CloudFormationDescribeStacksPolicy
  allow cloudformation: DescribeStacks
  on cloudformation:@:stack/*
CloudWatchDashboardPolicy
  allow cloudwatch: GetDashboard ListDashboards PutDashboard ListMetrics
  on *
CloudWatchDescribeAlarmHistoryPolicy
  allow cloudwatch: DescribeAlarmHistory
  on *
CloudWatchPutMetricPolicy
  allow cloudwatch: PutMetricData
  on *
CodeCommitCrudPolicy RepositoryName
  allow codecommit: GitPull GitPush CreateBranch DeleteBranch GetBranch ListBranches
    MergeBranchesByFastForward MergeBranchesBySquash MergeBranchesByThreeWay UpdateDefaultBranch
    BatchDescribeMergeConflicts CreateUnreferencedMergeCommit DescribeMergeConflicts
    GetMergeCommit GetMergeOptions BatchGetPullRequests CreatePullRequest
    DescribePullRequestEvents GetCommentsForPullRequest GetCommitsFromMergeBase
    GetMergeConflicts GetPullRequest ListPullRequests MergePullRequestByFastForward
    MergePullRequestBySquash MergePullRequestByThreeWay PostCommentForPullRequest
    UpdatePullRequestDescription UpdatePullRequestStatus UpdatePullRequestTitle DeleteFile
    GetBlob GetFile GetFolder PutFile DeleteCommentContent GetComment
    GetCommentsForComparedCommit PostCommentForComparedCommit PostCommentReply UpdateComment
    BatchGetCommits CreateCommit GetCommit GetCommitHistory GetDifferences GetObjectIdentifier
    GetReferences GetTree GetRepository UpdateRepositoryDescription ListTagsForResource
    TagResource UntagResource GetRepositoryTriggers PutRepositoryTriggers TestRepositoryTriggers
    GetBranch GetCommit UploadArchive GetUploadArchiveStatus CancelUploadArchive
  on codecommit:@:{RepositoryName}
CodeCommitReadPolicy RepositoryName
  allow codecommit: GitPull GetBranch ListBranches BatchDescribeMergeConflicts
    DescribeMergeConflicts GetMergeCommit GetMergeOptions BatchGetPullRequests
    DescribePullRequestEvents GetCommentsForPullRequest GetCommitsFromMergeBase
    GetMergeConflicts GetPullRequest ListPullRequests GetBlob GetFile GetFolder GetComment
    GetCommentsForComparedCommit BatchGetCommits GetCommit GetCommitHistory GetDifferences
    GetObjectIdentifier GetReferences GetTree GetRepository ListTagsForResource
    GetRepositoryTriggers TestRepositoryTriggers GetBranch GetCommit GetUploadArchiveStatus
  on codecommit:@:{RepositoryName}
CodePipelineLambdaExecutionPolicy
  allow codepipeline: PutJobSuccessResult PutJobFailureResult
  on *
CodePipelineReadOnlyPolicy PipelineName
  allow codepipeline: ListPipelineExecutions
  on codepipeline:@:{PipelineName}
ComprehendBasicAccessPolicy
  allow comprehend: BatchDetectKeyPhrases DetectDominantLanguage DetectEntities
    BatchDetectEntities DetectKeyPhrases DetectSentiment BatchDetectDominantLanguage
    BatchDetectSentiment
  on *
CostExplorerReadOnlyPolicy
  allow ce: GetCostAndUsage GetDimensionValues GetReservationCoverage
    GetReservationPurchaseRecommendation GetReservationUtilization GetTags
  on *
DynamoDBBackupFullAccessPolicy TableName
  allow dynamodb: CreateBackup DescribeContinuousBackups
  on dynamodb:@:table/{TableName}
  allow dynamodb: DeleteBackup DescribeBackup ListBackups
  on dynamodb:@:table/{TableName}/backup/*
DynamoDBCrudPolicy TableName
  allow dynamodb: GetItem DeleteItem PutItem Scan Query UpdateItem BatchWriteItem BatchGetItem
    DescribeTable ConditionCheckItem
  on dynamodb:@:table/{TableName}
  on dynamodb:@:table/{TableName}/index/*
DynamoDBReadPolicy TableName
  allow dynamodb: GetItem Scan Query BatchGetItem DescribeTable
  on dynamodb:@:table/{TableName}
  on dynamodb:@:table/{TableName}/index/*
DynamoDBReconfigurePolicy TableName
  allow dynamodb: UpdateTable
  on dynamodb:@:table/{TableName}
DynamoDBRestoreFromBackupPolicy TableName
  allow dynamodb: RestoreTableFromBackup
  on dynamodb:@:table/{TableName}/backup/*
  allow dynamodb: PutItem UpdateItem DeleteItem GetItem Query Scan BatchWriteItem
  on dynamodb:@:table/{TableName}
DynamoDBStreamReadPolicy StreamName TableName
  allow dynamodb: DescribeStream GetRecords GetShardIterator
  on dynamodb:@:table/{TableName}/stream/{StreamName}
  allow dynamodb: ListStreams
  on dynamodb:@:table/{TableName}/stream/*
DynamoDBWritePolicy TableName
  allow dynamodb: PutItem UpdateItem BatchWriteItem
  on dynamodb:@:table/{TableName}
  on dynamodb:@:table/{TableName}/index/*
EC2CopyImagePolicy ImageId
  allow ec2: CopyImage
  on ec2:@:image/{ImageId}
EC2DescribePolicy
  allow ec2: DescribeRegions DescribeInstances
  on *
EFSWriteAccessPolicy AccessPoint FileSystem
  allow elasticfilesystem: ClientMount ClientWrite
  on elasticfilesystem:@:file-system/{FileSystem}
  if StringEquals elasticfilesystem:AccessPointArn elasticfilesystem:@:access-point/{AccessPoint}
EKSDescribePolicy
  allow eks: DescribeCluster ListClusters
  on *
EcsRunTaskPolicy TaskDefinition
  allow ecs: RunTask
  on ecs:@:task-definition/{TaskDefinition}
ElasticMapReduceAddJobFlowStepsPolicy ClusterId
  do elasticmapreduce: AddJobFlowSteps
  on elasticmapreduce:@:cluster/{ClusterId}
ElasticMapReduceCancelStepsPolicy ClusterId
  do elasticmapreduce: CancelSteps
  on elasticmapreduce:@:cluster/{ClusterId}
ElasticMapReduceModifyInstanceFleetPolicy ClusterId
  allow elasticmapreduce: ModifyInstanceFleet ListInstanceFleets
  on elasticmapreduce:@:cluster/{ClusterId}
ElasticMapReduceModifyInstanceGroupsPolicy ClusterId
  allow elasticmapreduce: ModifyInstanceGroups ListInstanceGroups
  on elasticmapreduce:@:cluster/{ClusterId}
ElasticMapReduceSetTerminationProtectionPolicy ClusterId
  do elasticmapreduce: SetTerminationProtection
  on elasticmapreduce:@:cluster/{ClusterId}
ElasticMapReduceTerminateJobFlowsPolicy ClusterId
  do elasticmapreduce: TerminateJobFlows
  on elasticmapreduce:@:cluster/{ClusterId}
ElasticsearchHttpPostPolicy DomainName
  allow es: ESHttpPost ESHttpPut
  on es:@:domain/{DomainName}/*
EventBridgePutEventsPolicy EventBusName
  do events: PutEvents
  on events:@:event-bus/{EventBusName}
FilterLogEventsPolicy LogGroupName
  allow logs: FilterLogEvents
  on logs:@:log-group:{LogGroupName}:log-stream:*
FirehoseCrudPolicy DeliveryStreamName
  allow firehose: CreateDeliveryStream DeleteDeliveryStream DescribeDeliveryStream PutRecord
    PutRecordBatch UpdateDestination
  on firehose:@:deliverystream/{DeliveryStreamName}
FirehoseWritePolicy DeliveryStreamName
  allow firehose: PutRecord PutRecordBatch
  on firehose:@:deliverystream/{DeliveryStreamName}
KMSDecryptPolicy KeyId
  do kms: Decrypt
  on kms:@:key/{KeyId}
KMSEncryptPolicy KeyId
  do kms: Encrypt
  on kms:@:key/{KeyId}
KMSEncryptPolicy_v2 KeyId
  allow kms: Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext GenerateDataKeyPair
    GenerateDataKeyPairWithoutPlaintext
  on kms:@:key/{KeyId}
KinesisCrudPolicy StreamName
  allow kinesis: AddTagsToStream CreateStream DecreaseStreamRetentionPeriod DeleteStream
    DescribeStream DescribeStreamSummary GetShardIterator IncreaseStreamRetentionPeriod
    ListTagsForStream MergeShards PutRecord PutRecords SplitShard RemoveTagsFromStream
  on kinesis:@:stream/{StreamName}
KinesisStreamReadPolicy StreamName
  allow kinesis: ListStreams DescribeLimits
  on kinesis:@:stream/*
  allow kinesis: DescribeStream DescribeStreamSummary GetRecords GetShardIterator
  on kinesis:@:stream/{StreamName}
LambdaInvokePolicy FunctionName
  allow lambda: InvokeFunction
  on lambda:@:function:{FunctionName}*
MobileAnalyticsWriteOnlyAccessPolicy
  allow mobileanalytics: PutEvents
  on *
OrganizationsListAccountsPolicy
  allow organizations: ListAccounts
  on *
PinpointEndpointAccessPolicy PinpointApplicationId
  allow mobiletargeting: GetEndpoint UpdateEndpoint UpdateEndpointsBatch
  on mobiletargeting:@:apps/{PinpointApplicationId}/endpoints/*
PollyFullAccessPolicy LexiconName
  allow polly: GetLexicon DeleteLexicon
  among polly:@:lexicon/{LexiconName}
  allow polly: DescribeVoices ListLexicons PutLexicon SynthesizeSpeech
  among polly:@:lexicon/*
RekognitionDetectOnlyPolicy
  allow rekognition: DetectFaces DetectLabels DetectModerationLabels DetectText
  on *
RekognitionFacesManagementPolicy CollectionId
  allow rekognition: IndexFaces DeleteFaces SearchFaces SearchFacesByImage ListFaces
  on rekognition:@:collection/{CollectionId}
RekognitionFacesPolicy
  allow rekognition: CompareFaces DetectFaces
  on *
RekognitionLabelsPolicy
  allow rekognition: DetectLabels DetectModerationLabels
  on *
RekognitionNoDataAccessPolicy CollectionId
  allow rekognition: CompareFaces DetectFaces DetectLabels DetectModerationLabels
  on rekognition:@:collection/{CollectionId}
RekognitionReadPolicy CollectionId
  allow rekognition: ListCollections ListFaces SearchFaces SearchFacesByImage
  on rekognition:@:collection/{CollectionId}
RekognitionWriteOnlyAccessPolicy CollectionId
  allow rekognition: CreateCollection IndexFaces
  on rekognition:@:collection/{CollectionId}
Route53ChangeResourceRecordSetsPolicy HostedZoneId
  allow route53: ChangeResourceRecordSets
  on route53:::hostedzone/{HostedZoneId}
S3CrudPolicy BucketName
  allow s3: GetObject ListBucket GetBucketLocation GetObjectVersion PutObject PutObjectAcl
    GetLifecycleConfiguration PutLifecycleConfiguration DeleteObject
  on s3:::{BucketName}
  on s3:::{BucketName}/*
S3FullAccessPolicy BucketName
  allow s3: GetObject GetObjectAcl GetObjectVersion PutObject PutObjectAcl DeleteObject
    DeleteObjectTagging DeleteObjectVersionTagging GetObjectTagging GetObjectVersionTagging
    PutObjectTagging PutObjectVersionTagging
  among s3:::{BucketName}/*
  allow s3: ListBucket GetBucketLocation GetLifecycleConfiguration PutLifecycleConfiguration
  among s3:::{BucketName}
S3ReadPolicy BucketName
  allow s3: GetObject ListBucket GetBucketLocation GetObjectVersion GetLifecycleConfiguration
  on s3:::{BucketName}
  on s3:::{BucketName}/*
S3WritePolicy BucketName
  allow s3: PutObject PutObjectAcl PutLifecycleConfiguration
  on s3:::{BucketName}
  on s3:::{BucketName}/*
SESBulkTemplatedCrudPolicy IdentityName
  allow ses: GetIdentityVerificationAttributes SendEmail SendRawEmail SendTemplatedEmail
    SendBulkTemplatedEmail VerifyEmailIdentity
  on ses:@:identity/{IdentityName}
SESBulkTemplatedCrudPolicy_v2 IdentityName TemplateName
  allow ses: SendEmail SendRawEmail SendTemplatedEmail SendBulkTemplatedEmail
  on ses:@:identity/{IdentityName}
  on ses:@:template/{TemplateName}
  allow ses: GetIdentityVerificationAttributes VerifyEmailIdentity
  on *
SESCrudPolicy IdentityName
  allow ses: GetIdentityVerificationAttributes SendEmail SendRawEmail VerifyEmailIdentity
  on ses:@:identity/{IdentityName}
SESEmailTemplateCrudPolicy
  allow ses: CreateTemplate GetTemplate ListTemplates UpdateTemplate DeleteTemplate
    TestRenderTemplate
  on *
SESSendBouncePolicy IdentityName
  allow ses: SendBounce
  on ses:@:identity/{IdentityName}
SNSCrudPolicy TopicName
  allow sns: ListSubscriptionsByTopic CreateTopic SetTopicAttributes Subscribe Publish
  on sns:@:{TopicName}*
SNSPublishMessagePolicy TopicName
  allow sns: Publish
  on sns:@:{TopicName}
SQSPollerPolicy QueueName
  allow sqs: ChangeMessageVisibility ChangeMessageVisibilityBatch DeleteMessage
    DeleteMessageBatch GetQueueAttributes ReceiveMessage
  on sqs:@:{QueueName}
SQSSendMessagePolicy QueueName
  allow sqs: SendMessage*
  on sqs:@:{QueueName}
SSMParameterReadPolicy ParameterName
  allow ssm: DescribeParameters
  on *
  allow ssm: GetParameters GetParameter GetParametersByPath
  on ssm:@:parameter/{ParameterName}
SSMParameterWithSlashPrefixReadPolicy ParameterName
  allow ssm: DescribeParameters
  on *
  allow ssm: GetParameters GetParameter GetParametersByPath
  on ssm:@:parameter{ParameterName}
SageMakerCreateEndpointConfigPolicy EndpointConfigName
  allow sagemaker: CreateEndpointConfig
  on sagemaker:@:endpoint-config/{EndpointConfigName}
SageMakerCreateEndpointPolicy EndpointName
  allow sagemaker: CreateEndpoint
  on sagemaker:@:endpoint/{EndpointName}
ServerlessRepoReadWriteAccessPolicy
  allow serverlessrepo: CreateApplication CreateApplicationVersion UpdateApplication
    GetApplication ListApplications ListApplicationVersions ListApplicationDependencies
  among serverlessrepo:@:applications/*
StepFunctionsCallbackPolicy StateMachineName
  allow states: SendTaskFailure SendTaskHeartbeat SendTaskSuccess
  on states:@:stateMachine:{StateMachineName}
StepFunctionsExecutionPolicy StateMachineName
  allow states: StartExecution
  on states:@:stateMachine:{StateMachineName}
StepFunctionsExecutionPolicy_v2 StateMachineName
  allow states: StartExecution StartSyncExecution
  on states:@:stateMachine:{StateMachineName}
TextractDetectAnalyzePolicy
  allow textract: DetectDocumentText StartDocumentTextDetection StartDocumentAnalysis
    AnalyzeDocument
  on *
TextractGetResultPolicy
  allow textract: GetDocumentTextDetection GetDocumentAnalysis
  on *
TextractPolicy
  allow textract: *
  on *
VPCAccessPolicy
  allow ec2: CreateNetworkInterface DeleteNetworkInterface DescribeNetworkInterfaces
    DetachNetworkInterface
  on *
"""
