"""A table with a stream, and functions that read it."""

from __future__ import annotations

import json
import time

ECHO = "import json\ndef handler(event, context):\n    print(json.dumps(event))\n"
WAIT_S = 5.0


class Source:
    """A table with a stream, and functions that read it."""

    def __init__(self, functions, name):
        self.functions = functions
        self.client = functions.client
        self.dynamodb = functions.groundstate.client("dynamodb")
        self.table = name
        made = self.dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        self.arn = made["TableDescription"]["LatestStreamArn"]

    def put(self, *ids):
        for item_id in ids:
            self.dynamodb.put_item(TableName=self.table, Item={"id": {"S": item_id}})

    def put_number(self, item_id, number):
        """Change an item: one that stays as it was is no record of the stream."""
        item = {"id": {"S": item_id}, "n": {"N": str(number)}}
        self.dynamodb.put_item(TableName=self.table, Item=item)

    def map(self, source=ECHO, **settings):
        name = self.functions.make(source)
        return name, self.map_function(name, **settings)

    def map_function(self, name, **settings):
        request = {"StartingPosition": "TRIM_HORIZON", **settings}
        return self.client.create_event_source_mapping(
            EventSourceArn=self.arn, FunctionName=name, **request
        )

    def batches(self, name, records):
        """The ids of the records in each batch that the function got, once there are so many."""
        deadline = time.monotonic() + WAIT_S
        while True:
            try:
                messages = self.functions.messages(name)
            except self.functions.logs.exceptions.ResourceNotFoundException:
                messages = []
            events = [json.loads(text) for text in messages if text.startswith('{"Records"')]
            found = [
                [record["dynamodb"]["Keys"]["id"]["S"] for record in event["Records"]]
                for event in events
            ]
            if sum(map(len, found)) >= records or time.monotonic() > deadline:
                return found, events
            time.sleep(0.02)

    def wait_result(self, uuid, result):
        """Wait until a mapping tells this of its last batch."""
        deadline = time.monotonic() + WAIT_S
        while True:
            mapping = self.client.get_event_source_mapping(UUID=uuid)
            if mapping["LastProcessingResult"] == result:
                return
            assert time.monotonic() < deadline, mapping
            time.sleep(0.02)
