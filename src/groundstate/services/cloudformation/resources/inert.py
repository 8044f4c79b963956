"""Types of services that this runtime does not run, accepted by the user as records.

They get a physical name, echo their properties as attributes, and do nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from groundstate import ids
from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Properties,
    Provision,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.template.values import is_scalar, to_text

# Types whose Ref is an ARN on AWS, which policies and others want; the others' is a name.
_ARN_REFS = frozenset(
    {
        "AWS::AppRunner::Service",
        "AWS::Batch::ComputeEnvironment",
        "AWS::Batch::JobDefinition",
        "AWS::Batch::JobQueue",
        "AWS::CertificateManager::Certificate",
        "AWS::CodeStarConnections::Connection",
        "AWS::CloudWatch::CompositeAlarm",
        "AWS::ECS::Service",
        "AWS::ECS::TaskDefinition",
        "AWS::ElasticLoadBalancingV2::Listener",
        "AWS::ElasticLoadBalancingV2::ListenerRule",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "AWS::MSK::Cluster",
        "AWS::SNS::Topic",
        "AWS::SecretsManager::Secret",
        "AWS::SecretsManager::SecretTargetAttachment",
    }
)
_NAME_LENGTH_MAX = 63
# Types whose ids others check by their form: a function in a VPC names `sg-` and `subnet-`.
_ID_PREFIXES = {
    "AWS::EC2::EgressOnlyInternetGateway": "eigw",
    "AWS::EC2::Instance": "i",
    "AWS::EC2::InternetGateway": "igw",
    "AWS::EC2::LaunchTemplate": "lt",
    "AWS::EC2::NatGateway": "nat",
    "AWS::EC2::NetworkAcl": "acl",
    "AWS::EC2::NetworkInterface": "eni",
    "AWS::EC2::RouteTable": "rtb",
    "AWS::EC2::SecurityGroup": "sg",
    "AWS::EC2::Subnet": "subnet",
    "AWS::EC2::VPC": "vpc",
    "AWS::EC2::VPCEndpoint": "vpce",
    "AWS::EC2::Volume": "vol",
    "AWS::EFS::AccessPoint": "fsap",
    "AWS::EFS::FileSystem": "fs",
}
_ID_LENGTH = 17


def guess_attribute(attributes: Mapping[str, str], name: str) -> str:
    """What stands for an attribute of a record that has none of this name: its ARN or its id."""
    return attributes["Arn"] if name.lower().endswith("arn") else attributes["Id"]


@lru_cache(maxsize=512)
def make(name: str) -> ResourceType:
    """The record type for a name."""
    service = name.split("::")[1].lower() if "::" in name else "custom"

    def create(provision: Provision, properties: Properties) -> Made:
        if name in _ID_PREFIXES:
            hexadecimal = ids.make_uuid().replace("-", "")
            physical_id = f"{_ID_PREFIXES[name]}-{hexadecimal[:_ID_LENGTH]}"
        else:
            physical_id = provision.make_name(_NAME_LENGTH_MAX)
        return describe(provision, physical_id, properties)

    def update(provision: Provision, current: Current, properties: Properties) -> Made:
        return describe(provision, current.attributes["Id"], properties)

    def describe(provision: Provision, own_id: str, properties: Properties) -> Made:
        arn = provision.arn(service, own_id)
        echoed = {key: to_text(value) for key, value in properties.items() if is_scalar(value)}
        attributes = {**echoed, "Arn": arn, "Id": own_id, "Name": own_id}
        if name in _ARN_REFS:
            return Made(arn, attributes)
        if name == "AWS::SQS::Queue":
            url = f"https://sqs.{provision.region}.amazonaws.com/{provision.account}/{own_id}"
            return Made(url, {**attributes, "QueueName": own_id, "QueueUrl": url})
        return Made(own_id, attributes)

    def delete(provision: Provision, current: Current) -> None:
        return None

    return ResourceType(
        name=name,
        shape={},
        create=create,
        update=update,
        delete=delete,
        attributes=None,
        any_property=True,
    )
