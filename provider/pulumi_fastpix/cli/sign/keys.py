"""Where `pulumi-fastpix sign` takes the signing key from: a file, the environment, or the state of a stack."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

import click

from pulumi_fastpix.api.ids import problem_of_id
from pulumi_fastpix.cli.pulumi_cli import PulumiCli, PulumiError
from pulumi_fastpix.settings.names import SIGNING_KEY_ID_VARIABLE, SIGNING_PRIVATE_KEY_VARIABLE
from pulumi_fastpix.stack.export import NotAStateError, parse
from pulumi_fastpix.stack.signing_keys import SigningKeys, StoredSigningKey
from pulumi_fastpix.stack.state import StackState

STDIN = "-"


@dataclass(frozen=True)
class KeyToSignWith:
    """A signing key.

    Attributes:
        id: its ID.
        private_key: as FastPix gives it, or a PEM.
        state: the state of the stack that it came from; empty if it came from elsewhere.
    """

    id: str
    private_key: str = field(repr=False)
    state: StackState = field(default_factory=StackState, repr=False)


def from_file(path: str, key_id: str | None) -> KeyToSignWith:
    """The private key in a file, or on standard input.

    Raises:
        ClickException: it can't be read, or its ID isn't given.
    """
    if key_id is None:
        raise click.UsageError("--key-file needs --key-id: FastPix finds the public key by the ID of the signing key.")
    try:
        private_key = sys.stdin.read() if path == STDIN else Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise click.ClickException(f"Could not read the private key in {path}: {reason}. Check --key-file.") from None
    return KeyToSignWith(key_id, private_key)


def in_environment() -> KeyToSignWith | None:
    """The key in the environment, if there is one.

    Raises:
        ClickException: only its ID, or only its private key is there.
    """
    key_id, private_key = (
        os.environ.get(one, "").strip() for one in (SIGNING_KEY_ID_VARIABLE, SIGNING_PRIVATE_KEY_VARIABLE)
    )
    if not key_id and not private_key:
        return None
    if not key_id or not private_key:
        missing = SIGNING_PRIVATE_KEY_VARIABLE if key_id else SIGNING_KEY_ID_VARIABLE
        raise click.ClickException(
            f"The environment has a part of a signing key only: set {missing} as well, or unset the other one."
        )
    if problem := problem_of_id("the ID of a signing key", key_id):
        raise click.ClickException(f"{SIGNING_KEY_ID_VARIABLE}: {problem}.")
    return KeyToSignWith(key_id, private_key)


def of_stack(pulumi: PulumiCli, name: str | None) -> KeyToSignWith:
    """The key of a stack with this resource name, or its only one.

    Raises:
        PulumiError: the stack can't be read.
        ClickException: there is no such key, there are several, or the stack hasn't its private key.
    """
    try:
        state = parse(pulumi.export(show_secrets=True))
    except NotAStateError as error:
        raise PulumiError(f"The output of `pulumi stack export` isn't a state: {error}.") from None
    key = _chosen([one for one in SigningKeys(state).recorded if not one.to_be_deleted], name, state.stack)
    if key.private_key is None:
        raise click.ClickException(
            f"The stack hasn't the private key of {key.name!r}: it was imported or looked up, and FastPix gives a "
            f"private key once, when it makes the signing key. Sign where that is, or give it with --key-file."
        )
    return KeyToSignWith(key.id, key.private_key, state)


def _chosen(keys: list[StoredSigningKey], name: str | None, stack: str) -> StoredSigningKey:
    of_stack = f"Stack {stack}" if stack else "The stack"
    if not keys:
        raise click.ClickException(
            f"{of_stack} has no signing key. Declare a fastpix.SigningKey and run `pulumi up`, or give a private "
            f"key with --key-file or {SIGNING_PRIVATE_KEY_VARIABLE}."
        )
    names = ", ".join(sorted({one.name for one in keys}))
    named = [one for one in keys if name in (None, one.name)]
    if not named:
        raise click.ClickException(f"{of_stack} has no signing key named {name!r}, but: {names}.")
    if len({one.id for one in named}) > 1:
        raise click.ClickException(f"{of_stack} has several signing keys: name one with --key, of {names}.")
    return named[0]
