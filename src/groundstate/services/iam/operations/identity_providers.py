"""Create, Get, List, Update and DeleteOpenIDConnectProvider, its client ids and its tags.

AWS: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html and
its neighbours. Providers are kept for the roles that name them; STS takes no web identity.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from groundstate import ids
from groundstate.operation import Call, Shape
from groundstate.services.iam.entities import (
    check_tag_count,
    entity_arn,
    page,
    read_tags,
    save,
    tag_shapes,
)
from groundstate.services.iam.errors import (
    EntityAlreadyExists,
    InvalidInput,
    LimitExceeded,
    NoSuchEntity,
)
from groundstate.services.iam.model import IdentityProvider

PROVIDERS_MAX = 100
CLIENT_IDS_MAX = 100
THUMBPRINTS_MAX = 5

Change = Callable[[IdentityProvider, Shape], IdentityProvider]


def create_open_id_connect_provider(call: Call, request: Shape) -> Shape:
    """Make a provider.

    Raises:
        InvalidInput: the URL does not begin with `https://`.
        EntityAlreadyExists: there is one of this URL.
        LimitExceeded: it has too many client ids or thumbprints, or the account has too many.
    """
    url = request["Url"]
    if not url.startswith("https://"):
        raise InvalidInput("Invalid Open ID Connect Provider URL")
    name = url.removeprefix("https://").rstrip("/")
    if call.tx.iam.find_entity(IdentityProvider.kind, name) is not None:
        raise EntityAlreadyExists(f"Provider with url {url} already exists.")
    if call.tx.iam.count_entities(IdentityProvider.kind) >= PROVIDERS_MAX:
        raise LimitExceeded(
            f"Cannot exceed quota for OpenIdConnectProvidersPerAccount: {PROVIDERS_MAX}"
        )
    provider = IdentityProvider(
        entity_id=ids.make_iam_id(IdentityProvider.id_prefix, 17),
        name=name,
        arn=entity_arn(call, IdentityProvider, name),
        path="/",
        created_at=call.now,
        tags=read_tags(request.get("Tags", ())),
        client_ids=_checked_client_ids(request.get("ClientIDList", ())),
        thumbprints=_checked_thumbprints(request.get("ThumbprintList", ())),
    )
    call.tx.iam.insert_entity(provider.to_row())
    answer: Shape = {"OpenIDConnectProviderArn": provider.arn}
    if provider.tags:
        answer["Tags"] = tag_shapes(provider.tags)
    return answer


def get_open_id_connect_provider(call: Call, request: Shape) -> Shape:
    """Describe a provider.

    Raises:
        NoSuchEntity: there is none of this ARN.
    """
    provider = _get(call, request)
    return {
        "Url": provider.name,
        "ClientIDList": list(provider.client_ids),
        "ThumbprintList": list(provider.thumbprints),
        "CreateDate": provider.created_at,
        "Tags": tag_shapes(provider.tags),
    }


def list_open_id_connect_providers(call: Call, request: Shape) -> Shape:
    """List the ARNs of the providers."""
    rows = call.tx.iam.list_entities(IdentityProvider.kind)
    return {"OpenIDConnectProviderList": [{"Arn": row.arn} for row in rows]}


def delete_open_id_connect_provider(call: Call, request: Shape) -> Shape:
    """Delete a provider; nothing happens if it is gone."""
    row = call.tx.iam.find_entity_by_arn(request["OpenIDConnectProviderArn"])
    if row is not None and row.kind == IdentityProvider.kind:
        call.tx.iam.delete_entity(row.entity_id)
    return {}


def change_provider(change: Change) -> Callable[[Call, Shape], Shape]:
    """An operation that changes a provider."""

    def run(call: Call, request: Shape) -> Shape:
        save(call, change(_get(call, request), request))
        return {}

    return run


def with_client_id(provider: IdentityProvider, request: Shape) -> IdentityProvider:
    """AddClientIDToOpenIDConnectProvider; nothing happens if it has it."""
    kept = [known for known in provider.client_ids if known != request["ClientID"]]
    return replace(provider, client_ids=_checked_client_ids([*kept, request["ClientID"]]))


def without_client_id(provider: IdentityProvider, request: Shape) -> IdentityProvider:
    """RemoveClientIDFromOpenIDConnectProvider; nothing happens if it does not have it."""
    kept = tuple(known for known in provider.client_ids if known != request["ClientID"])
    return replace(provider, client_ids=kept)


def with_thumbprints(provider: IdentityProvider, request: Shape) -> IdentityProvider:
    """UpdateOpenIDConnectProviderThumbprint."""
    return replace(provider, thumbprints=_checked_thumbprints(request["ThumbprintList"]))


def with_tags(provider: IdentityProvider, request: Shape) -> IdentityProvider:
    """TagOpenIDConnectProvider."""
    tags = {**provider.tags, **read_tags(request["Tags"])}
    check_tag_count(tags)
    return replace(provider, tags=tags)


def without_tags(provider: IdentityProvider, request: Shape) -> IdentityProvider:
    """UntagOpenIDConnectProvider."""
    kept = {key: tag for key, tag in provider.tags.items() if key not in request["TagKeys"]}
    return replace(provider, tags=kept)


def list_provider_tags(call: Call, request: Shape) -> Shape:
    """List a provider's tags.

    Raises:
        NoSuchEntity: there is none of this ARN.
    """
    shapes = tag_shapes(_get(call, request).tags)
    shown, more = page(request, "provider tags", shapes, lambda shape: str(shape["Key"]))
    return {"Tags": shown, **more}


def provider_resource(call: Call, request: Shape) -> str:
    """The ARN of the provider that a request names or is to make, for its permission."""
    if "OpenIDConnectProviderArn" in request:
        return str(request["OpenIDConnectProviderArn"])
    name = str(request.get("Url", "https://*")).removeprefix("https://")
    return entity_arn(call, IdentityProvider, name)


def _get(call: Call, request: Shape) -> IdentityProvider:
    arn = request["OpenIDConnectProviderArn"]
    row = call.tx.iam.find_entity_by_arn(arn)
    if row is None or row.kind != IdentityProvider.kind:
        raise NoSuchEntity(f"OpenIDConnect Provider not found for arn {arn}")
    return IdentityProvider.from_row(row)


def _checked_client_ids(client_ids: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    if len(client_ids) > CLIENT_IDS_MAX:
        raise LimitExceeded(
            f"Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: {CLIENT_IDS_MAX}"
        )
    return tuple(client_ids)


def _checked_thumbprints(thumbprints: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    if len(thumbprints) > THUMBPRINTS_MAX:
        raise InvalidInput("Thumbprint list must contain fewer than 5 entries.")
    return tuple(thumbprints)
