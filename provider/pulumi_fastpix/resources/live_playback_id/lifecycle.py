"""What check, diff, create, read, update and delete mean for a playback ID. Knows no Pulumi.

Any front door that speaks Pulumi's protocol adapts this module, so that no rule exists twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.deadline import Patience
from pulumi_fastpix.api.ids import problem_of_id
from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.errors import (
    InvalidInputError,
    NotFoundError,
    PlaybackIdNotFoundError,
    StreamNotVisibleError,
    UnexpectedAnswerError,
)
from pulumi_fastpix.resources.base import Change, Existing, Unknown
from pulumi_fastpix.resources.live_playback_id import create as exactly_once
from pulumi_fastpix.resources.live_playback_id.names import ACCESS_POLICY, INPUT_KEYS, STREAM_ID
from pulumi_fastpix.resources.names import SEEN_BY
from pulumi_fastpix.resources.tracking.tracker import StreamLedger
from pulumi_fastpix.settings.names import GONE_STREAMS_VARIABLE


def diff(olds: Mapping[str, Any], news: Mapping[str, Any], *, same_door: bool = True) -> Change:
    """Compare the stored state with checked inputs. A value not known yet counts as a change.

    FastPix has no call that changes an access policy or moves a playback ID to another stream.
    """
    replaces = tuple(key for key in INPUT_KEYS if isinstance(news.get(key), Unknown) or news.get(key) != olds.get(key))
    return Change(replaces=replaces, moves=not replaces and not same_door)


class Lifecycle:
    """Creates, reads and deletes playback IDs in one workspace. Safe for any number of threads."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._settings = client.settings
        self._ledgers: dict[str, StreamLedger] = {}

    def create(self, inputs: Mapping[str, Any], timeout: float | None = None) -> Existing:
        """Make one playback ID.

        Args:
            inputs: checked inputs, all of them known.
            timeout: seconds it may take instead of what the settings say; 0 counts as None.

        Raises:
            CreateInDoubtError: it can't be known which playback ID was made, or whether one will be; all are named.
            FastPixError: nothing was made.
        """
        stream_id = inputs[STREAM_ID]
        patience = self._client.patience(timeout)
        made = exactly_once.create(self._client, self._ledger(stream_id), inputs[ACCESS_POLICY], patience)
        return self._existing(stream_id, made)

    def read(self, playback_id: str, props: Mapping[str, Any]) -> Existing | None:
        """Read a playback ID that is in the state, or look one up by id.

        Args:
            playback_id: its id.
            props: its state; for a lookup (`LivePlaybackId.get`) only what the program gave.

        Returns:
            None if it is in the state, and confirmed to be gone.

        Raises:
            InvalidInputError: an id can't be right.
            PlaybackIdNotFoundError: a lookup found nothing.
            StreamNotVisibleError: the stream may have been deleted, or is looked for in the wrong place.
        """
        stream_id = _validated(playback_id, props.get(STREAM_ID))
        seen_by = props.get(SEEN_BY)
        patience = self._client.patience()
        try:
            found = self._find(stream_id, playback_id, patience)
        except NotFoundError as error:
            if seen_by is None:
                raise
            self._confirm_stream_gone(stream_id, playback_id, seen_by, error)
            return None
        if found is not None:
            return self._existing(stream_id, found)
        if seen_by is None:
            raise PlaybackIdNotFoundError(
                f"Could not look up playback ID {playback_id}: stream {stream_id} exists, but has no such playback "
                f"ID. Check the id, or declare a LivePlaybackId to have one made."
            )
        return None

    def delete(self, playback_id: str, state: Mapping[str, Any], timeout: float | None = None) -> None:
        """Delete a playback ID; one that is confirmed to be gone already is no error.

        Args:
            playback_id: its id.
            state: what is stored of it.
            timeout: seconds it may take instead of what the settings say; 0 counts as None.

        Raises:
            InvalidInputError: an id can't be right.
            StreamNotVisibleError: the stream may have been deleted, or is looked for in the wrong place.
            FastPixError: it may still exist.
        """
        stream_id = _validated(playback_id, state.get(STREAM_ID))
        patience = self._client.patience(timeout)
        ledger, seen_by = self._ledger(stream_id), state.get(SEEN_BY)
        if seen_by != self._settings.workspace_mark:
            # Nothing is sent to a workspace that may be the wrong one before it has shown that it has the stream.
            try:
                ledger.shared_list(patience)
            except NotFoundError as error:
                self._confirm_stream_gone(stream_id, playback_id, seen_by, error)
                return
        with ledger.deleting(playback_id):
            try:
                self._client.delete_playback_id(stream_id, playback_id, patience)
            except NotFoundError as error:
                missing = error
            else:
                return
        # FastPix answers the same 404 whether the stream or the playback ID is missing.
        try:
            stream = ledger.fresh_list(patience)
        except NotFoundError as error:
            self._confirm_stream_gone(stream_id, playback_id, seen_by, error)
            return
        if playback_id in stream.by_id:
            raise UnexpectedAnswerError(
                f"{missing.happened} Yet FastPix still lists it.", "Try again in a while.", status=404
            )

    def cancel(self) -> None:
        """Let what is under way end, and refuse to begin anything that changes FastPix."""
        self._client.cancel()

    def _find(self, stream_id: str, playback_id: str, patience: Patience) -> PlaybackId | None:
        """The playback ID if it exists, None if that is certain. Raises NotFoundError if the stream isn't there."""
        if listed := self._ledger(stream_id).shared_list(patience).by_id.get(playback_id):
            return listed
        try:
            return self._client.playback_id(stream_id, playback_id, patience)
        except NotFoundError:
            return None

    def _confirm_stream_gone(self, stream_id: str, playback_id: str, seen_by: str | None, error: NotFoundError) -> None:
        """Return if a stream that can't be seen is known to be deleted, with its playback IDs; else raise."""
        if seen_by == self._settings.workspace_mark or stream_id in self._settings.gone_streams:
            return
        raise StreamNotVisibleError(
            f"Can't tell whether playback ID {playback_id} exists, because its stream {stream_id} can't be seen: "
            f"{error.refusal}. Either the stream was deleted, and the playback ID with it; or the credentials or "
            f"the address ({self._settings.base_url}) belong to another workspace than the one in which this stack "
            f"last saw the stream, where both may be alive. Nothing was changed. In the second case use the right "
            f"credentials and address. Only if you know that the stream was deleted, run the same command once "
            f"with {GONE_STREAMS_VARIABLE}={stream_id} in the environment."
        ) from None

    def _ledger(self, stream_id: str) -> StreamLedger:
        # setdefault is atomic: two threads get the same one.
        return self._ledgers.setdefault(stream_id, StreamLedger(self._client, stream_id))

    def _existing(self, stream_id: str, playback_id: PlaybackId) -> Existing:
        inputs = {STREAM_ID: stream_id, ACCESS_POLICY: playback_id.access_policy}
        return Existing(playback_id.id, inputs, {**inputs, SEEN_BY: self._settings.workspace_mark})


def _validated(playback_id: object, stream_id: object) -> str:
    """The stream id, once both ids may be right. No check runs before a lookup, so this is the place."""
    problems = [
        problem
        for problem in (problem_of_id("a playback ID", playback_id), problem_of_id("a stream ID", stream_id))
        if problem
    ]
    if problems:
        raise InvalidInputError(f"The playback ID or its stream can't be right: {'; '.join(problems)}.")
    return str(stream_id)
