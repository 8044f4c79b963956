"""Copies new orders into the archive."""

import os

import boto3
from words import KIND

archive = boto3.resource("dynamodb").Table(os.environ["ARCHIVE"])


def handler(event, context):
    for record in event["Records"]:
        if record["eventName"] == "INSERT":
            key = record["dynamodb"]["Keys"]["id"]["S"]
            archive.put_item(Item={"id": key, "kind": KIND})
