"""Compares signing keys as they are with what stacks declare, and judges what differs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pulumi_fastpix.cli.audit.findings import Detail, Finding, Kind
from pulumi_fastpix.stack.accounts import account_name
from pulumi_fastpix.stack.signing_keys import StoredSigningKey


@dataclass(frozen=True)
class AuditedKey:
    """A signing key as it is, and as the stack knows it.

    Attributes:
        id: its ID.
        exists: whether FastPix has it.
        created_at: when FastPix made it; empty if that isn't known.
        recorded: the resources of the stack that are this key.
        account: the name of the provider resource through which it was read; empty for the stack's own account.
    """

    id: str
    exists: bool = True
    created_at: str = ""
    recorded: tuple[StoredSigningKey, ...] = ()
    account: str = ""

    @property
    def declared(self) -> tuple[StoredSigningKey, ...]:
        """Those of its resources that aren't to be deleted."""
        return tuple(one for one in self.recorded if not one.to_be_deleted)


def compare_keys(
    keys: Sequence[AuditedKey], owners: Mapping[str, Sequence[str]], interrupted: Sequence[StoredSigningKey]
) -> Iterable[Finding]:
    """All findings about signing keys.

    Args:
        keys: those that were read.
        owners: for each signing key, the other stacks that own it.
        interrupted: the creates of signing keys that this stack's runs began and didn't get to record.
    """
    for key in keys:
        elsewhere = tuple(owners.get(key.id, ()))
        for one in key.declared:
            if not key.exists:
                yield _finding(Kind.SIGNING_KEY_DELETED, key, name=one.name, looked_up=one.external)
            elif elsewhere and not one.external:
                yield _finding(Kind.SIGNING_KEY_TWO_OWNERS, key, name=one.name, stacks=elsewhere)
        if key.exists and not key.declared and not elsewhere:
            # A killed run's key may be in any account: of two access tokens, both may lead to its workspace.
            maybe = any(create.may_be(key.id) for create in interrupted)
            detail = Detail.REPLACED if key.recorded else Detail.MAY_BE_INTERRUPTED if maybe else None
            name = key.recorded[0].name if key.recorded else ""
            yield _finding(Kind.UNDECLARED_SIGNING_KEY, key, name=name, detail=detail)
    for create in interrupted:
        account = account_name(create.explicit_provider)
        yield Finding(Kind.INTERRUPTED_SIGNING_KEY, name=create.name, account=account, signing_key_id=create.id)


def _finding(
    kind: Kind,
    key: AuditedKey,
    *,
    name: str,
    stacks: tuple[str, ...] = (),
    looked_up: bool = False,
    detail: Detail | None = None,
) -> Finding:
    return Finding(
        kind,
        name=name,
        stacks=stacks,
        looked_up=looked_up,
        detail=detail,
        account=key.account,
        signing_key_id=key.id,
        created_at=key.created_at,
    )
