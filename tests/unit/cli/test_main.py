"""The entry point: finding commands, and what it says when something is wrong."""

import importlib
import os
import subprocess
import sys

import pytest

from groundstate import __version__
from groundstate.cli.main import COMMANDS, load_command, main, make_parser

NOTHING_LISTENS = "http://127.0.0.1:9"


def test_without_a_command_lists_them(capsys):
    with pytest.raises(SystemExit) as exit_:
        main([])
    assert exit_.value.code == 0
    said = capsys.readouterr().out
    assert all(name in said for name in COMMANDS)


def test_unknown_command_is_refused(capsys):
    with pytest.raises(SystemExit) as exit_:
        main(["invok"])
    assert exit_.value.code == 2
    assert "invok" in capsys.readouterr().err


def test_version(capsys):
    with pytest.raises(SystemExit) as exit_:
        main(["--version"])
    assert exit_.value.code == 0
    assert __version__ in capsys.readouterr().out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_and_takes_json(name):
    command = load_command(name)
    help_text = make_parser(name, command).format_help()
    assert command.__doc__ is not None
    assert command.__doc__.splitlines()[0] in help_text
    assert "--json" in help_text


@pytest.mark.parametrize(
    "words", [["tables"], ["executions"], ["logs"], ["invoke", "F"], ["deploy"], ["destroy"]]
)
def test_says_how_to_start_a_runtime_when_none_answers(words, capsys):
    assert main([*words, "--endpoint-url", NOTHING_LISTENS]) == 1
    said = capsys.readouterr()
    assert NOTHING_LISTENS in said.err
    assert "groundstate serve" in said.err
    assert said.out == ""


@pytest.mark.parametrize(
    "address", ["127.0.0.1:4566", "ftp://127.0.0.1", "http://", "http://127.0.0.1:x"]
)
def test_address_that_is_none_is_refused(address, capsys):
    assert main(["tables", "--endpoint-url", address]) == 1
    assert address in capsys.readouterr().err


def test_setting_that_cannot_be_is_refused(monkeypatch, capsys):
    monkeypatch.setenv("GROUNDSTATE_PORT", "many")
    assert main(["tables"]) == 1
    assert "GROUNDSTATE_PORT must be a number, not 'many'" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["tables", "executions"])
@pytest.mark.parametrize("limit", ["0", "-3", "few"])
def test_limit_is_a_number_above_zero(command, limit, capsys):
    with pytest.raises(SystemExit) as exit_:
        main([command, "--limit", limit])
    assert exit_.value.code == 2
    assert f"{limit!r} is no number above 0" in capsys.readouterr().err


def test_interrupt_ends_quietly(monkeypatch, capsys):
    def interrupt(arguments, console):
        raise KeyboardInterrupt

    monkeypatch.setattr(importlib.import_module("groundstate.cli.tables"), "run", interrupt)
    assert main(["tables"]) == 130
    assert capsys.readouterr().err == ""


def test_a_command_loads_no_other_command_and_no_boto3():
    """Each command pays for itself alone: boto3 would cost it a fifth of a second."""
    program = (
        "import sys; from groundstate.cli.main import main; "
        f"main(['tables', '--endpoint-url', '{NOTHING_LISTENS}']); "
        "print(*sorted(sys.modules), sep=chr(10))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ).stdout.splitlines()
    assert "groundstate.cli.tables" in loaded
    assert not {"groundstate.cli.deploy", "groundstate.runtime", "boto3", "botocore"} & set(loaded)
