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
from support.simulation.code_under_test import WORKSPACE, ProviderProcess, Stored, outcome_unknown
from support.simulation.groups import NONE, SETTINGS, Groups, look_of_stream


@dataclass
class LostCreate:
    """A create whose response was lost, and what its list had before."""

    place: str
    access_policy: str
    settings: Groups
    before: Mapping[str, str]
    failure: FastPixError

    @property
    def in_doubt(self) -> CreateInDoubtError:
        return CreateInDoubtError(f"{self.look} live stream {self.place}")

    @property
    def look(self) -> str:
        is_stream = self.place == WORKSPACE
        return look_of_stream(self.access_policy, self.settings) if is_stream else self.access_policy


class IgnoresLostResponses(ProviderProcess):
    """Creates as if no response could be lost. Those below deal with a lost one, but wrongly."""

    def create(self, place: str, access_policy: str, declared: Groups = NONE) -> Stored:
        before, settings = self.list_once(place), {group: declared[group] for group in SETTINGS if group in declared}
        try:
            created = self.create_once(place, access_policy, settings)
        except FastPixError as failure:
            if not outcome_unknown(failure):
                raise
            created = self.resolve(LostCreate(place, access_policy, settings, before, failure))
        return self.update(created.id, created.state, declared)

    def resolve(self, lost: LostCreate) -> Stored:
        raise lost.failure

    def listed(self, lost: LostCreate) -> list[Stored]:
        """What it could have created, as far as that can be told."""
        listed = self.list_once(lost.place).items()
        alike = (one for one, look in listed if look == lost.look)
        return [self.as_stored(one, lost.place, lost.access_policy, lost.settings) for one in alike]

    def appeared(self, lost: LostCreate) -> list[Stored]:
        """Those of them that are new, after a while."""
        self.clock.sleep(15)
        return [one for one in self.listed(lost) if one.id not in lost.before]


class RepeatsTheCreate(IgnoresLostResponses):
    def resolve(self, lost: LostCreate) -> Stored:
        return self.create_once(lost.place, lost.access_policy, lost.settings)


class ClaimsAnyListedId(IgnoresLostResponses):
    def resolve(self, lost: LostCreate) -> Stored:
        for one in self.listed(lost):
            print(one.id, file=sys.stderr)
            return one
        raise lost.failure


class ClaimsAtOnce(IgnoresLostResponses):
    def resolve(self, lost: LostCreate) -> Stored:
        for one in self.listed(lost):
            if one.id not in lost.before:
                print(one.id, file=sys.stderr)
                return one
        raise lost.in_doubt


class ClaimsWithoutAnnouncing(IgnoresLostResponses):
    def resolve(self, lost: LostCreate) -> Stored:
        for one in self.appeared(lost):
            return one
        raise lost.in_doubt


class ClaimsWhatAnotherCreateClaims(IgnoresLostResponses):
    def resolve(self, lost: LostCreate) -> Stored:
        for one in self.appeared(lost):
            print(one.id, file=sys.stderr)
            return one
        raise lost.in_doubt


class DoesNotWait(IgnoresLostResponses):
    def resolve(self, lost: LostCreate) -> Stored:
        raise lost.in_doubt


class NamesNoIds(IgnoresLostResponses):
    def resolve(self, lost: LostCreate) -> Stored:
        self.appeared(lost)
        raise lost.in_doubt


class DeletesWhatAppeared(IgnoresLostResponses):
    def resolve(self, lost: LostCreate) -> Stored:
        for one in self.appeared(lost):
            self.delete_once(lost.place, one.id)
        raise lost.failure


class TakesAnOutageForADeletion(ProviderProcess):
    def read(self, object_id: str, state: Mapping[str, Any]) -> Stored | None:
        try:
            return super().read(object_id, state)
        except (RefusedError, NoResponseError):
            return None


class TakesAnotherWorkspaceForADeletion(ProviderProcess):
    def read(self, object_id: str, state: Mapping[str, Any]) -> Stored | None:
        try:
            return super().read(object_id, state)
        except StreamNotVisibleError:
            return None

    def delete(self, object_id: str, state: Mapping[str, Any]) -> None:
        try:
            super().delete(object_id, state)
        except (NotFoundError, StreamNotVisibleError):
            return


class NeverReadsAgain(ProviderProcess):
    """Reports what it has created as existing for ever."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.created: dict[str, Stored] = {}

    def create(self, place: str, access_policy: str, declared: Groups = NONE) -> Stored:
        created = super().create(place, access_policy, declared)
        return self.created.setdefault(created.id, created)

    def read(self, object_id: str, state: Mapping[str, Any]) -> Stored | None:
        return self.created.get(object_id) or super().read(object_id, state)


class FailsEveryRead(ProviderProcess):
    def read(self, object_id: str, state: Mapping[str, Any]) -> Stored | None:
        raise NoResponseError(f"{object_id} {state}")


class NeverNotifies(ProviderProcess):
    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.condition = self.clock.condition()
        self.busy = False

    def create(self, place: str, access_policy: str, declared: Groups = NONE) -> Stored:
        with self.condition:
            self.condition.wait_for(lambda: not self.busy)
            self.busy = True
        try:
            return super().create(place, access_policy, declared)
        finally:
            self.busy = False


class SendsWhileItHoldsACondition(ProviderProcess):
    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.condition = self.clock.condition()

    def create(self, place: str, access_policy: str, declared: Groups = NONE) -> Stored:
        with self.condition:
            return super().create(place, access_policy, declared)
