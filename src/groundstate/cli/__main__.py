"""`python -m groundstate.cli`: the command line without its entry point installed."""

import sys

from groundstate.cli.main import main

sys.exit(main())
