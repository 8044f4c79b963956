"""Intrinsic functions of JSONPath states: `States.Format('Hello {}', $.name)`.

https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
"""

from groundstate.asl.intrinsics.call import compile_intrinsic, is_intrinsic

__all__ = ["compile_intrinsic", "is_intrinsic"]
