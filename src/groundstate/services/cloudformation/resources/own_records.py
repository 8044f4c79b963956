"""Types of the services of this runtime that change nothing of what runs here.

A saved query, a document of the Systems Manager, an access point: nobody here reads them. Each is
kept as a record, with the name and the ARN that it has on AWS, and an event of it says so.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from dataclasses import dataclass

from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Properties,
    Provision,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.template.values import is_scalar, to_text

_NAME_LENGTH_MAX = 50
NOTE = "This resource is kept as a record: it has no effect here."


@dataclass(frozen=True, slots=True)
class _Record:
    """What a type's resources are called.

    Attributes:
        arn: its ARN behind the partition, with `{region}`, `{account}` and `{name}`.
        name: the property with its name; empty if AWS makes one.
        ref: `Ref` gives the ARN.
        attribute: the attribute that is the ARN, where it is not `Arn`.
    """

    arn: str
    name: str = "Name"
    ref: bool = False
    attribute: str = "Arn"


_CLOUDFORMATION = "cloudformation:{region}:{account}"
_IAM, _LAMBDA = "iam::{account}", "lambda:{region}:{account}"
_LOGS, _S3, _SSM = "logs:{region}:{account}", "s3:{region}:{account}", "ssm:{region}:{account}"
_RECORDS = {
    "AWS::CloudFormation::GuardHook": _Record(
        f"{_CLOUDFORMATION}:type/hook/{{name}}", name="", ref=True, attribute="HookArn"
    ),
    "AWS::CloudFormation::HookDefaultVersion": _Record(
        f"{_CLOUDFORMATION}:type/hook/{{name}}", name="", ref=True
    ),
    "AWS::CloudFormation::HookTypeConfig": _Record(
        f"{_CLOUDFORMATION}:type-configuration/hook/{{name}}/default",
        name="",
        ref=True,
        attribute="ConfigurationArn",
    ),
    "AWS::CloudFormation::HookVersion": _Record(
        f"{_CLOUDFORMATION}:type/hook/{{name}}/00000001", name="", ref=True
    ),
    "AWS::CloudFormation::LambdaHook": _Record(
        f"{_CLOUDFORMATION}:type/hook/{{name}}", name="", ref=True, attribute="HookArn"
    ),
    "AWS::CloudFormation::ModuleDefaultVersion": _Record(
        f"{_CLOUDFORMATION}:type/module/{{name}}", name="", ref=True
    ),
    "AWS::CloudFormation::ModuleVersion": _Record(
        f"{_CLOUDFORMATION}:type/module/{{name}}/00000001", name="", ref=True
    ),
    "AWS::CloudFormation::PublicTypeVersion": _Record(
        f"{_CLOUDFORMATION}:type/resource/{{name}}", name="", ref=True, attribute="PublicTypeArn"
    ),
    "AWS::CloudFormation::Publisher": _Record(f"{_CLOUDFORMATION}:publisher/{{name}}", name=""),
    "AWS::CloudFormation::ResourceDefaultVersion": _Record(
        f"{_CLOUDFORMATION}:type/resource/{{name}}", name="", ref=True
    ),
    "AWS::CloudFormation::ResourceVersion": _Record(
        f"{_CLOUDFORMATION}:type/resource/{{name}}/00000001", name="", ref=True
    ),
    "AWS::CloudFormation::StackSet": _Record(
        f"{_CLOUDFORMATION}:stackset/{{name}}", name="StackSetName"
    ),
    "AWS::CloudFormation::TypeActivation": _Record(
        f"{_CLOUDFORMATION}:type/resource/{{name}}", name="", ref=True
    ),
    "AWS::IAM::SAMLProvider": _Record(f"{_IAM}:saml-provider/{{name}}", ref=True),
    "AWS::IAM::ServerCertificate": _Record(
        f"{_IAM}:server-certificate/{{name}}", name="ServerCertificateName"
    ),
    "AWS::IAM::VirtualMFADevice": _Record(
        f"{_IAM}:mfa/{{name}}", name="VirtualMfaDeviceName", ref=True, attribute="SerialNumber"
    ),
    "AWS::Lambda::CapacityProvider": _Record(
        f"{_LAMBDA}:capacity-provider:{{name}}", name="CapacityProviderName"
    ),
    "AWS::Lambda::CodeSigningConfig": _Record(
        f"{_LAMBDA}:code-signing-config:{{name}}",
        name="",
        ref=True,
        attribute="CodeSigningConfigArn",
    ),
    "AWS::Logs::AccountPolicy": _Record(f"{_LOGS}:policy:{{name}}", name="PolicyName"),
    "AWS::Logs::Delivery": _Record(f"{_LOGS}:delivery:{{name}}", name=""),
    "AWS::Logs::DeliveryDestination": _Record(f"{_LOGS}:delivery-destination:{{name}}"),
    "AWS::Logs::DeliverySource": _Record(f"{_LOGS}:delivery-source:{{name}}"),
    "AWS::Logs::Destination": _Record(f"{_LOGS}:destination:{{name}}", name="DestinationName"),
    "AWS::Logs::Integration": _Record(f"{_LOGS}:integration:{{name}}", name="IntegrationName"),
    "AWS::Logs::LogAnomalyDetector": _Record(
        f"{_LOGS}:anomaly-detector:{{name}}", name="", ref=True, attribute="AnomalyDetectorArn"
    ),
    "AWS::Logs::QueryDefinition": _Record(f"{_LOGS}:query-definition:{{name}}", name=""),
    "AWS::Logs::ScheduledQuery": _Record(
        f"{_LOGS}:scheduled-query:{{name}}", ref=True, attribute="ScheduledQueryArn"
    ),
    "AWS::Logs::StorageTierPolicy": _Record(f"{_LOGS}:storage-tier-policy:{{name}}", name=""),
    "AWS::Logs::Transformer": _Record(f"{_LOGS}:log-group:{{name}}", name="LogGroupIdentifier"),
    "AWS::S3::AccessGrant": _Record(
        f"{_S3}:access-grants/default/grant/{{name}}", name="", attribute="AccessGrantArn"
    ),
    "AWS::S3::AccessGrantsInstance": _Record(
        f"{_S3}:access-grants/default", name="", ref=True, attribute="AccessGrantsInstanceArn"
    ),
    "AWS::S3::AccessGrantsLocation": _Record(
        f"{_S3}:access-grants/default/location/{{name}}",
        name="",
        attribute="AccessGrantsLocationArn",
    ),
    "AWS::S3::AccessPoint": _Record(f"{_S3}:accesspoint/{{name}}"),
    "AWS::S3::MultiRegionAccessPoint": _Record("s3::{account}:accesspoint/{name}"),
    "AWS::S3::MultiRegionAccessPointPolicy": _Record(
        "s3::{account}:accesspoint/{name}", name="MrapName"
    ),
    "AWS::S3::StorageLens": _Record(f"{_S3}:storage-lens/{{name}}", name=""),
    "AWS::S3::StorageLensGroup": _Record(f"{_S3}:storage-lens-group/{{name}}"),
    "AWS::SSM::Association": _Record(f"{_SSM}:association/{{name}}", name=""),
    "AWS::SSM::Document": _Record(f"{_SSM}:document/{{name}}"),
    "AWS::SSM::MaintenanceWindow": _Record(f"{_SSM}:maintenancewindow/{{name}}", name=""),
    "AWS::SSM::MaintenanceWindowTarget": _Record(f"{_SSM}:windowtarget/{{name}}", name=""),
    "AWS::SSM::MaintenanceWindowTask": _Record(f"{_SSM}:windowtask/{{name}}", name=""),
    "AWS::SSM::OpsItem": _Record(f"{_SSM}:opsitem/{{name}}", name="", attribute="OpsItemArn"),
    "AWS::SSM::PatchBaseline": _Record(f"{_SSM}:patchbaseline/{{name}}", name=""),
    "AWS::SSM::ResourceDataSync": _Record(f"{_SSM}:resource-data-sync/{{name}}", name="SyncName"),
    "AWS::SSM::ResourcePolicy": _Record(f"{_SSM}:resource-policy/{{name}}", name=""),
    "AWS::SSM::ServiceSetting": _Record(f"{_SSM}:servicesetting{{name}}", name="SettingId"),
}


def make_types() -> dict[str, ResourceType]:
    """The types, by name."""
    return {kind: _make_type(kind, record) for kind, record in _RECORDS.items()}


def _make_type(kind: str, record: _Record) -> ResourceType:
    def create(provision: Provision, properties: Properties) -> Made:
        provision.note(NOTE)
        name = properties.get(record.name) or provision.make_name(_NAME_LENGTH_MAX, mixed=True)
        return describe(provision, name, properties)

    def update(provision: Provision, current: Current, properties: Properties) -> Made:
        return describe(provision, current.attributes["Name"], properties)

    def describe(provision: Provision, name: str, properties: Properties) -> Made:
        partition = provision.stack_id.split(":", 2)[1]
        place = record.arn.format(region=provision.region, account=provision.account, name=name)
        arn = f"arn:{partition}:{place}"
        echoed = {key: to_text(value) for key, value in properties.items() if is_scalar(value)}
        attributes = {**echoed, "Name": name, "Id": name, "Arn": arn, record.attribute: arn}
        return Made(arn if record.ref else name, attributes)

    def delete(provision: Provision, current: Current) -> None:
        return None

    return ResourceType(
        name=kind,
        shape={},
        create=create,
        update=update,
        delete=delete,
        replaces=frozenset({record.name} - {""}),
        name_property=record.name,
        attributes=None,
        any_property=True,
        is_record=True,
    )
