"""AWS's service models, as botocore ships them: operations, shapes, protocols.

Importing botocore costs the server a tenth of a second, so its files are read without it, stripped
of their documentation, and kept in a cache folder: all that we serve load in some ten milliseconds.
"""

from __future__ import annotations

import gzip
import importlib.util
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from groundstate.config import cache_folder

_FORMAT = 2
# What AWS's answers show differently from its models, by service and shape (observed): the order of
# an enum's values, and structures that are printed with their name, `Item(a=1, b=2)`.
_OBSERVED: dict[str, dict[str, dict[str, Any]]] = {
    "stepfunctions": {
        "ExecutionStatus": {
            "enum": ["SUCCEEDED", "TIMED_OUT", "PENDING_REDRIVE", "ABORTED", "FAILED", "RUNNING"]
        },
        "RoutingConfigurationListItem": {"printedWithName": True},
    }
}
_NOISE = frozenset(
    {"documentation", "documentationUrl", "examples", "authorization", "endpointTests"}
)


@dataclass(frozen=True)
class ServiceModel:
    """One service's model.

    Attributes:
        name: botocore's name of the service.
        metadata: `protocol`, `targetPrefix`, `jsonVersion`, `endpointPrefix`, `signingName`, ...
        operations: by name: `input` and `output` ({"shape": name}), `errors`, `http`.
        shapes: by name: `type`, `members`, `required`, `min`, `max`, `pattern`, `enum`, ...
    """

    name: str
    metadata: Mapping[str, Any]
    operations: Mapping[str, Any]
    shapes: Mapping[str, Any]

    def input_shape(self, operation: str) -> str | None:
        """The name of an operation's input shape."""
        reference = self.operations[operation].get("input")
        return None if reference is None else str(reference["shape"])

    def output_shape(self, operation: str) -> str | None:
        """The name of an operation's output shape."""
        reference = self.operations[operation].get("output")
        return None if reference is None else str(reference["shape"])

    def answers_with_events(self, operation: str) -> bool:
        """Whether an operation's answer is a stream of events."""
        shape = self.shapes.get(self.output_shape(operation) or "", {})
        payload = shape.get("members", {}).get(shape.get("payload"))
        return payload is not None and bool(self.shapes[payload["shape"]].get("eventstream"))


@cache
def load_model(service: str) -> ServiceModel:
    """Load a service's newest model.

    Raises:
        FileNotFoundError: botocore has no such service.
    """
    document = _load(service, "model")
    for shape, observed in _OBSERVED.get(service, {}).items():
        document["shapes"][shape].update(observed)
    return ServiceModel(service, document["metadata"], document["operations"], document["shapes"])


@cache
def load_metadata(service: str) -> Mapping[str, Any]:
    """A service's `ServiceModel.metadata` alone, which is all that finding a request's way needs.

    Raises:
        FileNotFoundError: botocore has no such service.
    """
    metadata: Mapping[str, Any] = _load(service, "metadata")
    return metadata


def _load(service: str, part: str) -> Any:
    source = _find_source(service)
    status = source.stat()
    folder = cache_folder() / "models"
    version = f"{_FORMAT}-{status.st_mtime_ns:x}-{status.st_size:x}"
    try:
        return orjson.loads((folder / f"{service}-{version}-{part}.json").read_bytes())
    except (OSError, orjson.JSONDecodeError):
        document = _strip(orjson.loads(_read(source)))
    parts = {"model": document, "metadata": document["metadata"]}
    for name, content in parts.items():
        _keep(folder / f"{service}-{version}-{name}.json", orjson.dumps(content))
    return parts[part]


def load_waiters(service: str) -> Mapping[str, Any]:
    """What the SDKs' waiters of a service ask, and what they look for, by name."""
    found = _find_source(service).with_name("waiters-2.json")
    if not found.exists():
        return {}
    waiters: Mapping[str, Any] = orjson.loads(_read(found))["waiters"]
    return waiters


def has_model(service: str) -> bool:
    """Whether botocore knows a service of this name."""
    return (_data_folder() / service).is_dir()


def list_models() -> list[str]:
    """The names of all services that botocore knows."""
    return sorted(path.name for path in _data_folder().iterdir() if path.is_dir())


@cache
def _data_folder() -> Path:
    spec = importlib.util.find_spec("botocore")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("botocore is not installed: its service models are needed")
    return Path(next(iter(spec.submodule_search_locations))) / "data"


def _find_source(service: str) -> Path:
    versions = sorted((_data_folder() / service).glob("*/service-2.json*"))
    if not versions:
        raise FileNotFoundError(f"botocore has no model of {service}")
    return versions[-1]


def _read(source: Path) -> bytes:
    data = source.read_bytes()
    return gzip.decompress(data) if source.suffix == ".gz" else data


def _keep(cached: Path, data: bytes) -> None:
    # A cache that cannot be written costs time, no more: homes may be read-only.
    try:
        cached.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=cached.parent, delete=False) as file:
            file.write(data)
        Path(file.name).replace(cached)
    except OSError:
        return


def _strip(node: dict[str, Any]) -> dict[str, Any]:
    """The document without what only people read. Members that bear a noise word's name stay."""
    document = {key: node[key] for key in ("metadata", "operations", "shapes")}
    for operation in document["operations"].values():
        _drop(operation)
    for shape in document["shapes"].values():
        _drop(shape)
        for member in shape.get("members", {}).values():
            _drop(member)
        for key in ("member", "key", "value"):
            if isinstance(shape.get(key), dict):
                _drop(shape[key])
    return document


def _drop(node: dict[str, Any]) -> None:
    for key in _NOISE & node.keys():
        del node[key]
    for key in ("input", "output"):
        if isinstance(node.get(key), dict):
            _drop(node[key])
