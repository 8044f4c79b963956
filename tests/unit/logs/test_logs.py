"""CloudWatch Logs, seen from a client."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def logs(groundstate):
    client = groundstate.client("logs")
    client.create_log_group(logGroupName="group")
    client.create_log_stream(logGroupName="group", logStreamName="stream")
    return client


@pytest.fixture
def now_ms(groundstate):
    return int(groundstate.clock.now() * 1000)


def put(logs, events, stream="stream"):
    return logs.put_log_events(
        logGroupName="group",
        logStreamName=stream,
        logEvents=[{"timestamp": at, "message": text} for at, text in events],
    )


def read(logs, **settings):
    answer = logs.get_log_events(logGroupName="group", logStreamName="stream", **settings)
    return [event["message"] for event in answer["events"]], answer


def test_events_come_back_in_their_order(logs, now_ms):
    put(logs, [(now_ms, "a"), (now_ms, "b"), (now_ms + 5, "c")])
    _, answer = read(logs, startFromHead=True)
    assert [(event["timestamp"], event["message"]) for event in answer["events"]] == [
        (now_ms, "a"),
        (now_ms, "b"),
        (now_ms + 5, "c"),
    ]
    assert answer["events"][0]["ingestionTime"] == now_ms


def test_batches_that_overlap_are_merged(logs, now_ms):
    put(logs, [(now_ms, "1"), (now_ms + 20, "3"), (now_ms + 40, "5")])
    put(logs, [(now_ms + 10, "2"), (now_ms + 30, "4"), (now_ms + 50, "6")])
    assert read(logs, startFromHead=True)[0] == list("123456")
    assert read(logs)[0] == list("123456")
    assert read(logs, limit=2)[0] == list("56")


def test_pages_go_forward_and_end_with_the_same_token(logs, now_ms):
    put(logs, [(now_ms + n, str(n)) for n in range(5)])
    seen, token = [], None
    for _ in range(5):
        settings = {"nextToken": token} if token else {"startFromHead": True}
        messages, answer = read(logs, limit=2, **settings)
        seen += messages
        if answer["nextForwardToken"] == token:
            break
        token = answer["nextForwardToken"]
    assert seen == list("01234")
    assert token.startswith("f/")
    put(logs, [(now_ms + 9, "new")])
    assert read(logs, nextToken=token)[0] == ["new"]


def test_pages_go_backward(logs, now_ms):
    put(logs, [(now_ms + n, str(n)) for n in range(5)])
    last, answer = read(logs, limit=2)
    assert answer["nextBackwardToken"].startswith("b/")
    before, answer = read(logs, limit=2, nextToken=answer["nextBackwardToken"])
    first, answer = read(logs, limit=2, nextToken=answer["nextBackwardToken"])
    assert [first, before, last] == [["0"], ["1", "2"], ["3", "4"]]
    nothing, end = read(logs, nextToken=answer["nextBackwardToken"])
    assert nothing == []
    assert end["nextBackwardToken"] == answer["nextBackwardToken"]


def test_times_bound_what_is_read(logs, now_ms):
    put(logs, [(now_ms + n, str(n)) for n in range(5)])
    assert read(logs, startTime=now_ms + 1, endTime=now_ms + 3)[0] == ["1", "2"]


def test_filter_reads_all_streams_together(logs, now_ms):
    logs.create_log_stream(logGroupName="group", logStreamName="other")
    put(logs, [(now_ms, "INFO 1"), (now_ms + 2, "ERROR 3")])
    put(logs, [(now_ms + 1, "ERROR 2"), (now_ms + 3, "ERROR 4")], stream="other")
    answer = logs.filter_log_events(logGroupName="group", filterPattern="ERROR", limit=2)
    found = [(event["logStreamName"], event["message"]) for event in answer["events"]]
    assert found == [("other", "ERROR 2"), ("stream", "ERROR 3")]
    rest = logs.filter_log_events(
        logGroupName="group", filterPattern="ERROR", nextToken=answer["nextToken"]
    )
    assert [event["message"] for event in rest["events"]] == ["ERROR 4"]
    assert "nextToken" not in rest
    named = logs.filter_log_events(logGroupName="group", logStreamNames=["other"])
    assert [event["message"] for event in named["events"]] == ["ERROR 2", "ERROR 4"]
    until = logs.filter_log_events(logGroupName="group", endTime=now_ms + 1)
    assert [event["message"] for event in until["events"]] == ["INFO 1", "ERROR 2"]


def test_large_batches_are_read_as_they_were_written(logs, now_ms):
    texts = [f"line {number} " + "x" * 200 for number in range(3000)]
    put(logs, [(now_ms, text) for text in texts])
    assert read(logs, startFromHead=True)[0] == texts
    assert logs.describe_log_groups()["logGroups"][0]["storedBytes"] > 600_000


@pytest.mark.parametrize(
    ("events", "text"),
    [
        ([(5, "a"), (4, "b")], "must be in chronological order"),
        ([(0, "a"), (86_400_001, "b")], "cannot span more than 24 hours"),
    ],
)
def test_batch_that_cannot_be_is_refused(logs, now_ms, events, text):
    with pytest.raises(logs.exceptions.InvalidParameterException) as refused:
        put(logs, [(now_ms + at, message) for at, message in events])
    assert text in str(refused.value)


def test_batch_over_1_mb_is_refused(logs, now_ms):
    with pytest.raises(logs.exceptions.InvalidParameterException):
        put(logs, [(now_ms, "x" * 200_000)] * 6)


def test_events_too_old_or_too_far_ahead_are_left_out(logs, now_ms):
    day_ms = 24 * 3600 * 1000
    answer = put(logs, [(now_ms - 15 * day_ms, "old"), (now_ms - 15 * day_ms + 5, "old too")])
    assert answer["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 2}
    answer = put(logs, [(now_ms, "now"), (now_ms + 3 * 3600 * 1000, "later")])
    assert answer["rejectedLogEventsInfo"] == {"tooNewLogEventStartIndex": 1}
    assert read(logs)[0] == ["now"]


def test_names_can_be_used_once(logs):
    with pytest.raises(logs.exceptions.ResourceAlreadyExistsException) as refused:
        logs.create_log_group(logGroupName="group")
    assert refused.value.response["Error"]["Message"] == "The specified log group already exists"
    with pytest.raises(logs.exceptions.ResourceAlreadyExistsException) as refused:
        logs.create_log_stream(logGroupName="group", logStreamName="stream")
    assert refused.value.response["Error"]["Message"] == "The specified log stream already exists"


def test_unknown_names_are_refused(logs, now_ms):
    with pytest.raises(logs.exceptions.ResourceNotFoundException) as refused:
        logs.describe_log_streams(logGroupName="nobody")
    assert refused.value.response["Error"]["Message"] == "The specified log group does not exist."
    with pytest.raises(logs.exceptions.ResourceNotFoundException) as refused:
        put(logs, [(now_ms, "a")], stream="nobody")
    assert refused.value.response["Error"]["Message"] == "The specified log stream does not exist."


def test_groups_are_listed_by_prefix_and_pattern_in_pages(logs):
    for name in ("/aws/lambda/a", "/aws/lambda/b", "/aws/other"):
        logs.create_log_group(logGroupName=name)

    def names(**settings):
        return [
            group["logGroupName"] for group in logs.describe_log_groups(**settings)["logGroups"]
        ]

    assert names(logGroupNamePrefix="/aws/lambda/") == ["/aws/lambda/a", "/aws/lambda/b"]
    assert names(logGroupNamePattern="other") == ["/aws/other"]
    first = logs.describe_log_groups(limit=3)
    assert names(limit=3) + names(nextToken=first["nextToken"]) == [
        "/aws/lambda/a",
        "/aws/lambda/b",
        "/aws/other",
        "group",
    ]
    listed = logs.list_log_groups(logGroupNamePattern="^/aws/lambda/a|other")["logGroups"]
    assert [group["logGroupName"] for group in listed] == ["/aws/lambda/a", "/aws/other"]
    arn = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/other"
    assert first["logGroups"][2]["arn"] == f"{arn}:*"
    assert first["logGroups"][2]["logGroupArn"] == arn


def test_streams_are_listed_by_time(logs, now_ms):
    logs.create_log_stream(logGroupName="group", logStreamName="newer")
    put(logs, [(now_ms, "a")])
    put(logs, [(now_ms + 5, "b")], stream="newer")
    answer = logs.describe_log_streams(
        logGroupName="group", orderBy="LastEventTime", descending=True
    )
    assert [stream["logStreamName"] for stream in answer["logStreams"]] == ["newer", "stream"]
    assert answer["logStreams"][0]["lastEventTimestamp"] == now_ms + 5


def test_retention_deletes(groundstate, logs, now_ms):
    logs.put_retention_policy(logGroupName="group", retentionInDays=1)
    put(logs, [(now_ms, "old")])
    groundstate.advance(hours=20)
    put(logs, [(int(groundstate.clock.now() * 1000), "young")])
    assert read(logs, startFromHead=True)[0] == ["old", "young"]
    groundstate.advance(hours=6)
    assert read(logs, startFromHead=True)[0] == ["young"]
    assert logs.describe_log_groups()["logGroups"][0]["storedBytes"] == len("young") + 26
    logs.delete_retention_policy(logGroupName="group")
    groundstate.advance(days=3)
    assert read(logs, startFromHead=True)[0] == ["young"]


def test_retention_takes_only_the_days_of_aws(logs):
    with pytest.raises(logs.exceptions.InvalidParameterException):
        logs.put_retention_policy(logGroupName="group", retentionInDays=2)


def test_deleted_group_takes_everything_with_it(logs, now_ms):
    put(logs, [(now_ms, "a")])
    logs.delete_log_group(logGroupName="group")
    logs.create_log_group(logGroupName="group")
    assert logs.describe_log_streams(logGroupName="group")["logStreams"] == []
    assert logs.filter_log_events(logGroupName="group")["events"] == []


def test_tags_are_added_and_removed(logs):
    arn = "arn:aws:logs:us-east-1:000000000000:log-group:group"
    logs.tag_resource(resourceArn=arn, tags={"a": "1", "b": "2"})
    logs.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"b": "2"}
    assert logs.list_tags_log_group(logGroupName="group")["tags"] == {"b": "2"}


def test_regions_are_apart(groundstate, logs):
    there = groundstate.client("logs", region="eu-central-1")
    assert there.describe_log_groups()["logGroups"] == []
    there.create_log_group(logGroupName="group")


def test_bad_token_is_refused(logs):
    with pytest.raises(ClientError) as refused:
        read(logs, nextToken="nonsense")
    assert refused.value.response["Error"]["Code"] == "InvalidParameterException"


def test_metric_filters_are_kept_and_tested(logs):
    transformations = [{"metricName": "Errors", "metricNamespace": "App", "metricValue": "1"}]
    logs.put_metric_filter(
        logGroupName="group",
        filterName="errors",
        filterPattern="ERROR",
        metricTransformations=transformations,
    )
    (found,) = logs.describe_metric_filters(logGroupName="group")["metricFilters"]
    assert found["metricTransformations"] == transformations
    assert logs.describe_log_groups()["logGroups"][0]["metricFilterCount"] == 1
    answer = logs.test_metric_filter(filterPattern="ERROR", logEventMessages=["fine", "ERROR 1"])
    assert [match["eventNumber"] for match in answer["matches"]] == [2]
    logs.delete_metric_filter(logGroupName="group", filterName="errors")
    assert logs.describe_metric_filters(logGroupName="group")["metricFilters"] == []


def test_resource_policies_are_kept(logs):
    logs.put_resource_policy(policyName="p", policyDocument="{}")
    (found,) = logs.describe_resource_policies()["resourcePolicies"]
    assert found["policyDocument"] == "{}"
    logs.delete_resource_policy(policyName="p")
    assert logs.describe_resource_policies()["resourcePolicies"] == []


def test_subscription_to_what_cannot_be_invoked_is_refused(logs):
    with pytest.raises(logs.exceptions.InvalidParameterException):
        logs.put_subscription_filter(
            logGroupName="group",
            filterName="f",
            filterPattern="",
            destinationArn="arn:aws:lambda:us-east-1:000000000000:function:nobody",
        )


@pytest.mark.parametrize(
    "identifier", ["kept", "arn:aws:logs:us-east-1:000000000000:log-group:kept"]
)
def test_a_protected_group_is_not_deleted(logs, identifier):
    def protected():
        groups = logs.describe_log_groups()["logGroups"]
        return {group["logGroupName"]: group["deletionProtectionEnabled"] for group in groups}

    def protect(on):
        logs.put_log_group_deletion_protection(
            logGroupIdentifier=identifier, deletionProtectionEnabled=on
        )

    logs.create_log_group(logGroupName="kept", deletionProtectionEnabled=True)
    assert protected() == {"group": False, "kept": True}
    with pytest.raises(logs.exceptions.ValidationException, match="deletion protection"):
        logs.delete_log_group(logGroupName="kept")
    protect(False)
    assert protected()["kept"] is False
    protect(True)
    with pytest.raises(logs.exceptions.ValidationException):
        logs.delete_log_group(logGroupName="kept")
    protect(False)
    logs.delete_log_group(logGroupName="kept")
    assert protected() == {"group": False}
