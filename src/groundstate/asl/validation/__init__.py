"""Validation of definitions, with AWS's diagnostics."""

from groundstate.asl.validation.validate import validate, validate_state

__all__ = ["validate", "validate_state"]
