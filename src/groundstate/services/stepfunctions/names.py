"""The names of machines, executions and activities.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
"""

from __future__ import annotations

import re

from groundstate.services.stepfunctions.errors import InvalidName

# White space, brackets, wildcards, special and control characters, as AWS lists them.
_REFUSED = re.compile(r"[\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]")
NAME_LENGTH_MAX = 80


def check_name(name: str) -> None:
    """Check the name of something new.

    Raises:
        InvalidName: it is too long, empty, or has a character that AWS refuses.
    """
    if not name or len(name) > NAME_LENGTH_MAX or _REFUSED.search(name):
        raise InvalidName(f"Invalid Name: '{name}'")
