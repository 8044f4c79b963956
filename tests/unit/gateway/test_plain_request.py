"""What is read without the parser is read as the parser reads it."""

from __future__ import annotations

import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundstate.gateway.plain_request import read_plain_request

HEAD_MAX, BODY_MAX = 1000, 100
PLAIN = (
    b"POST / HTTP/1.1\r\nHost: 127.0.0.1:4566\r\nX-Amz-Target: DynamoDB_20120810.GetItem\r\n"
    b"Content-Length: 2\r\n\r\n{}"
)


class Parsed:
    """What httptools makes of bytes: whole requests, as (path, headers, body, keep-alive)."""

    def __init__(self, data):
        self.requests, self.failed = [], False
        self._parser = httptools.HttpRequestParser(self)
        self.on_message_begin()
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.failed = True

    def on_message_begin(self):
        self._url, self._headers, self._body = b"", [], b""

    def on_url(self, url):
        self._url += url

    def on_header(self, name, value):
        self._headers.append((name.decode("latin-1").lower(), value.decode("latin-1")))

    def on_body(self, body):
        self._body += body

    def on_message_complete(self):
        self.requests.append(
            (self._url, self._headers, self._body, self._parser.should_keep_alive())
        )


NAMES = (
    *("Host", "host", "X-Amz-Date", "Content-Type", "Connection", "Content-Length", "Expect"),
    *("Transfer-Encoding", "Upgrade", "x y", "Bad:", "", "X-\x00", "X-é", "X_1", " X"),
)
names = st.sampled_from(NAMES)
values = st.one_of(
    st.sampled_from(["2", "0", "02", "+2", "keep-alive", "close", "chunked", "100-continue"]),
    st.text(st.sampled_from("a: \t\r\n\x00\x7f\x80é,;"), max_size=6),
)
separators = st.sampled_from([": ", ": ", ": ", ":", ":  ", " : ", ":\t"])
lines = st.builds(lambda *parts: "".join(parts), names, separators, values)
ends = st.sampled_from(["\r\n", "\r\n", "\r\n", "\n", " \r\n"])


@st.composite
def requests(draw):
    body = draw(st.binary(max_size=4))
    head = draw(st.sampled_from(["POST / HTTP/1.1", "POST /a HTTP/1.1", "POST / HTTP/1.0"]))
    text = f"{head}\r\n"
    for line in draw(st.lists(lines, max_size=4)):
        text += line + draw(ends)
    if draw(st.booleans()):
        text += f"Content-Length: {len(body)}\r\n"
    return (text + "\r\n").encode("latin-1") + body


@given(requests())
def test_what_is_read_is_what_the_parser_reads(data):
    request = read_plain_request(data, HEAD_MAX, BODY_MAX)
    if request is None:
        return
    parsed = Parsed(data)
    assert not parsed.failed
    assert parsed.requests == [(b"/", list(request.headers.items()), request.body, True)]
    assert (request.method, request.path, request.query) == ("POST", "/", "")


def test_a_plain_request_is_read():
    request = read_plain_request(PLAIN, HEAD_MAX, BODY_MAX)
    assert request is not None
    assert request.headers == {
        "host": "127.0.0.1:4566",
        "x-amz-target": "DynamoDB_20120810.GetItem",
        "content-length": "2",
    }
    assert request.body == b"{}"


@pytest.mark.parametrize(
    ("found", "instead"),
    [
        (b"POST /", b"PUT /"),
        (b"POST / ", b"POST /?a=b "),
        (b"1.1", b"1.0"),
        (b"Length: 2", b"Length: 1"),
        (b"Length: 2", b"Length: 3"),
        (b"Length: 2", b"Length: 02"),
        (b"Content-Length: 2", b"Transfer-Encoding: chunked"),
        (b"Host: ", b"Connection: close\r\nHost: "),
        (b"Host: ", b"Expect: 100-continue\r\nHost: "),
        (b"Host: ", b"Upgrade: h2c\r\nHost: "),
        (b"Host: ", b"Host: a\r\nHost: "),
        (b"Host: ", b"Host: a\r\n b: "),
        (b"Host: ", b"Host : "),
        (b"Host: ", b"Host:"),
        (b"4566", b"4566 "),
        (b"4566", b"45\x0066"),
        (b"4566", b"45\xe966"),
        (b"\r\n\r\n{}", b"\r\n"),
        (b"{}", b"{}POST / HTTP/1.1\r\n\r\n"),
        (b"Host: ", b"X-Long: " + b"a" * HEAD_MAX + b"\r\nHost: "),
        (b"2\r\n\r\n{}", b"101\r\n\r\n" + b"a" * (BODY_MAX + 1)),
    ],
)
def test_anything_else_is_left_to_the_parser(found, instead):
    data = PLAIN.replace(found, instead, 1)
    assert data != PLAIN
    assert read_plain_request(data, HEAD_MAX, BODY_MAX) is None
