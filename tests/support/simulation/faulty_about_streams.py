"""Providers that each do one thing wrong about streams, to show that random schedules find it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from support.simulation.code_under_test import WORKSPACE, ProviderProcess, Stored, place_of
from support.simulation.groups import NONE, Groups


def with_streams_only(provider: type[ProviderProcess]) -> type[ProviderProcess]:
    """The same provider, which does nothing wrong with playback IDs."""

    class WithStreamsOnly(provider):  # type: ignore[misc,valid-type]  # a class that is a value
        def create(self, place: str, access_policy: str, declared: Groups = NONE) -> Stored:
            of = provider if place == WORKSPACE else ProviderProcess
            return of.create(self, place, access_policy, declared)

        def update(self, object_id: str, state: Mapping[str, Any], declared: Groups) -> Stored:
            of = provider if place_of(state) == WORKSPACE else ProviderProcess
            return of.update(self, object_id, state, declared)

        def read(self, object_id: str, state: Mapping[str, Any]) -> Stored | None:
            of = provider if place_of(state) == WORKSPACE else ProviderProcess
            return of.read(self, object_id, state)

        def delete(self, object_id: str, state: Mapping[str, Any]) -> None:
            of = provider if place_of(state) == WORKSPACE else ProviderProcess
            of.delete(self, object_id, state)

    return WithStreamsOnly


class TellsTheStreamKey(ProviderProcess):
    def update(self, object_id: str, state: Mapping[str, Any], declared: Groups) -> Stored:
        print(state.get("streamKey"), file=sys.stderr)
        return super().update(object_id, state, declared)


class ClearsUndeclaredMetadata(ProviderProcess):
    def update(self, object_id: str, state: Mapping[str, Any], declared: Groups) -> Stored:
        if place_of(state) != WORKSPACE or "metadata" in declared:
            return super().update(object_id, state, declared)
        updated = super().update(object_id, state, {**declared, "metadata": ()})
        return self.with_groups(object_id, updated.state, declared)


class TakesPlaybackIdsForDeletedToo(ProviderProcess):
    """Without waiting for the response to the delete of their stream."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.deleted: set[str] = set()

    def delete(self, object_id: str, state: Mapping[str, Any]) -> None:
        if place_of(state) in self.deleted:
            return
        self.deleted.add(object_id)
        super().delete(object_id, state)
