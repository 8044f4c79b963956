"""DynamoDB's expression language: parsed once, compiled to functions. Pure: values in, values out.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
"""
