"""Following an execution through its history."""

import pytest

from groundstate.cli import histories
from groundstate.cli.histories import entered_state, failure_of, follow_events, read_events


class FakeClient:
    """Step Functions with one execution whose history grows with every look.

    Args:
        looks: the whole history as it stands at each look.
        page_size: events on a page, whatever the caller asks for.
    """

    def __init__(self, looks, page_size=3):
        self.looks = looks
        self.page_size = page_size
        self.pages_read = 0

    def call(self, service, operation, **request):
        assert (service, operation, request["reverseOrder"]) == (
            "stepfunctions",
            "GetExecutionHistory",
            True,
        )
        start = int(request.get("nextToken", 0))
        if start == 0:
            self.current = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        self.pages_read += 1
        newest_first = self.current[::-1]
        page = {"events": newest_first[start : start + self.page_size]}
        if start + self.page_size < len(newest_first):
            page["nextToken"] = str(start + self.page_size)
        return page


def make_events(*types):
    return [{"id": number, "type": kind} for number, kind in enumerate(types, 1)]


@pytest.fixture(autouse=True)
def pauses(monkeypatch):
    pauses = []
    monkeypatch.setattr(histories, "pause", pauses.append)
    return pauses


def test_every_event_comes_once_and_in_order(pauses):
    whole = make_events(*["PassStateEntered"] * 8, "ExecutionSucceeded")
    client = FakeClient([whole[:1], whole[:1], whole[:6], whole])
    assert list(follow_events(client, "arn")) == whole
    assert len(pauses) == 3


def test_look_at_a_long_history_reads_only_what_is_new():
    whole = make_events(*["PassStateEntered"] * 30, "ExecutionSucceeded")
    client = FakeClient([whole[:29], whole])
    list(follow_events(client, "arn"))
    assert client.pages_read == 10 + 1


def test_end_that_was_redriven_is_not_the_end():
    whole = make_events(
        "ExecutionStarted", "ExecutionFailed", "ExecutionRedriven", "ExecutionSucceeded"
    )
    assert list(follow_events(FakeClient([whole[:3], whole]), "arn")) == whole


def test_history_is_read_oldest_first():
    whole = make_events(*["PassStateEntered"] * 7)
    assert read_events(FakeClient([whole]), "arn") == whole


def test_state_is_named_by_the_event_that_enters_it():
    event = {"type": "WaitStateEntered", "stateEnteredEventDetails": {"name": "Sleep"}}
    assert entered_state(event) == "Sleep"
    assert entered_state({"type": "WaitStateExited"}) is None


def test_failure_brings_error_and_cause():
    event = {
        "type": "TaskFailed",
        "previousEventId": 3,
        "taskFailedEventDetails": {"error": "E", "cause": "because"},
    }
    assert failure_of(event) == ("E", "because")
    assert failure_of({"type": "ExecutionAborted"}) == ("", "")
    assert failure_of({"type": "TaskSucceeded", "taskSucceededEventDetails": {}}) is None
