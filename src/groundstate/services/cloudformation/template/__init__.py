"""The template language: parse, validate, resolve and compare templates. Pure: values in, values out.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-guide.html
"""
