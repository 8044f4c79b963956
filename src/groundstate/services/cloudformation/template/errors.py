"""What is wrong with a template, in AWS's words."""

from __future__ import annotations


class TemplateError(Exception):
    """A template, its parameters or a value in it cannot be used; the text is AWS's message."""

    @property
    def message(self) -> str:
        """AWS's text."""
        return str(self.args[0])


class UnsupportedFunction(TemplateError):
    """A function that this runtime, or AWS, does not have; whoever knows the place adds it."""


def format_error(detail: str) -> TemplateError:
    """The template's form is wrong."""
    return TemplateError(f"Template format error: {detail}")


def function_error(detail: str) -> TemplateError:
    """An intrinsic function is used wrongly."""
    return TemplateError(f"Template error: {detail}")
