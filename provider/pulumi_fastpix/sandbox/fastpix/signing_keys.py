"""Signing keys in the API: create, list, read, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_fastpix.sandbox.errors import SigningKeyNotFoundError
from pulumi_fastpix.sandbox.fastpix import responses
from pulumi_fastpix.sandbox.fastpix.paging import page_of
from pulumi_fastpix.sandbox.fastpix.responses import FastPixResponse, RefusalError

if TYPE_CHECKING:
    from starlette.responses import Response

    from pulumi_fastpix.sandbox.data.store import Store
    from pulumi_fastpix.sandbox.fastpix.calls import Call
    from pulumi_fastpix.sandbox.switches import Switches


class SigningKeyOperations:
    """Creates, lists, reads and deletes signing keys."""

    def __init__(self, store: Store, switches: Switches) -> None:
        self._store = store
        self._switches = switches

    def create(self, call: Call) -> Response:
        """`POST /iam/signing-keys`: the only response with the private key. A body changes nothing."""
        self._refuse_unless_permitted(changes=True)
        key = call.request.headers.get("idempotency-key")
        keys, workspace = self._store.signing_keys, call.workspace
        if key and self._switches.signing_key_idempotency == "replayed":
            made = keys.create_once(key, workspace=workspace, key_pair=call.key_pair)
        else:
            made = keys.create(workspace=workspace, key_pair=call.key_pair)
        data = {"id": made.id, "privateKey": made.private_key, "createdAt": made.created_at}
        return FastPixResponse(responses.success(data), 201)

    def list(self, call: Call) -> Response:
        """`GET /iam/signing-keys`."""
        self._refuse_unless_permitted(changes=False)
        page, keys, lacking = page_of(call), self._store.signing_keys, call.not_listed_yet
        listed = keys.list(limit=page.limit, page=page.number, lacking=lacking, workspace=call.workspace)
        total = max(0, keys.count(workspace=call.workspace) - lacking)
        data = [{"id": one.id, "createdAt": one.created_at} for one in listed]
        return FastPixResponse(responses.success(data, pagination=page.pagination(total)))

    def read(self, call: Call) -> Response:
        """`GET /iam/signing-keys/{signingKeyId}`, which names the key otherwise than the list does."""
        self._refuse_unless_permitted(changes=False)
        try:
            key = self._store.signing_keys.get(call.request.path_params["key_id"], workspace=call.workspace)
        except SigningKeyNotFoundError:
            raise _not_found() from None
        data = {"workspaceId": call.workspace, "signingKeyId": key.id, "publicKey": key.public_key}
        return FastPixResponse(responses.success(data))

    def delete(self, call: Call) -> Response:
        """`DELETE /iam/signing-keys/{signingKeyId}`."""
        self._refuse_unless_permitted(changes=True)
        try:
            self._store.signing_keys.delete(call.request.path_params["key_id"], workspace=call.workspace)
        except SigningKeyNotFoundError:
            if self._switches.absent_signing_key_delete == 404:
                raise _not_found() from None
        return FastPixResponse(responses.success({"message": "signing key deleted successfully"}))

    def _refuse_unless_permitted(self, *, changes: bool) -> None:
        """Refuse as for an access token of a member who is no administrator: which ones see keys isn't certain."""
        permitted = self._switches.signing_keys
        if permitted == "hidden" or (permitted == "read-only" and changes):
            raise responses.forbidden()


def _not_found() -> RefusalError:
    # The status is documented, the texts are our guess.
    description = "The requested resource (eg: signingKeyId) doesn't exist in the workspace"
    return RefusalError.plain(404, "signing key not found", description)
