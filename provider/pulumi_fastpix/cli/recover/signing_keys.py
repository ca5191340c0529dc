"""What `recover` reports of interrupted creates of signing keys: the private keys are lost, so it imports none."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_fastpix.api.models_of_keys import ListedKey
from pulumi_fastpix.cli.known_stack import KnownStack
from pulumi_fastpix.cli.other_stacks import OtherStacks
from pulumi_fastpix.cli.recover.report import number_of_creates
from pulumi_fastpix.cli.terminal import Colour, Line
from pulumi_fastpix.errors import FastPixError
from pulumi_fastpix.stack.accounts import account_name

MOST_KEYS = 10
"""Of an account that are shown, the newest: a killed run's key is among these."""


def lost_keys(known: KnownStack, others: OtherStacks) -> list[Line]:
    """Which creates were interrupted, and the keys that they may have made; nothing if there were none."""
    creates = known.signing_keys.interrupted_creates
    if not creates:
        return []
    of = "a signing key" if len(creates) == 1 else "signing keys"
    names = ", ".join(repr(one.name) for one in creates)
    present = {one.urn for one in known.state.resources if one.id and not one.to_be_deleted}
    if all(one.urn in present for one in creates):
        so = "and the stack has a new key by now." if len(creates) == 1 else "and the stack has new keys by now."
    else:
        so = "and `pulumi up` makes a new key."
    lines = [
        Line(f"Stack {known.state.stack} has {number_of_creates(len(creates))} of {of}: {names}."),
        Line(
            f"FastPix gives a private key only in the response to the create, which the killed run didn't record. So "
            f"there is nothing to import, {so}",
            "lost: ",
            Colour.YELLOW,
            indent=2,
        ),
    ]
    certain = {one.id for one in creates if one.id}
    for provider in dict.fromkeys(one.explicit_provider for one in creates):
        lines += _of_account(known, others, provider, certain)
    return lines


def _of_account(known: KnownStack, others: OtherStacks, provider: str, certain: set[str]) -> Iterator[Line]:
    """The keys of one account that no stack has."""
    account = account_name(provider)
    where = f" of the account of {account!r}" if account else ""
    declared = {one.id for one in known.signing_keys.recorded} | set(others.signing_key_owners)
    settings = known.settings(provider)
    mark = settings.workspace_mark
    with known.client(settings) as client:
        try:
            every = client.signing_keys.every()
        except FastPixError as error:
            yield Line(f"The signing keys{where} can't be listed, so it isn't known whether one is left over: {error}")
            return
    creates = [one for one in known.signing_keys.interrupted_creates if one.explicit_provider == provider]
    # Of what was begun with other credentials, this list may say nothing.
    noted = [one.noted for one in creates if one.noted and one.noted.seen_by == mark]
    # Once such a key is deleted, nothing is left to say of it.
    known.left_over.forget(one for one in noted if one.id and one.id not in every)
    known.left_over.note_looked_for(one for one in noted if one.is_sent and not one.id)
    undeclared = [key for key in every.values() if key.id not in declared]
    found = [key for key in undeclared if any(one.may_be(key.id, key.created_at) for one in creates)]
    if not found:
        than = "" if not undeclared else " but those that were there before"
        yield Line(f"None is left over: the stacks that were read own all signing keys{where}{than}. {others.reach}")
        return
    yield Line(f"Signing keys{where} that no stack owns, the newest first:")
    yield from (_row(key, certain) for key in found[:MOST_KEYS])
    if len(found) > MOST_KEYS:
        yield Line(f"  and {len(found) - MOST_KEYS} older ones")
    yield Line(
        "Compare when they were created with when the run was killed. Nobody has the private key of one that this run "
        "made: delete it at FastPix. Any other may be in use, and deleting it ends all its tokens."
    )
    yield Line(others.reach)


def _row(key: ListedKey, certain: set[str]) -> Line:
    made = "  (certain: the state, or the journal of this machine, names it)" if key.id in certain else ""
    return Line(f"  {key.id}  created {key.created_at or 'at an unknown time'}{made}")
