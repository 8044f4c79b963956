"""A CDK app with what the Tasks application does not use; the end-to-end tests deploy it.

Two stacks. `Store` has the data and what depends on it; `Work` uses it through references of both
kinds, and has a nested stack and custom resources of all the kinds that the CDK itself makes.
"""

import aws_cdk as cdk
from store_stack import StoreStack
from work_stack import WorkStack

app = cdk.App()
# Lookups happen at synthesis, and only for a stack whose account and region are known.
environment = cdk.Environment(account="000000000000", region="us-east-1")
store = StoreStack(app, "Store", env=environment)
WorkStack(app, "Work", store=store, env=environment)
app.synth()
