"""The documentation names what there is."""

import re
from pathlib import Path

import pytest

from docs.reference import FOLDER, PAGES
from groundstate.cli.main import COMMANDS

ROOT = Path(__file__).parents[2]
FOLDERS = ("", "app/**/", "benchmarks/", "changes/", "docs/**/", "src/**/")
PAGES_BY_HAND = [
    path
    for folder in FOLDERS
    for path in ROOT.glob(f"{folder}*.md")
    if FOLDER not in path.parents and "cdk.out" not in path.parts
]
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


@pytest.mark.parametrize("name", PAGES)
def test_reference_is_what_the_code_says(name):
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name](), "run: make reference"


@pytest.mark.parametrize("path", PAGES_BY_HAND, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    links = LINK.findall(path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", PAGES_BY_HAND, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_in_the_text_are_commands(path):
    text = path.read_text(encoding="utf-8")
    used = set(re.findall(r"(?:^|[`/ ])groundstate ([a-z]+)\b", "\n".join(_code(text))))
    assert used <= set(COMMANDS)


@pytest.mark.parametrize("path", PAGES_BY_HAND, ids=lambda path: str(path.relative_to(ROOT)))
def test_make_targets_in_the_text_are_targets(path):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    text = path.read_text(encoding="utf-8")
    assert set(re.findall(r"\bmake ([a-z]+)\b", "\n".join(_code(text)))) <= targets


def example_of_the_testing_guide(number):
    text = (ROOT / "docs" / "guides" / "testing.md").read_text(encoding="utf-8")
    example = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[number]
    names = {}
    exec(compile(example, f"example {number}", "exec"), names)
    return names


def test_examples_of_the_testing_guide_run(groundstate):
    example_of_the_testing_guide(0)["test_a_year_passes"](groundstate)
    example_of_the_testing_guide(1)


def test_example_with_clients_of_its_own_runs(groundstate, monkeypatch):
    example_of_the_testing_guide(3)["test_items_are_counted"](groundstate, monkeypatch)


@pytest.mark.slow
@pytest.mark.process
def test_example_that_deploys_the_app_runs(groundstate, monkeypatch):
    monkeypatch.chdir(ROOT)
    example_of_the_testing_guide(2)["test_task_is_done"](groundstate)


def _code(text):
    """The text between backticks, in blocks and in lines."""
    blocks = re.findall(r"```.*?\n(.*?)```", text, re.DOTALL)
    return blocks + re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
