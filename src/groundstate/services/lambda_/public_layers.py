"""Layers that others publish, made of the packages that are installed beside Groundstate.

A layer of another account is not here. The best known ones hold packages that are on PyPI as well:
who installs these where Groundstate is installed has the layer.
https://docs.aws.amazon.com/powertools/python/latest/getting-started/install/
"""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

from groundstate.services.lambda_.runtime_packages import PACKAGES, make_folder

# By a layer's name: the package that it is, and what it holds besides if that is installed.
_LAYERS = (
    (
        re.compile(r"AWSLambdaPowertoolsPython"),
        (
            "aws-lambda-powertools",
            *("pydantic", "pydantic-settings", "aws-xray-sdk", "fastjsonschema", "jsonpath-ng"),
            *("aws-encryption-sdk", "redis", "valkey-glide", "avro", "protobuf"),
        ),
    ),
    (re.compile(r"AWSSDKPandas|AWSDataWrangler"), ("awswrangler",)),
)


def find_package(arn: str) -> str:
    """The package on PyPI that a layer is; empty if none is known."""
    packages = _packages(arn)
    return packages[0] if packages else ""


def is_installed(arn: str) -> bool:
    """Whether what a layer holds is installed here."""
    package = find_package(arn)
    if not package:
        return False
    try:
        metadata.distribution(package)
    except metadata.PackageNotFoundError:
        return False
    return True


def make_layer(parent: Path, arn: str) -> Path:
    """A folder in `parent` that holds what the layer does. It may be there already."""
    return make_folder(parent, _packages(arn), without=PACKAGES, below="python")


def _packages(arn: str) -> tuple[str, ...]:
    name = arn.split(":")[6]
    return next((packages for pattern, packages in _LAYERS if pattern.match(name)), ())
