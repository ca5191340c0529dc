"""Signing keys in literal exports."""

from __future__ import annotations

from typing import Any

from support.states import resource, secret, urn

KEY_TYPE = "fastpix:index:SigningKey"


def signing_key(name: str, id_: str = "", private_key: str | None = None, **more: Any) -> dict[str, Any]:
    """A signing key, with its private key if that is readable; without an id, an interrupted create."""
    value = secret(ciphertext="v1:x") if private_key is None else secret(plaintext=f'"{private_key}"')
    made = {"id": id_, "outputs": {"privateKey": value, "seenBy": "sandbox-0123456789ab"}} if id_ else {}
    return {**resource(name), "urn": urn(name, type_=KEY_TYPE), "type": KEY_TYPE, "inputs": {}, **made, **more}
