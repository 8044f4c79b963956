"""The SAM transform, `AWS::Serverless-2016-10-31`: a template in, a template of plain types out.

AWS: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html
"""
