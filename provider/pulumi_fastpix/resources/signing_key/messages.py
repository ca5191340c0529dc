"""What people are told of a signing key that isn't as declared, or may not exist: what happened, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from pulumi_fastpix.announce import warn
from pulumi_fastpix.api.models_of_keys import ListedKey
from pulumi_fastpix.errors import CreateInDoubtError, FastPixError, KeyNotVisibleError, NotFoundError, PartlyDoneError
from pulumi_fastpix.resources.base import Values
from pulumi_fastpix.settings.settings import Settings

_NOT_OURS_TO_DELETE = "delete it if nobody signs with it: that ends every token it has signed"


def without_public_key(key_id: str, state: Values, failure: FastPixError) -> PartlyDoneError:
    """It was made, and its public key couldn't be read."""
    return PartlyDoneError(
        f"Signing key {key_id} was made, but its public key couldn't be read: {failure.happened}",
        "The stack has the key, with its private key: the next `pulumi up` reads the public one.",
        id=key_id,
        state=state,
    )


def in_doubt(failure: FastPixError, appeared: Sequence[ListedKey] | None) -> CreateInDoubtError:
    """A create was lost, and isn't answered again."""
    if appeared:
        found = f"Since then {_named(appeared)} has appeared."
    elif appeared is None:
        found = "The list of keys can't be read."
    else:
        found = "No new key is listed so far."
    return CreateInDoubtError(
        f"{failure.happened} A signing key may have been made whose private key nobody has. {found}",
        f"Run it again, which makes a new one. Of a key that is left over, {_NOT_OURS_TO_DELETE}.",
    )


def warn_of_orphans(failure: FastPixError, made: str, appeared: Sequence[ListedKey] | None) -> None:
    """FastPix made another key for a create that was sent again."""
    if appeared:
        warn(
            f"{failure.happened} The request was sent again and made signing key {made}; but {_named(appeared)} has "
            f"appeared, too. Perhaps the first request made it, so that nobody has its private key; perhaps somebody "
            f"else did: {_NOT_OURS_TO_DELETE}."
        )


def not_visible(key_id: str, settings: Settings, error: NotFoundError) -> KeyNotVisibleError:
    """It was deleted, or is looked for in the wrong place."""
    return KeyNotVisibleError(
        f"Can't tell whether signing key {key_id} exists, because it can't be seen: {error.refusal}. Either it was "
        f"deleted; or the credentials or the address ({settings.base_url}) belong to another workspace than the one in "
        f"which this stack last saw it, where it may still exist. Nothing was changed.",
        "If the credentials or the address are wrong, use the right ones. Only if you know that it was deleted, take it "
        "out of the state with `pulumi state delete URN`.",
    )


def _named(keys: Sequence[ListedKey]) -> str:
    return ", ".join(f"signing key {key.id} (made at {key.created_at or 'an unknown time'})" for key in keys)
