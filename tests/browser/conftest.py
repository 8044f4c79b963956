"""The console in a real browser: headless Chromium, driven by Playwright.

    make browser

Chromium is the system's own (on Debian: `apt-get install chromium`); nothing is downloaded. Without
it, or without the dependency group `browser`, these tests are skipped and say so.
"""

import os
import shutil
from pathlib import Path

import pytest

from groundstate.testing import Groundstate
from tests.browser.tasks import deploy_tasks

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WAIT_MS = 15_000
NOT_INSTALLED = "the dependency group `browser` is not installed: make browser"


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    playwright = pytest.importorskip("playwright.sync_api", reason=NOT_INSTALLED)
    if CHROMIUM is None:
        pytest.skip("there is no Chromium: apt-get install chromium, or name it with CHROMIUM")
    with playwright.sync_playwright() as driver:
        profile = tmp_path_factory.mktemp("profile")
        context = driver.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            args=OPTIONS,
            headless=True,
            viewport={"width": 1360, "height": 900},
        )
        context.set_default_timeout(WAIT_MS)
        yield context
        context.close()


@pytest.fixture(scope="session")
def runtime():
    with Groundstate(real_time=True) as runtime:
        yield runtime


@pytest.fixture(scope="session")
def tasks(runtime):
    """The Tasks application, whose Wait takes as long as the browser needs to see it."""
    return deploy_tasks(runtime, wait_s=3)


@pytest.fixture
def open_page(chromium, runtime, request):
    """Open a page of the console. A test fails if the page had an error."""
    pages, errors = [], []

    def open_page(address="/"):
        page = chromium.new_page()
        pages.append(page)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.goto(f"{runtime.endpoint_url}/_groundstate/console#{address}")
        return page

    yield open_page
    folder = os.environ.get("SCREENSHOTS")
    for number, page in enumerate(pages):
        if folder:
            page.screenshot(path=Path(folder) / f"{request.node.name}-{number}.png")
        page.close()
    assert errors == []
