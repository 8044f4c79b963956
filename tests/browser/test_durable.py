"""Durable functions in the console: started, watched, answered, stopped."""

import json

import pytest

from tests.browser.tasks import make_role
from tests.unit.lambda_.conftest import make_zip

pytestmark = [pytest.mark.slow, pytest.mark.process]

HANDLER = """
from aws_durable_execution_sdk_python import durable_execution, durable_step

@durable_step
def reserve(step_context, order):
    return {"reserved": order}

@durable_execution
def handler(event, context):
    context.step(reserve(event["order"]), name="reserve")
    approval = context.create_callback(name="approval")
    return {"approved": approval.result()}
"""


@pytest.fixture(scope="module")
def orders(runtime):
    """A durable function that waits for an approval; its executions may take days."""
    role = make_role("lambda.amazonaws.com", "lambda:*")["Properties"]
    iam = runtime.client("iam")
    made = iam.create_role(
        RoleName="orders", AssumeRolePolicyDocument=json.dumps(role["AssumeRolePolicyDocument"])
    )["Role"]
    policy = json.dumps(role["Policies"][0]["PolicyDocument"])
    iam.put_role_policy(RoleName="orders", PolicyName="all", PolicyDocument=policy)
    runtime.client("lambda").create_function(
        FunctionName="orders",
        Runtime="python3.14",
        Handler="app.handler",
        Role=made["Arn"],
        Timeout=10,
        Code={"ZipFile": make_zip({"app.py": HANDLER})},
        DurableConfig={"ExecutionTimeout": 3 * 86_400},
    )


def start(page, order):
    page.get_by_role("textbox", name="Test event, JSON").fill(f'{{"order": {order}}}')
    page.get_by_role("button", name="Test", exact=True).click()
    page.get_by_text("Execution started").wait_for()
    page.get_by_role("link", name="Watch the durable execution").click()


def row(page, name):
    return page.get_by_role("region", name="Operations").get_by_role("row").filter(has_text=name)


def test_callback_is_answered_in_the_console(open_page, orders):
    page = open_page("/functions/orders")
    start(page, 7)
    row(page, "reserve").get_by_text("Succeeded").wait_for()
    row(page, "approval").get_by_role("button", name="Answer").click()
    dialog = page.get_by_role("dialog", name="Answer approval")
    dialog.get_by_role("textbox", name="Result, JSON").fill('"yes"')
    dialog.get_by_role("button", name="Succeed").click()
    page.locator("h1").get_by_text("Succeeded").wait_for()
    row(page, "approval").get_by_text("Succeeded").wait_for()
    assert "yes" in page.get_by_role("figure", name="Result").inner_text()
    events = page.get_by_role("list", name="Events")
    events.get_by_role("button", name="StepSucceeded").click()
    assert '\\"reserved\\"' in events.get_by_role("figure").inner_text()


def test_execution_is_paused_resumed_and_stopped(open_page, orders):
    page = open_page("/functions/orders")
    start(page, 8)
    row(page, "approval").get_by_text("In progress").wait_for()
    page.get_by_role("button", name="Pause").click()
    page.locator("h1").get_by_text("Paused").wait_for()
    page.get_by_role("button", name="Resume").click()
    page.locator("h1").get_by_text("Running").wait_for()
    page.get_by_role("button", name="Stop").click()
    page.locator("h1").get_by_text("Stopped").wait_for()

    page.get_by_role("link", name="orders").click()
    listed = page.get_by_role("region", name="Executions").locator("tbody tr")
    listed.first.get_by_text("Stopped").wait_for()
