"""Macros that are carried out before a template is read: AWS::LanguageExtensions.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html
"""

from __future__ import annotations

from typing import Any

from groundstate.services.cloudformation.template.errors import TemplateError


def expand(body: dict[str, Any]) -> dict[str, Any]:
    """The template with its macros carried out.

    Raises:
        TemplateError: it names a macro that this runtime does not have.
    """
    transforms = body.get("Transform")
    if transforms is None:
        return body
    entries = transforms if isinstance(transforms, list) else [transforms]
    names = [entry if isinstance(entry, str) else str(entry.get("Name")) for entry in entries]
    unknown = [name for name in names if name != "AWS::LanguageExtensions"]
    if unknown:
        raise TemplateError(
            f"No transform named {unknown[0]} found. (at /Transform; this runtime has"
            " AWS::LanguageExtensions alone)"
        )
    return body
