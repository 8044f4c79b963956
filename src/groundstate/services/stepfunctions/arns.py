"""The ARNs of Step Functions: what they look like, and what AWS says of those that do not.

AWS: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
"""

from __future__ import annotations

from typing import NamedTuple

from groundstate.arn import partition_of
from groundstate.operation import Call, Resources, ResourcesOf, Shape
from groundstate.services.stepfunctions.errors import InvalidArn


class MachineArn(NamedTuple):
    """A state machine's ARN taken apart.

    Attributes:
        base: the ARN without a version or alias.
        name: the machine's name; for children of a map run `name/label`.
        qualifier: a version's number or an alias's name, or ''.
    """

    base: str
    name: str
    qualifier: str


class ExecutionArn(NamedTuple):
    """A Standard execution's ARN taken apart.

    Attributes:
        machine: the machine's ARN.
        name: the execution's name.
    """

    machine: str
    name: str


def make_arn(call: Call, resource: str) -> str:
    """An ARN of this call's region and account: `make_arn(call, "stateMachine:Name")`."""
    return f"arn:{partition_of(call.region)}:states:{call.region}:{call.account}:{resource}"


def parse_machine_arn(text: str) -> MachineArn:
    """Take apart the ARN of a machine, a version or an alias.

    Raises:
        InvalidArn: it is none of these.
    """
    parts = _split(text)
    if parts[5] != "stateMachine":
        raise _wrong_type(parts[5])
    if len(parts) not in (7, 8):
        raise InvalidArn(f"Invalid Arn: '{text}'")
    base = ":".join(parts[:7])
    return MachineArn(base, parts[6], parts[7] if len(parts) == 8 else "")


def parse_execution_arn(text: str) -> ExecutionArn:
    """Take apart the ARN of a Standard execution.

    Raises:
        InvalidArn: it is none, for example the ARN of an Express execution.
    """
    parts = _split(text)
    if parts[5] != "execution":
        raise _wrong_type(parts[5])
    if len(parts) != 8:
        raise InvalidArn(f"Invalid Arn: '{text}'")
    return ExecutionArn(":".join((*parts[:5], "stateMachine", parts[6])), parts[7])


def check_resource_arn(text: str, resource_type: str) -> None:
    """Check an ARN that is `<...>:<resource_type>:<name>`.

    Raises:
        InvalidArn: it is not.
    """
    parts = _split(text)
    if parts[5] != resource_type:
        raise _wrong_type(parts[5])


def execution_arn_of(machine_arn: str, name: str) -> str:
    """The ARN of a machine's Standard execution."""
    head, _, machine = machine_arn.partition(":stateMachine:")
    return f"{head}:execution:{machine}:{name}"


def express_arn_of(machine_arn: str, name: str, run_id: str) -> str:
    """The ARN of a machine's Express execution; the run id tells apart those of one name."""
    head, _, machine = machine_arn.partition(":stateMachine:")
    return f"{head}:express:{machine}:{name}:{run_id}"


def named(member: str) -> ResourcesOf:
    """For `Operation.resource`: the ARN in a member of the request."""

    def resource(call: Call, request: Shape) -> Resources:
        arn = request.get(member)
        return arn if isinstance(arn, str) and arn else "*"

    return resource


def _split(text: str) -> list[str]:
    if not text.startswith("arn:"):
        raise InvalidArn(f"Invalid Arn: 'Invalid ARN prefix: {text}'")
    parts = text.split(":")
    if len(parts) < 7 or not parts[6]:
        raise InvalidArn(f"Invalid Arn: 'Invalid ARN: {text}'")
    if parts[2] != "states":
        raise InvalidArn(f"Invalid Arn: 'Service name not valid in this context: {parts[2]}'")
    return parts


def _wrong_type(resource_type: str) -> InvalidArn:
    return InvalidArn(f"Invalid Arn: 'Resource type not valid in this context: {resource_type}'")
