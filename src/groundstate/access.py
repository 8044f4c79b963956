"""Who calls, and may they? IAM is asked only about callers other than the administrator.

So a start does not import it: the administrator's answers are ready here.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from groundstate.clock import Clock, wall_time
from groundstate.config import Config
from groundstate.gateway.http import HttpRequest
from groundstate.gateway.refusals import SignatureRefused
from groundstate.gateway.sigv4 import read_signature, verify
from groundstate.operation import Call, Principal, Service, named_error
from groundstate.principals import Credentials, administrator_principal
from groundstate.store import Store


class AccessControl:
    """Finds credentials for the gateway and authorizes for the dispatcher. One for each runtime."""

    def __init__(self, config: Config, store: Store, clock: Clock) -> None:
        self._config = config
        self._store = store
        self._clock = clock
        root = administrator_principal(config.account)
        self._administrator = Credentials(config.secret_access_key, root)

    def find_credentials(self, access_key_id: str, session_token: str) -> Credentials:
        """The credentials behind an access key id.

        Args:
            session_token: empty unless they are temporary. The administrator's key may come with
                any: many environments set one.
        """
        config = self._config
        if access_key_id == config.access_key_id:
            return self._administrator
        find = self._credentials_module.find_credentials
        found: Credentials = find(
            self._store.tx, config, access_key_id, session_token, self._clock.now()
        )
        return found

    def require_administrator(self, request: HttpRequest) -> Principal:
        """The administrator, who signed a request for one of the runtime's own pages.

        Raises:
            ServiceError: it is not signed, or by somebody else.
        """
        principal = self.identify(request)
        if not principal.administrator:
            raise named_error("AccessDeniedException", "Only the administrator may see this.", 403)
        return principal

    def identify(self, request: HttpRequest) -> Principal:
        """Who signed a request for one of the runtime's own pages.

        Raises:
            ServiceError: it is not signed, or not well.
        """
        try:
            signature = read_signature(request.method, request.path, request.query, request.headers)
            found = self.find_credentials(signature.access_key_id, signature.session_token)
            if found.refusal:
                raise SignatureRefused(found.refusal)
            verify(signature, found.secret, request.body, wall_time())
        except SignatureRefused as refused:
            raise refused.as_service_error("rest-json") from None
        return found.principal

    def authorize(
        self,
        call: Call,
        service: Service,
        action: str,
        resource: str,
        context: Callable[[], Mapping[str, Any]],
        resource_policy: str | None,
    ) -> None:
        """Let an action of a caller pass, or refuse it.

        Raises:
            ServiceError: AccessDenied or AccessDeniedException, with AWS's text.
        """
        self._authorizer(call, service, action, resource, context, resource_policy)

    @cached_property
    def _credentials_module(self) -> Any:
        return importlib.import_module("groundstate.services.iam.credentials")

    @cached_property
    def _authorizer(self) -> Any:
        module = importlib.import_module("groundstate.services.iam.authorization")
        return module.PolicyAuthorizer()
