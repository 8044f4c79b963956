"""GetAccountSettings: quotas and what is used of them.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.limits import CONCURRENCY_MAX, UNZIPPED_BYTES_MAX, ZIP_BYTES_MAX

CODE_STORAGE_BYTES_MAX = 75 * 1024**3
_ALL = 1_000_000


def get_account_settings(call: Call, request: Shape) -> Shape:
    """Show the account's quotas for Lambda."""
    reserved = call.tx.functions.sum_reserved_concurrency(call.region, but=0)
    return {
        "AccountLimit": {
            "TotalCodeSize": CODE_STORAGE_BYTES_MAX,
            "CodeSizeUnzipped": UNZIPPED_BYTES_MAX,
            "CodeSizeZipped": ZIP_BYTES_MAX,
            "ConcurrentExecutions": CONCURRENCY_MAX,
            "UnreservedConcurrentExecutions": CONCURRENCY_MAX - reserved,
        },
        "AccountUsage": {
            "TotalCodeSize": call.tx.function_code.sum_sizes(),
            "FunctionCount": len(call.tx.functions.list_page(call.region, "", _ALL)),
        },
    }
