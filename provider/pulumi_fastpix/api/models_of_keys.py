"""The form of FastPix's responses about signing keys. Unknown fields are ignored; the private key is never printed."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from pulumi_fastpix.api.models import Id, Wire


class NewKey(Wire):
    """A key that was just made: the only response that has its private key, as base64 of a PEM."""

    id: Id
    private_key: SecretStr = Field(alias="privateKey", min_length=1)
    created_at: str | None = Field(default=None, alias="createdAt")


class ListedKey(Wire):
    """A key in the list."""

    id: Id
    created_at: str | None = Field(default=None, alias="createdAt")


class PublicKey(Wire):
    """A key that is read by itself: by another name for its id, and without the time of its creation."""

    id: Id = Field(alias="signingKeyId")
    public_key: str = Field(alias="publicKey")


class NewKeyResponse(Wire):
    """The response to creating."""

    success: Literal[True]
    data: NewKey


class PublicKeyResponse(Wire):
    """The response to reading one."""

    success: Literal[True]
    data: PublicKey


class SigningKeysResponse(Wire):
    """The response to listing, newest first."""

    success: Literal[True]
    data: tuple[ListedKey, ...]
