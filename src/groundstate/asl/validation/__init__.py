"""Validation of definitions, with AWS's diagnostics."""

from groundstate.asl.validation.validate import validate

__all__ = ["validate"]
