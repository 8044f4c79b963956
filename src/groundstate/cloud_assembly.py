"""Reads a cloud assembly: the folder `cdk.out` that a CDK app is synthesized into.

Its format is described by https://github.com/aws/aws-cdk-cli/tree/main/packages/@aws-cdk/cloud-assembly-schema:
`manifest.json` lists artifacts (stacks, their assets, nested assemblies of stages), each with those
that it depends on.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from groundstate.arn import partition_of

_STACK = "aws:cloudformation:stack"
_ASSETS = "cdk:asset-manifest"
_NESTED = "cdk:cloud-assembly"
_UNKNOWN = ("unknown-account", "unknown-region")
# Zip files know no earlier time. One for all files: the same content gives the same bytes.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


class AssemblyError(Exception):
    """The folder holds no assembly, or one that cannot be deployed here."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file or folder that a stack needs in S3.

    Attributes:
        source: where it is.
        packaging: `file`, or `zip` for a folder that is zipped first.
        bucket, key: where it goes; the key holds a hash of the content.
    """

    source: Path
    packaging: str
    bucket: str
    key: str

    def read(self) -> bytes:
        """What is stored: the file, or the zipped folder."""
        if self.packaging == "zip" and self.source.is_dir():
            return zip_folder(self.source)
        return self.source.read_bytes()


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack to deploy.

    Attributes:
        name: the stack's name.
        region: where the app says that it goes; empty if it leaves that open.
        template_path, template_text: its template.
        template_asset: the template as an asset, for templates that are too large to send.
        assets: what must be in S3 before.
        termination_protection: whether it is protected from deletion.
    """

    name: str
    region: str
    template_path: Path
    template_text: str
    template_asset: Asset | None
    assets: tuple[Asset, ...] = ()
    parameters: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    termination_protection: bool = False


@dataclass(frozen=True, slots=True)
class CloudAssembly:
    """All stacks of an app, each after those that it depends on."""

    stacks: tuple[Stack, ...]


def read_assembly(folder: Path, *, account: str, region: str) -> CloudAssembly:
    """Read a synthesized app.

    Args:
        account, region: fill the placeholders of stacks that leave their environment open.

    Raises:
        AssemblyError: there is none, it lacks values that the CDK CLI looks up in AWS, or it needs
            Docker images.
    """
    return CloudAssembly(tuple(_read_stacks(folder, account, region)))


def zip_folder(folder: Path) -> bytes:
    """A folder as a zip file; the same content gives the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (path.stat().st_mode & 0xFFFF) << 16
            archive.writestr(entry, path.read_bytes())
    return packed.getvalue()


def _read_stacks(folder: Path, account: str, region: str) -> Iterator[Stack]:
    manifest = _read_json(folder / "manifest.json")
    _check_context(manifest)
    artifacts: dict[str, dict[str, Any]] = manifest.get("artifacts", {})
    for name in _sort(artifacts):
        artifact = artifacts[name]
        if artifact["type"] == _STACK:
            yield _read_stack(folder, name, artifacts, account, region)
        elif artifact["type"] == _NESTED:
            yield from _read_stacks(
                folder / artifact["properties"]["directoryName"], account, region
            )


def _read_stack(
    folder: Path, name: str, artifacts: dict[str, dict[str, Any]], account: str, region: str
) -> Stack:
    artifact = artifacts[name]
    properties = artifact["properties"]
    own_account, own_region = _environment(artifact)
    template_path = folder / properties["templateFile"]
    placeholders = {
        "${AWS::AccountId}": own_account or account,
        "${AWS::Region}": own_region or region,
        "${AWS::Partition}": partition_of(own_region or region),
    }
    assets = tuple(
        asset
        for needed in artifact.get("dependencies", [])
        if artifacts[needed]["type"] == _ASSETS
        for asset in _read_assets(folder / artifacts[needed]["properties"]["file"], placeholders)
    )
    return Stack(
        name=properties.get("stackName", name),
        region=own_region,
        template_path=template_path,
        template_text=template_path.read_text(encoding="utf-8"),
        template_asset=next((a for a in assets if a.source == template_path), None),
        assets=assets,
        parameters=properties.get("parameters", {}),
        tags=properties.get("tags", {}),
        termination_protection=properties.get("terminationProtection", False),
    )


def _read_assets(path: Path, placeholders: dict[str, str]) -> Iterator[Asset]:
    manifest = _read_json(path)
    if manifest.get("dockerImages"):
        raise AssemblyError(
            f"{path.name} asks for Docker images; functions and assets in images are not supported."
        )
    for identifier, entry in manifest.get("files", {}).items():
        source = entry["source"]
        if "path" not in source:
            raise AssemblyError(
                f"The asset {identifier} is made by a program "
                f"({' '.join(source.get('executable', []))}); that is not supported."
            )
        for destination in entry["destinations"].values():
            yield Asset(
                path.parent / source["path"],
                source.get("packaging", "file"),
                _fill(destination["bucketName"], placeholders),
                _fill(destination["objectKey"], placeholders),
            )


def _check_context(manifest: dict[str, Any]) -> None:
    missing = manifest.get("missing")
    if missing:
        wanted = ", ".join(f"{entry['provider']} ({entry['key']})" for entry in missing)
        raise AssemblyError(
            f"The app wants values that the CDK CLI looks up in an AWS account: {wanted}. "
            "Run `cdk synth` with that account once; it keeps them in cdk.context.json."
        )


def _environment(artifact: dict[str, Any]) -> tuple[str, str]:
    """Account and region of a stack, `aws://account/region`; empty where they are left open."""
    _, _, place = artifact.get("environment", "").partition("aws://")
    account, _, region = place.partition("/")
    return ("" if account in _UNKNOWN else account, "" if region in _UNKNOWN else region)


def _fill(text: str, placeholders: dict[str, str]) -> str:
    for placeholder, value in placeholders.items():
        text = text.replace(placeholder, value)
    return text


def _sort(artifacts: dict[str, dict[str, Any]]) -> list[str]:
    """The artifacts' names, each after those that it depends on; else in the manifest's order."""
    order: dict[str, None] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise AssemblyError(f"Artifacts depend on each other: {' -> '.join([*path, name])}")
        if name not in order and name in artifacts:
            for needed in artifacts[name].get("dependencies", []):
                visit(needed, (*path, name))
            order[name] = None

    for name in artifacts:
        visit(name, ())
    return list(order)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise AssemblyError(f"There is no {path}.") from None
    except ValueError as error:
        raise AssemblyError(f"{path} is no JSON: {error}.") from error
    return content
