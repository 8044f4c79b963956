"""What roles, users and groups have alike: inline policies, attached policies, tags.

AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/id.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from groundstate.operation import Shape
from groundstate.services.cloudformation.resources.absence import gone_is_fine
from groundstate.services.cloudformation.resources.fields import as_text, tag_changes, tags_as_map
from groundstate.services.cloudformation.resources.provision import Properties, Provision
from groundstate.services.cloudformation.resources.shape import JSON, TEXT, Needed

POLICIES: Final = [{"PolicyName": Needed(TEXT), "PolicyDocument": Needed(JSON)}]


@dataclass(frozen=True, slots=True)
class Identity:
    """A kind of identity: `Role`, `User` or `Group`, as it stands in operations' names."""

    kind: str

    def named(self, name: str, **members: object) -> Shape:
        """A request about the identity with this name."""
        return {f"{self.kind}Name": name, **members}


def set_policies(
    provision: Provision, identity: Identity, name: str, before: Properties, after: Properties
) -> None:
    """Bring an identity's inline and attached policies from one state to another."""
    kind = identity.kind
    old = {policy["PolicyName"]: policy["PolicyDocument"] for policy in before.get("Policies", [])}
    new = {policy["PolicyName"]: policy["PolicyDocument"] for policy in after.get("Policies", [])}
    for policy, document in new.items():
        if old.get(policy) != document:
            request = identity.named(name, PolicyName=policy, PolicyDocument=as_text(document))
            provision.invoke("iam", f"Put{kind}Policy", request)
    for policy in old:
        if policy not in new:
            provision.invoke("iam", f"Delete{kind}Policy", identity.named(name, PolicyName=policy))
    old_arns = before.get("ManagedPolicyArns", [])
    new_arns = after.get("ManagedPolicyArns", [])
    for arn in new_arns:
        if arn not in old_arns:
            provision.invoke("iam", f"Attach{kind}Policy", identity.named(name, PolicyArn=arn))
    for arn in old_arns:
        if arn not in new_arns:
            provision.invoke("iam", f"Detach{kind}Policy", identity.named(name, PolicyArn=arn))


def set_tags(
    provision: Provision, identity: Identity, name: str, before: Properties, after: Properties
) -> None:
    """Bring an identity's tags from one state to another."""
    to_set, to_remove = tag_changes(tags_as_map(before.get("Tags")), tags_as_map(after.get("Tags")))
    if to_set:
        tags = [{"Key": key, "Value": value} for key, value in to_set.items()]
        provision.invoke("iam", f"Tag{identity.kind}", identity.named(name, Tags=tags))
    if to_remove:
        request = identity.named(name, TagKeys=to_remove)
        provision.invoke("iam", f"Untag{identity.kind}", request)


def delete_identity(provision: Provision, identity: Identity, name: str) -> None:
    """Delete an identity and the policies that it has; one that is gone is as good."""
    kind = identity.kind
    with gone_is_fine():
        attached = provision.invoke("iam", f"ListAttached{kind}Policies", identity.named(name))
        inline = provision.invoke("iam", f"List{kind}Policies", identity.named(name))
        for policy in attached["AttachedPolicies"]:
            request = identity.named(name, PolicyArn=policy["PolicyArn"])
            provision.invoke("iam", f"Detach{kind}Policy", request)
        for policy_name in inline["PolicyNames"]:
            request = identity.named(name, PolicyName=policy_name)
            provision.invoke("iam", f"Delete{kind}Policy", request)
        provision.invoke("iam", f"Delete{kind}", identity.named(name))
