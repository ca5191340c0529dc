"""The protocol of all lifecycles: creating, reading, updating and deleting the objects of a resource type."""

from __future__ import annotations

from typing import Protocol

from pulumi_fastpix.resources.base import Existing, Values


class Lifecycle(Protocol):
    """The objects of one resource type in one workspace. Safe for any number of threads.

    A timeout is in seconds, and takes the place of `retry_for_seconds` of the settings; 0 counts as None.
    Every method raises a :class:`~pulumi_fastpix.errors.FastPixError` when it fails.
    """

    def create(self, inputs: Values, timeout: float | None = None, urn: str = "") -> Existing:
        """Make one object.

        Args:
            inputs: checked inputs, all of them known.
            timeout: see above.
            urn: Pulumi's name for the resource, by which the journal can tell what it is of; empty if it isn't known.

        Raises:
            LeftOverError: a run that was killed has made it already.
            CreateInDoubtError: it can't be known what was made, or whether something will be; all of it is named.
            FastPixError: nothing was made.
        """

    def read(self, id_: str, props: Values) -> Existing | None:
        """Read an object that is in the state, or look one up by its id.

        Args:
            id_: its id.
            props: its state; for a lookup only what names it besides the id.

        Returns:
            None if it is in the state, and confirmed to be deleted.
        """

    def update(self, id_: str, state: Values, inputs: Values, timeout: float | None = None) -> Existing:
        """Make an object as it is declared now; with nothing to change, return what is stored.

        Args:
            id_: its id.
            state: what is stored of it.
            inputs: checked inputs, all of them known; they differ from the state only where `diff` reported `updates`.
            timeout: see above.
        """

    def delete(self, id_: str, state: Values, timeout: float | None = None) -> None:
        """Delete an object; one that is confirmed to be deleted already is no error.

        Args:
            id_: its id.
            state: what is stored of it.
            timeout: see above.
        """
