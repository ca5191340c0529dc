"""The addresses of playback IDs as outputs of a program; the extra `signing` is needed for signed ones only."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

import pulumi
from pulumi import Output

from pulumi_fastpix.errors import FastPixError
from pulumi_fastpix.program.resource import DeclaredResource
from pulumi_fastpix.program.signing_key import DeclaredSigningKey
from pulumi_fastpix.resources.addresses import hls_url, stream_url


def hls_address(playback_id: Output[Any]) -> Output[Any]:
    """The address of a playback ID for players; None without a playback ID.

    Raises:
        pulumi.RunError: the environment names another stream host, and not by an address: in a preview, too.
    """
    try:
        stream_url()
    except FastPixError as error:
        raise pulumi.RunError(str(error)) from None
    return playback_id.apply(lambda id_: hls_url(id_) if id_ else None)


def signed_address(
    resource: DeclaredResource, playback_id: Output[Any], key: DeclaredSigningKey, expires_at: datetime
) -> Output[Any]:
    """The address of a playback ID with a token, as a secret; None without a playback ID.

    Args:
        resource: whose address it is.
        playback_id: the playback ID.
        key: signs it.
        expires_at: when the token ends, with a time zone.

    Raises:
        pulumi.RunError: the JWT library is missing, or the time isn't as it has to be; or, once that is known, the key
            has no private key. It is shown without a stack trace, since the name leads to the line.
    """
    name = cast("pulumi.Resource", resource).pulumi_resource_name

    def refusal(reason: object) -> pulumi.RunError:
        return pulumi.RunError(f"The signed address of {name!r} can't be made. {reason}")

    if not isinstance(key, DeclaredSigningKey):
        raise refusal(f"It is signed with a SigningKey of the program, not with a value of type {type(key).__name__}.")

    try:
        # Here, because a program that signs nothing needs no JWT library.
        from pulumi_fastpix.signing import seconds_of_expiry, signed_hls_url  # noqa: PLC0415  # see above

        # In a preview, too, where the key may not exist yet.
        seconds_of_expiry(expires_at)
    except (ImportError, FastPixError) as error:
        raise refusal(error) from None

    def signed(known: list[Any]) -> str | None:
        id_, key_id, private_key = known
        if id_ is None:
            return None
        if private_key is None:
            raise refusal(
                f"The stack doesn't have the private key of signing key {key_id}, which was imported or looked up: "
                f"FastPix gives it only when it makes a key. Sign with a key that this stack makes, or in the "
                f"application."
            )
        try:
            return signed_hls_url(id_, key_id, private_key, expires_at=expires_at)
        except FastPixError as error:
            raise refusal(error) from None

    return Output.secret(Output.all(playback_id, key.id, key.private_key).apply(signed))
