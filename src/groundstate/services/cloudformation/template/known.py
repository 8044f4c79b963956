"""What functions give as soon as the parameters are known: where no resource is asked for.

Macros are carried out before anything is made, so this is what they can know.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundstate.services.cloudformation.template.errors import TemplateError
from groundstate.services.cloudformation.template.functions import join, select, split, sub
from groundstate.services.cloudformation.template.values import UNKNOWN, has_unknown

_PLAIN = {"Fn::Join": join, "Fn::Select": select, "Fn::Split": split, "Fn::Sub": sub}
_FUNCTIONS = frozenset({"Ref", "Fn::FindInMap", *_PLAIN})
NO_MAPPINGS: Mapping[str, Any] = {}


class KnownValues:
    """Resolves what is made of parameters, pseudo parameters and mappings alone.

    Args:
        values: what `Ref` gives.
        mappings: the template's.
    """

    def __init__(
        self, values: Mapping[str, Any], mappings: Mapping[str, Any] = NO_MAPPINGS
    ) -> None:
        self._values = values
        self._mappings = mappings

    def ref(self, name: str) -> Any:
        """What `Ref` gives; UNKNOWN for a resource."""
        return self._values.get(name, UNKNOWN)

    def attribute(self, logical_id: str, name: str) -> Any:
        """No resource is there yet."""
        return UNKNOWN

    def resolve(self, value: Any) -> Any:
        """The value of a function, or of each in a list; UNKNOWN if something is not known yet."""
        if isinstance(value, list):
            return [self.resolve(member) for member in value]
        if not isinstance(value, dict):
            return value
        if len(value) != 1:
            return UNKNOWN
        ((name, argument),) = value.items()
        if name == "Ref":
            return self.ref(argument) if isinstance(argument, str) else UNKNOWN
        if name == "Fn::FindInMap":
            return self._find(self.resolve(argument))
        return _PLAIN[name](self, argument) if name in _PLAIN else UNKNOWN

    def fill(self, value: Any) -> Any:
        """A piece of a template with values in the place of the functions that have one."""
        if isinstance(value, list):
            return [self.fill(member) for member in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1 and next(iter(value)) in _FUNCTIONS:
            try:
                found = self.resolve(value)
            except TemplateError:
                # It is used wrongly, which is said where it is resolved for good.
                return value
            if not has_unknown(found):
                return found
        return {name: self.fill(member) for name, member in value.items()}

    def _find(self, keys: Any) -> Any:
        if not isinstance(keys, list) or len(keys) != 3 or has_unknown(keys):
            return UNKNOWN
        found: Any = self._mappings
        for key in keys:
            found = found.get(str(key), UNKNOWN) if isinstance(found, dict) else UNKNOWN
        return found
