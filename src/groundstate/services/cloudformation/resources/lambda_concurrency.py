"""Provisioned concurrency, which versions and aliases of functions have as a property.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-version-provisionedconcurrencyconfiguration.html

The resource is made when all environments are there, and fails if one cannot be initialized.
"""

from __future__ import annotations

from groundstate.services.cloudformation.resources.provision import (
    Made,
    Outcome,
    Pending,
    Properties,
    Provision,
    ProvisionFailed,
)
from groundstate.services.cloudformation.resources.shape import INTEGER, Needed

CONCURRENCY = {"ProvisionedConcurrentExecutions": Needed(INTEGER)}
_NAME = "ProvisionedConcurrencyConfig"


def set_concurrency(
    provision: Provision,
    made: Made,
    qualifier: str,
    before: Properties,
    after: Properties,
) -> Outcome:
    """Provide for as many invocations at once as the properties say.

    Args:
        made: the version or alias; the outcome when there is nothing to wait for.
        qualifier: its number or name.
    """
    config = after.get(_NAME)
    target = {"FunctionName": after["FunctionName"], "Qualifier": qualifier}
    if config is None:
        if _NAME in before:
            provision.invoke("lambda", "DeleteProvisionedConcurrencyConfig", target)
        return made
    if config != before.get(_NAME):
        provision.invoke("lambda", "PutProvisionedConcurrencyConfig", {**target, **config})
    elif before.get("FunctionVersion") == after.get("FunctionVersion"):
        return made
    state = {"target": target, "attributes": dict(made.attributes)}
    return _look_again(provision, Pending(made.physical_id, state))


def check_concurrency(provision: Provision, pending: Pending) -> Outcome:
    """Whether all environments are there.

    Raises:
        ProvisionFailed: one could not be initialized.
    """
    answer = provision.invoke("lambda", "GetProvisionedConcurrencyConfig", pending.state["target"])
    if answer["Status"] == "IN_PROGRESS":
        return _look_again(provision, pending)
    reason = answer.get("StatusReason", "")
    if answer["Status"] == "FAILED":
        # The text as deployments on AWS are reported to fail.
        raise ProvisionFailed(
            'Resource handler returned message: "Provisioned Concurrency configuration failed to'
            f' be applied. Reason: {reason}" (HandlerErrorCode: NotStabilized)'
        )
    if reason:
        provision.note(reason)
    return Made(pending.physical_id, pending.state["attributes"])


def _look_again(provision: Provision, pending: Pending) -> Pending:
    call, host = provision.call, provision.call.host
    call.after_commit(lambda: host.look_soon(provision.stack_id, provision.region))
    return pending
