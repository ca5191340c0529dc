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
from pulumi_fastpix.errors import PartlyDoneError
from pulumi_fastpix.resources.access_restrictions.names import ACCESS_RESTRICTIONS
from pulumi_fastpix.resources.base import NOTHING, Existing
from pulumi_fastpix.resources.live_playback_id.inputs import diff
from pulumi_fastpix.resources.live_playback_id.lifecycle import LivePlaybackIdLifecycle
from pulumi_fastpix.resources.live_playback_id.names import ACCESS_POLICY, STREAM_ID
from pulumi_fastpix.resources.names import SEEN_BY
from pulumi_fastpix.resources.workspace import Workspace
from pulumi_fastpix.sandbox.data.records import Restrictions
from pulumi_fastpix.settings.settings import Settings
from support.simulation.rules import NONE, as_written, read_all

outcome_unknown = retry.outcome_unknown


@dataclass(frozen=True)
class PlaybackId:
    """A playback ID as Pulumi stores it; `state` is all that is stored, the access restrictions as they are there."""

    id: str
    stream_id: str
    access_policy: str
    restrictions: Restrictions
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

    def create(self, stream_id: str, access_policy: str, restrictions: Restrictions = NONE) -> PlaybackId:
        return stored(self._lifecycle.create(_inputs(stream_id, access_policy, restrictions)))

    def differs(self, state: Mapping[str, Any], restrictions: Restrictions) -> bool:
        """Whether a preview shows that these access restrictions are others than the stored ones."""
        return bool(diff(state, _inputs(state[STREAM_ID], state[ACCESS_POLICY], restrictions)).updates)

    def update(self, playback_id: str, state: Mapping[str, Any], restrictions: Restrictions) -> PlaybackId:
        inputs = _inputs(state[STREAM_ID], state[ACCESS_POLICY], restrictions)
        return stored(self._lifecycle.update(playback_id, state, inputs))

    def read(self, playback_id: str, state: Mapping[str, Any]) -> PlaybackId | None:
        """A refresh, by all that is stored."""
        existing = self._lifecycle.read(playback_id, state)
        return stored(existing) if existing else None

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

    def create_once(self, stream_id: str, access_policy: str, restrictions: Restrictions = NONE) -> PlaybackId:
        """Create with a key of its own, and don't deal with a lost response or with rules that aren't shown."""
        calls, rules, key = self.client.playback_ids, as_written(restrictions), str(uuid.uuid4())
        for attempt in calls.attempts_to_create(stream_id, access_policy, self.client.deadline()):
            with attempt:
                created = calls.create_once(stream_id, access_policy, key, rules)
        return self.as_stored(created.id, stream_id, created.access_policy)

    def set_rules_once(self, playback_id: str, state: Mapping[str, Any], group: str, rules: Mapping[str, Any]) -> None:
        """Set a group's rules as they are given, whatever the response shows."""
        calls, stream_id, deadline = self.client.playback_ids, state[STREAM_ID], self.client.deadline()
        for attempt in calls.attempts_to_set_rules(stream_id, playback_id, group, deadline):
            with attempt:
                calls.set_rules_once(stream_id, playback_id, group, rules, deadline)

    def delete_once(self, stream_id: str, playback_id: str) -> None:
        self.client.playback_ids.delete(stream_id, playback_id)

    def as_stored(
        self, playback_id: str, stream_id: str, access_policy: str, restrictions: Restrictions = NONE
    ) -> PlaybackId:
        """A playback ID as this process would store it."""
        inputs = _inputs(stream_id, access_policy, restrictions)
        return stored(Existing(playback_id, inputs, {**inputs, SEEN_BY: self.settings.workspace_mark}))

    def with_rules(self, playback_id: str, state: Mapping[str, Any], restrictions: Restrictions) -> PlaybackId:
        """A playback ID as it is stored, with other access restrictions."""
        return self.as_stored(playback_id, state[STREAM_ID], state[ACCESS_POLICY], restrictions)

    def stored_rules(self, state: Mapping[str, Any]) -> Restrictions:
        return read_all(state.get(ACCESS_RESTRICTIONS, NOTHING))


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


def stored(existing: Existing | PartlyDoneError) -> PlaybackId:
    """What Pulumi stores of an object, or of one that is partly done."""
    state = existing.state
    restrictions = read_all(state.get(ACCESS_RESTRICTIONS, NOTHING))
    return PlaybackId(existing.id, state[STREAM_ID], state[ACCESS_POLICY], restrictions, state)


def _inputs(stream_id: str, access_policy: str, restrictions: Restrictions) -> dict[str, Any]:
    given = {ACCESS_RESTRICTIONS: as_written(restrictions)} if restrictions else {}
    return {STREAM_ID: stream_id, ACCESS_POLICY: access_policy, **given}
