"""Where the recorded answers of AWS are: too many, and not ours, to be in the repository."""

import os
from pathlib import Path

VARIABLE = "GROUNDSTATE_CONFORMANCE"
ROOT = Path(__file__).parents[2]


def find_data() -> Path | None:
    """The folder with `asl/` and `dynamodb/`; None where there is none."""
    named = os.environ.get(VARIABLE)
    folder = Path(named) if named else ROOT.parent / "shared" / "conformance"
    return folder if folder.is_dir() else None
