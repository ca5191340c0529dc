"""Signed addresses: a private playback ID plays for whoever has a token. Works without Pulumi, and sends nothing.

For the application that lets viewers in. It needs a JWT library: `pip install 'pulumi-fastpix[signing]'`.

The claims are those of FastPix's own WordPress and Moodle plugins, the first of which was tried with the live service:
`kid` in the header and as a claim, `aud` `media:<playback ID>`, an empty `sub`, `exp`. In `iss` the two differ: here it
is as in FastPix's documentation, which calls it optional. No longest time until `exp` is documented.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, Literal, TypeAlias

from pulumi_fastpix.api.ids import problem_of_id, type_name
from pulumi_fastpix.errors import SigningError
from pulumi_fastpix.resources.addresses import hls_url

try:
    import jwt
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
except ImportError as missing:
    raise ImportError(
        f"Signing needs a JWT library ({missing}). Install it with `pip install 'pulumi-fastpix[signing]'`."
    ) from None

ISSUER = "fastpix.com"

Audience: TypeAlias = Literal["media", "drm"]
"""What a token opens: a stream; or one that is encrypted, with its licence."""

_OPENS: tuple[Audience, ...] = ("media", "drm")


def playback_token(
    playback_id: str,
    key_id: str,
    private_key: str | bytes | RSAPrivateKey,
    *,
    expires_at: datetime | None = None,
    valid_for: timedelta | float | None = None,
    audience: Audience = "media",
    issued_at: datetime | None = None,
) -> str:
    """A token with which one private playback ID plays until it expires.

    The same arguments give the same token, except that `valid_for` counts from now.

    Args:
        playback_id: what it opens.
        key_id: the ID of the signing key.
        private_key: as FastPix gives it (base64 of a PEM), a PEM, or a loaded key.
        expires_at: when it ends, with a time zone; FastPix counts in whole seconds.
        valid_for: instead of that, how long it lasts: seconds or a timedelta.
        audience: `"drm"` for a stream that is encrypted.
        issued_at: stated in the token if it is given. FastPix needs no such claim.

    Raises:
        SigningError: an id, the key or a time isn't as it has to be. No error shows the key.
    """
    for what, value in (("a playback ID", playback_id), ("the ID of a signing key", key_id)):
        if problem := problem_of_id(what, value):
            raise SigningError(f"Can't sign: {problem}.")
    if audience not in _OPENS:
        raise SigningError("Can't sign: the audience must be 'media' or 'drm'.")
    claims: dict[str, Any] = {
        "kid": key_id,
        "aud": f"{audience}:{playback_id}",
        "iss": ISSUER,
        "sub": "",
        **({} if issued_at is None else {"iat": _seconds("issued_at", issued_at)}),
        "exp": seconds_of_expiry(expires_at, valid_for),
    }
    return jwt.encode(claims, _loaded(private_key), algorithm="RS256", headers={"kid": key_id})


def signed_hls_url(
    playback_id: str,
    key_id: str,
    private_key: str | bytes | RSAPrivateKey,
    *,
    expires_at: datetime | None = None,
    valid_for: timedelta | float | None = None,
    audience: Audience = "media",
) -> str:
    """The HLS address of a private playback ID, with a token: see :func:`playback_token`.

    Raises:
        SigningError: an id, the key or a time isn't as it has to be.
    """
    token = playback_token(
        playback_id, key_id, private_key, expires_at=expires_at, valid_for=valid_for, audience=audience
    )
    return f"{hls_url(playback_id)}?token={token}"


def seconds_of_expiry(expires_at: datetime | None, valid_for: timedelta | float | None = None) -> int:
    """When a token ends, in seconds since 1970: the claim `exp`, from either argument of :func:`playback_token`.

    Raises:
        SigningError: it isn't as it has to be, or in the past.
    """
    if (expires_at is None) == (valid_for is None):
        raise SigningError("Can't sign: give either expires_at or valid_for.")
    now = datetime.now(timezone.utc)
    if valid_for is not None:
        try:
            expires_at = now + (valid_for if isinstance(valid_for, timedelta) else timedelta(seconds=valid_for))
        except (OverflowError, TypeError, ValueError):
            raise SigningError("Can't sign: valid_for must be a number of seconds, or a timedelta.") from None
    seconds = _seconds("expires_at", expires_at)
    if seconds <= now.timestamp():
        raise SigningError("Can't sign: the token would have expired already.", "Give a time in the future.")
    return seconds


def _seconds(name: str, moment: object) -> int:
    if not isinstance(moment, datetime) or moment.utcoffset() is None:
        raise SigningError(
            f"Can't sign: {name} must be a datetime with a time zone.",
            "A time in UTC, for example: datetime(2026, 11, 28, 20, 0, tzinfo=timezone.utc).",
        )
    return int(moment.timestamp())


def _loaded(private_key: object) -> RSAPrivateKey:
    if isinstance(private_key, RSAPrivateKey):
        return private_key
    if not isinstance(private_key, (str, bytes)):
        raise _cannot_use(f"it must be text or a loaded RSA key, not {type_name(private_key)}")
    return _read(private_key)


@lru_cache(maxsize=8)  # reading a key checks it, which takes far longer than signing
def _read(private_key: str | bytes) -> RSAPrivateKey:
    # No key has other characters than ASCII's: what has is damaged, also where UTF-8 can't say it.
    pem = private_key.encode(errors="replace") if isinstance(private_key, str) else private_key
    if b"-----BEGIN" not in pem:
        try:
            pem = base64.b64decode(re.sub(rb"\s", b"", pem), validate=True)
        except binascii.Error:
            raise _cannot_use("it is neither a PEM nor base64 of one") from None
    if b"PUBLIC KEY-----" in pem:
        raise _cannot_use("it is a public key")
    try:
        # FastPix has the whole key on one line of the PEM: this reads it all the same.
        key = serialization.load_pem_private_key(pem, None)
    except TypeError:
        raise _cannot_use("it is encrypted with a password") from None
    except (ValueError, UnsupportedAlgorithm):
        raise _cannot_use("it is damaged, or no private key") from None
    if not isinstance(key, RSAPrivateKey):
        raise _cannot_use("it is no RSA key")
    return key


def _cannot_use(reason: str) -> SigningError:
    return SigningError(
        f"Can't sign with this private key: {reason}.",
        "Give it as FastPix gave it when the signing key was made: once, as base64.",
    )
