"""What the CDK's command line does when a deployment fails, and when it takes things over."""

from __future__ import annotations

import json
import uuid

import pytest

from tests.cdk.conftest import HERE

pytestmark = pytest.mark.cdk


@pytest.fixture
def small(bootstrapped):
    app = bootstrapped.copy_app(HERE / "small")
    yield app
    app.run("destroy", "--force")
    app.app.rename(app.app.with_name(f"{app.app.name}-{uuid.uuid4()}"))


@pytest.fixture(scope="module")
def ssm(bootstrapped):
    client = bootstrapped.client("ssm")
    client.put_parameter(Name="/taken", Value="1", Type="String")
    return client


def value(ssm):
    return ssm.get_parameter(Name="/small/one")["Parameter"]["Value"]


def test_failed_creation_rolls_back_and_tells_why(bootstrapped, small, ssm):
    text = small.deploy("-c", "broken=1", fails=True)
    assert "Small/Broken" in text
    assert "already exists" in text
    assert bootstrapped.status("Small") == "ROLLBACK_COMPLETE"
    # The next deploy deletes what is left and makes it anew.
    small.deploy()
    assert bootstrapped.status("Small") == "CREATE_COMPLETE"


def test_failed_update_waits_for_its_rollback_when_asked(bootstrapped, small, ssm):
    small.deploy()
    text = small.deploy("--no-rollback", "-c", "one=2", "-c", "broken=1", fails=True)
    assert "already exists" in text
    assert bootstrapped.status("Small") == "UPDATE_FAILED"
    assert value(ssm) == "2"
    small.run("rollback")
    assert bootstrapped.status("Small") == "UPDATE_ROLLBACK_COMPLETE"
    assert value(ssm) == "1"
    small.deploy("-c", "one=3")
    assert value(ssm) == "3"


def test_failed_update_rolls_back(bootstrapped, small, ssm):
    small.deploy()
    small.deploy("-c", "one=2", "-c", "broken=1", fails=True)
    assert bootstrapped.status("Small") == "UPDATE_ROLLBACK_COMPLETE"
    assert value(ssm) == "1"


def test_table_that_is_there_is_imported(bootstrapped, small, ssm):
    small.deploy()
    table = bootstrapped.client("dynamodb")
    table.create_table(
        TableName="Kept",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    table.put_item(TableName="Kept", Item={"id": {"S": "1"}})
    small.run("synth", "--quiet", "-c", "imports=1")
    template = json.loads((small.app / "cdk.out" / "Small.template.json").read_text())
    name = next(name for name in template["Resources"] if name.startswith("Kept"))
    mapping = small.app / "mapping.json"
    mapping.write_text(json.dumps({name: {"TableName": "Kept"}}))
    text = small.run("import", "-c", "imports=1", "--resource-mapping", str(mapping), "--force")
    assert bootstrapped.status("Small") == "IMPORT_COMPLETE", text
    assert table.scan(TableName="Kept")["Count"] == 1
    # The command line leaves the metadata as they were for an import, and no more than that.
    text = small.deploy("-c", "imports=1")
    assert "CDKMetadata" in text
    assert "Kept" not in text
    small.deploy()
    # The CDK's tables are retained unless the app says otherwise.
    assert table.scan(TableName="Kept")["Count"] == 1
    table.delete_table(TableName="Kept")


def test_prepared_change_set_waits_to_be_executed(bootstrapped, small, ssm):
    small.deploy("--method=prepare-change-set", "--change-set-name=mine")
    client = bootstrapped.client("cloudformation")
    assert bootstrapped.status("Small") == "REVIEW_IN_PROGRESS"
    client.execute_change_set(StackName="Small", ChangeSetName="mine")
    client.get_waiter("stack_create_complete").wait(StackName="Small")
    assert value(ssm) == "1"
