"""Run AWS Lambda, Step Functions and DynamoDB applications, deployed with the AWS CDK, on one machine."""

__version__ = "0.1.0"
