"""DynamoDB's PartiQL: statements parsed into trees. Pure: text and values in, trees out.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
"""
