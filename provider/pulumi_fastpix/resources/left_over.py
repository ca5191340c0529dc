"""What a killed run may have left of a resource that is to be created now: nothing is made a second time unsaid."""

from __future__ import annotations

from collections.abc import Callable

from pulumi_fastpix.announce import warn
from pulumi_fastpix.errors import FastPixError, LeftOverError, NotFoundError
from pulumi_fastpix.journal.noted import NotedCreate
from pulumi_fastpix.journal.writing import Journal


def warn_of_left_over_keys(journal: Journal, urn: str, exists: Callable[[NotedCreate], bool]) -> None:
    """Say that a killed run has made, or may have made, a signing key for the same resource: nobody can use that.

    Args:
        journal: this process's.
        urn: the resource's.
        exists: whether the key that a create made still exists. May raise a FastPixError instead: if it can't be read,
            it is warned of all the same.
    """
    for create in _unsettled(journal, urn):
        try:
            if create.id and not exists(create):
                continue
        except NotFoundError:
            continue
        except FastPixError:
            pass
        made = f"made the signing key {create.id}" if create.id else "may have made a signing key"
        warn(
            f"An earlier run {made} for this resource, and was killed ({create.begun_at}): nobody has its private key. "
            f"`pulumi-fastpix recover` says which one to delete. A new one is made now."
        )


def refuse_left_over(
    journal: Journal, urn: str, exists: Callable[[NotedCreate], bool], what: str, delete: Callable[[NotedCreate], str]
) -> None:
    """Refuse to create what a killed run has made for the same resource, as far as the journal shows.

    Args:
        journal: this process's.
        urn: the resource's.
        exists: whether what a create made still exists. May raise a NotFoundError instead.
        what: what is made, for people.
        delete: how to delete what a create made, for people.

    Raises:
        LeftOverError: it exists, and no stack has been seen to have it.
        FastPixError: it can't be found out whether it exists.
    """
    for create in _unsettled(journal, urn):
        if not create.id:
            warn(
                f"An earlier run was killed while it created this {what} ({create.begun_at}), and may have made one "
                f"that no stack has. When this run has ended, `pulumi-fastpix recover` finds that, to be deleted; "
                f"before this run, it would have taken it into the stack."
            )
            continue
        try:
            is_left_over = exists(create)
        except NotFoundError:
            is_left_over = False
        if is_left_over:
            raise LeftOverError(
                f"Nothing was created: an earlier run made the {what} {create.id} for this resource, and was killed "
                f"({create.begun_at}) before the stack had it.",
                f"Run `pulumi-fastpix recover`, which takes it into the stack. If it isn't wanted, {delete(create)}, "
                f"and run this again.",
            )


def _unsettled(journal: Journal, urn: str) -> list[NotedCreate]:
    """The creates for a resource that have made something, or may have, and for which `recover` hasn't looked."""
    return [one for one in journal.left_over(urn) if one.is_sent and (one.id or not one.is_looked_for)]
