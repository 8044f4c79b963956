"""The policy language: documents made into statements, and the logic that decides. PURE."""

from groundstate.services.iam.policy.evaluation import (
    ALLOWED,
    NO_POLICIES,
    Decision,
    Policies,
    ask,
    ask_resource,
    decide,
)
from groundstate.services.iam.policy.principals import Named
from groundstate.services.iam.policy.request import Caller, Request
from groundstate.services.iam.policy.statements import PolicySet, compile_document

__all__ = [
    "ALLOWED",
    "NO_POLICIES",
    "Caller",
    "Decision",
    "Named",
    "Policies",
    "PolicySet",
    "Request",
    "ask",
    "ask_resource",
    "compile_document",
    "decide",
]
