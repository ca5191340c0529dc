"""Creating, reading, updating and deleting a live stream, with the playback ID that FastPix makes with it."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import Any

from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.api.models import PlaybackId, Stream
from pulumi_fastpix.errors import FastPixError, NotFoundError, PlaybackIdNotFoundError
from pulumi_fastpix.journal.noted import NotedCreate
from pulumi_fastpix.resources.access_restrictions.applying import after_create, shown_by
from pulumi_fastpix.resources.access_restrictions.names import ACCESS_RESTRICTIONS
from pulumi_fastpix.resources.access_restrictions.rules import after_reading, as_sent, differing_groups, of_lookup
from pulumi_fastpix.resources.base import NOTHING, Existing, Values
from pulumi_fastpix.resources.exactly_once.accounting import PendingCreate
from pulumi_fastpix.resources.exactly_once.create import Made, Request, create
from pulumi_fastpix.resources.left_over import refuse_left_over
from pulumi_fastpix.resources.live_stream import messages, state
from pulumi_fastpix.resources.live_stream.inputs import settings_differ, validate_ids
from pulumi_fastpix.resources.live_stream.names import (
    INPUT_KEYS,
    METADATA,
    NAME,
    NOT_NAMED,
    PLAYBACK_ID,
    RECONNECT_WINDOW,
)
from pulumi_fastpix.resources.live_stream.updating import Update
from pulumi_fastpix.resources.names import ACCESS_POLICY, SEEN_BY
from pulumi_fastpix.resources.visibility import confirm_stream_deleted
from pulumi_fastpix.resources.workspace import Workspace


class LiveStreamLifecycle:
    """Creates, reads, updates and deletes live streams in one workspace. Safe for any number of threads."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._client = workspace.client
        self._settings = workspace.settings

    def create(self, inputs: Values, timeout: float | None = None, urn: str = "") -> Existing:
        """Make one stream.

        Args:
            inputs: checked inputs, all of them known.
            timeout: seconds it may take instead of what the settings say; 0 counts as None.
            urn: Pulumi's name for the resource, for the journal; empty if it isn't known.

        Raises:
            LeftOverError: a run that was killed has made it already.
            CreateInDoubtError: it can't be known which stream was made, or whether one will be; all are named.
            PartlyDoneError: it was made, but FastPix hasn't confirmed that it is as declared.
            FastPixError: nothing was made.
        """
        declared = inputs.get(ACCESS_RESTRICTIONS, NOTHING)
        sent = {group: as_sent(declared, group) for group in declared}
        playback = {ACCESS_POLICY: inputs[ACCESS_POLICY], **({ACCESS_RESTRICTIONS: sent} if sent else {})}
        media = _as_media_settings(inputs)
        deadline, idempotency_key = self._client.deadline(timeout), str(uuid.uuid4())
        self._refuse_left_over(urn, deadline)
        pending = PendingCreate(state.kind_of(inputs), restricts=frozenset(sent))
        kind, mark = state.digest_of(pending.kind), self._settings.workspace_mark
        noted = NotedCreate(idempotency_key, urn, NAME, mark, kind=kind, restricts=tuple(sent))
        with self._workspace.journal.creating(noted) as noting:
            request = Request(
                self._client.live_streams.attempts_to_create,
                lambda: self._client.live_streams.create_once(playback, media, idempotency_key),
                noting,
            )
            with self._workspace.in_doubt.sending(urn, pending):
                made = create(self._client, self._workspace.streams, pending, request, deadline)
            return self._as_declared(made, inputs, deadline)

    def _as_declared(self, made: Made[Stream], inputs: Values, deadline: Deadline) -> Existing:
        """What a create has made, once FastPix has shown that it is as declared.

        Raises:
            PartlyDoneError: it hasn't.
        """
        stream, declared = made.listed, inputs.get(ACCESS_RESTRICTIONS, NOTHING)
        if not stream.playback_ids:
            # It may come late.
            with suppress(FastPixError):
                stream = self._workspace.tracker(stream.id).fresh_list(deadline)
        born_with = stream.playback_ids[0] if len(stream.playback_ids) == 1 else None
        shown = shown_by(born_with.access_restrictions) if born_with else {}
        known = after_create(declared, shown, made.may_be_restricted)
        stored = self._state(stream, born_with, inputs, known)
        if stream.details is None:
            # Without a window, the next update sends it, whatever it is.
            raise messages.not_understood(stream.id, {key: stored[key] for key in stored if key != RECONNECT_WINDOW})
        if others := state.differing_settings(stored, inputs):
            raise messages.of_other_settings(stream.id, others, stored)
        if born_with is None:
            if known:
                raise messages.made_without_playback_id(stream.id, stored)
            messages.warn_of_unknown_playback_id(stream.id)
            return state.existing(stream.id, stored)
        applied = self._update(stream.id, deadline).restrict(born_with.id, known, declared)
        stored = state.with_restrictions(stored, applied.restrictions)
        if applied.failures:
            raise messages.made_without_restrictions(stream.id, stored, applied.failures)
        return state.existing(stream.id, stored)

    def read(self, stream_id: str, props: Values) -> Existing | None:
        """Read a stream that is in the state, or look one up by id.

        Args:
            stream_id: its id.
            props: its state; for a lookup (`LiveStream.get`) only what the program gave.

        Returns:
            None if it is in the state, and confirmed to be deleted.

        Raises:
            InvalidInputError: an id is invalid, or an import doesn't say which of several playback IDs came with it.
            NotFoundError: a lookup found nothing.
            StreamNotVisibleError: it may have been deleted, or is looked for in the wrong place.
        """
        validate_ids(stream_id, props.get(PLAYBACK_ID) or None)
        seen_by, deadline = props.get(SEEN_BY), self._client.deadline()
        try:
            stream = self._workspace.stream(stream_id, deadline)
        except NotFoundError as error:
            if seen_by is None:
                raise
            confirm_stream_deleted(self._settings, stream_id, None, seen_by, error)
            return None
        if stream.details is None:
            raise state.not_understood(stream_id)
        if seen_by is None:
            born_with = _looked_up(stream, props.get(PLAYBACK_ID))
            restrictions = of_lookup(shown_by(born_with.access_restrictions)) if born_with else {}
            found = {METADATA: NOTHING} if stream.details.metadata else NOTHING
            return state.existing(stream_id, self._state(stream, born_with, found, restrictions))
        born_with = self._still_there(stream, props.get(PLAYBACK_ID), deadline)
        restrictions = props.get(ACCESS_RESTRICTIONS, NOTHING)
        if born_with:
            restrictions = after_reading(restrictions, shown_by(born_with.access_restrictions))
        return state.existing(stream_id, self._state(stream, born_with, props, restrictions))

    def update(self, stream_id: str, stored: Values, inputs: Values, timeout: float | None = None) -> Existing:
        """Change reconnect window and metadata, and the access restrictions of the playback ID that came with it.

        Args:
            stream_id: its id.
            stored: what is stored of it.
            inputs: checked inputs, all of them known.
            timeout: seconds it may take instead of what the settings say; 0 counts as None.

        Raises:
            InvalidInputError: an id is invalid, or there is no playback ID to restrict.
            StreamNotVisibleError: it may have been deleted, or is looked for in the wrong place.
            PartlyDoneError: some of it was changed, or may have been.
            FastPixError: nothing was.
        """
        playback_id = stored.get(PLAYBACK_ID)
        validate_ids(stream_id, playback_id)
        restrictions, declared = (one.get(ACCESS_RESTRICTIONS, NOTHING) for one in (stored, inputs))
        differing = differing_groups(restrictions, declared)
        if playback_id is None and any(group in declared for group in differing):
            raise messages.nothing_to_restrict(stream_id)
        now = state.with_restrictions(stored, declared)
        if not settings_differ(stored, inputs) and not differing:
            return state.existing(stream_id, dict(now))
        deadline = self._client.deadline(timeout)
        if stored.get(SEEN_BY) != self._settings.workspace_mark:
            # The workspace has to show that it has the stream before anything is sent there.
            try:
                self._workspace.tracker(stream_id).shared_list(deadline)
            except NotFoundError as error:
                confirm_stream_deleted(self._settings, stream_id, None, stored.get(SEEN_BY), error)
                raise
        update, failures = self._update(stream_id, deadline), []
        if playback_id is not None:
            applied = update.restrict(playback_id, restrictions, declared)
            now, failures = state.with_restrictions(stored, applied.restrictions), list(applied.failures)
        if settings_differ(stored, inputs) and not update.is_in_doubt(failures):
            now, failure = update.change_settings(now, inputs)
            failures += [failure] if failure else []
        if failures:
            raise messages.not_updated(stream_id, stored, state.without_old_values(stored, now, inputs), failures)
        return state.existing(stream_id, dict(now))

    def delete(self, stream_id: str, stored: Values, timeout: float | None = None) -> None:
        """Delete a stream and its playback IDs; one that is confirmed to be deleted already is no error.

        Args:
            stream_id: its id.
            stored: what is stored of it.
            timeout: seconds it may take instead of what the settings say; 0 counts as None.

        Raises:
            InvalidInputError: its id is invalid.
            StreamNotVisibleError: it may have been deleted, or is looked for in the wrong place.
            FastPixError: it may still exist.
        """
        validate_ids(stream_id)
        deadline, seen_by = self._client.deadline(timeout), stored.get(SEEN_BY)
        tracker = self._workspace.tracker(stream_id)
        try:
            with (
                self._workspace.deletions.deleting(stream_id),
                self._workspace.streams.deleting(stream_id),
                tracker.changing(),
            ):
                if seen_by != self._settings.workspace_mark:
                    # Nothing is sent to a workspace that may be the wrong one before it has shown that it has it.
                    tracker.shared_list(deadline)
                    seen_by = self._settings.workspace_mark  # what it lacks from now on was deleted
                self._client.live_streams.delete(stream_id, deadline)
        except NotFoundError as error:
            confirm_stream_deleted(self._settings, stream_id, None, seen_by, error)

    def _refuse_left_over(self, urn: str, deadline: Deadline) -> None:
        refuse_left_over(
            self._workspace.journal,
            urn,
            lambda left: bool(self._client.live_streams.get(left.id, deadline)),
            what="live stream",
            delete=lambda left: f"delete the live stream {left.id} at FastPix",
        )

    def _update(self, stream_id: str, deadline: Deadline) -> Update:
        return Update(self._client, self._workspace.tracker(stream_id), stream_id, deadline)

    def _still_there(self, stream: Stream, playback_id: str | None, deadline: Deadline) -> PlaybackId | None:
        """The playback ID that came with a stream, unless it was deleted."""
        if playback_id is None:
            return None
        if listed := stream.by_id.get(playback_id):
            return listed
        try:
            return self._client.playback_ids.get(stream.id, playback_id, deadline)
        except NotFoundError:
            messages.warn_of_missing_playback_id(stream.id, playback_id)
            return None

    def _state(
        self, stream: Stream, born_with: PlaybackId | None, known: Values, restrictions: Values
    ) -> dict[str, Any]:
        return state.of_stream(stream, born_with, known, restrictions, self._settings.workspace_mark)


def _looked_up(stream: Stream, playback_id: str | None) -> PlaybackId | None:
    """The playback ID that came with a stream: the one that is named, or for an import, which names none, the only one.

    A lookup of a program names one or an empty string. With the only one, its outputs would change with the second.
    """
    if playback_id == NOT_NAMED:
        return None
    if playback_id is not None:
        if found := stream.by_id.get(playback_id):
            return found
        raise PlaybackIdNotFoundError(f"Live stream {stream.id} has no playback ID {playback_id}. Check the id.")
    if len(stream.playback_ids) > 1:
        raise messages.which_playback_id(stream.id, list(stream.by_id))
    return stream.playback_ids[0] if stream.playback_ids else None


def _as_media_settings(inputs: Values) -> dict[str, Any]:
    """The inputs as FastPix takes them in `inputMediaSettings`. Pulumi's numbers are floats."""
    keys = [key for key in INPUT_KEYS if key in inputs and key not in (ACCESS_POLICY, ACCESS_RESTRICTIONS)]
    settings = {key: inputs[key] for key in keys}
    settings[RECONNECT_WINDOW] = int(settings[RECONNECT_WINDOW])
    if not settings.get(METADATA):
        settings.pop(METADATA, None)
    return settings
