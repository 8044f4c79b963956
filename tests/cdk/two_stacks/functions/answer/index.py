"""The two halves of a custom resource behind the CDK's provider framework."""


def on_event(event, context):
    if event["RequestType"] == "Delete":
        return {"PhysicalResourceId": event["PhysicalResourceId"]}
    question = event["ResourceProperties"]["Question"]
    return {"PhysicalResourceId": f"answer-to-{len(question)}", "Data": {"Question": question}}


def is_complete(event, context):
    if event["RequestType"] == "Delete":
        return {"IsComplete": True}
    return {"IsComplete": True, "Data": {"Answer": "42"}}
