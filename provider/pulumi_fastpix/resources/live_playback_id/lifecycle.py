"""Creating, reading, updating and deleting a playback ID."""

from __future__ import annotations

from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.errors import NotFoundError, PlaybackIdNotFoundError, StreamNotVisibleError, UnexpectedResponseError
from pulumi_fastpix.resources.base import Existing, Values
from pulumi_fastpix.resources.live_playback_id.create import create
from pulumi_fastpix.resources.live_playback_id.inputs import validated_stream_id
from pulumi_fastpix.resources.live_playback_id.names import ACCESS_POLICY, STREAM_ID
from pulumi_fastpix.resources.names import SEEN_BY
from pulumi_fastpix.resources.workspace import Workspace
from pulumi_fastpix.settings.names import DELETED_STREAMS_VARIABLE


class LivePlaybackIdLifecycle:
    """Creates, reads and deletes playback IDs in one workspace. Safe for any number of threads."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._client = workspace.client
        self._settings = workspace.settings

    def create(self, inputs: Values, timeout: float | None = None) -> Existing:
        """Make one playback ID.

        Args:
            inputs: checked inputs, all of them known.
            timeout: seconds it may take instead of what the settings say; 0 counts as None.

        Raises:
            CreateInDoubtError: it can't be known which playback ID was made, or whether one will be; all are named.
            FastPixError: nothing was made.
        """
        stream_id = inputs[STREAM_ID]
        deadline = self._client.deadline(timeout)
        made = create(self._client, self._workspace.tracker(stream_id), inputs[ACCESS_POLICY], deadline)
        return self._existing(stream_id, made)

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
            return self._existing(stream_id, found)
        if seen_by is None:
            raise PlaybackIdNotFoundError(
                f"Could not look up playback ID {playback_id}: stream {stream_id} exists, but has no such playback "
                f"ID. Check the id, or declare a LivePlaybackId to have one made."
            )
        return None

    def update(self, playback_id: str, state: Values, inputs: Values, timeout: float | None = None) -> Existing:
        """Keep what is stored: no input can be changed in place."""
        del timeout
        return Existing(playback_id, dict(inputs), dict(state))

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
        deadline = self._client.deadline(timeout)
        tracker, seen_by = self._workspace.tracker(stream_id), state.get(SEEN_BY)
        if seen_by != self._settings.workspace_mark:
            # Nothing is sent to a workspace that may be the wrong one before it has shown that it has the stream.
            try:
                tracker.shared_list(deadline)
            except NotFoundError as error:
                self._confirm_stream_deleted(stream_id, playback_id, seen_by, error)
                return
        with tracker.deleting(playback_id):
            try:
                self._client.playback_ids.delete(stream_id, playback_id, deadline)
            except NotFoundError as error:
                missing = error
            else:
                return
        # FastPix answers the same 404 whether the stream or the playback ID is missing.
        try:
            stream = tracker.fresh_list(deadline)
        except NotFoundError as error:
            self._confirm_stream_deleted(stream_id, playback_id, seen_by, error)
            return
        if playback_id in stream.by_id:
            raise UnexpectedResponseError(
                f"{missing.happened} FastPix still lists it, however.", "Try again in a while.", status=404
            )

    def _find(self, stream_id: str, playback_id: str, deadline: Deadline) -> PlaybackId | None:
        """The playback ID if it exists, None if that is certain. Raises NotFoundError if the stream isn't there."""
        if listed := self._workspace.tracker(stream_id).shared_list(deadline).by_id.get(playback_id):
            return listed
        try:
            return self._client.playback_ids.get(stream_id, playback_id, deadline)
        except NotFoundError:
            return None

    def _confirm_stream_deleted(
        self, stream_id: str, playback_id: str, seen_by: str | None, error: NotFoundError
    ) -> None:
        """Return if a stream that can't be seen is known to be deleted, with its playback IDs; else raise."""
        if seen_by == self._settings.workspace_mark or stream_id in self._settings.deleted_streams:
            return
        raise StreamNotVisibleError(
            f"Can't tell whether playback ID {playback_id} exists, because its stream {stream_id} can't be seen: "
            f"{error.refusal}. Either the stream was deleted, and the playback ID with it; or the credentials or "
            f"the address ({self._settings.base_url}) belong to another workspace than the one in which this stack "
            f"last saw the stream, where both may still exist. Nothing was changed. If the credentials or the address "
            f"are wrong, use the right ones. Only if you know that the stream was deleted, run the same command once "
            f"with {DELETED_STREAMS_VARIABLE}={stream_id} in the environment."
        ) from None

    def _existing(self, stream_id: str, playback_id: PlaybackId) -> Existing:
        inputs = {STREAM_ID: stream_id, ACCESS_POLICY: playback_id.access_policy}
        return Existing(playback_id.id, inputs, {**inputs, SEEN_BY: self._settings.workspace_mark})
