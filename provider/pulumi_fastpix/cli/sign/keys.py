"""Where `sign` takes a signing key from: a stack, a file or the environment. Nothing here shows a private key."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pulumi_fastpix.cli.known_stack import STDIN, exported
from pulumi_fastpix.cli.pulumi_cli import PulumiCli, PulumiError
from pulumi_fastpix.errors import SigningError
from pulumi_fastpix.resources.signing_key.names import PRIVATE_KEY
from pulumi_fastpix.settings.names import SIGNING_KEY_ID_VARIABLE, SIGNING_PRIVATE_KEY_VARIABLE
from pulumi_fastpix.settings.target import setting_text
from pulumi_fastpix.stack.playback_ids import PlaybackIds
from pulumi_fastpix.stack.signing_keys import StoredSigningKey
from pulumi_fastpix.stack.state import Resource, StackState
from pulumi_fastpix.stack.values import text_of

_VARIABLES = (SIGNING_KEY_ID_VARIABLE, SIGNING_PRIVATE_KEY_VARIABLE)
_ELSEWHERE = (
    f"give a key with --key-file and --key-id, or in the environment, as {SIGNING_KEY_ID_VARIABLE} and "
    f"{SIGNING_PRIVATE_KEY_VARIABLE}"
)
_MOST_BYTES = 65_536
"""Of a file: far more than a key has."""


@dataclass(frozen=True)
class Key:
    """A signing key.

    Attributes:
        id: its ID.
        private_key: the private key, in a form that `pulumi_fastpix.signing` takes.
        source: where it came from, in words.
        notes: what should be known of it, and of the playback ID; for people.
    """

    id: str
    private_key: str | bytes = field(repr=False)
    source: str
    notes: tuple[str, ...] = ()


def from_file(path: str, key_id: str) -> Key:
    """The key in a file, or on standard input.

    Raises:
        SigningError: the file can't be read, or holds more than a key.
    """
    notes: tuple[str, ...] = ()
    try:
        if path == STDIN:
            content = sys.stdin.buffer.read(_MOST_BYTES + 1)
        else:
            with Path(path).open("rb") as file:
                content = file.read(_MOST_BYTES + 1)
                mode = os.fstat(file.fileno()).st_mode
                if stat.S_ISREG(mode) and mode & stat.S_IROTH:
                    notes = ("every user of this machine can read the file of --key-file: `chmod o-r` it.",)
    except OSError as error:
        # Without the path, in place of which a key may have been pasted.
        raise SigningError(f"Can't read the file of --key-file: {error.strerror}.") from None
    if len(content) > _MOST_BYTES:
        raise SigningError("The file of --key-file holds more than a private key.")
    return Key(key_id, content, "the file of --key-file", notes)


def from_environment() -> Key | None:
    """The key in the environment; None if there is none.

    Raises:
        SigningError: there is half of one.
    """
    given = [setting_text(os.environ.get(variable)) for variable in _VARIABLES]
    if not any(given):
        return None
    if not all(given):
        there, missing = _VARIABLES if given[0] else _VARIABLES[::-1]
        raise SigningError(
            f"{there} is set in the environment, and {missing} isn't.",
            "Set both; or none, to sign with a key of the stack.",
        )
    return Key(given[0], os.fsencode(given[1]), f"the environment variables {' and '.join(_VARIABLES)}")


def from_stack(pulumi: PulumiCli, name: str | None, playback_id: str) -> Key:
    """A signing key of a stack. Its secrets are asked for only once it is clear which one.

    Args:
        pulumi: the stack.
        name: the name or URN of the key; None for the only one.
        playback_id: what is to be signed; noted if the stack has it as one that needs no token.

    Raises:
        SigningError: it isn't clear which key, or the stack doesn't have its private key.
        PulumiError: the stack can't be had.
    """
    state = exported(pulumi)
    of_stack, stack = PlaybackIds(state), state.stack or pulumi.name()
    chosen = choose([one for one in of_stack.signing_keys.recorded if not one.to_be_deleted], name, stack)
    private_key = text_of(_same(exported(pulumi, show_secrets=True), chosen).outputs.get(PRIVATE_KEY))
    if not private_key:
        raise without_private_key(chosen, stack)
    public = any(
        one.id == playback_id and one.access_policy == "public" and not one.to_be_deleted for one in of_stack.recorded
    )
    note = f"the playback ID is public in stack {stack}: it plays without a token, too, and after this one has expired."
    return Key(chosen.id, private_key, f"{chosen.name!r} of stack {stack}", (note,) if public else ())


def choose(keys: Sequence[StoredSigningKey], name: str | None, stack: str) -> StoredSigningKey:
    """The key that is meant. Pure.

    Args:
        keys: those of the stack.
        name: the name or URN of one; None for the only one that can sign.
        stack: the name of the stack.

    Raises:
        SigningError: it isn't clear which one, or it can't sign.
    """
    if not keys:
        raise SigningError(
            f"Stack {stack} has no signing key.", f"Declare a `SigningKey` in its program; or {_ELSEWHERE}."
        )
    if name is None:
        found = [one for one in keys if one.has_private_key] or list(keys)
    else:
        found = [one for one in keys if name in (one.name, one.urn)]
    if len(found) != 1:
        names = [one.name for one in found or keys]
        unique = len(set(names)) == len(names)
        listed = ", ".join(repr(one.name) if unique else one.urn for one in found or keys)
        number = "several" if found else "no"
        of_name = "" if name is None else " of that name"
        raise SigningError(
            f"Stack {stack} has {number} signing keys{of_name}. With --key, give one of these: {listed}."
        )
    if not found[0].has_private_key:
        raise without_private_key(found[0], stack)
    return found[0]


def without_private_key(key: StoredSigningKey, stack: str) -> SigningError:
    """The stack has the key, and can't sign with it."""
    return SigningError(
        f"Stack {stack} doesn't have the private key of {key.name!r}, signing key {key.id}: it was imported or looked "
        f"up, and FastPix gives a private key only when it makes the key.",
        f"If another stack made it, name that one with --stack. Otherwise {_ELSEWHERE}.",
    )


def _same(state: StackState, chosen: StoredSigningKey) -> Resource:
    """The key as it is now."""
    for one in state.resources:
        if (one.urn, one.id) == (chosen.urn, chosen.id):
            return one
    raise PulumiError("The stack changed while it was read: a run is going on. Try again when it has ended.")
