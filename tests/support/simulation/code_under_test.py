"""The one place where the random schedules touch the code under test: all else knows only the names defined here."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from requests.adapters import BaseAdapter

from pulumi_fastpix.api import retry
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.clock import Clock
from pulumi_fastpix.api.transport import Transport
from pulumi_fastpix.resources.base import Existing
from pulumi_fastpix.resources.live_playback_id.lifecycle import LivePlaybackIdLifecycle
from pulumi_fastpix.resources.live_playback_id.names import ACCESS_POLICY, STREAM_ID
from pulumi_fastpix.resources.names import SEEN_BY
from pulumi_fastpix.resources.workspace import Workspace
from pulumi_fastpix.settings.settings import Settings

outcome_unknown = retry.outcome_unknown


@dataclass(frozen=True)
class PlaybackId:
    """A playback ID as Pulumi stores it; `state` is all that is stored."""

    id: str
    stream_id: str
    access_policy: str
    # Not shown: it has a mark of the sandbox's access token, which is another one in each run.
    state: Mapping[str, Any] = field(repr=False)


class ProviderProcess:
    """What a provider process does for a stack, and below that the single calls it is made of.

    Args:
        settings: credentials and address.
        clock: what to wait by, if not the system's.
        network: what carries the requests, if not the real network.
    """

    def __init__(self, settings: Settings, clock: Clock | None = None, network: BaseAdapter | None = None) -> None:
        self.settings = settings
        self.client = Client(settings, clock, Transport(settings, adapter=network))
        self.clock = self.client.clock
        self._lifecycle = LivePlaybackIdLifecycle(Workspace(self.client))

    @property
    def settling_seconds(self) -> float:
        """How long a stream is watched when the outcome of a create is unknown."""
        return self.settings.retry_for_seconds / 8

    def create(self, stream_id: str, access_policy: str) -> PlaybackId:
        return _stored(self._lifecycle.create({STREAM_ID: stream_id, ACCESS_POLICY: access_policy}))

    def read(self, playback_id: str, state: Mapping[str, Any]) -> PlaybackId | None:
        """A refresh, by all that is stored."""
        existing = self._lifecycle.read(playback_id, state)
        return _stored(existing) if existing else None

    def look_up(self, playback_id: str, stream_id: str) -> PlaybackId | None:
        """A lookup of a program (`LivePlaybackId.get`), which knows the ids only."""
        return self.read(playback_id, {STREAM_ID: stream_id})

    def delete(self, playback_id: str, state: Mapping[str, Any]) -> None:
        self._lifecycle.delete(playback_id, state)

    def close(self) -> None:
        self.client.close()

    def list_once(self, stream_id: str) -> dict[str, str]:
        """The access policies of the stream's playback IDs, by id."""
        return {listed.id: listed.access_policy for listed in self.client.live_streams.get(stream_id).playback_ids}

    def create_once(self, stream_id: str, access_policy: str) -> PlaybackId:
        """Create with a key of its own, and don't deal with a lost response."""
        created = self.client.playback_ids.create(stream_id, access_policy, str(uuid.uuid4()))
        return self.stored(created.id, stream_id, created.access_policy)

    def delete_once(self, stream_id: str, playback_id: str) -> None:
        self.client.playback_ids.delete(stream_id, playback_id)

    def stored(self, playback_id: str, stream_id: str, access_policy: str) -> PlaybackId:
        """A playback ID as this process would store it."""
        inputs = {STREAM_ID: stream_id, ACCESS_POLICY: access_policy}
        return _stored(Existing(playback_id, inputs, {**inputs, SEEN_BY: self.settings.workspace_mark}))


def settings_for(
    access_token_id: str, secret_key: str, base_url: str, deleted_streams: frozenset[str] = frozenset()
) -> Settings:
    """The settings of a provider process.

    Args:
        access_token_id: the id of the access token.
        secret_key: its secret.
        base_url: where the server is.
        deleted_streams: those of which the user has confirmed in the environment that they were deleted.
    """
    return Settings(access_token_id, secret_key, base_url, deleted_streams=deleted_streams)


def without_earlier_ids(error_text: str) -> str:
    """The text of an error without the earlier playback IDs, which it lists as not meant."""
    return re.sub(r", other than .*?, then this run", "", error_text)


def _stored(existing: Existing) -> PlaybackId:
    inputs = existing.inputs
    return PlaybackId(existing.id, inputs[STREAM_ID], inputs[ACCESS_POLICY], existing.state)
