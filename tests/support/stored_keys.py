"""Signing keys in literal exports."""

from __future__ import annotations

from typing import Any

from support.signing_keys import CREATED_AT, PUBLIC_KEY
from support.states import resource, urn

KEY_TYPE = "pulumi-python:dynamic/fastpix:SigningKey"


def signing_key(name: str, id_: str = "", private_key: Any = None, **more: Any) -> dict[str, Any]:
    """A signing key in an export: without an id, an interrupted create; without a private key, an imported one."""
    inputs = {"__provider": "gASV"}
    outputs = {**inputs, "publicKey": PUBLIC_KEY, "seenBy": "sandbox-0123456789ab"}
    if private_key is not None:
        outputs.update(privateKey=private_key, createdAt=CREATED_AT)
    made = {"id": id_, "outputs": outputs} if id_ else {}
    of_type = {"type": KEY_TYPE, "urn": urn(name, type_=KEY_TYPE)}
    return {**resource(name), **of_type, "inputs": inputs, **made, **more}
