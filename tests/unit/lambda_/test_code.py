"""Unpacking zip files: whole or not at all, and never outside of their folder."""

from __future__ import annotations

import zipfile

import pytest

from groundstate.services.lambda_ import code
from groundstate.services.lambda_.code import CodeDirectory, check_entries
from groundstate.services.lambda_.errors import InvalidParameterValueException

from .conftest import make_zip

LINK = 0o120777


def test_same_code_is_unpacked_once(tmp_path):
    directory = CodeDirectory(tmp_path)
    first = directory.unpack("a" * 64, make_zip({"app.py": "1"}))
    assert directory.unpack("a" * 64, b"is not looked at") == first
    assert (first / "app.py").read_text() == "1"


@pytest.mark.parametrize("name", ["../evil.py", "/evil.py", "a/../../evil.py", "..\\evil.py"])
def test_entry_outside_is_refused(tmp_path, name):
    directory = CodeDirectory(tmp_path / "code")
    with pytest.raises(InvalidParameterValueException):
        directory.unpack("b" * 64, make_zip({"app.py": "1", name: "2"}))
    assert [path.name for path in (tmp_path / "code").iterdir()] == []
    assert not (tmp_path / "evil.py").exists()


@pytest.mark.parametrize("target", ["/etc/passwd", "../../outside", "sub/../../.."])
def test_link_outside_is_refused(tmp_path, target):
    content = make_zip({"link": target}, {"link": LINK})
    with pytest.raises(InvalidParameterValueException):
        CodeDirectory(tmp_path / "code").unpack("c" * 64, content)


def test_entry_behind_a_link_is_refused(tmp_path):
    files = {"x/y/a": "../../b", "b/keep": "", "x/y/a/evil": "../s"}
    content = make_zip(files, {"x/y/a": LINK, "x/y/a/evil": LINK})
    with pytest.raises(InvalidParameterValueException):
        CodeDirectory(tmp_path / "code").unpack("d" * 64, content)


def test_link_inside_is_kept(tmp_path):
    content = make_zip({"real.py": "1", "link.py": "real.py"}, {"link.py": LINK})
    path = CodeDirectory(tmp_path).unpack("e" * 64, content)
    assert (path / "link.py").read_text() == "1"


def test_executable_stays_one(tmp_path):
    content = make_zip({"bootstrap": "#!/bin/sh\n", "data": ""}, {"bootstrap": 0o100755})
    path = CodeDirectory(tmp_path).unpack("f" * 64, content)
    assert (path / "bootstrap").stat().st_mode & 0o777 == 0o755
    assert (path / "data").stat().st_mode & 0o777 == 0o644


def test_too_big_is_refused_by_its_table_of_contents():
    entry = zipfile.ZipInfo("big")
    entry.file_size = 262_144_000
    with pytest.raises(InvalidParameterValueException) as refused:
        check_entries([entry])
    assert refused.value.message == "Unzipped size must be smaller than 262144000 bytes"


def test_size_that_lies_is_refused(tmp_path):
    content = make_zip({"bomb": b"\0" * 100_000})
    # The size in the table of contents: 100,000 becomes 10.
    small = content.replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert small != content
    with pytest.raises(InvalidParameterValueException):
        CodeDirectory(tmp_path / "code").unpack("0" * 64, small)
    assert list((tmp_path / "code").iterdir()) == []


def test_damaged_content_is_refused(tmp_path):
    content = bytearray(make_zip({"app.py": "print(1)\n" * 100}))
    content[45] ^= 0xFF
    with pytest.raises(InvalidParameterValueException):
        CodeDirectory(tmp_path).unpack("1" * 64, bytes(content))


def test_unused_code_and_scraps_are_removed(tmp_path):
    directory = CodeDirectory(tmp_path)
    kept = directory.unpack("2" * 64, make_zip({"app.py": "1"}))
    directory.unpack("3" * 64, make_zip({"app.py": "2"}))
    (tmp_path / "unpack-interrupted").mkdir()
    removing = directory.remove_unused({"2" * 64})
    assert directory.find("3" * 64) is None
    removing.join()
    assert list(tmp_path.iterdir()) == [kept]


def test_what_is_being_unpacked_is_no_scrap(tmp_path, monkeypatch):
    # One function is removed while the code of another one is unpacked in a thread.
    directory = CodeDirectory(tmp_path)
    as_ever = code.unpack_zip

    def unpack_zip(content, target):
        as_ever(content, target)
        removing = directory.remove_unused(set())
        assert removing is None

    monkeypatch.setattr(code, "unpack_zip", unpack_zip)
    path = directory.unpack("4" * 64, make_zip({"app.py": "1", "data": "2"}))
    assert sorted(file.name for file in path.iterdir()) == ["app.py", "data"]
