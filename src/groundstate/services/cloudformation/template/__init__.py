"""The template language: parse, check and resolve templates. Pure: values in, values out.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-guide.html
"""
