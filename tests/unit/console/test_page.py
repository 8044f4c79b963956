"""The console's page and its files."""

import gzip
import re
import subprocess
import sys

import pytest

from groundstate.console.assets import FOLDER
from tests.unit.console.conftest import PAGE


def read_page(browser):
    return browser.send("GET", PAGE).body.decode()


def test_page_allows_its_own_scripts_alone(browser):
    policy = browser.send("GET", PAGE).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy


def test_page_cannot_be_framed_or_kept(browser):
    headers = browser.send("GET", PAGE).headers
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_page_holds_no_script_and_no_style_of_its_own(browser):
    text = read_page(browser)
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", text) == []


def test_files_that_the_page_names_are_there(browser):
    names = re.findall(r'(?:href|src)="([^"]+)"', read_page(browser))
    assert len(names) > 20
    assert {browser.send("GET", name).status for name in names} == {200}


def test_modules_import_modules_that_are_there(browser):
    paths = re.findall(r'modulepreload" href="([^"]+)"', read_page(browser))
    for path in paths:
        source = browser.send("GET", path).body.decode()
        for target in re.findall(r'from "(\.[^"]+)"', source):
            parts = path.split("/")[:-1]
            for step in target.split("/"):
                parts = parts[:-1] if step == ".." else parts if step == "." else [*parts, step]
            assert "/".join(parts) in paths, f"{path} imports {target}"


@pytest.mark.parametrize(
    "path", sorted(FOLDER.rglob("*.js")), ids=lambda path: path.relative_to(FOLDER).as_posix()
)
def test_module_uses_what_it_imports(path):
    text = path.read_text(encoding="utf-8")
    lists = re.findall(r"^import \{([^}]+)\}", text, re.MULTILINE)
    names = [each.split()[-1] for each in ",".join(lists).split(",") if each.strip()]
    assert [name for name in names if len(re.findall(rf"\b{name}\b", text)) < 2] == []


def test_files_are_compressed_and_kept_for_ever(browser):
    path = re.search(r'src="([^"]+main\.js)"', read_page(browser))[1]
    plain = browser.send("GET", path)
    packed = browser.send("GET", path, headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert "immutable" in packed.headers["cache-control"]
    assert packed.headers["content-type"].startswith("text/javascript")


def test_file_that_is_known_is_not_sent_again(browser):
    path = re.search(r'src="([^"]+main\.js)"', read_page(browser))[1]
    etag = browser.send("GET", path).headers["etag"]
    again = browser.send("GET", path, headers={"If-None-Match": etag})
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize(
    "path",
    ["x/../page.py", "x/%2e%2e/page.py", "x/..%2fpage.py", "x/missing.js", "x/", "index.html"],
)
def test_nothing_else_is_served(browser, path):
    assert browser.send("GET", f"{PAGE}/static/{path}").status == 404


@pytest.mark.parametrize("path", ["/nothing", "/apix", "/static"])
def test_unknown_address_is_404(browser, path):
    assert browser.send("GET", PAGE + path).status == 404


def test_data_never_becomes_markup(browser):
    for path in re.findall(r'modulepreload" href="([^"]+)"', read_page(browser)):
        source = browser.send("GET", path).body.decode()
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", source
        )


@pytest.mark.slow
@pytest.mark.process
def test_start_imports_nothing_of_the_console():
    script = (
        "import sys, groundstate.cli.serve;"
        "sys.exit(any(name.startswith('groundstate.console') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
