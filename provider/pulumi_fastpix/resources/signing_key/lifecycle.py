"""Creating, reading and deleting a signing key."""

from __future__ import annotations

import uuid
from contextlib import suppress
from itertools import takewhile
from typing import Any

from pulumi_fastpix.api import retry
from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.api.models_of_keys import ListedKey, NewKey
from pulumi_fastpix.errors import CreateInDoubtError, FastPixError, NotFoundError
from pulumi_fastpix.journal.noted import NotedCreate
from pulumi_fastpix.journal.writing import Noting
from pulumi_fastpix.resources.base import Existing, Values
from pulumi_fastpix.resources.left_over import warn_of_left_over_keys
from pulumi_fastpix.resources.names import SEEN_BY
from pulumi_fastpix.resources.signing_key import messages
from pulumi_fastpix.resources.signing_key.inputs import validate_id
from pulumi_fastpix.resources.signing_key.names import CREATED_AT, INPUT_KEYS, NAME, PRIVATE_KEY, PUBLIC_KEY
from pulumi_fastpix.resources.signing_key.public_key import same_key
from pulumi_fastpix.resources.workspace import Workspace

SECONDS_TO_LOOK = 5.0
"""For a key of a killed run, which decides about a warning only."""


class SigningKeyLifecycle:
    """Creates, reads and deletes signing keys in one workspace. Safe for any number of threads."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._client = workspace.client
        self._settings = workspace.settings

    def create(self, inputs: Values, timeout: float | None = None, urn: str = "") -> Existing:
        """Make one signing key.

        A key of a killed run stands in nothing's way, since nobody has its private key; it is warned of. A create that
        is in doubt is sent again as the same one if Pulumi asks for it in the same run, upon an error hook of the
        program.

        Args:
            inputs: checked inputs, all of them known.
            timeout: seconds it may take instead of what the settings say; 0 counts as None.
            urn: Pulumi's name for the resource, for the journal; empty if it isn't known.

        Raises:
            CreateInDoubtError: a key may have been made whose private key nobody has; all that may be it are named.
            PartlyDoneError: it was made, but its public key isn't known yet.
            FastPixError: nothing was made.
        """
        looking = self._client.deadline(SECONDS_TO_LOOK)
        warn_of_left_over_keys(
            self._workspace.journal, urn, lambda left: bool(self._client.signing_keys.get(left.id, looking))
        )
        in_doubt = self._workspace.keys_in_doubt
        idempotency_key, mark = in_doubt.pop(urn, None) or str(uuid.uuid4()), self._settings.workspace_mark
        with self._workspace.journal.creating(NotedCreate(idempotency_key, urn, NAME, mark)) as noting:
            with self._workspace.key_creates:
                deadline = self._client.deadline(timeout)
                try:
                    made = self._make(idempotency_key, noting, deadline)
                except CreateInDoubtError:
                    if urn:
                        in_doubt[urn] = idempotency_key
                    raise
            return self._with_public_key(made, inputs, deadline)

    def _with_public_key(self, made: NewKey, inputs: Values, deadline: Deadline) -> Existing:
        """A key that was made, with its public key, which FastPix shows apart.

        Raises:
            PartlyDoneError: it doesn't.
        """
        state: dict[str, Any] = {
            **inputs,
            PRIVATE_KEY: made.private_key.get_secret_value(),
            **({CREATED_AT: made.created_at} if made.created_at else {}),
            SEEN_BY: self._settings.workspace_mark,
        }
        try:
            state[PUBLIC_KEY] = self._client.signing_keys.get(made.id, deadline).public_key
        except FastPixError as failure:
            raise messages.without_public_key(made.id, state, failure) from None
        return _existing(made.id, state)

    def read(self, key_id: str, props: Values) -> Existing | None:
        """Read a key that is in the state, or look one up by id: without its private key, which FastPix gives once.

        Args:
            key_id: its id.
            props: its state; of a lookup what the program gave, and nothing for an import.

        Returns:
            None if it is in the state, and confirmed to be deleted.

        Raises:
            InvalidInputError: its id is invalid.
            NotFoundError: a lookup found nothing.
            KeyNotVisibleError: it may have been deleted, or is looked for in the wrong place.
        """
        validate_id(key_id)
        seen_by = props.get(SEEN_BY)
        try:
            public_key = self._client.signing_keys.get(key_id).public_key
        except NotFoundError as error:
            if seen_by is None:
                raise
            if seen_by != self._settings.workspace_mark:
                raise messages.not_visible(key_id, self._settings, error) from None
            return None
        seen = {SEEN_BY: self._settings.workspace_mark}
        if seen_by is None:
            if not props:
                messages.warn_of_missing_private_key(key_id)
            return _existing(key_id, {PUBLIC_KEY: public_key, **seen})
        stored = props.get(PUBLIC_KEY)
        return _existing(key_id, {**props, PUBLIC_KEY: stored if same_key(public_key, stored) else public_key, **seen})

    def update(self, key_id: str, state: Values, inputs: Values, timeout: float | None = None) -> Existing:
        """Finish a key whose public key isn't known yet; nothing of a key can be changed.

        Args:
            key_id: its id.
            state: what is stored of it.
            inputs: checked inputs, which don't differ.
            timeout: seconds it may take instead of what the settings say; 0 counts as None.

        Raises:
            InvalidInputError: its id is invalid.
            FastPixError: it can't be read; what is stored stays as it is.
        """
        validate_id(key_id)
        now = {**state, **inputs}
        if PUBLIC_KEY not in now:
            try:
                now[PUBLIC_KEY] = self._client.signing_keys.get(key_id, self._client.deadline(timeout)).public_key
            except NotFoundError as error:
                raise messages.not_there(key_id, error) from None
        return _existing(key_id, now)

    def delete(self, key_id: str, state: Values, timeout: float | None = None) -> None:
        """Delete a key, and with it all tokens that it has signed; one that is confirmed to be deleted is no error.

        Args:
            key_id: its id.
            state: what is stored of it.
            timeout: seconds it may take instead of what the settings say; 0 counts as None.

        Raises:
            InvalidInputError: its id is invalid.
            KeyNotVisibleError: it may have been deleted, or is looked for in the wrong place.
            FastPixError: it may still exist.
        """
        validate_id(key_id)
        deadline = self._client.deadline(timeout)
        if state.get(SEEN_BY) != self._settings.workspace_mark:
            # Nothing is sent to a workspace that may be the wrong one before it has shown that it has the key.
            try:
                self._client.signing_keys.get(key_id, deadline)
            except NotFoundError as error:
                raise messages.not_visible(key_id, self._settings, error) from None
        with suppress(NotFoundError):
            self._client.signing_keys.delete(key_id, deadline)

    def _make(self, idempotency_key: str, noting: Noting, deadline: Deadline) -> NewKey:
        """Make a key, with the same `Idempotency-Key` for all attempts; what a lost one may have left is named."""
        calls = self._client.signing_keys
        known = {key.id for key in calls.newest(deadline)}
        lost: FastPixError | None = None
        try:
            for attempt in calls.attempts_to_create(deadline):
                with attempt:
                    noting.sending(lambda: known)
                    try:
                        made = calls.create_once(idempotency_key)
                    except FastPixError as failure:
                        lost = failure if retry.outcome_unknown(failure) else lost
                        raise
        except FastPixError:
            if lost is None:
                noting.made_nothing()
                raise
            raise messages.in_doubt(lost, self._appeared(known)) from None
        noting.made(made.id)
        if lost is not None:
            messages.report_repeat(lost, made.id, self._appeared(known, made.id))
        return made

    def _appeared(self, known: set[str], made: str | None = None) -> list[ListedKey] | None:
        """The keys that are newer than all known ones, but for the one that was made; None if they can't be read.

        An older one may be unknown, too: when a key is deleted, the next one moves up onto the page.
        """
        looking = self._client.deadline()
        looking.ends_with_cancel = False
        try:
            newest = self._client.signing_keys.newest(looking)
        except FastPixError:
            return None
        return [key for key in takewhile(lambda key: key.id not in known, newest) if key.id != made]


def _existing(key_id: str, state: dict[str, Any]) -> Existing:
    return Existing(key_id, {key: state[key] for key in INPUT_KEYS if key in state}, state)
