"""Playback IDs in the API: create, read, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from pulumi_fastpix.sandbox.data.records import AccessPolicy, PlaybackId
from pulumi_fastpix.sandbox.errors import PlaybackIdNotFoundError
from pulumi_fastpix.sandbox.fastpix import responses
from pulumi_fastpix.sandbox.fastpix.access_restrictions import RestrictionsBody, restrictions_data
from pulumi_fastpix.sandbox.fastpix.paths import ids_of, stream_of
from pulumi_fastpix.sandbox.fastpix.request_bodies import RequestBody, parse
from pulumi_fastpix.sandbox.fastpix.responses import Body, FastPixResponse, FieldProblem, RefusalError
from pulumi_fastpix.sandbox.fastpix.stream_status import status_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from pulumi_fastpix.sandbox.data.records import Restrictions, Stream
    from pulumi_fastpix.sandbox.data.store import Store
    from pulumi_fastpix.sandbox.fastpix.calls import Call
    from pulumi_fastpix.sandbox.switches import Switches


class PlaybackIdBody(RequestBody):
    """Body of a playback ID's creation; may be `{}`."""

    access_policy: AccessPolicy = "public"
    access_restrictions: RestrictionsBody = Field(default_factory=RestrictionsBody)


def playback_id_data(playback_id: PlaybackId, restrictions: Mapping[str, Restrictions], switches: Switches) -> Body:
    """A playback ID in a response.

    In recorded responses it has exactly two fields, so that it cannot carry a name or a tag. They are older than its
    restrictions, which FastPix's SDKs since 1.2.0 expect too; that they are shown once they were set is our guess.

    Args:
        playback_id: the playback ID.
        restrictions: the restrictions that were ever set, by playback ID.
        switches: among them, when restrictions are shown.
    """
    data: Body = {"id": playback_id.id, "accessPolicy": playback_id.access_policy}
    shown = {"if-set": playback_id.id in restrictions, "always": True, "never": False}
    if shown[switches.access_restrictions]:
        data["accessRestrictions"] = restrictions_data(restrictions.get(playback_id.id, {}))
    return data


class PlaybackIdOperations:
    """Creates, reads and deletes playback IDs."""

    def __init__(self, store: Store, switches: Switches) -> None:
        self._store = store
        self._switches = switches

    def create(self, call: Call) -> Response:
        """`POST …/playback-ids`."""
        body = parse(PlaybackIdBody, call.body, self._switches)
        stream = stream_of(call, self._store, self._switches)
        self._refuse_if_busy(stream)
        if body.access_policy == "private" and self._switches.trial_workspace == "without-private":
            raise _no_private_on_trial()
        limit = self._switches.max_playback_ids
        if limit is not None and len(stream.playback_ids) >= limit:
            raise responses.validation_error([FieldProblem("playbackIds", f"must not be more than {limit}")])
        restrictions = body.access_restrictions.restrictions("accessRestrictions", self._switches)
        playback_ids, workspace = self._store.playback_ids, call.workspace
        key = call.request.headers.get("idempotency-key")
        if key and self._switches.idempotency_key == "replayed":
            made = playback_ids.create_once(
                stream.id, body.access_policy, key, restrictions=restrictions, workspace=workspace
            )
        else:
            new = playback_ids.create(stream.id, body.access_policy, restrictions=restrictions, workspace=workspace)
            made = PlaybackId(new, body.access_policy)
        return FastPixResponse(responses.success(self._data(stream.id, made)), 201)

    def read(self, call: Call) -> Response:
        """`GET …/playback-ids/{playbackId}`."""
        stream_id, playback_id = ids_of(call, call.request.path_params["playback_id"], self._switches)
        try:
            found = self._store.playback_ids.get(stream_id, playback_id, workspace=call.workspace)
        except PlaybackIdNotFoundError:
            raise responses.playback_id_not_found() from None
        return FastPixResponse(responses.success(self._data(stream_id, found)))

    def delete(self, call: Call) -> Response:
        """`DELETE …/playback-ids?playbackId=`."""
        given: list[str | None] = [*call.request.query_params.getlist("playbackId")] or [None]
        if self._switches.repeated_playback_id == "first":
            given = given[:1]
        for one in given:
            _, playback_id = ids_of(call, one, self._switches)
            stream = stream_of(call, self._store, self._switches)
            self._refuse_if_busy(stream)
            self._delete(stream, playback_id, call.workspace)
        return FastPixResponse(responses.success())

    def _delete(self, stream: Stream, playback_id: str, workspace: str) -> None:
        is_last = [one.id for one in stream.playback_ids] == [playback_id]
        if is_last and self._switches.last_playback_id_delete == 400:
            raise _last_playback_id()
        try:
            self._store.playback_ids.delete(stream.id, playback_id, workspace=workspace)
        except PlaybackIdNotFoundError:
            if self._switches.absent_playback_id_delete == 404:
                raise responses.playback_id_not_found() from None

    def _data(self, stream_id: str, playback_id: PlaybackId) -> Body:
        return playback_id_data(playback_id, self._store.playback_ids.restrictions(stream_id), self._switches)

    def _refuse_if_busy(self, stream: Stream) -> None:
        status = status_of(stream, self._switches)
        if self._switches.busy_stream == "refused" and status in {"active", "disabled"}:
            raise _busy_stream(status)


# That FastPix refuses these three requests is our guess, and so are status and texts.


def _last_playback_id() -> RefusalError:
    return RefusalError.plain(400, "playbackId cannot be deleted", "A stream must have at least one playbackId.")


def _busy_stream(status: str) -> RefusalError:
    return RefusalError.plain(400, "playbackIds cannot be changed", f"The requested stream is {status}.")


def _no_private_on_trial() -> RefusalError:
    # The description is that of FastPix's refusal of simulcasts.
    message = "private playbackIds are not available for trial streams"
    return RefusalError.plain(400, message, "Please upgrade plan to continue")
