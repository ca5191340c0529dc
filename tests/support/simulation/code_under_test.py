"""The one place where the random schedules touch the code under test: all else knows only the names defined here.

Killed runs also touch the journal, and what `recover` decides by (`killed_run.py`).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from requests.adapters import BaseAdapter

from pulumi_fastpix.api import retry
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.clock import Clock
from pulumi_fastpix.api.models import Stream
from pulumi_fastpix.api.transport import Transport
from pulumi_fastpix.errors import PartlyDoneError
from pulumi_fastpix.journal.writing import Journal
from pulumi_fastpix.resources.access_restrictions.names import ACCESS_RESTRICTIONS
from pulumi_fastpix.resources.base import NOTHING, Existing, ResourceType
from pulumi_fastpix.resources.lifecycle import Lifecycle
from pulumi_fastpix.resources.live_playback_id import LIVE_PLAYBACK_ID
from pulumi_fastpix.resources.live_playback_id.names import STREAM_ID
from pulumi_fastpix.resources.live_stream import LIVE_STREAM
from pulumi_fastpix.resources.live_stream.names import PLAYBACK_ID
from pulumi_fastpix.resources.names import ACCESS_POLICY, SEEN_BY
from pulumi_fastpix.resources.workspace import Workspace
from pulumi_fastpix.settings.settings import Settings
from support.simulation.groups import (
    NONE,
    SETTINGS,
    Group,
    Groups,
    look_of_stream,
    read_all,
    rules_as_written,
    settings_as_written,
)

outcome_unknown = retry.outcome_unknown

WORKSPACE = "this workspace"
"""The list that has the live streams, as messages call it; all others are called by the id of their stream."""


@dataclass(frozen=True)
class Stored:
    """A stream or a playback ID as Pulumi stores it; `state` is all that is stored, the groups as they are there."""

    id: str
    place: str
    access_policy: str
    groups: Groups
    # Not shown: it has a mark of the sandbox's access token, which is another one in each run.
    state: Mapping[str, Any] = field(repr=False)


class ProviderProcess:
    """What a provider process does for a stack, and below that the single calls it is made of.

    Args:
        settings: credentials and address.
        clock: what to wait by, if not the system's.
        network: what carries the requests, if not the real network.
        journal: notes what is created for a resource whose URN is known.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock | None = None,
        network: BaseAdapter | None = None,
        journal: Journal | None = None,
    ) -> None:
        self.settings = settings
        self.client = Client(settings, clock, Transport(settings, adapter=network))
        self.clock = self.client.clock
        workspace = Workspace(self.client, journal)
        self._playback_ids, self._streams = LIVE_PLAYBACK_ID.lifecycle(workspace), LIVE_STREAM.lifecycle(workspace)

    @property
    def settling_seconds(self) -> float:
        """How long a list is watched when the outcome of a create is unknown."""
        return self.settings.retry_for_seconds / 8

    def create(self, place: str, access_policy: str, declared: Groups = NONE) -> Stored:
        return stored(self._lifecycle(place).create(inputs_of(place, access_policy, declared)))

    def create_for(self, urn: str, place: str, access_policy: str, declared: Groups) -> Stored:
        return stored(self._lifecycle(place).create(inputs_of(place, access_policy, declared), urn=urn))

    def differs(self, state: Mapping[str, Any], declared: Groups) -> bool:
        """Whether a preview shows that these groups are others than the stored ones."""
        place = place_of(state)
        return bool(_resource_type(place).diff(state, inputs_of(place, state[ACCESS_POLICY], declared)).updates)

    def update(self, object_id: str, state: Mapping[str, Any], declared: Groups) -> Stored:
        place = place_of(state)
        return stored(self._lifecycle(place).update(object_id, state, inputs_of(place, state[ACCESS_POLICY], declared)))

    def read(self, object_id: str, state: Mapping[str, Any]) -> Stored | None:
        """A refresh, by all that is stored."""
        existing = self._lifecycle(place_of(state)).read(object_id, state)
        return stored(existing) if existing else None

    def look_up(self, object_id: str, place: str) -> Stored | None:
        """A lookup of a program (`LivePlaybackId.get`), which knows the ids only."""
        return self.read(object_id, NOTHING if place == WORKSPACE else {STREAM_ID: place})

    def delete(self, object_id: str, state: Mapping[str, Any]) -> None:
        self._lifecycle(place_of(state)).delete(object_id, state)

    def close(self) -> None:
        self.client.close()

    def list_once(self, place: str) -> dict[str, str]:
        """The looks of what is in the list, by id; of streams, those on the first page."""
        if place == WORKSPACE:
            streams = self.client.live_streams.newest(50)
            return {one.id: _look(one) for one in streams}
        return {listed.id: listed.access_policy for listed in self.client.live_streams.get(place).playback_ids}

    def create_once(self, place: str, access_policy: str, declared: Groups = NONE) -> Stored:
        """Create with a key of its own, and don't deal with a lost response or with rules that aren't shown."""
        streams, playback_ids, key = self.client.live_streams, self.client.playback_ids, str(uuid.uuid4())
        rules, deadline = rules_as_written(declared), self.client.deadline()
        if place == WORKSPACE:
            policy = {ACCESS_POLICY: access_policy, ACCESS_RESTRICTIONS: rules}
            for attempt in streams.attempts_to_create(deadline):
                with attempt:
                    stream = streams.create_once(policy, settings_as_written(declared), key)
            made = self.as_stored(stream.id, place, access_policy, declared)
            return replace(made, state={**made.state, PLAYBACK_ID: stream.playback_ids[0].id})
        for attempt in playback_ids.attempts_to_create(place, access_policy, deadline):
            with attempt:
                created = playback_ids.create_once(place, access_policy, key, rules)
        return self.as_stored(created.id, place, created.access_policy)

    def set_rules_once(self, object_id: str, state: Mapping[str, Any], group: str, rules: Mapping[str, Any]) -> None:
        """Set a group's rules as they are given, whatever the response shows."""
        calls, place, deadline = self.client.playback_ids, state[STREAM_ID], self.client.deadline()
        for attempt in calls.attempts_to_set_rules(place, object_id, group, deadline):
            with attempt:
                calls.set_rules_once(place, object_id, group, rules, deadline)

    def delete_once(self, place: str, object_id: str) -> None:
        if place == WORKSPACE:
            self.client.live_streams.delete(object_id)
        else:
            self.client.playback_ids.delete(place, object_id)

    def as_stored(self, object_id: str, place: str, access_policy: str, declared: Groups = NONE) -> Stored:
        """An object as this process would store it, but for what FastPix adds."""
        inputs = inputs_of(place, access_policy, declared)
        return stored(Existing(object_id, inputs, {**inputs, SEEN_BY: self.settings.workspace_mark}))

    def with_groups(self, object_id: str, state: Mapping[str, Any], declared: Groups) -> Stored:
        """An object as it is stored, with other groups."""
        kept = {key: value for key, value in state.items() if key not in {ACCESS_RESTRICTIONS, *SETTINGS}}
        changed = self.as_stored(object_id, place_of(state), state[ACCESS_POLICY], declared).state
        return stored(Existing(object_id, {}, {**kept, **changed}))

    def _lifecycle(self, place: str) -> Lifecycle:
        return self._streams if place == WORKSPACE else self._playback_ids


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
    """The text of an error without the earlier ids, which it lists as not meant."""
    return re.sub(r", other than .*?, then this run", "", error_text)


def stored(existing: Existing | PartlyDoneError) -> Stored:
    """What Pulumi stores of an object, or of one that is partly done."""
    state = existing.state
    return Stored(existing.id, place_of(state), state.get(ACCESS_POLICY, ""), groups_of(state), state)


def place_of(state: Mapping[str, Any]) -> str:
    """The list that has an object."""
    return str(state.get(STREAM_ID, WORKSPACE))


def groups_of(state: Mapping[str, Any]) -> Groups:
    """The groups that are stored."""
    return read_all({**state.get(ACCESS_RESTRICTIONS, NOTHING), **state})


def is_in_doubt(state: Stored, group: Group) -> bool:
    """Whether a group is stored so that it differs from all that can be declared.

    That a stream's reconnect window isn't stored stands for its metadata as well.
    """
    if group in SETTINGS:
        return SETTINGS[0] not in state.groups
    return group in state.groups and state.groups[group].default_policy not in {"allow", "deny"}


def needed_keys(place: str) -> set[str]:
    """Without which an object can't be refreshed, finished and deleted."""
    return {ACCESS_POLICY, SEEN_BY} | (set() if place == WORKSPACE else {STREAM_ID})


def inputs_of(place: str, access_policy: str, declared: Groups) -> dict[str, Any]:
    """Checked inputs."""
    rules = rules_as_written(declared)
    given = {ACCESS_POLICY: access_policy, **({ACCESS_RESTRICTIONS: rules} if rules else {})}
    if place == WORKSPACE:
        return LIVE_STREAM.check({**given, **settings_as_written(declared)})[0]
    return {STREAM_ID: place, **given}


def _resource_type(place: str) -> ResourceType:
    return LIVE_STREAM if place == WORKSPACE else LIVE_PLAYBACK_ID


def _look(stream: Stream) -> str:
    policies = [playback_id.access_policy for playback_id in stream.playback_ids]
    shown = stream.details.model_dump(by_alias=True, include={"reconnect_window", "metadata"}) if stream.details else {}
    return look_of_stream("".join(policies), read_all(shown))
