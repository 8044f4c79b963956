"""AWS Systems Manager: the parameter store.

AWS: https://docs.aws.amazon.com/systems-manager/latest/APIReference/Welcome.html
"""

from __future__ import annotations

from groundstate.operation import Operation, Service
from groundstate.services.ssm.operations.delete_parameters import (
    delete_parameter,
    delete_parameters,
)
from groundstate.services.ssm.operations.describe_parameters import describe_parameters
from groundstate.services.ssm.operations.get_parameters import (
    get_parameter,
    get_parameter_history,
    get_parameters,
    get_parameters_by_path,
)
from groundstate.services.ssm.operations.label_parameter_version import label_parameter_version
from groundstate.services.ssm.operations.put_parameter import put_parameter
from groundstate.services.ssm.operations.tags import (
    add_tags_to_resource,
    list_tags_for_resource,
    remove_tags_from_resource,
)
from groundstate.services.ssm.parameters import parameter_arn, parameter_arns

OPERATIONS = {
    "AddTagsToResource": Operation(add_tags_to_resource, resource=parameter_arn),
    "DeleteParameter": Operation(delete_parameter, resource=parameter_arn),
    "DeleteParameters": Operation(delete_parameters, resource=parameter_arns),
    "DescribeParameters": Operation(describe_parameters, reads=True),
    "GetParameter": Operation(get_parameter, resource=parameter_arn, reads=True),
    "GetParameterHistory": Operation(get_parameter_history, resource=parameter_arn, reads=True),
    "GetParameters": Operation(get_parameters, resource=parameter_arns, reads=True),
    "GetParametersByPath": Operation(get_parameters_by_path, resource=parameter_arn, reads=True),
    "LabelParameterVersion": Operation(label_parameter_version, resource=parameter_arn),
    "ListTagsForResource": Operation(list_tags_for_resource, resource=parameter_arn, reads=True),
    "PutParameter": Operation(put_parameter, resource=parameter_arn),
    "RemoveTagsFromResource": Operation(remove_tags_from_resource, resource=parameter_arn),
}

SERVICE = Service(name="ssm", operations=OPERATIONS, iam_prefix="ssm")
