"""LabelParameterVersion: names for versions of a parameter.

AWS: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_LabelParameterVersion.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.ssm.errors import ParameterVersionLabelLimitExceeded
from groundstate.services.ssm.parameters import HISTORY_MAX, bare_name, get_parameter_row

_LABELS_MAX = 10


def label_parameter_version(call: Call, request: Shape) -> Shape:
    """Put labels on a version of a parameter; they leave the version that had them.

    Raises:
        ParameterNotFound, ParameterVersionNotFound: there is no such version.
        ParameterVersionLabelLimitExceeded: it would have more than ten.
    """
    name, version = bare_name(request["Name"]), request.get("ParameterVersion")
    target = get_parameter_row(call, f"{name}:{version}" if version else name)
    wanted = request["Labels"]
    invalid = [label for label in wanted if label[:1].isdigit() or label.startswith(("aws", "ssm"))]
    valid = [label for label in wanted if label not in invalid]
    for other in call.tx.parameters.list_versions(call.region, name):
        labels = [label for label in other.data.get("labels", []) if label not in valid]
        if other.version == target.version:
            labels += valid
        if len(labels) > _LABELS_MAX:
            raise ParameterVersionLabelLimitExceeded(
                "A parameter version can have a maximum of ten labels."
            )
        other.data["labels"] = labels
        call.tx.parameters.save(other, history_max=HISTORY_MAX)
    return {"InvalidLabels": invalid, "ParameterVersion": target.version}
