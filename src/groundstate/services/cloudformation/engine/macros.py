"""Asks the functions of a template's own macros, then lets the operation go on with the result.

Theory. CreateStack, UpdateStack and CreateChangeSet begin with `carry_out`. Without macros of one's
own nothing happens. With some, the operation answers later: each function is asked in turn, and at
the end `DeployProcessedTemplate` performs the operation again, with the template that came out. The
stack keeps both texts. If the process dies in between, nothing was done, and nobody was answered.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from groundstate import ids
from groundstate.arn import partition_of
from groundstate.operation import Call, Deferred, ServiceError, Shape
from groundstate.services.cloudformation.engine.inputs import (
    AUTO_EXPAND,
    URL_SUFFIXES,
    load_source,
    read_values,
)
from groundstate.services.cloudformation.engine.template_text import read_template_text
from groundstate.services.cloudformation.errors import (
    InsufficientCapabilitiesException,
    ValidationError,
)
from groundstate.services.cloudformation.resources.macro import find_macro
from groundstate.services.cloudformation.template.errors import TemplateError
from groundstate.services.cloudformation.template.macros import (
    Use,
    fill_in,
    find_use,
    put_fragment,
)
from groundstate.services.cloudformation.template.transforms import expand
from groundstate.store.cloudformation import Stack

_USES_MAX = 1_000


def carry_out(call: Call, request: Shape, stack: Stack | None, operation: str) -> Deferred | None:
    """Begin with a template's own macros; None if it has none, or they were carried out.

    Args:
        operation: what is performed again at the end.

    Raises:
        ValidationError: a macro is not here, or the template is used by another stack.
        InsufficientCapabilitiesException: the caller did not allow macros.
    """
    if "ProcessedTemplate" in request:
        return None
    before = stack.data.get("inputs") if stack is not None else None
    text = read_template_text(call, request, before)
    if "Transform" not in text:
        return None
    try:
        body = load_source(text)
        use = find_use(body)
    except TemplateError as error:
        raise ValidationError(error.message) from None
    if use is None or find_macro(call, use.name) is None:
        # What is missing is told by whoever reads the template.
        return None
    if request.get("ParentStackId") or (stack is not None and stack.parent_id is not None):
        raise ValidationError(
            f"The macro {use.name} in the template of a nested stack is not supported; see the"
            " README of the CloudFormation service."
        )
    if operation != "CreateChangeSet" and AUTO_EXPAND not in request.get("Capabilities", []):
        raise InsufficientCapabilitiesException(f"Requires capabilities : [{AUTO_EXPAND}]")
    values = read_values(call, request, text, before).values
    name = request["StackName"] if stack is None else stack.name
    expansion = _Expansion(call, request, operation, text, values, name)
    expansion.go_on(call, body)
    return expansion.answer


class _Expansion:
    """The macros of one request, one after the other.

    Attributes:
        answer: the operation's.
    """

    def __init__(
        self,
        call: Call,
        request: Shape,
        operation: str,
        text: str,
        values: dict[str, Any],
        stack_name: str,
    ) -> None:
        self.answer = Deferred()
        self._runner = call.runner
        self._service, self._region, self._principal = call.service, call.region, call.principal
        self._request, self._operation = request, operation
        self._text, self._values, self._stack_name = text, values, stack_name
        self._uses = 0

    def go_on(self, call: Call, body: dict[str, Any]) -> None:
        """Ask the next macro, or perform the operation if none is left."""
        try:
            use = find_use(body)
            if use is None:
                self._perform(call, body)
            else:
                self._ask(call, body, use)
        except TemplateError as error:
            self.answer.fail(ValidationError(error.message))
        except ServiceError as error:
            self.answer.fail(error)

    def _ask(self, call: Call, body: dict[str, Any], use: Use) -> None:
        function = find_macro(call, use.name)
        if function is None:
            raise ValidationError(f"No transform named {_full_name(call, use)} found.")
        self._uses += 1
        if self._uses > _USES_MAX:
            raise ValidationError(f"A template may use macros {_USES_MAX} times at most.")
        if use.earlier:
            # Transforms of AWS's that come before it in the list are carried out first.
            later = body["Transform"][len(use.earlier) :]
            expanded = expand({**use.fragment, "Transform": use.earlier}, self._values)
            expanded.pop("Transform", None)
            self.go_on(call, {**expanded, "Transform": later})
            return
        request_id = ids.make_uuid()
        event = {
            "accountId": call.account,
            "fragment": use.fragment,
            "transformId": _full_name(call, use),
            "requestId": request_id,
            "region": call.region,
            "params": fill_in(use.parameters, self._known(call)),
            "templateParameterValues": self._values,
        }
        try:
            answer = call.invoke(
                "lambda",
                "Invoke",
                {"FunctionName": function, "Payload": json.dumps(event).encode()},
                principal=self._principal,
            )
        except ServiceError as error:
            raise ValidationError(
                f"Failed to execute transform {_full_name(call, use)}: {error.message}"
            ) from None
        assert isinstance(answer, Deferred), "Invoke of Lambda answers later"
        answer.add_callback(partial(self._answered, body, use, request_id))

    def _known(self, call: Call) -> dict[str, Any]:
        """What the parameters of a macro may refer to."""
        partition = partition_of(call.region)
        return {
            **self._values,
            "AWS::AccountId": call.account,
            "AWS::Partition": partition,
            "AWS::Region": call.region,
            "AWS::StackName": self._stack_name,
            "AWS::URLSuffix": URL_SUFFIXES[partition],
        }

    def _answered(self, body: dict[str, Any], use: Use, request_id: str, result: Deferred) -> None:
        def job(call: Call) -> None:
            try:
                fragment = _read_answer(_full_name(call, use), request_id, result)
                changed = put_fragment(body, use, fragment)
            except TemplateError as error:
                self.answer.fail(ValidationError(error.message))
            except ServiceError as error:
                self.answer.fail(error)
            else:
                self.go_on(call, changed)

        self._runner.soon(self._service, job, self._region)

    def _perform(self, call: Call, body: dict[str, Any]) -> None:
        processed = json.dumps(body)
        request = {
            **self._request,
            "ProcessedTemplate": processed,
            "WrittenTemplate": self._text,
        }
        answer = call.invoke(
            self._service,
            "DeployProcessedTemplate",
            {"Operation": self._operation, "Request": request},
            principal=self._principal,
        )
        assert isinstance(answer, dict), "the operations answer at once"
        self.answer.resolve(answer)


def _full_name(call: Call, use: Use) -> str:
    return f"{call.account}::{use.name}"


def _read_answer(name: str, request_id: str, result: Deferred) -> Any:
    """The fragment that a macro's function answered.

    Raises:
        ValidationError: it failed, or answered something else.
    """
    if result.error is not None:
        raise ValidationError(f"Failed to execute transform {name}: {result.error.message}")
    assert result.result is not None, name
    payload = bytes(result.result.get("Payload", b""))
    if result.result.get("FunctionError"):
        told = payload.decode("utf-8", "replace")
        raise ValidationError(f"Failed to execute transform {name}: {told}")
    try:
        answer = json.loads(payload)
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or answer.get("requestId") != request_id:
        raise ValidationError(f"Received malformed response from transform {name}")
    if str(answer.get("status", "")).lower() != "success":
        message = answer.get("errorMessage")
        raise ValidationError(
            f"Transform {name} failed with: {message}"
            if message
            else f"Transform {name} failed without an error message."
        )
    if "fragment" not in answer:
        raise ValidationError(f"Received malformed response from transform {name}")
    return answer["fragment"]
