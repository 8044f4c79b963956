"""Cutting a process's output into log events."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from groundstate.services.lambda_.output import Line, OutputParser

LIMIT = 256 * 1024


def frame(message: str, kind: int = 0x0F) -> bytes:
    body = message.encode()
    return b"\xa5\x5a\x00" + bytes([kind]) + len(body).to_bytes(4, "big") + b"\0" * 8 + body


def test_lines_end_at_newlines():
    parser = OutputParser()
    assert parser.feed(b"one\ntw") == [Line("one", "")]
    assert parser.feed(b"o\n") == [Line("two", "")]
    assert parser.finish() == []


def test_last_line_needs_no_newline():
    parser = OutputParser()
    parser.feed(b"rest")
    assert parser.finish() == [Line("rest", "")]


def test_frame_keeps_its_lines_together_with_its_level():
    parser = OutputParser()
    lines = parser.feed(b"before" + frame("a\nb\n", 0x17) + b"after\n")
    assert lines == [Line("before", ""), Line("a\nb", "ERROR"), Line("after", "")]


def test_long_line_is_cut_at_256_kb():
    parser = OutputParser()
    lines = parser.feed(b"x" * (LIMIT + 10) + b"\n")
    assert sum(len(line.text) for line in lines) == LIMIT + 10
    assert max(len(line.text) for line in lines) <= LIMIT


def test_endless_line_does_not_pile_up():
    parser = OutputParser()
    for _ in range(40):
        parser.feed(b"x" * 65536)
    assert len(parser.finish()[0].text) < LIMIT


def test_frame_that_lies_about_its_length_does_not_pile_up():
    parser = OutputParser()
    lines = parser.feed(b"\xa5\x5a\x00\x0f\xff\xff\xff\xff" + b"\0" * 8)
    for _ in range(10):
        lines += parser.feed(b"x" * 65536)
    assert len(lines) >= 1


@settings(max_examples=40)
@given(st.lists(st.text(st.characters(exclude_characters="\r\n", codec="utf-8"))), st.data())
def test_pieces_make_no_difference(texts, data):
    stream = b"".join(
        frame(text) if data.draw(st.booleans()) else text.encode() + b"\n" for text in texts
    )
    whole = OutputParser().feed(stream)
    parser, pieces, position = OutputParser(), [], 0
    while position < len(stream):
        size = data.draw(st.integers(1, len(stream)))
        pieces += parser.feed(stream[position : position + size])
        position += size
    assert pieces == whole
