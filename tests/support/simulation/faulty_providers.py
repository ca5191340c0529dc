"""Providers that each do one thing wrong, to show that random schedules find it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_fastpix.errors import (
    CreateInDoubtError,
    FastPixError,
    NoResponseError,
    NotFoundError,
    RefusedError,
    StreamNotVisibleError,
)
from pulumi_fastpix.sandbox.data.records import Restrictions
from support.simulation.code_under_test import PlaybackId, ProviderProcess, outcome_unknown
from support.simulation.rules import NONE


@dataclass
class LostCreate:
    """A create whose response was lost, and the playback IDs that the stream had before."""

    stream_id: str
    access_policy: str
    before: Mapping[str, str]
    failure: FastPixError

    @property
    def in_doubt(self) -> CreateInDoubtError:
        return CreateInDoubtError(f"{self.access_policy} {self.stream_id}")


class IgnoresLostResponses(ProviderProcess):
    """Creates as if no response could be lost. Those below deal with a lost one, but wrongly."""

    def create(self, stream_id: str, access_policy: str, restrictions: Restrictions = NONE) -> PlaybackId:
        before = self.list_once(stream_id)
        try:
            created = self.create_once(stream_id, access_policy)
        except FastPixError as failure:
            if not outcome_unknown(failure):
                raise
            created = self.resolve(LostCreate(stream_id, access_policy, before, failure))
        return self.update(created.id, created.state, restrictions)

    def resolve(self, lost: LostCreate) -> PlaybackId:
        raise lost.failure

    def listed(self, lost: LostCreate) -> list[PlaybackId]:
        """The playback IDs that it could have created, by their policy."""
        listed = self.list_once(lost.stream_id).items()
        return [self.as_stored(one, lost.stream_id, policy) for one, policy in listed if policy == lost.access_policy]

    def appeared(self, lost: LostCreate) -> list[PlaybackId]:
        """Those of them that are new, after a while."""
        self.clock.sleep(15)
        return [one for one in self.listed(lost) if one.id not in lost.before]


class RepeatsTheCreate(IgnoresLostResponses):
    def resolve(self, lost: LostCreate) -> PlaybackId:
        return self.create_once(lost.stream_id, lost.access_policy)


class ClaimsAnyListedId(IgnoresLostResponses):
    def resolve(self, lost: LostCreate) -> PlaybackId:
        for one in self.listed(lost):
            print(one.id, file=sys.stderr)
            return one
        raise lost.failure


class ClaimsAtOnce(IgnoresLostResponses):
    def resolve(self, lost: LostCreate) -> PlaybackId:
        for one in self.listed(lost):
            if one.id not in lost.before:
                print(one.id, file=sys.stderr)
                return one
        raise lost.in_doubt


class ClaimsWithoutAnnouncing(IgnoresLostResponses):
    def resolve(self, lost: LostCreate) -> PlaybackId:
        for one in self.appeared(lost):
            return one
        raise lost.in_doubt


class ClaimsWhatAnotherCreateClaims(IgnoresLostResponses):
    def resolve(self, lost: LostCreate) -> PlaybackId:
        for one in self.appeared(lost):
            print(one.id, file=sys.stderr)
            return one
        raise lost.in_doubt


class DoesNotWait(IgnoresLostResponses):
    def resolve(self, lost: LostCreate) -> PlaybackId:
        raise lost.in_doubt


class NamesNoIds(IgnoresLostResponses):
    def resolve(self, lost: LostCreate) -> PlaybackId:
        self.appeared(lost)
        raise lost.in_doubt


class DeletesWhatAppeared(IgnoresLostResponses):
    def resolve(self, lost: LostCreate) -> PlaybackId:
        for one in self.appeared(lost):
            self.delete_once(lost.stream_id, one.id)
        raise lost.failure


class TakesAnOutageForADeletion(ProviderProcess):
    def read(self, playback_id: str, state: Mapping[str, Any]) -> PlaybackId | None:
        try:
            return super().read(playback_id, state)
        except (RefusedError, NoResponseError):
            return None


class TakesAnotherWorkspaceForADeletion(ProviderProcess):
    def read(self, playback_id: str, state: Mapping[str, Any]) -> PlaybackId | None:
        try:
            return super().read(playback_id, state)
        except StreamNotVisibleError:
            return None

    def delete(self, playback_id: str, state: Mapping[str, Any]) -> None:
        try:
            super().delete(playback_id, state)
        except (NotFoundError, StreamNotVisibleError):
            return


class NeverReadsAgain(ProviderProcess):
    """Reports what it has created as existing for ever."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.created: dict[str, PlaybackId] = {}

    def create(self, stream_id: str, access_policy: str, restrictions: Restrictions = NONE) -> PlaybackId:
        created = super().create(stream_id, access_policy, restrictions)
        return self.created.setdefault(created.id, created)

    def read(self, playback_id: str, state: Mapping[str, Any]) -> PlaybackId | None:
        return self.created.get(playback_id) or super().read(playback_id, state)


class FailsEveryRead(ProviderProcess):
    def read(self, playback_id: str, state: Mapping[str, Any]) -> PlaybackId | None:
        raise NoResponseError(f"{playback_id} {state}")


class NeverNotifies(ProviderProcess):
    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.condition = self.clock.condition()
        self.busy = False

    def create(self, stream_id: str, access_policy: str, restrictions: Restrictions = NONE) -> PlaybackId:
        with self.condition:
            self.condition.wait_for(lambda: not self.busy)
            self.busy = True
        try:
            return super().create(stream_id, access_policy, restrictions)
        finally:
            self.busy = False


class SendsWhileItHoldsACondition(ProviderProcess):
    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.condition = self.clock.condition()

    def create(self, stream_id: str, access_policy: str, restrictions: Restrictions = NONE) -> PlaybackId:
        with self.condition:
            return super().create(stream_id, access_policy, restrictions)
