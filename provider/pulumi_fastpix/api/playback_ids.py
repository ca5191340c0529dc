"""Playback IDs of a live stream: `/live/streams/{streamId}/playback-ids`.

Paths, methods and status codes are those of FastPix's OpenAPI specification and SDKs; that DELETE carries the id as a
query parameter is so in every official SDK.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import tenacity

from pulumi_fastpix.api.base import BaseClient
from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.api.live_streams import stream_path
from pulumi_fastpix.api.models import DeletedResponse, PlaybackId, PlaybackIdResponse, Rules, RulesResponse
from pulumi_fastpix.errors import UnexpectedResponseError

PATHS_OF_RULES: Mapping[str, str] = MappingProxyType({"domains": "domains", "userAgents": "user-agents"})
"""The last part of the path by which rules are changed, by their name in `accessRestrictions`."""
UNRESTRICTED: Mapping[str, Any] = MappingProxyType({})


class PlaybackIds:
    """The calls for playback IDs. Without a deadline, reading and deleting are repeated until that of the settings."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def get(self, stream_id: str, playback_id: str, deadline: Deadline | None = None) -> PlaybackId:
        """Read one playback ID.

        Raises:
            NotFoundError: the stream has no such playback ID, or the workspace no such stream.
            FastPixError: it can't be read.
        """
        purpose, deadline = f"read playback ID {playback_id} of stream {stream_id}", deadline or self._client.deadline()
        path = f"{_path(stream_id)}/{quote(playback_id, safe='')}"
        for attempt in self._client.attempts("GET", purpose, deadline):
            with attempt:
                found = self._client.send("GET", path, PlaybackIdResponse, purpose, deadline=deadline).data
                if found.id != playback_id:
                    raise UnexpectedResponseError(
                        f"Could not {purpose}: the response describes another playback ID, {found.id}.", status=200
                    )
        return found

    def create(
        self, stream_id: str, access_policy: str, idempotency_key: str, deadline: Deadline | None = None
    ) -> PlaybackId:
        """Make a playback ID. The request is sent again only after attempts that made nothing.

        Its outcome is unknown if :func:`pulumi_fastpix.api.retry.outcome_unknown` is true of the error.

        Args:
            stream_id: the stream.
            access_policy: the new one's policy.
            idempotency_key: to be the same each time the same create is sent.
            deadline: of the operation that this is a part of.

        Raises:
            FastPixError: nothing was made, or it isn't known.
        """
        for attempt in self.attempts_to_create(stream_id, access_policy, deadline or self._client.deadline()):
            with attempt:
                made = self.create_once(stream_id, access_policy, idempotency_key)
        return made

    def attempts_to_create(
        self, stream_id: str, access_policy: str, deadline: Deadline
    ) -> Iterator[tenacity.AttemptManager]:
        """For whoever has something to do around each attempt: see :meth:`BaseClient.attempts`."""
        return self._client.attempts("POST", _purpose_of_create(stream_id, access_policy), deadline)

    def create_once(
        self,
        stream_id: str,
        access_policy: str,
        idempotency_key: str,
        access_restrictions: Mapping[str, Any] = UNRESTRICTED,
    ) -> PlaybackId:
        """Send the request of :meth:`create` once, inside one of :meth:`attempts_to_create`.

        Args:
            stream_id: see there.
            access_policy: see there.
            idempotency_key: see there.
            access_restrictions: those that it is made with, as FastPix takes them. That they are taken is known from
                one of its SDKs alone; only if the response shows them have they been.
        """
        # Without a deadline: unless its response is waited for, the create is in doubt.
        return self._client.send(
            "POST",
            _path(stream_id),
            PlaybackIdResponse,
            _purpose_of_create(stream_id, access_policy),
            body={
                "accessPolicy": access_policy,
                **({"accessRestrictions": dict(access_restrictions)} if access_restrictions else {}),
            },
            idempotency_key=idempotency_key,
        ).data

    def attempts_to_set_rules(
        self, stream_id: str, playback_id: str, group: str, deadline: Deadline
    ) -> Iterator[tenacity.AttemptManager]:
        """For whoever has to know how each attempt ends: see :meth:`BaseClient.attempts`."""
        return self._client.attempts("PATCH", _purpose_of_rules(stream_id, playback_id, group), deadline)

    def set_rules_once(
        self, stream_id: str, playback_id: str, group: str, rules: Mapping[str, Any], deadline: Deadline
    ) -> Rules:
        """Set the rules for domains or for user agents, and return what FastPix says they are now.

        Args:
            stream_id: the stream.
            playback_id: the playback ID.
            group: one of :data:`PATHS_OF_RULES`.
            rules: all three fields; whether FastPix keeps or resets one that is left out isn't known.
            deadline: of the operation that this is a part of.

        Raises:
            NotFoundError: there is no such playback ID.
            FastPixError: they may have been set, if :func:`pulumi_fastpix.api.retry.outcome_unknown` is true of it.
        """
        purpose = _purpose_of_rules(stream_id, playback_id, group)
        path = f"{_path(stream_id)}/{quote(playback_id, safe='')}/{PATHS_OF_RULES[group]}"
        return self._client.send("PATCH", path, RulesResponse, purpose, body=rules, deadline=deadline).data

    def delete(self, stream_id: str, playback_id: str, deadline: Deadline | None = None) -> None:
        """Delete a playback ID.

        Raises:
            NotFoundError: there is none; perhaps any more, since an earlier attempt may have deleted it.
            FastPixError: it may still exist.
        """
        purpose = f"delete playback ID {playback_id} of stream {stream_id}"
        path, query = _path(stream_id), {"playbackId": playback_id}
        deadline = deadline or self._client.deadline()
        for attempt in self._client.attempts("DELETE", purpose, deadline):
            with attempt:
                self._client.send("DELETE", path, DeletedResponse, purpose, query=query, deadline=deadline)


def _path(stream_id: str) -> str:
    return f"{stream_path(stream_id)}/playback-ids"


def _purpose_of_rules(stream_id: str, playback_id: str, group: str) -> str:
    return f"set the {group} rules of playback ID {playback_id} of stream {stream_id}"


def _purpose_of_create(stream_id: str, access_policy: str) -> str:
    return f"create a {access_policy} playback ID on stream {stream_id}"
