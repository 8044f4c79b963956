"""How large a function is with its layers, unpacked.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.code import check_zip
from groundstate.services.lambda_.errors import InvalidParameterValueException
from groundstate.services.lambda_.limits import UNZIPPED_BYTES_MAX


def check_size(call: Call, code_sha256: str, document: Shape) -> None:
    """A function and its layers fit together.

    Args:
        code_sha256: of the function's package.
        document: its configuration, which names the layers.

    Raises:
        InvalidParameterValueException: they do not.
    """
    layers = [layer["Arn"] for layer in document.get("Layers", ())]
    if not layers or document.get("PackageType") == "Image":
        return
    packages = [code_sha256, *(call.tx.layers.find_code(arn) for arn in layers)]
    size = sum(_measure(call, package) for package in packages if package is not None)
    if size > UNZIPPED_BYTES_MAX:
        raise InvalidParameterValueException(
            "Function code combined with layers exceeds the maximum allowed size of"
            f" {UNZIPPED_BYTES_MAX} bytes. The actual size is {size} bytes."
        )


def _measure(call: Call, code_sha256: str) -> int:
    content = call.tx.function_code.find(code_sha256)
    return 0 if content is None else check_zip(content).size_bytes
