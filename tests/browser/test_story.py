"""The story that the application tells, seen in the console."""

import json
import re

import pytest

from groundstate.testing import Groundstate
from tests.browser.tasks import FUNCTION, make_role

pytestmark = [pytest.mark.slow, pytest.mark.process]


def start_task(page, name):
    """Test the function with a task's name; the result is shown."""
    editor = page.get_by_role("textbox", name="Test event, JSON")
    editor.fill(f'{{"taskId": "{name}"}}')
    page.get_by_role("button", name="Test", exact=True).click()
    page.get_by_text("Executing function: succeeded").wait_for()


def state(page, name):
    return page.locator(f'[data-state="{name}"]')


def has_class(locator, name):
    return name in (locator.get_attribute("class") or "").split()


def test_task_goes_from_started_to_done(open_page, tasks):
    table = open_page("/tables/Tasks")
    table.get_by_text("The table is empty.").wait_for()

    page = open_page(f"/functions/{FUNCTION}")
    start_task(page, "Breakfast")
    result = page.get_by_role("region", name="Execution result")
    assert '"taskId": "Breakfast"' in result.inner_text()
    assert re.search(r"Request ID\s+[0-9a-f-]{36}", result.inner_text())
    assert re.search(r"Billed duration\s+\d+ ms", result.inner_text())
    assert "Started execution" in result.get_by_role("log").inner_text()

    page.get_by_role("link", name="Watch the execution").click()
    page.locator('.node.is-running[data-state="Long running task"]').wait_for()
    assert has_class(state(page, "CreateDynamoTaskItem"), "is-succeeded")
    assert not has_class(state(page, "UpdateItem"), "is-succeeded")
    row = table.get_by_role("row", name=re.compile("Breakfast"))
    row.get_by_text("STARTED").wait_for()

    page.locator('.node.is-succeeded[data-state="UpdateItem"]').wait_for()
    assert page.locator("h1").get_by_text("Succeeded").is_visible()
    row.get_by_text("Done").wait_for()
    assert row.locator("s").inner_text() == "STARTED"


def test_state_shows_what_went_in_and_out(open_page, tasks):
    page = open_page(f"/functions/{FUNCTION}")
    start_task(page, "Lunch")
    page.get_by_role("link", name="Watch the execution").click()
    page.locator('.node.is-succeeded[data-state="UpdateItem"]').wait_for()
    state(page, "CreateDynamoTaskItem").click()
    panel = page.get_by_role("region", name="State CreateDynamoTaskItem")
    assert '"taskId": "Lunch"' in panel.get_by_role("figure", name="Input").inner_text()
    panel.get_by_role("tab", name="Attempts").click()
    assert "DynamoDB: PutItem" in panel.inner_text()
    assert '"STARTED"' in panel.get_by_role("figure", name="Parameters").inner_text()


def test_graph_is_walked_by_keyboard(open_page, tasks):
    page = open_page(f"/machines/{tasks.replace(':', '%3A')}")
    state(page, "CreateDynamoTaskItem").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("region", name="State UpdateItem").wait_for()


def test_names_of_states_fit_into_their_boxes(open_page, tasks):
    page = open_page(f"/machines/{tasks.replace(':', '%3A')}")
    state(page, "CreateDynamoTaskItem").wait_for()
    nodes = [node for node in page.locator(".node").all() if node.locator(".node-name").count()]
    edges = [
        (name.bounding_box(), node.locator(".node-box").bounding_box())
        for node in nodes
        for name in node.locator(".node-name").all()
    ]
    assert len(edges) >= 3
    assert all(n["x"] + n["width"] <= box["x"] + box["width"] for n, box in edges)


def test_execution_is_started_and_stopped(open_page, tasks):
    page = open_page(f"/machines/{tasks.replace(':', '%3A')}")
    page.get_by_role("button", name="Start execution").click()
    dialog = page.get_by_role("dialog", name="Start execution")
    dialog.get_by_role("textbox", name="Input, JSON").fill('{"taskId": "Supper", "timestamp": 1}')
    dialog.get_by_role("button", name="Start execution").click()
    page.get_by_role("button", name="Stop").click()
    page.locator("h1").get_by_text("Aborted").wait_for()
    assert has_class(state(page, "Long running task"), "is-cancelled")
    page.get_by_role("button", name="Redrive").click()
    page.locator("h1").get_by_text("Running").wait_for()


def test_map_run_lists_its_children_page_by_page(open_page, runtime):
    children = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Each",
        "States": {"Each": {"Type": "Pass", "End": True}},
    }
    states = {"All": {"Type": "Map", "ItemProcessor": children, "End": True}}
    role = make_role("states.amazonaws.com", "states:*")["Properties"]
    iam, client = runtime.client("iam"), runtime.client("stepfunctions")
    made = iam.create_role(
        RoleName="maps", AssumeRolePolicyDocument=json.dumps(role["AssumeRolePolicyDocument"])
    )
    policy = json.dumps(role["Policies"][0]["PolicyDocument"])
    iam.put_role_policy(RoleName="maps", PolicyName="all", PolicyDocument=policy)
    machine = client.create_state_machine(
        name="maps",
        definition=json.dumps({"StartAt": "All", "States": states}),
        roleArn=made["Role"]["Arn"],
    )
    started = client.start_execution(
        stateMachineArn=machine["stateMachineArn"], input=json.dumps(list(range(60)))
    )
    page = open_page(f"/executions/{started['executionArn'].replace(':', '%3A')}")
    page.locator("h1").get_by_text("Succeeded").wait_for()
    page.get_by_role("tab", name="Map runs").click()
    page.get_by_role("tabpanel", name="Map runs").get_by_role("link", name="All").click()
    rows = page.get_by_role("region", name="Executions").locator("tbody tr")
    rows.nth(49).wait_for()
    assert rows.count() == 50
    page.get_by_role("button", name="Show more").click()
    rows.nth(59).wait_for()


def test_item_is_created_changed_and_deleted(open_page, runtime, tasks):
    page = open_page("/tables/Tasks")
    page.get_by_role("button", name="Create item").click()
    editor = page.get_by_role("textbox", name="Item")
    editor.fill('{"taskId": "Tea", "timestamp": 12345678901234567890123, "Status": "<b>"}')
    page.get_by_role("dialog").get_by_role("button", name="Create item").click()
    key = {"taskId": {"S": "Tea"}, "timestamp": {"N": "12345678901234567890123"}}
    page.get_by_role("button", name="Tea").click()
    table = runtime.client("dynamodb")
    assert table.get_item(TableName="Tasks", Key=key)["Item"]["Status"] == {"S": "<b>"}
    panel = page.get_by_role("region", name="Item", exact=True)
    panel.get_by_role("button", name="DynamoDB JSON").click()
    assert '"N": "12345678901234567890123"' in panel.inner_text()

    panel.get_by_role("button", name="Edit").click()
    editor.fill(editor.input_value().replace("<b>", "Hot"))
    page.get_by_role("button", name="Save").click()
    page.get_by_role("row", name=re.compile("Tea")).get_by_text("Hot").wait_for()

    panel.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Tea").wait_for(state="detached")
    assert "Item" not in table.get_item(TableName="Tasks", Key=key)


def test_log_is_shown_as_it_is_written(open_page, runtime, tasks):
    logs = runtime.client("logs")
    logs.create_log_group(logGroupName="live")
    logs.create_log_stream(logGroupName="live", logStreamName="s")
    page = open_page("/logs/live")
    page.get_by_text("No events in this span.").wait_for()
    now_ms = int(runtime.on_loop(lambda it: it.clock.now()) * 1000)
    event = {"timestamp": now_ms, "message": "<script>alert(1)</script> kettle on"}
    logs.put_log_events(logGroupName="live", logStreamName="s", logEvents=[event])
    page.get_by_text("<script>alert(1)</script> kettle on").wait_for()


def test_stack_leads_to_what_it_made(open_page, tasks):
    page = open_page("/stacks/Tasks")
    page.get_by_role("row", name=re.compile("AWS::DynamoDB::Table")).get_by_role("link").click()
    page.get_by_role("heading", name="Tasks").wait_for()


def test_every_page_of_the_navigation_opens(open_page, tasks):
    page = open_page()
    navigation = page.get_by_role("navigation", name="Console")
    for name in ("Functions", "State machines", "Tables", "Logs", "Stacks", "Overview"):
        navigation.get_by_role("link", name=name).click()
        page.get_by_role("heading", name=name, level=1).wait_for()


def test_overview_shows_which_part_uses_which(open_page, tasks):
    page = open_page()
    parts = page.get_by_role("group", name="The application's parts, and which uses which")
    parts.wait_for()
    assert parts.locator("a").count() == 3
    assert parts.locator(".edge").count() == 2
    parts.get_by_role("link", name="Tasks, Table").click()
    page.get_by_role("heading", name="Tasks", level=1).wait_for()


def test_empty_runtime_says_how_to_begin(chromium):
    with Groundstate(real_time=True) as empty:
        page = chromium.new_page()
        page.goto(f"{empty.endpoint_url}/_groundstate/console")
        page.get_by_text("groundstate deploy app").wait_for()
        empty.client("ssm").put_parameter(Name="/x", Value="1", Type="String")
        assert page.get_by_role("heading", level=1).inner_text() == "Nothing is deployed yet"
        page.close()


def test_page_goes_on_when_the_runtime_was_started_again(chromium, tmp_path):
    with Groundstate(data_dir=tmp_path, real_time=True) as first:
        page = chromium.new_page()
        page.goto(f"{first.endpoint_url}/_groundstate/console#/logs")
        page.get_by_text("No log group yet.").wait_for()
        first.client("logs").create_log_group(logGroupName="kept")
        page.get_by_role("link", name="kept").wait_for()
    page.get_by_text("The runtime does not answer.").wait_for()
    port = int(first.endpoint_url.rpartition(":")[2])
    with Groundstate(data_dir=tmp_path, real_time=True, port=port) as second:
        second.client("logs").create_log_group(logGroupName="new")
        page.get_by_role("link", name="new").wait_for()
        page.get_by_text("The runtime does not answer.").wait_for(state="detached")
        page.close()


def test_runtime_with_a_secret_asks_for_it(chromium):
    with Groundstate(real_time=True, secret_access_key="hidden") as guarded:
        page = chromium.new_page()
        page.goto(f"{guarded.endpoint_url}/_groundstate/console")
        page.get_by_label("Access key id").fill("test")
        page.get_by_label("Secret access key").fill("hidden")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="Nothing is deployed yet").wait_for()
        page.close()
