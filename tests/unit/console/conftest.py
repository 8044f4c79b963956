"""A runtime, and the browser's side of the console's requests."""

import json
import re
from html import unescape
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from groundstate.testing import Groundstate

PAGE = "/_groundstate/console"


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)


class Browser:
    """Sends what a browser would: the page's own requests, and those of others."""

    def __init__(self, runtime):
        self.netloc = urlsplit(runtime.endpoint_url).netloc
        self.origin = f"http://{self.netloc}"

    def send(self, method, path, body=b"", headers=None):
        connection = HTTPConnection(self.netloc, timeout=40)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, names, answer.read())
        finally:
            connection.close()

    def settings(self):
        """What the page knows at once; its token among it."""
        text = self.send("GET", PAGE).body.decode()
        return json.loads(unescape(re.search(r'name="groundstate" content="([^"]*)"', text)[1]))

    def post(self, path, document=None, **changed):
        """A request of the page; headers of others in `changed`, None leaves one out."""
        if "token" not in changed:
            changed["token"] = self.settings()["token"]
        headers = {
            "Origin": changed.get("origin", self.origin),
            "Host": changed.get("host", self.netloc),
            "Content-Type": "application/json",
            "X-Groundstate-Console": changed["token"],
            **changed.get("headers", {}),
        }
        sent = {name: value for name, value in headers.items() if value is not None}
        body = json.dumps(document or {}).encode()
        return self.send(changed.get("method", "POST"), f"{PAGE}/{path}", body, sent)

    def call(self, service, operation, document=None, **changed):
        return self.post(f"api/{service}/{operation}", document, **changed)


@pytest.fixture(scope="module")
def runtime():
    with Groundstate() as runtime:
        yield runtime


@pytest.fixture
def browser(runtime):
    return Browser(runtime)
