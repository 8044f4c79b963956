"""Reads a synthesized cloud assembly (`cdk.out`): its stacks, their order, and their assets.

CDK: https://docs.aws.amazon.com/cdk/v2/guide/deploy.html#deploy-how-synth-app

This is the short way of `groundstate deploy`: what the CDK's command line finds out with a Node
process, found out here in a few milliseconds. Nothing is written and nothing is asked of a server;
the caller puts the assets into their buckets and creates or updates the stacks.
"""

from __future__ import annotations

import fnmatch
import io
import json
import os
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from groundstate.arn import partition_of

# The same folder must always give the same package: its hash tells whether code has changed.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_LEFT_OUT = ("__pycache__", "*.pyc", ".DS_Store")


class AssemblyError(Exception):
    """The folder is no cloud assembly, or holds what cannot be deployed here."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that belongs into a bucket.

    Attributes:
        source: a folder to be zipped, or a file to be put as it is.
        packaging: `zip` or `file`.
        name: what the user calls it, for messages.
    """

    source: Path
    packaging: str
    bucket: str
    key: str
    name: str

    def read(self) -> bytes:
        """The content to be put."""
        if self.packaging == "zip" and self.source.is_dir():
            return zip_folder(self.source)
        return self.source.read_bytes()


@dataclass(frozen=True, slots=True)
class AssemblyStack:
    """A stack to be deployed.

    Attributes:
        artifact_id: its name in the assembly; `name` is the stack's own.
        region: the region that the app fixes, or empty.
        account: the account that the app fixes, or empty.
        template_url: where its template is once the assets are published; empty if it is no asset.
        needs: the artifact ids of the stacks that come first.
        assets: everything that it needs in buckets, its template included.
        kept_parameters: those that keep the value that the stack has, unless one is given.
    """

    artifact_id: str
    name: str
    display_name: str
    region: str
    account: str
    template_path: Path
    template_url: str
    tags: Mapping[str, str]
    parameters: Mapping[str, str]
    termination_protection: bool
    needs: tuple[str, ...]
    assets: tuple[Asset, ...] = ()
    kept_parameters: tuple[str, ...] = ()

    @property
    def template_text(self) -> str:
        """The template as it was synthesized."""
        return self.template_path.read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class CloudAssembly:
    """A cloud assembly; its stacks come in an order in which they can be deployed."""

    path: Path
    stacks: tuple[AssemblyStack, ...] = field(default=())

    def find_stacks(self, pattern: str) -> list[AssemblyStack]:
        """The stacks whose name or display name matches a pattern with `*` and `?`."""
        return [
            stack
            for stack in self.stacks
            if fnmatch.fnmatchcase(stack.name, pattern)
            or fnmatch.fnmatchcase(stack.display_name, pattern)
        ]


def read_assembly(
    path: str | Path, *, account: str = "000000000000", region: str = "us-east-1"
) -> CloudAssembly:
    """Read the cloud assembly in a folder, stages included.

    Args:
        account, region: take the place of `${AWS::AccountId}` and `${AWS::Region}`.

    Raises:
        AssemblyError: it is no cloud assembly, or has assets that cannot be published here.
    """
    folder = Path(path)
    stacks = {stack.artifact_id: stack for stack in _read_folder(folder, account, region)}
    return CloudAssembly(folder, tuple(stacks[name] for name in _in_order(stacks)))


def zip_folder(folder: Path, left_out: tuple[str, ...] = ()) -> bytes:
    """A folder as a zip file: the same bytes for the same files, whenever and wherever made.

    Args:
        left_out: patterns of names to leave out, beside those that are never code.
    """
    patterns = (*_LEFT_OUT, *left_out)
    return _zip((path.relative_to(folder).as_posix(), path) for path in _list(folder, patterns))


def zip_file(path: Path) -> bytes:
    """A zip file with one file in it; the same bytes for the same file."""
    return _zip([(path.name, path)])


def _zip(files: Iterable[tuple[str, Path]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, path in files:
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            mode = 0o755 if os.access(path, os.X_OK) else 0o644
            entry.external_attr = (0o100000 | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()


def _list(folder: Path, left_out: tuple[str, ...]) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        names = path.relative_to(folder).parts
        if any(fnmatch.fnmatch(name, pattern) for name in names for pattern in left_out):
            continue
        if path.is_file():
            yield path


def _read_folder(folder: Path, account: str, region: str) -> Iterator[AssemblyStack]:
    manifest = _read_json(folder / "manifest.json")
    _check_context(manifest)
    artifacts: dict[str, Any] = manifest.get("artifacts", {})
    for artifact_id, artifact in artifacts.items():
        kind, properties = artifact["type"], artifact.get("properties", {})
        if kind == "cdk:cloud-assembly":
            yield from _read_folder(folder / properties["directoryName"], account, region)
        elif kind == "aws:cloudformation:stack":
            yield _read_stack(folder, artifact_id, artifacts, account, region)


def _check_context(manifest: Mapping[str, Any]) -> None:
    wanted = ", ".join(entry["key"] for entry in manifest.get("missing", ()))
    if wanted:
        raise AssemblyError(
            f"The app asks for values that the CDK CLI looks up in an AWS account: {wanted}."
            " Run `cdk synth` with that account once; it keeps them in cdk.context.json."
        )


def _read_stack(
    folder: Path, artifact_id: str, artifacts: Mapping[str, Any], account: str, region: str
) -> AssemblyStack:
    artifact = artifacts[artifact_id]
    properties = artifact["properties"]
    fixed_account, fixed_region = _read_environment(artifact.get("environment", ""))
    places = _Places(fixed_account or account, fixed_region or region)
    needs = artifact.get("dependencies", [])
    assets: list[Asset] = []
    for name in needs:
        if artifacts.get(name, {}).get("type") == "cdk:asset-manifest":
            file = artifacts[name]["properties"]["file"]
            assets.extend(_read_assets(folder, _read_json(folder / file), places))
    stacks = [name for name in needs if artifacts.get(name, {}).get("type", "").endswith(":stack")]
    return AssemblyStack(
        artifact_id=artifact_id,
        name=properties.get("stackName", artifact_id),
        display_name=artifact.get("displayName", artifact_id),
        region=fixed_region,
        account=fixed_account,
        template_path=folder / properties["templateFile"],
        template_url=places.fill(properties.get("stackTemplateAssetObjectUrl", "")),
        tags=properties.get("tags", {}),
        parameters=properties.get("parameters", {}),
        termination_protection=bool(properties.get("terminationProtection")),
        needs=tuple(stacks),
        assets=tuple(assets),
    )


def _read_assets(folder: Path, manifest: Mapping[str, Any], places: _Places) -> Iterator[Asset]:
    images = manifest.get("dockerImages", {})
    if images:
        names = ", ".join(image.get("displayName", key) for key, image in images.items())
        raise AssemblyError(
            f"These assets are container images, which need Docker and are not supported: {names}."
        )
    for asset_id, entry in manifest.get("files", {}).items():
        source = entry["source"]
        name = entry.get("displayName", asset_id)
        if "path" not in source:
            raise AssemblyError(
                f"The asset {name} is made by a command, which is not supported: build it before."
            )
        for destination in entry["destinations"].values():
            yield Asset(
                source=folder / source["path"],
                packaging=source.get("packaging", "file"),
                bucket=places.fill(destination["bucketName"]),
                key=places.fill(destination["objectKey"]),
                name=name,
            )


@dataclass(frozen=True, slots=True)
class _Places:
    """What the placeholders in names stand for."""

    account: str
    region: str

    def fill(self, text: str) -> str:
        return (
            text.replace("${AWS::AccountId}", self.account)
            .replace("${AWS::Region}", self.region)
            .replace("${AWS::Partition}", partition_of(self.region))
        )


def _read_environment(text: str) -> tuple[str, str]:
    """Account and region of `aws://account/region`; empty where the app leaves them open."""
    account, _, region = text.removeprefix("aws://").partition("/")
    return (
        "" if account == "unknown-account" else account,
        "" if region == "unknown-region" else region,
    )


def _read_json(path: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise AssemblyError(f"{path} is not there: {path.parent} is no cloud assembly.") from None
    except ValueError as error:
        raise AssemblyError(f"{path} cannot be read: {error}") from None
    return document


def _in_order(stacks: Mapping[str, AssemblyStack]) -> list[str]:
    """The artifact ids, each after those that it needs; otherwise as the app has them."""
    done: dict[str, None] = {}

    def visit(name: str) -> None:
        if name not in done:
            for other in stacks[name].needs:
                if other in stacks:
                    visit(other)
            done[name] = None

    for name in stacks:
        visit(name)
    return list(done)
