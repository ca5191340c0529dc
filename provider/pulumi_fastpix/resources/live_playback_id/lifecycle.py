"""Creating, reading, updating and deleting a playback ID."""

from __future__ import annotations

import uuid
from typing import Any

from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.errors import NotFoundError, PlaybackIdNotFoundError, UnexpectedResponseError
from pulumi_fastpix.journal.noted import NotedCreate
from pulumi_fastpix.resources.access_restrictions.applying import Applied, after_create, apply, shown_by
from pulumi_fastpix.resources.access_restrictions.names import ACCESS_RESTRICTIONS
from pulumi_fastpix.resources.access_restrictions.rules import after_reading, as_sent, differing_groups, of_lookup
from pulumi_fastpix.resources.base import NOTHING, Existing, Values
from pulumi_fastpix.resources.exactly_once.accounting import PendingCreate
from pulumi_fastpix.resources.exactly_once.create import Made, Request, create
from pulumi_fastpix.resources.left_over import refuse_left_over
from pulumi_fastpix.resources.live_playback_id import messages
from pulumi_fastpix.resources.live_playback_id.inputs import validated_stream_id
from pulumi_fastpix.resources.live_playback_id.names import INPUT_KEYS, NAME, STREAM_ID
from pulumi_fastpix.resources.names import ACCESS_POLICY, SEEN_BY
from pulumi_fastpix.resources.visibility import confirm_stream_deleted
from pulumi_fastpix.resources.workspace import Workspace


class LivePlaybackIdLifecycle:
    """Creates, reads, updates and deletes playback IDs in one workspace. Safe for any number of threads."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._client = workspace.client
        self._settings = workspace.settings

    def create(self, inputs: Values, timeout: float | None = None, urn: str = "") -> Existing:
        """Make one playback ID.

        Args:
            inputs: checked inputs, all of them known.
            timeout: seconds it may take instead of what the settings say; 0 counts as None.
            urn: Pulumi's name for the resource, for the journal; empty if it isn't known.

        Raises:
            LeftOverError: a run that was killed has made it already.
            CreateInDoubtError: it can't be known which playback ID was made, or whether one will be; all are named.
            PartlyDoneError: it was made, but FastPix hasn't confirmed that it is as declared.
            FastPixError: nothing was made.
        """
        stream_id, access_policy = inputs[STREAM_ID], inputs[ACCESS_POLICY]
        declared = inputs.get(ACCESS_RESTRICTIONS, NOTHING)
        sent = {group: as_sent(declared, group) for group in declared}
        deadline = self._client.deadline(timeout)
        self._refuse_left_over(urn, deadline)
        tracker = self._workspace.tracker(stream_id)
        idempotency_key = str(uuid.uuid4())
        noted = NotedCreate(
            idempotency_key, urn, NAME, self._settings.workspace_mark, stream_id, access_policy, tuple(sent)
        )
        with self._workspace.journal.creating(noted) as noting:
            request = Request(
                lambda deadline: self._client.playback_ids.attempts_to_create(stream_id, access_policy, deadline),
                lambda: self._client.playback_ids.create_once(stream_id, access_policy, idempotency_key, sent),
                noting,
            )
            pending = PendingCreate(access_policy, restricts=frozenset(sent))
            with self._workspace.in_doubt.sending(urn, pending):
                outcome = create(self._client, tracker, pending, request, deadline)
            return self._restricted(outcome, inputs, deadline)

    def _restricted(self, outcome: Made[PlaybackId], inputs: Values, deadline: Deadline) -> Existing:
        """What a create has made, with its access restrictions once FastPix has shown them.

        Raises:
            PartlyDoneError: FastPix hasn't confirmed that it is as declared.
        """
        made, stream_id, access_policy = outcome.listed, inputs[STREAM_ID], inputs[ACCESS_POLICY]
        declared = inputs.get(ACCESS_RESTRICTIONS, NOTHING)
        known = after_create(declared, shown_by(made.access_restrictions), outcome.may_be_restricted)
        if made.access_policy != access_policy:
            raise messages.of_another_policy(made.id, inputs, self._state(stream_id, made.access_policy, known))
        applied = self._apply(stream_id, made.id, known, declared, deadline)
        state = self._state(stream_id, access_policy, applied.restrictions)
        if applied.failures:
            raise messages.made_without_restrictions(made.id, inputs, state, applied.failures)
        return _existing(made.id, state)

    def read(self, playback_id: str, props: Values) -> Existing | None:
        """Read a playback ID that is in the state, or look one up by id.

        Args:
            playback_id: its id.
            props: its state; for a lookup (`LivePlaybackId.get`) only what the program gave.

        Returns:
            None if it is in the state, and confirmed to be deleted.

        Raises:
            InvalidInputError: an id is invalid.
            PlaybackIdNotFoundError: a lookup found nothing.
            StreamNotVisibleError: the stream may have been deleted, or is looked for in the wrong place.
        """
        stream_id = validated_stream_id(playback_id, props.get(STREAM_ID))
        seen_by = props.get(SEEN_BY)
        deadline = self._client.deadline()
        try:
            found = self._find(stream_id, playback_id, deadline)
        except NotFoundError as error:
            if seen_by is None:
                raise
            self._confirm_stream_deleted(stream_id, playback_id, seen_by, error)
            return None
        if found is not None:
            shown = shown_by(found.access_restrictions)
            stored = props.get(ACCESS_RESTRICTIONS, NOTHING)
            restrictions = of_lookup(shown) if seen_by is None else after_reading(stored, shown)
            return _existing(found.id, self._state(stream_id, found.access_policy, restrictions))
        if seen_by is None:
            raise PlaybackIdNotFoundError(
                f"Could not look up playback ID {playback_id}: stream {stream_id} exists, but has no such playback "
                f"ID. Check the id, or declare a LivePlaybackId to have one made."
            )
        return None

    def update(self, playback_id: str, state: Values, inputs: Values, timeout: float | None = None) -> Existing:
        """Change the access restrictions to those that are declared; nothing else can be changed in place.

        Args:
            playback_id: its id.
            state: what is stored of it.
            inputs: checked inputs, all of them known.
            timeout: seconds it may take instead of what the settings say; 0 counts as None.

        Raises:
            InvalidInputError: an id is invalid.
            StreamNotVisibleError: the stream may have been deleted, or is looked for in the wrong place.
            PartlyDoneError: some of them were changed, or may have been.
            FastPixError: none was.
        """
        stream_id = validated_stream_id(playback_id, state.get(STREAM_ID))
        stored, declared = state.get(ACCESS_RESTRICTIONS, NOTHING), inputs.get(ACCESS_RESTRICTIONS, NOTHING)
        now = {key: value for key, value in state.items() if key != ACCESS_RESTRICTIONS}
        if not differing_groups(stored, declared):
            return _existing(playback_id, {**now, **_if_any(declared)})
        deadline = self._client.deadline(timeout)
        seen_by = state.get(SEEN_BY)
        if seen_by != self._settings.workspace_mark:
            # As for a delete: the workspace has to show that it has the stream.
            try:
                self._workspace.tracker(stream_id).shared_list(deadline)
            except NotFoundError as error:
                self._confirm_stream_deleted(stream_id, playback_id, seen_by, error)
                raise
        applied = self._apply(stream_id, playback_id, stored, declared, deadline)
        now |= _if_any(applied.restrictions)
        if applied.failures:
            raise messages.not_restricted(playback_id, inputs, state, now, applied.failures)
        return _existing(playback_id, now)

    def delete(self, playback_id: str, state: Values, timeout: float | None = None) -> None:
        """Delete a playback ID; one that is confirmed to be deleted already is no error.

        Args:
            playback_id: its id.
            state: what is stored of it.
            timeout: seconds it may take instead of what the settings say; 0 counts as None.

        Raises:
            InvalidInputError: an id is invalid.
            StreamNotVisibleError: the stream may have been deleted, or is looked for in the wrong place.
            FastPixError: it may still exist.
        """
        stream_id = validated_stream_id(playback_id, state.get(STREAM_ID))
        if self._workspace.deletions.is_deleted(stream_id):
            return
        deadline = self._client.deadline(timeout)
        tracker, seen_by = self._workspace.tracker(stream_id), state.get(SEEN_BY)
        if seen_by != self._settings.workspace_mark:
            # Nothing is sent to a workspace that may be the wrong one before it has shown that it has the stream.
            try:
                tracker.shared_list(deadline)
            except NotFoundError as error:
                self._confirm_stream_deleted(stream_id, playback_id, seen_by, error)
                return
            seen_by = self._settings.workspace_mark  # what it lacks from now on was deleted
        with tracker.deleting(playback_id):
            try:
                self._client.playback_ids.delete(stream_id, playback_id, deadline)
            except NotFoundError as error:
                missing = error
            else:
                return
        # Whether the stream or the playback ID is missing, the list tells for certain.
        try:
            stream = tracker.fresh_list(deadline)
        except NotFoundError as error:
            self._confirm_stream_deleted(stream_id, playback_id, seen_by, error)
            return
        if playback_id in stream.by_id:
            raise UnexpectedResponseError(
                f"{missing.happened} FastPix still lists it, however.", "Try again in a while.", status=404
            )

    def _refuse_left_over(self, urn: str, deadline: Deadline) -> None:
        refuse_left_over(
            self._workspace.journal,
            urn,
            lambda left: self._find(left.stream_id, left.id, deadline) is not None,
            what="playback ID",
            delete=lambda left: f"delete it by `pulumi-fastpix delete {left.stream_id} {left.id}`",
        )

    def _apply(self, stream_id: str, playback_id: str, stored: Values, declared: Values, deadline: Deadline) -> Applied:
        with self._workspace.tracker(stream_id).changing():
            return apply(
                self._client,
                stream_id=stream_id,
                playback_id=playback_id,
                stored=stored,
                declared=declared,
                deadline=deadline,
            )

    def _find(self, stream_id: str, playback_id: str, deadline: Deadline) -> PlaybackId | None:
        """The playback ID if it exists, None if that is certain. Raises NotFoundError if the stream isn't there."""
        if listed := self._workspace.stream(stream_id, deadline).by_id.get(playback_id):
            return listed
        try:
            return self._client.playback_ids.get(stream_id, playback_id, deadline)
        except NotFoundError:
            return None

    def _confirm_stream_deleted(
        self, stream_id: str, playback_id: str, seen_by: str | None, error: NotFoundError
    ) -> None:
        confirm_stream_deleted(self._settings, stream_id, playback_id, seen_by, error)

    def _state(self, stream_id: str, access_policy: str, restrictions: Values) -> dict[str, Any]:
        return {
            STREAM_ID: stream_id,
            ACCESS_POLICY: access_policy,
            **_if_any(restrictions),
            SEEN_BY: self._settings.workspace_mark,
        }


def _if_any(restrictions: Values) -> dict[str, Any]:
    return {ACCESS_RESTRICTIONS: dict(restrictions)} if restrictions else {}


def _existing(playback_id: str, state: dict[str, Any]) -> Existing:
    return Existing(playback_id, {key: state[key] for key in INPUT_KEYS if key in state}, state)
