"""Takes the output of a function's process apart into log events, without keeping much of it.

Two kinds of things come through one pipe: lines of text, from `print` and whatever the process
starts; and the frames of AWS's runtime clients, which keep a message of several lines together.
A frame is a type (4 bytes, a5 5a 00 xx), a length (4 bytes), a time (8 bytes, microseconds) and the
message; all numbers are big-endian.
"""

from __future__ import annotations

from typing import NamedTuple

from groundstate.services.lambda_.limits import LOG_EVENT_BYTES_MAX

_FRAME_MARK = b"\xa5\x5a\x00"
_FRAME_HEAD_BYTES = 16
# With what CloudWatch Logs counts besides, an event has at most 256 KB.
_LINE_BYTES_MAX = LOG_EVENT_BYTES_MAX - 64
_LEVELS = {1: "TRACE", 2: "DEBUG", 3: "INFO", 4: "WARN", 5: "ERROR", 6: "FATAL"}


class Line(NamedTuple):
    """A piece of output that becomes one log event.

    Attributes:
        text: without the newline at its end; at most 256 KB in UTF-8.
        level: the level that the runtime client gave it, or empty.
    """

    text: str
    level: str


class OutputParser:
    """Cuts a stream of bytes into lines. Keeps at most one incomplete line or frame."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[Line]:
        """Take what was read; the lines that it completes."""
        lines: list[Line] = []
        data = self._rest + data
        position = 0
        while position < len(data):
            mark = data.find(_FRAME_MARK, position)
            if mark < 0:
                position = self._text(data, position, len(data), lines)
                break
            if mark > position:
                # What is before a frame is complete, with or without a newline.
                position = self._text(data, position, mark, lines)
                if position < mark:
                    lines.append(_line(data[position:mark]))
                    position = mark
            end = self._frame(data, position, lines)
            if end == position:
                break
            position = end
        self._rest = data[position:]
        return lines

    def finish(self) -> list[Line]:
        """The last line, if it has no newline."""
        rest, self._rest = self._rest, b""
        return [_line(rest)] if rest and not rest.startswith(_FRAME_MARK) else []

    def _text(self, data: bytes, start: int, end: int, lines: list[Line]) -> int:
        """Take the complete lines in [start, end); where the incomplete one begins."""
        newline = data.rfind(b"\n", start, end)
        if newline >= 0:
            # Decoded at once: a function may print a million lines.
            text = _decode(data[start:newline])
            for line in text.split("\n"):
                if len(line) > _LINE_BYTES_MAX // 4:
                    lines += [Line(part, "") for part in _cut(line)]
                else:
                    lines.append(Line(line.removesuffix("\r"), ""))
            start = newline + 1
        while end - start >= _LINE_BYTES_MAX:
            lines.append(_line(data[start : start + _LINE_BYTES_MAX]))
            start += _LINE_BYTES_MAX
        return start

    def _frame(self, data: bytes, start: int, lines: list[Line]) -> int:
        """Take the frame at `start`; its end, or `start` if it is not complete."""
        head = data[start : start + _FRAME_HEAD_BYTES]
        if len(head) < _FRAME_HEAD_BYTES:
            return start
        length = int.from_bytes(head[4:8], "big")
        body_at = start + _FRAME_HEAD_BYTES
        if len(data) - body_at < min(length, LOG_EVENT_BYTES_MAX):
            return start
        level = _LEVELS.get(head[3] >> 2, "")
        length = min(length, LOG_EVENT_BYTES_MAX)
        text = data[body_at : body_at + length]
        lines.append(Line(_decode(text.removesuffix(b"\n")), level))
        return body_at + length


def _line(data: bytes) -> Line:
    return Line(_decode(data.removesuffix(b"\r")), "")


def _cut(line: str) -> list[str]:
    data = line.encode("utf-8", "surrogatepass")
    return [
        _decode(data[begin : begin + _LINE_BYTES_MAX])
        for begin in range(0, len(data), _LINE_BYTES_MAX)
    ]


def _decode(data: bytes) -> str:
    return data.decode("utf-8", "replace")
