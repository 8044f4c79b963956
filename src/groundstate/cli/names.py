"""What a user means by a part of a name.

Resources that CloudFormation names are called `Orders-ApiF70053CD-ScYxJrh96o7G`: the stack, the
logical id, which the CDK ends with a hash, and a suffix. Nobody types that, so `Api` means it, as
long as it means nothing else. A whole name always means itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from groundstate.cli.errors import CommandError

_HASH = re.compile("[0-9A-F]{8}")


def find_meant(given: str, names: Iterable[str]) -> str | None:
    """The one name that is meant; None if none is like it.

    Upper and lower case are the same here. A name of which a part is just the word, but for the
    CDK's hash, goes before those that only begin with it or have a part that does.

    Raises:
        CommandError: several are as likely.
    """
    word = given.casefold()
    names = list(names)
    alike = [name for name in names if word in _stems(name)]
    alike = alike or [
        name
        for name in names
        if any(part.startswith(word) for part in (name.casefold(), *_parts(name)))
    ]
    if len(alike) > 1:
        raise CommandError(
            f"{given!r} may mean several.", f"Say which one: {', '.join(sorted(alike))}"
        )
    return alike[0] if alike else None


def _parts(name: str) -> list[str]:
    return name.casefold().split("-")


def _stems(name: str) -> set[str]:
    """The parts of a name, those with the CDK's hash without it."""
    return {
        (part[:-8] if len(part) > 8 and _HASH.fullmatch(part[-8:]) else part).casefold()
        for part in name.split("-")
    }
