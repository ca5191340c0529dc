"""Creating, reading and deleting a signing key."""

from __future__ import annotations

import uuid
from typing import Any

from pulumi_fastpix.api import retry
from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.api.models_of_keys import ListedKey, NewKey
from pulumi_fastpix.errors import FastPixError, NotFoundError
from pulumi_fastpix.resources.base import Existing, Values
from pulumi_fastpix.resources.names import SEEN_BY
from pulumi_fastpix.resources.signing_key import messages
from pulumi_fastpix.resources.signing_key.inputs import validate_id
from pulumi_fastpix.resources.signing_key.names import CREATED_AT, INPUT_KEYS, PRIVATE_KEY, PUBLIC_KEY
from pulumi_fastpix.resources.signing_key.public_key import same_key
from pulumi_fastpix.resources.workspace import Workspace


class SigningKeyLifecycle:
    """Creates, reads and deletes signing keys in one workspace. Safe for any number of threads."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._client = workspace.client
        self._settings = workspace.settings

    def create(self, inputs: Values, timeout: float | None = None) -> Existing:
        """Make one signing key.

        Args:
            inputs: checked inputs, all of them known.
            timeout: seconds it may take instead of what the settings say; 0 counts as None.

        Raises:
            CreateInDoubtError: a key may have been made whose private key nobody has; all that may be it are named.
            PartlyDoneError: it was made, but its public key isn't known yet.
            FastPixError: nothing was made.
        """
        deadline = self._client.deadline(timeout)
        made = self._make(deadline)
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
            props: its state; empty for a lookup.

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
            self._confirm_deleted(key_id, seen_by, error)
            return None
        state = {**props, SEEN_BY: self._settings.workspace_mark}
        if not same_key(public_key, state.get(PUBLIC_KEY)):
            state[PUBLIC_KEY] = public_key
        return _existing(key_id, state)

    def update(self, key_id: str, state: Values, inputs: Values, timeout: float | None = None) -> Existing:
        """Finish a key whose public key isn't known yet; nothing of a key can be changed.

        Args:
            key_id: its id.
            state: what is stored of it.
            inputs: checked inputs, which don't differ.
            timeout: seconds it may take instead of what the settings say; 0 counts as None.

        Raises:
            FastPixError: it can't be read.
        """
        validate_id(key_id)
        now = {**state, **inputs}
        if PUBLIC_KEY not in now:
            try:
                now[PUBLIC_KEY] = self._client.signing_keys.get(key_id, self._client.deadline(timeout)).public_key
            except FastPixError as failure:
                raise messages.without_public_key(key_id, now, failure) from None
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
        deadline, seen_by = self._client.deadline(timeout), state.get(SEEN_BY)
        try:
            if seen_by != self._settings.workspace_mark:
                # Nothing is sent to a workspace that may be the wrong one before it has shown that it has the key.
                self._client.signing_keys.get(key_id, deadline)
            self._client.signing_keys.delete(key_id, deadline)
        except NotFoundError as error:
            self._confirm_deleted(key_id, seen_by, error)

    def _make(self, deadline: Deadline) -> NewKey:
        """Make a key, with the same `Idempotency-Key` for all attempts; what a lost one may have left is named."""
        calls, idempotency_key = self._client.signing_keys, str(uuid.uuid4())
        before = {key.id for key in calls.newest(deadline)}
        lost: FastPixError | None = None
        try:
            for attempt in calls.attempts_to_create(deadline):
                with attempt:
                    try:
                        made = calls.create_once(idempotency_key)
                    except FastPixError as failure:
                        lost = failure if retry.outcome_unknown(failure) else lost
                        raise
        except FastPixError as failure:
            if lost is None:
                raise
            raise messages.in_doubt(lost, self._appeared(before)) from failure
        if lost is not None:
            messages.warn_of_orphans(lost, made.id, self._appeared({*before, made.id}))
        return made

    def _appeared(self, before: set[str]) -> list[ListedKey] | None:
        """The keys that are listed now and weren't before; None if they can't be listed."""
        looking = self._client.deadline()
        looking.ends_with_cancel = False
        try:
            return [key for key in self._client.signing_keys.newest(looking) if key.id not in before]
        except FastPixError:
            return None

    def _confirm_deleted(self, key_id: str, seen_by: str | None, error: NotFoundError) -> None:
        """Return if a key that can't be seen is known to be deleted; else raise."""
        if seen_by != self._settings.workspace_mark:
            raise messages.not_visible(key_id, self._settings, error)


def _existing(key_id: str, state: dict[str, Any]) -> Existing:
    return Existing(key_id, {key: state[key] for key in INPUT_KEYS if key in state}, state)
