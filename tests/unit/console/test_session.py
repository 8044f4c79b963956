"""Who may use the console: its own page, and nobody else."""

import json

import pytest

from groundstate.cli.main import main
from groundstate.testing import Groundstate
from tests.unit.console.conftest import Browser

TABLE = {
    "TableName": "Stolen",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
FOREIGN = {
    "another site": {"origin": "https://evil.example"},
    "another port of this machine": {"origin": "http://127.0.0.1:3000"},
    "another name of this machine": {"origin": "http://localhost:{port}"},
    "another scheme": {"origin": "https://127.0.0.1:{port}"},
    "a sandboxed frame": {"origin": "null"},
    "no browser at all": {"origin": None},
    "a rebound name": {"host": "evil.example:{port}", "origin": "http://evil.example:{port}"},
    "a foreign name": {"host": "evil.example"},
    "a cross-site fetch": {"headers": {"Sec-Fetch-Site": "cross-site"}},
    "a page of the same site": {"headers": {"Sec-Fetch-Site": "same-site"}},
    "a form, which sends no header": {"token": None},
    "a wrong token": {"token": "x" * 43},
    "an empty token": {"token": ""},
    "a link": {"method": "GET"},
    "another method": {"method": "PUT"},
}


def filled(value, port):
    return value.replace("{port}", port) if isinstance(value, str) else value


@pytest.mark.parametrize("who", FOREIGN)
def test_stranger_is_refused_and_nothing_happens(browser, runtime, who):
    port = browser.netloc.split(":")[1]
    changed = {name: filled(value, port) for name, value in FOREIGN[who].items()}
    assert browser.call("dynamodb", "CreateTable", TABLE, **changed).status == 403
    assert browser.post("changes", {"version": 0}, **changed).status == 403
    assert runtime.client("dynamodb").list_tables()["TableNames"] == []


def test_no_answer_allows_other_origins(browser):
    refused = browser.call("dynamodb", "ListTables", origin="https://evil.example")
    preflight = browser.call("dynamodb", "ListTables", method="OPTIONS")
    served = browser.call("dynamodb", "ListTables")
    for answer in (refused, preflight, served):
        assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_foreign_name_gets_no_page(browser):
    answer = browser.send("GET", "/_groundstate/console", headers={"Host": "evil.example"})
    assert answer.status == 403
    assert b"token" not in answer.body


def test_each_process_has_a_token_of_its_own(browser):
    with Groundstate() as other:
        assert Browser(other).settings()["token"] != browser.settings()["token"]


@pytest.fixture(scope="module")
def guarded():
    """A runtime whose administrator has chosen a secret."""
    with Groundstate(secret_access_key="hidden", real_time=True) as runtime:
        yield runtime


def test_page_of_a_runtime_with_a_secret_brings_no_token(guarded):
    browser = Browser(guarded)
    assert browser.settings()["token"] == ""
    assert browser.call("dynamodb", "ListTables", token="").status == 403


def test_page_of_a_runtime_that_listens_everywhere_brings_no_token():
    with Groundstate(host="0.0.0.0") as runtime:
        assert Browser(runtime).settings()["token"] == ""


@pytest.mark.slow  # A wrong secret is answered late, so that guessing stays slow.
def test_wrong_secret_is_refused(guarded):
    browser = Browser(guarded)
    wrong = {"accessKeyId": "test", "secretAccessKey": "test"}
    assert browser.post("session", wrong, token="none").document["code"] == "SignInRefused"


def test_secret_opens_the_console(guarded):
    browser = Browser(guarded)
    right = {"accessKeyId": "test", "secretAccessKey": "hidden"}
    assert browser.post("session", right, token="none", origin="http://evil.example").status == 403
    token = browser.post("session", right, token="none").document["token"]
    assert browser.call("dynamodb", "ListTables", token=token).status == 200


@pytest.mark.slow  # As above.
def test_ticket_is_good_once(guarded, capsys, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", guarded.endpoint_url)
    monkeypatch.setenv("GROUNDSTATE_SECRET_ACCESS_KEY", "hidden")
    assert main(["console", "--json"]) == 0
    ticket = json.loads(capsys.readouterr().out)["url"].partition("#ticket=")[2]
    browser = Browser(guarded)
    token = browser.post("session", {"ticket": ticket}, token="none").document["token"]
    assert browser.call("dynamodb", "ListTables", token=token).status == 200
    assert browser.post("session", {"ticket": ticket}, token="none").status == 403


def test_ticket_needs_the_administrator(guarded, capsys, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", guarded.endpoint_url)
    assert main(["console"]) == 1
    assert "GROUNDSTATE_SECRET_ACCESS_KEY" in capsys.readouterr().err
    assert Browser(guarded).post("ticket", token="none").status == 403


def test_command_shows_the_address(runtime, capsys, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", runtime.endpoint_url)
    assert main(["console"]) == 0
    assert capsys.readouterr().out == f"{runtime.endpoint_url}/_groundstate/console\n"
