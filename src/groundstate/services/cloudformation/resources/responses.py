"""The URLs that functions of custom resources, and whoever ends a wait, answer to.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-requesttypes.html
"""

from __future__ import annotations

from groundstate.clock import wall_time
from groundstate.services.cloudformation.presign import presign_put
from groundstate.services.cloudformation.resources.provision import Provision

BUCKET = "cloudformation-custom-resource-response-"
# AWS's wait handles are good for 24 hours, its response URLs for two.
EXPIRES_S = 24 * 60 * 60


def make_response_url(provision: Provision, token: str) -> str:
    """A URL for the answer to one request, whose token the answer's key ends in."""
    call = provision.call
    return presign_put(
        call.runner.endpoint_url,
        BUCKET + provision.region.replace("-", ""),
        f"{provision.stack_id}|{provision.logical_id}|{token}",
        region=provision.region,
        access_key_id=call.config.access_key_id,
        secret_access_key=call.config.secret_access_key,
        # Signatures are checked by the real clock, also where the runtime's own is virtual.
        now=wall_time(),
        expires_s=EXPIRES_S,
    )


def split_key(key: str) -> tuple[str, str, str] | None:
    """Stack id, logical id and token of an answer's key; None if it is none."""
    parts = key.split("|")
    return None if len(parts) != 3 else (parts[0], parts[1], parts[2])
