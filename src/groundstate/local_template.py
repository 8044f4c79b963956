"""Reads a CloudFormation or SAM template whose code and definitions are files beside it.

AWS: https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html

What `sam package` does: each path in the template becomes an asset, and a place in S3 stands for
it in the template that is deployed. Nothing is built: what `sam build` writes can be given as well.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from groundstate.cloud_assembly import (
    AssemblyError,
    AssemblyStack,
    Asset,
    CloudAssembly,
    zip_file,
    zip_folder,
)
from groundstate.template_text import MalformedText, has_aliases, parse_text

SUFFIXES = (".json", ".template", ".yaml", ".yml")
# Names that say nothing of the app: the folder's name does.
_PLAIN_STEMS = ("main", "packaged", "sam", "template")
# Folders of tools that may stand beside a template whose code is in its own folder.
_NO_CODE = (".aws-sam", ".git", ".groundstate", ".venv")
_PACKED = (".jar", ".zip")
_INCLUDE = "AWS::Include"


class _Member(NamedTuple):
    """A property that may name a file.

    Attributes:
        form: how a place in S3 is written there: `uri`, `url`, or the names of its members.
        packs: whether a folder or a file is put into a zip, as code is.
        nested: whether it is a template with paths of its own.
        required: a folder of code is meant even if the property is not there.
    """

    form: str | tuple[str, str]
    packs: bool = False
    nested: bool = False
    required: bool = False


_CODE = ("S3Bucket", "S3Key")
_OBJECT = ("Bucket", "Key")
_MEMBERS: Mapping[str, Mapping[str, _Member]] = {
    "AWS::ApiGateway::RestApi": {"BodyS3Location": _Member(_OBJECT)},
    "AWS::ApiGatewayV2::Api": {"BodyS3Location": _Member(_OBJECT)},
    "AWS::CloudFormation::Stack": {"TemplateURL": _Member("url", nested=True)},
    "AWS::Lambda::Function": {"Code": _Member(_CODE, packs=True)},
    "AWS::Lambda::LayerVersion": {"Content": _Member(_CODE, packs=True)},
    "AWS::Serverless::Api": {"DefinitionUri": _Member("uri")},
    "AWS::Serverless::Application": {"Location": _Member("url", nested=True)},
    "AWS::Serverless::Function": {"CodeUri": _Member("uri", packs=True, required=True)},
    "AWS::Serverless::HttpApi": {"DefinitionUri": _Member("uri")},
    "AWS::Serverless::LayerVersion": {"ContentUri": _Member("uri", packs=True, required=True)},
    "AWS::Serverless::StateMachine": {"DefinitionUri": _Member("uri")},
    "AWS::StepFunctions::StateMachine": {"DefinitionS3Location": _Member(_OBJECT)},
}


@dataclass(frozen=True, slots=True)
class _Content(Asset):
    """An asset whose content was made here."""

    content: bytes = b""

    def read(self) -> bytes:
        """The content to be put."""
        return self.content


@dataclass(frozen=True, slots=True)
class _PackagedStack(AssemblyStack):
    """A stack whose template names places in S3 instead of files."""

    text: str = ""

    @property
    def template_text(self) -> str:
        """The template as it is deployed."""
        return self.text


def is_template(path: str | None) -> bool:
    """Whether a path names a template, by its suffix, and not an app's folder."""
    return path is not None and Path(path).suffix in SUFFIXES and Path(path).is_file()


def read_local_template(
    path: str | Path,
    *,
    name: str = "",
    parameters: Mapping[str, str] | None = None,
    account: str = "000000000000",
    region: str = "us-east-1",
) -> CloudAssembly:
    """Read a template and what it names; its one stack, as if it had been synthesized.

    Args:
        name: of the stack; made from the file's name, or its folder's, if it is empty.
        parameters: values for the template's parameters.
        account, region: whose bucket the assets go to.

    Raises:
        AssemblyError: the template cannot be read, or names a file that is not there.
    """
    file = Path(path)
    package = _Package(f"cdk-hnb659fds-assets-{account}-{region}")
    text, declared = package.read(file)
    template = package.add(text.encode(), file, suffix=".template")
    stack = _PackagedStack(
        artifact_id=name or make_stack_name(file),
        name=name or make_stack_name(file),
        display_name=name or make_stack_name(file),
        region="",
        account="",
        template_path=file,
        template_url=f"s3://{package.bucket}/{template.key}",
        tags={},
        parameters=parameters or {},
        termination_protection=False,
        needs=(),
        assets=tuple(package.assets),
        kept_parameters=tuple(declared),
        text=text,
    )
    return CloudAssembly(file.parent, (stack,))


def make_stack_name(file: Path) -> str:
    """A stack's name after its template's file, or the folder of one that is called template."""
    given = file.resolve().parent.name if file.stem in _PLAIN_STEMS else file.stem
    words = re.sub(r"[^A-Za-z0-9]+", "-", given).strip("-")
    return words if words[:1].isalpha() else f"stack-{words}".rstrip("-")


class _Package:
    """What a template and those nested in it need in S3."""

    def __init__(self, bucket: str) -> None:
        self.bucket = bucket
        self.assets: list[Asset] = []

    def read(self, file: Path) -> tuple[str, list[str]]:
        """A template's text with places in S3 for its paths, and the names of its parameters.

        A text without paths stays as it is, unless YAML repeats a part of it by name.
        """
        try:
            text = file.read_text(encoding="utf-8")
            body = parse_text(text)
        except (OSError, UnicodeDecodeError) as error:
            raise AssemblyError(f"{file} cannot be read: {error}") from None
        except MalformedText as error:
            raise AssemblyError(f"{file}: {error}") from None
        if not isinstance(body, dict):
            raise AssemblyError(f"{file} is no template: it has no sections.")
        before = len(self.assets)
        self._package(body, file)
        declared = body.get("Parameters")
        names = list(declared) if isinstance(declared, dict) else []
        changed = len(self.assets) != before or has_aliases(text)
        return json.dumps(body) if changed else text, names

    def add(self, content: bytes, source: Path, suffix: str = "") -> Asset:
        """Add an asset; its key is a hash of its content."""
        key = f"{hashlib.sha256(content).hexdigest()}{suffix or source.suffix}"
        asset = _Content(source, "file", self.bucket, key, source.name, content)
        self.assets.append(asset)
        return asset

    def _package(self, body: dict[str, Any], file: Path) -> None:
        shared = body.get("Globals", {})
        defaults = shared.get("Function", {}) if isinstance(shared, dict) else {}
        code = _MEMBERS["AWS::Serverless::Function"]["CodeUri"]
        self._replace(defaults, "CodeUri", code._replace(required=False), file)
        resources = body.get("Resources")
        for resource in resources.values() if isinstance(resources, dict) else ():
            if not isinstance(resource, dict):
                continue
            properties = resource.setdefault("Properties", {})
            for name, member in _MEMBERS.get(str(resource.get("Type")), {}).items():
                if isinstance(properties, dict):
                    inherited = name == "CodeUri" and _has_code(properties, defaults)
                    wanted = member._replace(required=member.required and not inherited)
                    self._replace(properties, name, wanted, file)
            if not properties:
                del resource["Properties"]
        self._include(body, file)

    def _replace(self, properties: dict[str, Any], name: str, member: _Member, file: Path) -> None:
        """Put a place in S3 where a path stands."""
        value = properties.get(name, "." if member.required else None)
        if not isinstance(value, str) or "://" in value:
            return
        place = file.parent / value
        if not place.exists():
            raise AssemblyError(f"{file}: {name} names {value}, which is not there.")
        if member.nested:
            asset = self.add(self.read(place)[0].encode(), place, suffix=".template")
        elif member.packs and place.suffix not in _PACKED:
            packed = zip_folder(place, _NO_CODE) if place.is_dir() else zip_file(place)
            asset = self.add(packed, place, suffix=".zip")
        else:
            asset = self.add(place.read_bytes(), place)
        properties[name] = _write(member.form, asset)

    def _include(self, value: Any, file: Path) -> None:
        """Put places in S3 where AWS::Include names files."""
        if isinstance(value, list):
            for entry in value:
                self._include(entry, file)
        elif isinstance(value, dict):
            if value.get("Name") == _INCLUDE and isinstance(value.get("Parameters"), dict):
                self._replace(value["Parameters"], "Location", _Member("uri"), file)
            for entry in value.values():
                self._include(entry, file)


def _has_code(properties: Mapping[str, Any], defaults: Mapping[str, Any]) -> bool:
    """Whether a function has its code from elsewhere than a folder beside the template."""
    named = ("ImageUri", "InlineCode")
    is_image = "Image" in (properties.get("PackageType"), defaults.get("PackageType"))
    return is_image or "CodeUri" in defaults or any(name in properties for name in named)


def _write(form: str | tuple[str, str], asset: Asset) -> Any:
    writers: dict[str, Callable[[Asset], str]] = {
        "uri": lambda asset: f"s3://{asset.bucket}/{asset.key}",
        "url": lambda asset: f"https://{asset.bucket}.s3.amazonaws.com/{asset.key}",
    }
    if isinstance(form, str):
        return writers[form](asset)
    return {form[0]: asset.bucket, form[1]: asset.key}
