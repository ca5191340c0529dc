"""What a create whose response was lost has made, as far as one list shows: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic

from pulumi_fastpix.resources.exactly_once.accounting import Candidate, Item, PendingCreate, too_many


@dataclass(frozen=True)
class Claim(Generic[Item]):
    """It made this one."""

    listed: Item


@dataclass(frozen=True)
class Nothing:
    """It made nothing so far."""


@dataclass(frozen=True)
class Ambiguous:
    """More appeared than the creates in doubt can have made, so some are somebody else's."""

    ids: tuple[str, ...]


@dataclass(frozen=True)
class Unclear:
    """A later list may show more."""


Verdict = Claim[Item] | Nothing | Ambiguous | Unclear


def judge(
    create: PendingCreate,
    pending: Sequence[PendingCreate],
    candidates: Sequence[Candidate[Item]],
    *,
    is_last: bool,
    others_create: bool,
) -> Verdict[Item]:
    """Judge one create by the candidates that a list has shown.

    Objects of one kind are all alike, so it doesn't matter which create in doubt gets which, as long as each of
    them can have been made by its create.

    Args:
        create: it.
        pending: all creates whose responses are lost, with it.
        candidates: what one of them may have made.
        is_last: the settling period is over, in which a slow server may still finish. Before that a create only gets a
            candidate if there is one for each that is pending: then nothing is left to wait for.
        others_create: somebody else makes such objects there. Then a candidate may be theirs, and the create's
            own may still appear, so the whole period is waited for.
    """
    alike = [one for one in pending if one.kind == create.kind]
    shown = [one for one in candidates if any(other.may_have_made(one) for other in alike)]
    own = sorted((one for one in shown if create.may_have_made(one)), key=lambda one: one.since)
    surplus = too_many(shown, alike)
    if not is_last and (surplus or others_create or len(shown) < len(alike)):
        return Unclear()
    if any(create.may_have_made(one) for one in surplus):
        return Ambiguous(tuple(one.listed.id for one in own))
    # The longest known: what appeared later may have been made by creates that were sent later, too.
    return Claim(own[0].listed) if own else Nothing()
