"""Puts changed handler code straight into its functions, without synthesis and without the stack.

After a synthesis it is known which asset a function's code is; the folder of the app that holds the
same files is where that asset came from. While only files in such folders change, the code can be
packed and handed to Lambda at once. The deployment that follows brings the stack up to date.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from groundstate.cli.client import Client
from groundstate.cloud_assembly import AssemblyStack, Asset, zip_folder


class CodeFolder(NamedTuple):
    """A folder of the app whose content is the code of functions.

    Attributes:
        folder: where it is.
        functions: their names, each with the region that it is in.
    """

    folder: Path
    functions: tuple[tuple[str, str], ...]


def find_code_folders(
    client: Client,
    stacks: Sequence[AssemblyStack],
    folders: Iterable[Path],
    before: Sequence[CodeFolder] = (),
) -> list[CodeFolder]:
    """The folders that functions of deployed stacks have their code from.

    Args:
        folders: where to look; the folders of the app's sources.
        before: what was known. A folder that was changed since the synthesis does not look like
            its asset any more: the function is taken to have its code from where it had it.
    """
    candidates = list(folders)
    known = {function: code.folder for code in before for function in code.functions}
    found: dict[Path, list[tuple[str, str]]] = {}
    for stack in stacks:
        functions = list(_functions_with_assets(stack))
        names = _physical_names(client.in_region(stack.region), stack) if functions else {}
        for logical_id, asset in functions:
            if logical_id not in names:
                continue
            function = names[logical_id], stack.region
            source = next(
                (folder for folder in candidates if _is_same(folder, asset.source)),
                known.get(function),
            )
            if source is not None:
                found.setdefault(source, []).append(function)
    return [CodeFolder(folder, tuple(functions)) for folder, functions in found.items()]


def swap_code(client: Client, changed: Sequence[Path], known: Sequence[CodeFolder]) -> list[str]:
    """Update the functions whose code has changed; empty if something else has changed as well.

    Returns:
        the names of the functions that were updated.

    Raises:
        Refused: Lambda refused the code.
    """
    touched = [code for code in known if any(path.is_relative_to(code.folder) for path in changed)]
    if not all(any(path.is_relative_to(code.folder) for code in touched) for path in changed):
        return []
    updated = []
    for code in touched:
        packed = zip_folder(code.folder)
        for name, region in code.functions:
            client.in_region(region).update_function_code(name, packed)
            updated.append(name)
    return updated


def _functions_with_assets(stack: AssemblyStack) -> Iterator[tuple[str, Asset]]:
    """The functions of a stack whose code is a zipped folder: logical id and asset."""
    template: dict[str, Any] = json.loads(stack.template_text)
    for logical_id, resource in template.get("Resources", {}).items():
        if resource.get("Type") == "AWS::Lambda::Function":
            key = resource.get("Properties", {}).get("Code", {}).get("S3Key")
            for asset in stack.assets:
                if asset.key == key and asset.packaging == "zip":
                    yield logical_id, asset


def _physical_names(client: Client, stack: AssemblyStack) -> dict[str, str]:
    answer = client.call_query("cloudformation", "DescribeStackResources", StackName=stack.name)
    return {
        entry.findtext("LogicalResourceId") or "": entry.findtext("PhysicalResourceId") or ""
        for entry in answer.iterfind(".//StackResources/member")
    }


def _is_same(folder: Path, asset: Path) -> bool:
    """Whether a folder holds just what an asset was made from."""
    return zip_folder(folder) == zip_folder(asset)
