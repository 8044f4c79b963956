"""Provisioned concurrency, which versions and aliases of functions have as a property."""

from __future__ import annotations

from groundstate.services.cloudformation.resources.provision import Properties, Provision
from groundstate.services.cloudformation.resources.shape import INTEGER, Needed

CONCURRENCY = {"ProvisionedConcurrentExecutions": Needed(INTEGER)}
_NAME = "ProvisionedConcurrencyConfig"


def set_concurrency(
    provision: Provision, qualifier: str, before: Properties, after: Properties
) -> None:
    """Provide for as many invocations at once as the properties say.

    Args:
        qualifier: the version or alias.
    """
    config = after.get(_NAME)
    if config == before.get(_NAME):
        return
    request = {"FunctionName": after["FunctionName"], "Qualifier": qualifier}
    if config is None:
        provision.invoke("lambda", "DeleteProvisionedConcurrencyConfig", request)
    else:
        provision.invoke("lambda", "PutProvisionedConcurrencyConfig", {**request, **config})
