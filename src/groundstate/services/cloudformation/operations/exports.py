"""ListExports and ListImports.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListExports.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.cloudformation.errors import ValidationError
from groundstate.services.cloudformation.paging import page

_PAGE_SIZE = 100


def list_exports(call: Call, request: Shape) -> Shape:
    """A page of the region's exports by name."""
    exports = call.tx.stacks.list_exports(call.region)
    found, token = page(exports, request.get("NextToken"), _PAGE_SIZE)
    answer: Shape = {
        "Exports": [
            {"Name": name, "Value": value, "ExportingStackId": stack_id}
            for name, value, stack_id in found
        ]
    }
    return {**answer, "NextToken": token} if token else answer


def list_imports(call: Call, request: Shape) -> Shape:
    """The stacks that use an export.

    Raises:
        ValidationError: nobody does.
    """
    name = request["ExportName"]
    users = call.tx.stacks.list_importers(call.region, name)
    if not users:
        raise ValidationError(f"Export '{name}' is not imported by any stack.")
    found, token = page(users, request.get("NextToken"), _PAGE_SIZE)
    answer: Shape = {"Imports": list(found)}
    return {**answer, "NextToken": token} if token else answer
