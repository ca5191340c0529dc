"""Provider code that breaks a law is found out, so that a quiet run of the schedules means something."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from pulumi_fastpix.api import retry
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.models import PlaybackId, Stream
from pulumi_fastpix.errors import (
    CreateInDoubtError,
    FastPixError,
    NoAnswerError,
    NotFoundError,
    RefusedError,
    StreamNotVisibleError,
)
from pulumi_fastpix.resources.base import Existing
from pulumi_fastpix.resources.live_playback_id.lifecycle import LivePlaybackIdLifecycle
from pulumi_fastpix.resources.live_playback_id.names import ACCESS_POLICY, STREAM_ID
from pulumi_fastpix.resources.names import SEEN_BY
from pulumi_fastpix.resources.workspace import Workspace
from support.simulation import laws
from support.simulation.program import Program
from support.simulation.programs import programs
from support.simulation.run import Run
from support.simulation.scheduler import StandstillError


class Right:
    """The provider's own code; below, each time, one thing of it is done wrong."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.lifecycle = LivePlaybackIdLifecycle(Workspace(client))

    def create(self, inputs: Mapping[str, Any]) -> Existing:
        return self.lifecycle.create(inputs)

    def read(self, playback_id: str, props: Mapping[str, Any]) -> Existing | None:
        return self.lifecycle.read(playback_id, props)

    def delete(self, playback_id: str, state: Mapping[str, Any]) -> None:
        self.lifecycle.delete(playback_id, state)


class Naive(Right):
    """Creates like somebody who has never heard of lost answers."""

    def create(self, inputs: Mapping[str, Any]) -> Existing:
        stream_id, access_policy = inputs[STREAM_ID], inputs[ACCESS_POLICY]
        before = self.client.live_streams.get(stream_id)
        try:
            made = self.post(stream_id, access_policy)
        except FastPixError as error:
            if not retry.outcome_unknown(error):
                raise
            made = self.lost(before, access_policy, error)
        stored = {STREAM_ID: stream_id, ACCESS_POLICY: made.access_policy}
        return Existing(made.id, stored, {**stored, SEEN_BY: self.client.settings.workspace_mark})

    def post(self, stream_id: str, access_policy: str) -> PlaybackId:
        return self.client.playback_ids.create(stream_id, access_policy, str(uuid.uuid4()))

    def lost(self, before: Stream, access_policy: str, error: FastPixError) -> PlaybackId:
        del before, access_policy
        raise error

    def new(self, before: Stream, access_policy: str) -> list[PlaybackId]:
        self.client.clock.sleep(15)
        listed = self.client.live_streams.get(before.stream_id).playback_ids
        return [one for one in listed if one not in before.playback_ids and one.access_policy == access_policy]


class RepeatsBlindly(Naive):
    def lost(self, before: Stream, access_policy: str, error: FastPixError) -> PlaybackId:
        del error
        return self.post(before.stream_id, access_policy)


class ClaimsWhateverIsListed(Naive):
    def lost(self, before: Stream, access_policy: str, error: FastPixError) -> PlaybackId:
        for listed in self.client.live_streams.get(before.stream_id).playback_ids:
            if listed.access_policy == access_policy:
                print(listed.id, file=sys.stderr)
                return listed
        raise error


class ClaimsInSilence(Naive):
    def lost(self, before: Stream, access_policy: str, error: FastPixError) -> PlaybackId:
        for listed in self.new(before, access_policy):
            return listed
        raise CreateInDoubtError(f"{access_policy} {before.stream_id}") from error


class ClaimsWithoutAskingWhoElseDoes(Naive):
    def lost(self, before: Stream, access_policy: str, error: FastPixError) -> PlaybackId:
        for listed in self.new(before, access_policy):
            print(listed.id, file=sys.stderr)
            return listed
        raise CreateInDoubtError(f"{access_policy} {before.stream_id}") from error


class DoesNotWait(Naive):
    def lost(self, before: Stream, access_policy: str, error: FastPixError) -> PlaybackId:
        raise CreateInDoubtError(f"{access_policy} {before.stream_id}") from error


class NamesNothing(Naive):
    def lost(self, before: Stream, access_policy: str, error: FastPixError) -> PlaybackId:
        self.new(before, access_policy)
        raise CreateInDoubtError(f"{access_policy} {before.stream_id}") from error


class CleansUp(Naive):
    def lost(self, before: Stream, access_policy: str, error: FastPixError) -> PlaybackId:
        for listed in self.new(before, access_policy):
            self.client.playback_ids.delete(before.stream_id, listed.id)
        raise error


class TakesBrokenForGone(Right):
    def read(self, playback_id: str, props: Mapping[str, Any]) -> Existing | None:
        try:
            return super().read(playback_id, props)
        except (RefusedError, NoAnswerError):
            return None


class TakesElsewhereForGone(Right):
    def read(self, playback_id: str, props: Mapping[str, Any]) -> Existing | None:
        try:
            return super().read(playback_id, props)
        except StreamNotVisibleError:
            return None

    def delete(self, playback_id: str, state: Mapping[str, Any]) -> None:
        try:
            super().delete(playback_id, state)
        except (NotFoundError, StreamNotVisibleError):
            return


class NeverLooksAgain(Right):
    """Believes for ever in what it has seen once."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.seen: dict[str, Existing] = {}

    def create(self, inputs: Mapping[str, Any]) -> Existing:
        made = super().create(inputs)
        return self.seen.setdefault(made.id, made)

    def read(self, playback_id: str, props: Mapping[str, Any]) -> Existing | None:
        return self.seen.get(playback_id) or super().read(playback_id, props)


class GivesUp(Right):
    """Sees a limit where there is none."""

    def read(self, playback_id: str, props: Mapping[str, Any]) -> Existing | None:
        raise NoAnswerError(f"{playback_id} {props}")


class NeverNotifies(Right):
    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.condition = client.clock.condition()
        self.busy = False

    def create(self, inputs: Mapping[str, Any]) -> Existing:
        with self.condition:
            self.condition.wait_for(lambda: not self.busy)
            self.busy = True
        try:
            return super().create(inputs)
        finally:
            self.busy = False


class SendsWhileItHolds(Right):
    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.condition = client.clock.condition()

    def create(self, inputs: Mapping[str, Any]) -> Existing:
        with self.condition:
            return super().create(inputs)


@pytest.mark.parametrize(
    ("broken", "law"),
    [
        (Naive, laws.nothing_is_left_unsaid),
        (RepeatsBlindly, laws.nothing_is_left_unsaid),
        (DoesNotWait, laws.nothing_is_left_unsaid),
        (ClaimsWhateverIsListed, laws.claims_are_new),
        (ClaimsInSilence, laws.claims_are_announced),
        (ClaimsWithoutAskingWhoElseDoes, laws.every_create_gets_an_id_of_its_own),
        (NamesNothing, laws.what_is_seen_is_named),
        (NamesNothing, laws.exactly_once),
        (CleansUp, laws.only_what_was_asked_for_is_deleted),
        (TakesBrokenForGone, laws.nothing_is_dropped_while_it_exists),
        (TakesElsewhereForGone, laws.nothing_is_dropped_while_it_exists),
        (NeverLooksAgain, laws.what_is_read_is_true),
        (GivesUp, laws.nothing_fails_without_need),
    ],
)
def test_a_broken_law(broken: type[Right], law: laws.Law) -> None:
    with pytest.raises(laws.BrokenLawError):
        explore(broken, law)


def test_tasks_that_wait_for_ever() -> None:
    with pytest.raises(StandstillError, match="nothing is due any more:\n- for a notification"):
        explore(NeverNotifies)


def test_a_condition_that_is_held_across_a_request() -> None:
    with pytest.raises(AssertionError, match="A task holds a condition while it waits"):
        explore(SendsWhileItHolds)


def explore(broken: type[Right], *only: laws.Law) -> None:
    """Perform programs until something is found."""

    @seed(0)
    @settings(
        max_examples=2000,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(programs)
    def once(program: Program) -> None:
        Run(program, broken).perform(lambda run: laws.examine(run, only))

    once()
