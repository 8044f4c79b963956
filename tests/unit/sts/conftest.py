"""The account of IAM's tests, for STS's."""

from __future__ import annotations

from tests.unit.iam.conftest import account, gs, iam

__all__ = ["account", "gs", "iam"]
