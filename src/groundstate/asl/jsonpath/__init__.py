"""JSONPath as Step Functions understands it (Jayway's dialect), compiled to closures.

https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html
https://github.com/json-path/JsonPath
"""

from groundstate.asl.jsonpath.errors import InvalidPath, PathNotFound
from groundstate.asl.jsonpath.path import Path, compile_path
from groundstate.asl.jsonpath.reference import ReferencePath, compile_reference

__all__ = [
    "InvalidPath",
    "Path",
    "PathNotFound",
    "ReferencePath",
    "compile_path",
    "compile_reference",
]
