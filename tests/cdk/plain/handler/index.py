"""Writes its word into the table."""

import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event, context):
    table.put_item(Item={"word": os.environ["WORD"]})
    return os.environ["WORD"]
