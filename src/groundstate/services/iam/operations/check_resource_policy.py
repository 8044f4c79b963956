"""CheckResourcePolicy: refuse a policy of a bucket or table that is none. Internal.

AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.iam.documents import check_resource_policy


def check_policy_of_a_resource(call: Call, request: Shape) -> Shape:
    """Check `PolicyDocument`, as the service that keeps it would.

    Raises:
        MalformedPolicyDocument: the services would refuse it; the text is S3's.
    """
    check_resource_policy(call, request["PolicyDocument"])
    return {}
