"""The services that a runtime has, each imported when it is first asked for.

All services together cost some 150 ms to import, and a start is to answer sooner than that. So the
table knows names and modules; `load` imports one. The dispatcher decides when.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping

from groundstate.operation import Service


class ServiceTable(Mapping[str, Service]):
    """Services by botocore's name. Looking one up imports it.

    Args:
        modules: the module of each service; it has the `Service` as its `SERVICE`.
    """

    def __init__(self, modules: Mapping[str, str]) -> None:
        self._modules = modules
        self.loaded: dict[str, Service] = {}

    def __getitem__(self, name: str) -> Service:
        found = self.loaded.get(name)
        if found is None:
            module = importlib.import_module(self._modules[name])
            found = self.loaded[name] = module.SERVICE
            assert found.name == name, f"{self._modules[name]} is {found.name}, not {name}"
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)
