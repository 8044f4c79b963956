"""DeploymentPreference: traffic that CodeDeploy shifts from one version to the next.

AWS: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundstate.services.cloudformation.template.sam.expansion import (
    Expansion,
    InvalidResource,
    passed_on,
)
from groundstate.services.cloudformation.template.sam.policies import managed_arn, trust

_APPLICATION = "ServerlessDeploymentApplication"
_ROLE = "CodeDeployServiceRole"


def add_preference(
    expansion: Expansion, logical_id: str, source: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Add what CodeDeploy needs; the alias's UpdatePolicy, or None without a preference.

    Raises:
        InvalidResource: the preference has no type.
    """
    preference = source.get("Properties", {}).get("DeploymentPreference")
    if preference is None or expansion.known(preference.get("Enabled", True)) in (False, "false"):
        return None
    if "Type" not in preference:
        raise InvalidResource(logical_id, "'DeploymentPreference' requires Type property.")
    expansion.add(_APPLICATION, "AWS::CodeDeploy::Application", {"ComputePlatform": "Lambda"})
    role = preference.get("Role")
    if role is None:
        made = {
            "AssumeRolePolicyDocument": trust("codedeploy.amazonaws.com"),
            "ManagedPolicyArns": [managed_arn("AWSCodeDeployRoleForLambda")],
        }
        expansion.add(_ROLE, "AWS::IAM::Role", made)
        role = {"Fn::GetAtt": [_ROLE, "Arn"]}
    group_id = f"{logical_id}DeploymentGroup"
    group = _group(preference, role)
    expansion.add(group_id, "AWS::CodeDeploy::DeploymentGroup", group, **passed_on(source))
    update: dict[str, Any] = {
        "ApplicationName": {"Ref": _APPLICATION},
        "DeploymentGroupName": {"Ref": group_id},
    }
    hooks = {"PreTraffic": "BeforeAllowTrafficHook", "PostTraffic": "AfterAllowTrafficHook"}
    for name, hook in preference.get("Hooks", {}).items():
        update[hooks.get(name, name)] = hook
    return {"CodeDeployLambdaAliasUpdate": update}


def _group(preference: Mapping[str, Any], role: Any) -> dict[str, Any]:
    events = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"]
    name = ["CodeDeployDefault.Lambda${ConfigName}", {"ConfigName": preference["Type"]}]
    group: dict[str, Any] = {
        "ApplicationName": {"Ref": _APPLICATION},
        "AutoRollbackConfiguration": {"Enabled": True, "Events": events},
        "DeploymentConfigName": {"Fn::Sub": name},
        "DeploymentStyle": {
            "DeploymentType": "BLUE_GREEN",
            "DeploymentOption": "WITH_TRAFFIC_CONTROL",
        },
        "ServiceRoleArn": role,
    }
    alarms = preference.get("Alarms")
    if isinstance(alarms, list):
        named = [{"Name": alarm} for alarm in alarms]
        group["AlarmConfiguration"] = {"Enabled": True, "Alarms": named}
    return group
