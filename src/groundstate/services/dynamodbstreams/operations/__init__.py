"""One file for each operation of DynamoDB Streams."""
