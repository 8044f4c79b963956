"""DescribeLimits, DescribeEndpoints: what an account may use, and where.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeLimits.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape

ENDPOINT_CACHE_MINUTES = 1440


def describe_limits(call: Call, request: Shape) -> Shape:
    """AWS's default quotas. Nothing here is throttled by them."""
    return {
        "AccountMaxReadCapacityUnits": 80000,
        "AccountMaxWriteCapacityUnits": 80000,
        "TableMaxReadCapacityUnits": 40000,
        "TableMaxWriteCapacityUnits": 40000,
    }


def describe_endpoints(call: Call, request: Shape) -> Shape:
    """This runtime's own address: a client that discovers its endpoint must stay here."""
    address = call.runner.endpoint_url.partition("://")[2]
    return {
        "Endpoints": [
            {
                "Address": address or f"dynamodb.{call.region}.amazonaws.com",
                "CachePeriodInMinutes": ENDPOINT_CACHE_MINUTES,
            }
        ]
    }
