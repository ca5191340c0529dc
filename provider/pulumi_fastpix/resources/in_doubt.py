"""Creates of this run whose outcome is still unknown at its end: nobody sends one blindly again, whoever asks for it.

A program can ask for it by an error hook, upon which Pulumi calls `create` again in the same process, up to a hundred
times. (The next run is told by the journal what there may be.)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pulumi_fastpix.errors import CreateInDoubtError, FastPixError
from pulumi_fastpix.resources.exactly_once.accounting import PendingCreate


class CreatesInDoubt:
    """Those of one workspace, by the URNs of their resources. Safe for any number of threads."""

    def __init__(self) -> None:
        self._failures: dict[str, FastPixError] = {}

    @contextmanager
    def sending(self, urn: str, pending: PendingCreate) -> Iterator[None]:
        """Make an object for a resource inside of this.

        Args:
            urn: the resource's; empty if it isn't known, and then nothing is refused.
            pending: its create.

        Raises:
            CreateInDoubtError: an earlier create for this resource may have made one; this one wasn't sent.
        """
        if failure := self._failures.get(urn):
            raise CreateInDoubtError(
                f"Nothing was sent again: this run has sent a create for this resource already, and doesn't know "
                f"whether that made something. {failure.happened}",
                failure.advice,
            )
        try:
            yield
        except FastPixError as failure:
            if urn and pending.in_doubt:
                self._failures[urn] = failure
            raise
