"""GetTemplate: the text that a stack or a change set was made from.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html
"""

from __future__ import annotations

import json

from groundstate.operation import Call, Shape
from groundstate.services.cloudformation.change_sets import get_change_set
from groundstate.services.cloudformation.engine.inputs import stored_template
from groundstate.services.cloudformation.errors import ValidationError
from groundstate.services.cloudformation.stacks import get_stack


def get_template(call: Call, request: Shape) -> Shape:
    """The template's text: as given, or with its macros carried out (`Processed`).

    Raises:
        ValidationError: there is no such stack, or it has no template yet.
        ChangeSetNotFound: there is no such change set.
    """
    if request.get("ChangeSetName"):
        inputs = get_change_set(call, request).data["inputs"]
    else:
        if not request.get("StackName"):
            raise ValidationError("StackName is required if ChangeSetName is not specified.")
        stack = get_stack(call, request["StackName"], "Stack with id {} does not exist")
        inputs = stack.data.get("inputs")
        if inputs is None:
            # A stack in review has a change set, and no template of its own: AWS gives an
            # empty one.
            return {"TemplateBody": "{}", "StagesAvailable": ["Original", "Processed"]}
    written_id = inputs.get("written_id")
    body = call.tx.stacks.get_template(written_id or inputs["template_id"])
    template = stored_template(call, inputs)
    is_processed = template.transforms or written_id is not None
    if request.get("TemplateStage") == "Processed" and is_processed:
        body = json.dumps(template.body)
    return {"TemplateBody": body, "StagesAvailable": ["Original", "Processed"]}
