"""Reads the signing keys of accounts, and compares them with those that stacks have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pulumi_fastpix.api.models_of_keys import ListedKey
from pulumi_fastpix.cli.audit import messages
from pulumi_fastpix.cli.audit.findings import Detail, Finding, Kind
from pulumi_fastpix.cli.known_stack import KnownStack
from pulumi_fastpix.errors import FastPixError, PermissionDeniedError
from pulumi_fastpix.stack.accounts import account_name
from pulumi_fastpix.stack.signing_keys import StoredSigningKey


@dataclass(frozen=True)
class AuditedKeys:
    """The signing keys of one account.

    Attributes:
        listed: those that exist, by their ids.
        recorded: those of the stack there, interrupted creates not among them.
        interrupted: the interrupted creates there.
        account: the name of the provider resource through which they were read; empty for the stack's own.
    """

    listed: Mapping[str, ListedKey]
    recorded: Sequence[StoredSigningKey] = ()
    interrupted: Sequence[StoredSigningKey] = ()
    account: str = ""

    @property
    def declared(self) -> frozenset[str]:
        """The ids of those that the stack owns or looks up, to be deleted or not."""
        return frozenset(one.id for one in self.recorded)


@dataclass(frozen=True)
class KeysRead:
    """What could be read.

    Attributes:
        of_accounts: the keys of each account.
        unread: a sentence for each thing that couldn't be read.
        hidden: a sentence for each account whose access token may not see keys, and in which the stack has none.
    """

    of_accounts: Sequence[AuditedKeys] = ()
    unread: Sequence[str] = ()
    hidden: Sequence[str] = ()


def read_signing_keys(known: KnownStack, *, all_accounts: bool) -> KeysRead:
    """Read the keys of each account in which the stack has one; or of all of its accounts."""
    providers = dict.fromkeys(one.explicit_provider for one in known.signing_keys.every)
    if all_accounts:
        providers |= dict.fromkeys(known.accounts())
    of_accounts: list[AuditedKeys] = []
    unread: list[str] = []
    hidden: list[str] = []
    for provider in providers:
        keys = known.signing_keys
        recorded = [one for one in keys.recorded if one.explicit_provider == provider]
        interrupted = [one for one in keys.interrupted_creates if one.explicit_provider == provider]
        try:
            settings = known.settings(provider)
            with known.client(settings) as client:
                listed = client.signing_keys.every()
        except PermissionDeniedError as error:
            (unread if recorded or interrupted else hidden).append(str(error))
            continue
        except FastPixError as error:
            unread.append(str(error))
            continue
        strange = [one for one in recorded if one.id not in listed and one.seen_by != settings.workspace_mark]
        unread += [messages.key_not_seen_before(one.id, one.name) for one in strange]
        known_here = [one for one in recorded if one not in strange]
        of_accounts.append(AuditedKeys(listed, known_here, interrupted, account_name(provider)))
    return KeysRead(of_accounts, unread, hidden)


def compare_keys(of_accounts: Sequence[AuditedKeys], owners: Mapping[str, Sequence[str]]) -> Iterable[Finding]:
    """Findings about signing keys.

    Args:
        of_accounts: the keys of each account.
        owners: for each key, the other stacks that own it.
    """
    for keys in of_accounts:
        for one in keys.recorded:
            elsewhere = tuple(owners.get(one.id, ()))
            if one.id not in keys.listed:
                if not one.to_be_deleted:
                    yield _finding(Kind.SIGNING_KEY_DELETED, keys, one)
            elif elsewhere and not one.external:
                yield _finding(Kind.SIGNING_KEY_TWO_OWNERS, keys, one, elsewhere)
        for one in keys.interrupted:
            yield _finding(Kind.INTERRUPTED_SIGNING_KEY, keys, one)
        detail = Detail.MAY_BE_INTERRUPTED if keys.interrupted else None
        for key in keys.listed.values():
            if key.id not in keys.declared and key.id not in owners:
                yield Finding(
                    Kind.UNDECLARED_SIGNING_KEY,
                    detail=detail,
                    account=keys.account,
                    signing_key_id=key.id,
                    created_at=key.created_at or "",
                )


def _finding(kind: Kind, keys: AuditedKeys, key: StoredSigningKey, stacks: tuple[str, ...] = ()) -> Finding:
    return Finding(
        kind,
        name=key.name,
        stacks=stacks,
        looked_up=key.external,
        account=keys.account,
        signing_key_id=key.id,
    )
