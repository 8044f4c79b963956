"""Text of templates to plain values: JSON, or YAML with CloudFormation's short forms.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

# Short forms whose long form does not begin with `Fn::`.
_BARE_TAGS = ("Ref", "Condition")


# What an anchor and an alias look like; they look so in other text as well.
_ANCHOR = re.compile(r"(?:^|[\s\[{,])&\w")
_ALIAS = re.compile(r"(?:^|[\s\[{,])\*\w")


class MalformedText(Exception):
    """The text is neither JSON nor YAML; the message is AWS's."""


def parse_text(text: str) -> Any:
    """Parse a template, or a piece of one.

    Raises:
        MalformedText: the text is neither JSON nor YAML.
    """
    return _parse_json(text) if text.lstrip()[:1] in ("{", "[") else _parse_yaml(text)


def has_aliases(text: str) -> bool:
    """Whether a YAML text repeats a part of itself by name, which CloudFormation does not take."""
    import yaml

    if _ANCHOR.search(text) is None or _ALIAS.search(text) is None:
        return False
    try:
        return any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, _loader()))
    except yaml.YAMLError:
        return False


def _parse_json(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        # Flow-style YAML begins with a brace too; AWS reads such a text as YAML.
        try:
            return _parse_yaml(text)
        except (MalformedText, RecursionError):
            raise MalformedText(
                f"JSON not well-formed. (line {error.lineno}, column {error.colno})"
            ) from None


def _parse_yaml(text: str) -> Any:
    import yaml  # 15 ms that a runtime which sees only JSON, as the CDK writes it, does not pay.

    try:
        return yaml.load(text, _loader())  # noqa: S506 (a SafeLoader's subclass)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f" (line {mark.line + 1}, column {mark.column + 1})" if mark is not None else ""
        raise MalformedText(f"YAML not well-formed.{place}") from None
    except (yaml.YAMLError, ValueError):
        raise MalformedText("YAML not well-formed.") from None


@lru_cache(maxsize=1)
def _loader() -> Any:
    import yaml

    base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class TemplateLoader(base):  # type: ignore[misc, valid-type]
        """YAML 1.1 without timestamps (`Version: 2012-10-17` is text), with short forms."""

    TemplateLoader.yaml_implicit_resolvers = {
        first: [(tag, regexp) for tag, regexp in resolvers if not tag.endswith(":timestamp")]
        for first, resolvers in base.yaml_implicit_resolvers.items()
    }

    def construct_short_form(loader: Any, suffix: str, node: Any) -> Any:
        value: Any
        if isinstance(node, yaml.ScalarNode):
            value = loader.construct_scalar(node)
        elif isinstance(node, yaml.SequenceNode):
            value = loader.construct_sequence(node, deep=True)
        else:
            value = loader.construct_mapping(node, deep=True)
        name = suffix if suffix in _BARE_TAGS else f"Fn::{suffix}"
        if name == "Fn::GetAtt" and isinstance(value, str):
            value = value.split(".", 1)
        return {name: value}

    def construct_object(loader: Any, node: Any) -> Any:
        loader.flatten_mapping(node)
        keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
        values = [loader.construct_object(value, deep=True) for _, value in node.value]
        # A template's keys are text, whatever YAML takes them for: account ids, ports, `on`.
        texts = [
            key if isinstance(key, str) else key_node.value
            for key, (key_node, _) in zip(keys, node.value, strict=True)
        ]
        return dict(zip(texts, values, strict=True))

    TemplateLoader.add_multi_constructor("!", construct_short_form)
    TemplateLoader.add_constructor("tag:yaml.org,2002:map", construct_object)
    return TemplateLoader
