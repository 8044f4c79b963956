"""`groundstate serve` where it cannot: it says what is wrong and what to do next."""

import socket
import sqlite3
from contextlib import closing

import pytest

from groundstate import __version__
from groundstate.cli.main import main
from groundstate.store import Store


@pytest.fixture
def serve(capsys, tmp_path):
    """Serve, which fails; what it said."""

    def serve(*options):
        assert main(["serve", "--data-dir", str(tmp_path / "data"), *options]) == 1
        said = capsys.readouterr()
        assert said.out == ""
        assert "Traceback" not in said.err
        return said.err

    return serve


def test_port_that_is_taken(serve):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = serve("--port", port)
    assert f"Port {port} of 127.0.0.1 is taken" in said
    assert "--port 4567" in said


def test_address_that_is_another_machine_s(serve):
    said = serve("--port", "0", "--host", "192.0.2.1")
    assert "cannot listen" in said
    assert "--host 127.0.0.1" in said


def test_data_directory_that_is_a_file(serve, tmp_path):
    (tmp_path / "file").write_text("")
    said = serve("--port", "0", "--data-dir", str(tmp_path / "file"))
    assert f"cannot be kept in {tmp_path / 'file'}: File exists" in said
    assert "--data-dir other" in said


def test_database_that_is_none(serve, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "groundstate.db").write_text("This is no database. " * 100)
    said = serve("--port", "0")
    assert "groundstate.db: file is not a database" in said
    assert "--data-dir other" in said


def test_data_of_a_later_version(serve, tmp_path):
    Store(tmp_path / "data" / "groundstate.db").close()
    with closing(sqlite3.connect(tmp_path / "data" / "groundstate.db")) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        connection.execute(f"PRAGMA user_version = {version + 1}")
    said = serve("--port", "0")
    assert f"A later version of Groundstate than {__version__} wrote the data" in said
    assert "Update Groundstate" in said
    with closing(sqlite3.connect(tmp_path / "data" / "groundstate.db")) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    Store(tmp_path / "data" / "groundstate.db").close()


@pytest.mark.parametrize(
    ("option", "value"), [("--port", "65536"), ("--iam", "of"), ("--synchronous", "no")]
)
def test_setting_that_cannot_be(serve, option, value):
    said = serve(option, value)
    assert option.removeprefix("--") in said
    assert value in said
    assert "groundstate serve --help" in said
