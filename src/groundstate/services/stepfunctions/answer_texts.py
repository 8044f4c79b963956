"""The texts that histories hold again and again: the answers of optimised integrations.

All but a few characters of such a text is the same in every execution. So a history holds the
number of its form and what fills it (`history_chunks.py`), and the text is made again when it is
read. A form must not change once histories hold it: another text is another form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Form = tuple[Any, ...]
"""A form's number, then what fills it."""
Forms = Mapping[str, Form]
"""Texts that are made of forms."""


def make_sdk_v1_answer(
    members: str, id_header: str, request_id: str, checksum: str, length: str, date: str
) -> str:
    """An answer of DynamoDB with the metadata that the AWS SDK for Java 1 adds, as JSON text.

    Args:
        members: the answer's own members, as JSON text with a comma at its end, or nothing.
        id_header: the name of the header that has the request id.
        checksum, length: of the answer's body, in decimal digits.
        date: as HTTP headers have it.
    """
    return (
        f'{{{members}"SdkHttpMetadata":{{"AllHttpHeaders":{{"Server":["Server"],'
        f'"Connection":["keep-alive"],"{id_header}":["{request_id}"],'
        f'"x-amz-crc32":["{checksum}"],"Content-Length":["{length}"],"Date":["{date}"],'
        '"Content-Type":["application/x-amz-json-1.0"]},"HttpHeaders":{"Connection":"keep-alive",'
        f'"Content-Length":"{length}","Content-Type":"application/x-amz-json-1.0","Date":"{date}",'
        f'"Server":"Server","x-amz-crc32":"{checksum}","{id_header}":"{request_id}"}},'
        f'"HttpStatusCode":200}},"SdkResponseMetadata":{{"RequestId":"{request_id}"}}}}'
    )


SDK_V1_ANSWER = 1

_FORMS: dict[int, Callable[..., str]] = {SDK_V1_ANSWER: make_sdk_v1_answer}


def fill(form: Sequence[Any]) -> str:
    """The text that a form makes."""
    number, *parts = form
    return _FORMS[number](*parts)
