"""What the live API does with playback IDs: one method per operation, given the workspace of the caller's token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_fastpix.sandbox.data.records import PlaybackId, Rules
from pulumi_fastpix.sandbox.errors import PlaybackIdNotFoundError
from pulumi_fastpix.sandbox.fastpix import answers
from pulumi_fastpix.sandbox.fastpix.answers import FastPixResponse, FieldProblem
from pulumi_fastpix.sandbox.fastpix.appearance import playback_id_body
from pulumi_fastpix.sandbox.fastpix.paths import ids_of, stream_of
from pulumi_fastpix.sandbox.fastpix.request_bodies import PlaybackIdBody, RulesBody, parse

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from pulumi_fastpix.sandbox.data.records import RestrictedBy
    from pulumi_fastpix.sandbox.data.store import Store
    from pulumi_fastpix.sandbox.switches import Switches


class PlaybackIdOperations:
    """Creates, reads, restricts and deletes playback IDs."""

    def __init__(self, store: Store, switches: Switches) -> None:
        self._store = store
        self._switches = switches

    async def create(self, request: Request, workspace: str) -> Response:
        """`POST …/playback-ids`."""
        body = parse(PlaybackIdBody, await request.body(), self._switches)
        stream = stream_of(request, self._store, self._switches, workspace)
        self._refuse_if_busy()
        if body.access_policy == "private" and self._switches.trial_workspace == "without-private":
            raise answers.no_private_on_trial()
        most = self._switches.max_playback_ids
        if most is not None and len(stream.playback_ids) >= most:
            raise answers.validation_error([FieldProblem("playbackIds", f"must not be more than {most}")])
        key = request.headers.get("idempotency-key")
        if key and self._switches.idempotency_key == "replayed":
            made = self._store.playback_ids.create_once(
                stream.id, body.access_policy, key, restrictions=body.restrictions(), workspace=workspace
            )
        else:
            made = PlaybackId(
                self._store.playback_ids.create(
                    stream.id, body.access_policy, restrictions=body.restrictions(), workspace=workspace
                ),
                body.access_policy,
            )
        return FastPixResponse(answers.success(self._body(stream.id, made)), 201)

    async def read(self, request: Request, workspace: str) -> Response:
        """`GET …/playback-ids/{playbackId}`."""
        stream_id, playback_id = ids_of(request, request.path_params["playback_id"], self._switches)
        try:
            found = self._store.playback_ids.get(stream_id, playback_id, workspace=workspace)
        except PlaybackIdNotFoundError:
            raise answers.playback_id_not_found() from None
        return FastPixResponse(answers.success(self._body(stream_id, found)))

    async def restrict_domains(self, request: Request, workspace: str) -> Response:
        """`PATCH …/playback-ids/{playbackId}/domains`."""
        return await self._restrict("domains", request, workspace)

    async def restrict_user_agents(self, request: Request, workspace: str) -> Response:
        """`PATCH …/playback-ids/{playbackId}/user-agents`."""
        return await self._restrict("userAgents", request, workspace)

    async def delete(self, request: Request, workspace: str) -> Response:
        """`DELETE …/playback-ids?playbackId=`."""
        given: list[str | None] = [*request.query_params.getlist("playbackId")] or [None]
        if self._switches.repeated_playback_id == "first":
            given = given[:1]
        for one in given:
            stream_id, playback_id = ids_of(request, one, self._switches)
            self._refuse_if_busy()
            self._delete(stream_id, playback_id, workspace)
        return FastPixResponse(answers.success())

    def _delete(self, stream_id: str, playback_id: str, workspace: str) -> None:
        try:
            self._store.playback_ids.get(stream_id, playback_id, workspace=workspace)
            listed = self._store.playback_ids.list(stream_id, workspace=workspace)
            if len(listed) == 1 and self._switches.last_playback_id_delete == 400:
                raise answers.last_playback_id()
            self._store.playback_ids.delete(stream_id, playback_id, workspace=workspace)
        except PlaybackIdNotFoundError:
            if self._switches.absent_playback_id_delete == 404:
                raise answers.playback_id_not_found() from None

    async def _restrict(self, by: RestrictedBy, request: Request, workspace: str) -> Response:
        body = parse(RulesBody, await request.body(), self._switches)
        stream_id, playback_id = ids_of(request, request.path_params["playback_id"], self._switches)
        now = self._store.playback_ids.restrictions(stream_id).get(playback_id, {}).get(by, Rules())
        rules = body.rules() if self._switches.restrictions_patch == "replaces" else body.merged_into(now)
        try:
            self._store.playback_ids.restrict(stream_id, playback_id, {by: rules}, workspace=workspace)
        except PlaybackIdNotFoundError:
            raise answers.playback_id_not_found() from None
        return FastPixResponse(answers.success(answers.rules_data(rules)))

    def _body(self, stream_id: str, playback_id: PlaybackId) -> answers.Body:
        return playback_id_body(playback_id, self._store.playback_ids.restrictions(stream_id), self._switches)

    def _refuse_if_busy(self) -> None:
        if self._switches.busy_stream == "refused" and self._switches.stream_status in {"active", "disabled"}:
            raise answers.busy_stream(self._switches.stream_status)
