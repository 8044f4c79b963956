"""A template's text to plain values.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
"""

from __future__ import annotations

from typing import Any

from groundstate.services.cloudformation.template.errors import format_error, function_error
from groundstate.template_text import MalformedText, has_aliases, parse_text


def parse_source(text: str) -> dict[str, Any]:
    """Parse a template's text.

    Raises:
        TemplateError: the text is neither JSON nor YAML, or not an object.
    """
    document = parse_piece(text)
    if not isinstance(document, dict):
        raise format_error("unsupported structure.")
    if has_aliases(text):
        raise function_error("YAML aliases are not allowed in CloudFormation templates")
    _refuse_nulls(document, "")
    return document


def parse_piece(text: str) -> Any:
    """Parse what a template includes: any value.

    Raises:
        TemplateError: the text is neither JSON nor YAML.
    """
    try:
        return parse_text(text)
    except MalformedText as error:
        raise format_error(str(error)) from None


def _refuse_nulls(value: Any, path: str) -> None:
    """Raise for a null anywhere; AWS takes none."""
    if value is None:
        raise format_error(f"[{path}] 'null' values are not allowed in templates")
    if isinstance(value, dict):
        for key, member in value.items():
            _refuse_nulls(member, f"{path}/{key}")
    elif isinstance(value, list):
        for index, member in enumerate(value):
            _refuse_nulls(member, f"{path}/{index}")
