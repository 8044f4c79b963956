"""Deploy and delete stacks over CloudFormation's API, and show their events as they happen."""

from __future__ import annotations

from typing import NamedTuple
from xml.etree import ElementTree as ET

from groundstate.cli.client import Client
from groundstate.cli.errors import CommandError, Refused
from groundstate.cli.output import Console
from groundstate.clock import pause
from groundstate.cloud_assembly import AssemblyStack

# CloudFormation takes larger templates only from S3:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
INLINE_TEMPLATE_SIZE_BYTES_MAX = 51_200
POLL_INTERVAL_S = 0.05
_CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")


class StackState(NamedTuple):
    """What DescribeStacks says of a stack."""

    stack_id: str
    name: str
    status: str
    reason: str
    outputs: dict[str, str]
    parameters: frozenset[str]
    is_protected: bool

    @property
    def is_settled(self) -> bool:
        """Whether nothing goes on with it."""
        return not self.status.endswith("_IN_PROGRESS")


class StackEvent(NamedTuple):
    """One entry of DescribeStackEvents."""

    event_id: str
    logical_id: str
    physical_id: str
    resource_type: str
    status: str
    reason: str


def deploy_stack(
    client: Client, stack: AssemblyStack, console: Console, tags: dict[str, str]
) -> tuple[StackState, bool]:
    """Create or update a stack, and wait for it. False: there was nothing to change.

    Args:
        tags: for the stack, beside those that the app gives it.

    Raises:
        CommandError: it failed and was rolled back.
        Refused: CloudFormation refused it; nothing was changed.
    """
    deployed, changed = _create_or_update(client, stack, console, tags)
    if deployed.is_protected != stack.termination_protection:
        client.call_query(
            "cloudformation",
            "UpdateTerminationProtection",
            StackName=deployed.stack_id,
            EnableTerminationProtection=str(stack.termination_protection).lower(),
        )
    return deployed, changed


def _create_or_update(
    client: Client, stack: AssemblyStack, console: Console, tags: dict[str, str]
) -> tuple[StackState, bool]:
    _upload_assets(client, stack, console)
    before = find_stack(client, stack.name)
    if before is not None and before.status in ("ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"):
        # What a failed creation leaves can only be deleted; the CDK CLI does the same.
        delete_stack(client, before, console)
        before = None
    known = frozenset(
        () if before is None else (event.event_id for event in _events(client, before.stack_id))
    )
    present = before.parameters if before is not None else frozenset()
    form = {
        "StackName": stack.name,
        **_template_form(client, stack),
        **_list_form(stack, tags),
        **_parameter_form(stack, present),
    }
    try:
        answer = client.call_query(
            "cloudformation", "CreateStack" if before is None else "UpdateStack", **form
        )
    except Refused as refused:
        if before is not None and refused.text.startswith("No updates are to be performed"):
            return before, False
        raise
    stack_id = answer.findtext(".//StackId") or stack.name
    after = _wait_settled(client, stack_id, known, console)
    if after.status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise CommandError(
            f"{stack.name} could not be deployed: {after.status}. {after.reason}".rstrip(),
            _word_failure(client, stack_id, known),
        )
    return after, True


def delete_stack(client: Client, stack: StackState, console: Console) -> list[StackEvent]:
    """Delete a stack with everything in it, and wait for it; what its template told to retain.

    Raises:
        CommandError: it could not be deleted.
    """
    known = frozenset(event.event_id for event in _events(client, stack.stack_id))
    client.call_query("cloudformation", "DeleteStack", StackName=stack.stack_id)
    after = _wait_settled(client, stack.stack_id, known, console)
    if after.status != "DELETE_COMPLETE":
        raise CommandError(
            f"{stack.name} could not be deleted: {after.status}. {after.reason}".rstrip(),
            _word_failure(client, stack.stack_id, known),
        )
    return [
        event
        for event in _events(client, stack.stack_id)
        if event.status == "DELETE_SKIPPED" and event.event_id not in known
    ]


def find_stack(client: Client, name: str) -> StackState | None:
    """A stack by its name or id; None if there is none."""
    try:
        answer = client.call_query("cloudformation", "DescribeStacks", StackName=name)
    except Refused as refused:
        if refused.code == "ValidationError" and "does not exist" in refused.text:
            return None
        raise
    found = answer.find(".//Stacks/member")
    return None if found is None else _read_stack(found)


def _upload_assets(client: Client, stack: AssemblyStack, console: Console) -> None:
    """Store the assets that S3 does not have yet. Their keys are hashes of their content."""
    for asset in stack.assets:
        if asset.source == stack.template_path and not _is_large(stack):
            continue
        if not client.has_object(asset.bucket, asset.key):
            console.note(f"  uploading {asset.name}")
            client.put_object(asset.bucket, asset.key, asset.read())


def _is_large(stack: AssemblyStack) -> bool:
    return len(stack.template_text.encode()) > INLINE_TEMPLATE_SIZE_BYTES_MAX


def _template_form(client: Client, stack: AssemblyStack) -> dict[str, str]:
    if not _is_large(stack):
        return {"TemplateBody": stack.template_text}
    if not stack.template_url:
        raise CommandError(
            f"The template of {stack.name} is larger than {INLINE_TEMPLATE_SIZE_BYTES_MAX} bytes "
            "and the app does not publish it as an asset.",
            "Use the CDK's default stack synthesizer.",
        )
    return {"TemplateURL": stack.template_url.replace("s3:/", client.endpoint_url, 1)}


def _list_form(stack: AssemblyStack, tags: dict[str, str]) -> dict[str, str]:
    """Capabilities and tags, as the query protocol numbers lists."""
    form = {
        f"Capabilities.member.{number}": capability
        for number, capability in enumerate(_CAPABILITIES, 1)
    }
    for number, (key, value) in enumerate({**stack.tags, **tags}.items(), 1):
        form[f"Tags.member.{number}.Key"] = key
        form[f"Tags.member.{number}.Value"] = value
    return form


def _parameter_form(stack: AssemblyStack, present: frozenset[str]) -> dict[str, str]:
    """The parameters' values, and which of those that the stack has are kept."""
    form = {}
    kept = [name for name in stack.kept_parameters if name in present - set(stack.parameters)]
    for number, key in enumerate([*stack.parameters, *kept], 1):
        prefix = f"Parameters.member.{number}"
        form[f"{prefix}.ParameterKey"] = key
        if key in stack.parameters:
            form[f"{prefix}.ParameterValue"] = stack.parameters[key]
        else:
            form[f"{prefix}.UsePreviousValue"] = "true"
    return form


def _wait_settled(
    client: Client, stack_id: str, known: frozenset[str], console: Console
) -> StackState:
    """Show a stack's events until nothing goes on any more; those that are known are not new."""
    seen = set(known)
    while True:
        # Its state is read first: what has happened by then is among the events read after it.
        state = find_stack(client, stack_id)
        for event in reversed(_events(client, stack_id)):
            if event.event_id not in seen:
                seen.add(event.event_id)
                _show_event(console, event)
        if state is None:
            raise CommandError(f"The stack {stack_id} is gone.")
        if state.is_settled:
            return state
        pause(POLL_INTERVAL_S)


def _word_failure(client: Client, stack_id: str, known: frozenset[str]) -> str:
    """What failed first; the rest failed because of it."""
    for event in reversed(_events(client, stack_id)):
        if event.event_id not in known and event.status.endswith("_FAILED"):
            return f"{event.logical_id} ({event.resource_type}) failed first: {event.reason}"
    return ""


def _show_event(console: Console, event: StackEvent) -> None:
    reason = f"  {event.reason}" if event.reason else ""
    console.note(f"  {event.status:<35} {event.resource_type:<34} {event.logical_id}{reason}")


def _events(client: Client, stack_id: str) -> list[StackEvent]:
    """A stack's events, newest first."""
    events = []
    token: dict[str, str] = {}
    while True:
        page = client.call_query(
            "cloudformation", "DescribeStackEvents", StackName=stack_id, **token
        )
        events += [
            StackEvent(
                event_id=entry.findtext("EventId") or "",
                logical_id=entry.findtext("LogicalResourceId") or "",
                physical_id=entry.findtext("PhysicalResourceId") or "",
                resource_type=entry.findtext("ResourceType") or "",
                status=entry.findtext("ResourceStatus") or "",
                reason=entry.findtext("ResourceStatusReason") or "",
            )
            for entry in page.iterfind(".//StackEvents/member")
        ]
        next_token = page.findtext(".//NextToken")
        if not next_token:
            return events
        token = {"NextToken": next_token}


def _read_stack(found: ET.Element) -> StackState:
    return StackState(
        stack_id=found.findtext("StackId") or "",
        name=found.findtext("StackName") or "",
        status=found.findtext("StackStatus") or "",
        reason=found.findtext("StackStatusReason") or "",
        outputs={
            output.findtext("OutputKey") or "": output.findtext("OutputValue") or ""
            for output in found.iterfind("Outputs/member")
        },
        parameters=frozenset(
            parameter.findtext("ParameterKey") or ""
            for parameter in found.iterfind("Parameters/member")
        ),
        is_protected=found.findtext("EnableTerminationProtection") == "true",
    )
