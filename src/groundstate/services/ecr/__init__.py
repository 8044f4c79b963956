"""Amazon ECR, as far as the CDK's command line asks for it: there are no images here.

AWS: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/Welcome.html

`cdk bootstrap` makes a repository and `cdk gc` looks into it. It is empty: container images need
Docker, which this runtime does without, and whatever would put or fetch one is refused.
"""

from __future__ import annotations

from groundstate.operation import Operation, Service
from groundstate.services.ecr.operations.images import (
    describe_images,
    describe_repositories,
    list_images,
    refuse_images,
)

OPERATIONS = {
    "DescribeImages": Operation(describe_images, reads=True),
    "DescribeRepositories": Operation(describe_repositories, reads=True),
    "GetAuthorizationToken": Operation(refuse_images, reads=True),
    "InitiateLayerUpload": Operation(refuse_images, reads=True),
    "ListImages": Operation(list_images, reads=True),
    "PutImage": Operation(refuse_images, reads=True),
}

SERVICE = Service(name="ecr", operations=OPERATIONS, iam_prefix="ecr")
