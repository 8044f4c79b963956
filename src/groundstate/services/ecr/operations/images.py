"""Repositories and their images, of which there are none.

AWS: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRepositories.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.ecr.errors import (
    ImageNotFoundException,
    RepositoryNotFoundException,
    ServerException,
)


def describe_repositories(call: Call, request: Shape) -> Shape:
    """The repositories that stacks have noted.

    Raises:
        RepositoryNotFoundException: one that is named is not among them.
    """
    answer = call.invoke(
        "cloudformation", "CloudControlListResources", {"TypeName": "AWS::ECR::Repository"}
    )
    assert isinstance(answer, dict), answer
    present = [entry["Identifier"] for entry in answer["ResourceDescriptions"]]
    names = request.get("repositoryNames", present)
    missing = [name for name in names if name not in present]
    if missing:
        raise RepositoryNotFoundException(
            f"The repository with name '{missing[0]}' does not exist in the registry with id"
            f" '{call.account}'"
        )
    host = f"{call.account}.dkr.ecr.{call.region}.amazonaws.com"
    return {
        "repositories": [
            {
                "repositoryArn": f"arn:aws:ecr:{call.region}:{call.account}:repository/{name}",
                "registryId": call.account,
                "repositoryName": name,
                "repositoryUri": f"{host}/{name}",
            }
            for name in names
        ]
    }


def list_images(call: Call, request: Shape) -> Shape:
    """No repository holds an image."""
    describe_repositories(call, {"repositoryNames": [request["repositoryName"]]})
    return {"imageIds": []}


def describe_images(call: Call, request: Shape) -> Shape:
    """No repository holds an image.

    Raises:
        ImageNotFoundException: one is named.
    """
    describe_repositories(call, {"repositoryNames": [request["repositoryName"]]})
    if request.get("imageIds"):
        raise ImageNotFoundException(
            f"The image with imageId {request['imageIds'][0]} does not exist within the repository"
            f" with name '{request['repositoryName']}'"
        )
    return {"imageDetails": []}


def refuse_images(call: Call, request: Shape) -> Shape:
    """Say why there are no images.

    Raises:
        ServerException: always.
    """
    raise ServerException(
        "Container images need Docker and are not supported by Groundstate: package the function as"
        " a zip file instead of an image."
    )
