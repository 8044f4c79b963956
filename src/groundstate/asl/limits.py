"""AWS's limits that the core keeps, each with its source.

https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
"""

from __future__ import annotations

DATA_SIZE_BYTES_MAX = 262_144
"""Input or output of an execution, a state or a task, as UTF-8 text."""

HISTORY_EVENTS_MAX = 25_000
"""The 25,000th event is the ExecutionFailed itself (observed, August 2026)."""

INLINE_MAP_CONCURRENCY_MAX = 40
"""Iterations of an inline Map that run at once when MaxConcurrency is 0 or absent."""

WAIT_SECONDS_MAX = 99_999_999
"""The greatest literal Seconds of a Wait; the documentation of the Wait state has it."""

VARIABLE_BYTES_MAX = 262_144
"""One variable, and all that one Assign writes."""

VARIABLES_BYTES_MAX = 10 * 1024 * 1024
"""All variables that an execution stores."""

TRANSITIONS_PER_STEP = 200
"""Ours, not AWS's: states entered in one step before others get their turn."""

CHARACTERS_PER_STEP = 200_000
"""Ours: outputs of states in one step, likewise."""

NESTING_MAX = 100
"""Ours: how deep Map and Parallel may be nested before a definition is refused, so that neither
the compiler nor the stepping runs out of stack. AWS refuses too (TOO_DEEPLY_NESTED), at a depth
that it does not document."""

DEFINITION_DEPTH_MAX = 500
"""Ours: how deep the JSON of a definition may be nested, for the same reason."""

PAYLOAD_DEPTH_MAX = 100
"""Ours: levels of JSON in one field of a state, so that no walk over it runs out of stack."""

INTRINSIC_DEPTH_MAX = 10
"""Intrinsic functions inside of one another.

https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
"""
