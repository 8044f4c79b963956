"""The web console: a page of the runtime's own, at `/_groundstate/console`.

`page.py` routes its requests, `session.py` decides who may send them, `api.py` performs operations,
`changes.py` tells an open page that something has changed, `assets.py` serves `static/`: plain ES
modules and a style sheet, with no build step. The runtime imports this package when somebody first
opens the page.
"""

from groundstate.console.page import ConsolePage

__all__ = ["ConsolePage"]
