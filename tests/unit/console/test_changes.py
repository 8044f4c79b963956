"""An open page is told of changes."""

import time
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from groundstate.testing import Groundstate
from tests.unit.console.conftest import Browser


@pytest.fixture(scope="module", autouse=True)
def parameters(runtime):
    runtime.client("ssm").put_parameter(Name="/first", Value="1", Type="String")


@pytest.fixture
def pool():
    with ThreadPoolExecutor() as pool:
        yield pool


def begin_to_wait(browser, runtime, pool):
    """Ask for the next change; return once the runtime holds the request."""
    token = browser.settings()["token"]
    known = browser.post("changes", {}, token=token).document["version"]
    waiting = pool.submit(browser.post, "changes", {"version": known}, token=token)
    while runtime.on_loop(lambda it: it.store.tx.on_commit is None):
        time.sleep(0.001)
    return known, waiting


def test_page_that_knows_no_version_is_told_at_once(browser):
    assert isinstance(browser.post("changes", {}).document["version"], int)


def test_write_is_told(browser, runtime, pool):
    known, waiting = begin_to_wait(browser, runtime, pool)
    runtime.client("ssm").put_parameter(Name="/told", Value="1", Type="String")
    told = waiting.result(timeout=5).document
    assert told["version"] != known
    assert told["now"] == runtime.clock.now()


def test_read_is_not_told(browser, runtime, pool):
    known, waiting = begin_to_wait(browser, runtime, pool)
    runtime.client("ssm").get_parameter(Name="/first")
    assert not wait([waiting], timeout=0.1).done
    runtime.client("ssm").put_parameter(Name="/later", Value="1", Type="String")
    assert waiting.result(timeout=5).document["version"] != known


def test_commits_do_nothing_for_the_console_while_nobody_waits(browser, runtime, pool):
    _, waiting = begin_to_wait(browser, runtime, pool)
    runtime.client("ssm").put_parameter(Name="/nobody", Value="1", Type="String")
    waiting.result(timeout=5)
    assert runtime.on_loop(lambda it: it.store.tx.on_commit) is None


def test_waiting_page_does_not_keep_the_runtime_from_ending(pool):
    with Groundstate() as runtime:
        _, waiting = begin_to_wait(Browser(runtime), runtime, pool)
        began_at = time.monotonic()
    assert time.monotonic() - began_at < 0.9
    assert waiting.result(timeout=5).status == 200
