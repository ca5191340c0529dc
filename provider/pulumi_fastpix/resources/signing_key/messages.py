"""What people are told of a signing key that isn't as declared, or may not exist: what happened, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from pulumi_fastpix.announce import announce, warn
from pulumi_fastpix.api.models_of_keys import ListedKey
from pulumi_fastpix.errors import CreateInDoubtError, FastPixError, KeyNotVisibleError, NotFoundError, PartlyDoneError
from pulumi_fastpix.resources.base import Values
from pulumi_fastpix.resources.signing_key.names import PRIVATE_KEY, ROTATION
from pulumi_fastpix.settings.settings import Settings

_AUDIT = "pulumi-fastpix audit --all-streams"
_NOT_OURS_TO_DELETE = "delete it if nobody signs with it: that ends every token it has signed"


def without_public_key(key_id: str, state: Values, failure: FastPixError) -> PartlyDoneError:
    """It was made, and its public key couldn't be read."""
    return PartlyDoneError(
        f"Signing key {key_id} was made, but its public key couldn't be read: {failure.happened}",
        "The stack has the key, with its private key: the next `pulumi up` reads the public one.",
        id=key_id,
        state=state,
    )


def not_there(key_id: str, error: NotFoundError) -> FastPixError:
    """It was made by an earlier run, and its public key still can't be read."""
    return FastPixError(
        f"The public key of signing key {key_id} can't be read: {error.refusal}.",
        "If the key was deleted, `pulumi refresh` notes that, and the next `pulumi up` makes another one.",
    )


def in_doubt(failure: FastPixError, appeared: Sequence[ListedKey] | None) -> CreateInDoubtError:
    """The response to a create is lost, and so were those to its repeats."""
    if appeared:
        found = f"Since then {_named(appeared)} has appeared."
    elif appeared is None:
        found = "The list of keys can't be read."
    else:
        found = "No new key is listed so far."
    return CreateInDoubtError(
        f"{failure.happened} A signing key may have been made whose private key nobody has. {found}",
        f"Run it again, which makes a new one. `{_AUDIT}` lists the keys that no stack declares. Of one that is left "
        f"over: {_NOT_OURS_TO_DELETE}.",
    )


def report_repeat(failure: FastPixError, made: str, appeared: Sequence[ListedKey] | None) -> None:
    """A create was sent again, and its response received; perhaps FastPix has made a key for each."""
    repeated = f"{failure.happened} The request was sent again, and FastPix answered with signing key {made}"
    if appeared:
        warn(
            f"{repeated}; but {_named(appeared)} has appeared, too. Perhaps the first request made it, so that nobody "
            f"has its private key; perhaps somebody else did: {_NOT_OURS_TO_DELETE}."
        )
    elif appeared is None:
        warn(
            f"{repeated}. Whether the first request made another one isn't known: the list of keys can't be read. "
            f"`{_AUDIT}` lists the keys that no stack declares."
        )
    else:
        announce(f"{repeated}. No other one has appeared.")


def warn_of_missing_private_key(key_id: str) -> None:
    """It is imported, or looked up by a program in another language: the engine asks in the same way."""
    warn(
        f"Signing key {key_id} comes without its private key, which FastPix gives only when it makes a key: the output "
        f"{PRIVATE_KEY} has no value. Go on signing with the private key that you keep elsewhere. Or, if you import "
        f"it, then give it another {ROTATION}: `pulumi up` makes a new one, whose private key the stack has, and "
        f"deletes this one, which ends every token it has signed."
    )


def not_visible(key_id: str, settings: Settings, error: NotFoundError) -> KeyNotVisibleError:
    """It was deleted, or is looked for in the wrong place."""
    return KeyNotVisibleError(
        f"Can't tell whether signing key {key_id} exists, because it can't be seen: {error.refusal}. Either it was "
        f"deleted; or the credentials or the address ({settings.base_url}) belong to another workspace than the one in "
        f"which this stack last saw it, where it may still exist. Nothing was changed.",
        "If the credentials or the address are wrong, use the right ones. Only if you know that it was deleted, take "
        "it out of the state: `pulumi state delete 'URN'`, with the URN that `pulumi stack --show-urns` shows.",
    )


def _named(keys: Sequence[ListedKey]) -> str:
    return ", ".join(f"signing key {key.id} (made at {key.created_at or 'an unknown time'})" for key in keys)
