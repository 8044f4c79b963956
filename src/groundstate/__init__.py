"""Run an AWS Lambda, Step Functions and DynamoDB application, as a CDK app, on one machine."""

__version__ = "0.1.0"
