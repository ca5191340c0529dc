"""Reads the signing keys that an audit is about, and reports what couldn't be read."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pulumi_fastpix.cli.audit.messages import key_not_seen_before
from pulumi_fastpix.cli.audit.signing_keys import AuditedKey
from pulumi_fastpix.cli.known_stack import KnownStack
from pulumi_fastpix.errors import FastPixError, NotFoundError, PermissionDeniedError
from pulumi_fastpix.stack.accounts import account_name
from pulumi_fastpix.stack.signing_keys import StoredSigningKey


@dataclass(frozen=True)
class KeysRead:
    """The signing keys that were read.

    Attributes:
        keys: those that exist in any of the accounts, and those that the stack has and that don't exist.
        unread: a sentence for each thing that couldn't be read, so that there may be more to find.
        hidden: a sentence for each account whose access token may not see keys, and in which the stack has none.
    """

    keys: tuple[AuditedKey, ...] = ()
    unread: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


def read_keys(known: KnownStack, *, all_accounts: bool) -> KeysRead:
    """Read the signing keys of each account in which the stack has one, or may have one; or of all its accounts."""
    of_stack = {one.explicit_provider for one in known.signing_keys.every}
    providers = sorted(of_stack.union(known.accounts() if all_accounts else ()))
    read = [_read_account(known, provider, has_keys=provider in of_stack) for provider in providers]
    recorded: dict[str, tuple[StoredSigningKey, ...]] = {}
    for one in known.signing_keys.recorded:
        recorded[one.id] = (*recorded.get(one.id, ()), one)
    # Two access tokens may lead to one workspace, and then the keys are the same: the first account counts.
    keys: dict[str, AuditedKey] = {}
    for key in (key for of_one in read for key in of_one.keys):
        keys.setdefault(key.id, replace(key, recorded=recorded.get(key.id, ())))
    return KeysRead(
        tuple(keys.values()),
        tuple(reason for of_one in read for reason in of_one.unread),
        tuple(reason for of_one in read for reason in of_one.hidden),
    )


def _read_account(known: KnownStack, provider: str, *, has_keys: bool) -> KeysRead:
    """The keys of one account, in which the stack has some or not."""
    unread: list[str] = []
    try:
        return KeysRead(tuple(_keys(known, provider, unread)), tuple(unread))
    except PermissionDeniedError as error:
        return KeysRead(unread=(str(error),)) if has_keys else KeysRead(hidden=(str(error),))
    except FastPixError as error:
        return KeysRead(unread=(str(error),))


def _keys(known: KnownStack, provider: str, unread: list[str]) -> list[AuditedKey]:
    """The keys of an account, and those that the stack has there; what couldn't be read is added to the list."""
    settings, account = known.settings(provider), account_name(provider)
    with known.client(settings) as client:
        listed = client.signing_keys.every()
        keys = [AuditedKey(one.id, True, one.created_at or "", account=account) for one in listed.values()]
        for one in known.signing_keys.recorded:
            if one.explicit_provider != provider or one.id in listed:
                continue
            # Another key that was deleted while the pages were read may have moved it onto a page before.
            try:
                client.signing_keys.get(one.id)
            except NotFoundError as error:
                if one.seen_by != settings.workspace_mark:
                    unread.append(key_not_seen_before(error))
                    continue
                keys.append(AuditedKey(one.id, exists=False, account=account))
            else:
                keys.append(AuditedKey(one.id, account=account))
    return keys
