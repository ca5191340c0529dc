"""What a killed run may have left of a resource that is to be created now: nothing is made a second time unsaid."""

from __future__ import annotations

from collections.abc import Callable

from pulumi_fastpix.announce import warn
from pulumi_fastpix.errors import LeftOverError, NotFoundError
from pulumi_fastpix.journal.noted import NotedCreate
from pulumi_fastpix.journal.writing import Journal


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
    for create in journal.left_over(urn):
        if not create.is_sent or (create.is_looked_for and not create.id):
            continue
        if not create.id:
            warn(
                f"An earlier run was killed while it created this {what} ({create.begun_at}). If it made one, no stack "
                f"has that: see what `pulumi-fastpix audit` finds undeclared. After a killed run, `pulumi-fastpix "
                f"recover` belongs before `pulumi up`."
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
