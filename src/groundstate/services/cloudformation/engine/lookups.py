"""What templates ask of the world around them: exports, other stacks, stored parameters, zones."""

from __future__ import annotations

import re
from typing import Any

from groundstate.operation import Call, Deferred, Principal, ServiceError
from groundstate.services.cloudformation.template.errors import TemplateError

# Availability zones of a region of ours. Nothing runs in them.
_ZONES = ("a", "b", "c")
_BOOTSTRAP_VERSION = re.compile(r"/cdk-bootstrap/[^/]+/version\Z")
# The short way deploys without `cdk bootstrap`; templates check that the version is 6 at least.
BOOTSTRAP_VERSION = "30"


class CallLookups:
    """Lookups of one call, with the rights of a principal.

    Attributes:
        imports: names of the exports that were asked for.
    """

    def __init__(self, call: Call, principal: Principal) -> None:
        self._call = call
        self._principal = principal
        self.imports: set[str] = set()

    def import_value(self, name: str) -> Any:
        """The value of an export of this region."""
        found = self._call.tx.stacks.find_export(self._call.region, name)
        if found is None:
            raise TemplateError(f"No export named {name} found.")
        self.imports.add(name)
        return found[1]

    def stack_output(self, stack: str, output: str, region: str) -> Any:
        """An output of another stack as it is now."""
        found = self._call.tx.stacks.find_by_name(region or self._call.region, stack)
        if found is None:
            raise TemplateError(f"Stack with id {stack} does not exist")
        for entry in found.data.get("outputs", []):
            if entry["OutputKey"] == output:
                return entry["OutputValue"]
        raise TemplateError(f"Output {output} does not exist in stack {stack}")

    def zones(self, region: str) -> list[str]:
        """The availability zones of a region."""
        return [(region or self._call.region) + letter for letter in _ZONES]

    def dynamic_reference(self, service: str, reference: str) -> Any:
        """The value of a `{{resolve:...}}` reference."""
        if service not in ("ssm", "ssm-secure"):
            raise TemplateError(
                f"Dynamic references to {service} are not supported:"
                f" {{{{resolve:{service}:{reference}}}}}"
            )
        found = self.find_stored(reference, decrypt=service == "ssm-secure")
        if found is None:
            raise TemplateError(
                f"Parameters: [{{{{resolve:{service}:{reference}}}}}] cannot be resolved: the"
                f" parameter {reference} does not exist in the parameter store."
            )
        return found

    def find_stored(self, name: str, *, decrypt: bool = False) -> str | None:
        """The value of a parameter in Systems Manager's store, or None."""
        try:
            answer = self._call.invoke(
                "ssm",
                "GetParameter",
                {"Name": name, "WithDecryption": decrypt},
                principal=self._principal,
            )
        except ServiceError as error:
            if error.code not in ("ParameterNotFound", "ParameterVersionNotFound"):
                raise
            bare = name.partition(":")[0]
            return BOOTSTRAP_VERSION if _BOOTSTRAP_VERSION.match(bare) else None
        assert not isinstance(answer, Deferred)
        return str(answer["Parameter"]["Value"])
