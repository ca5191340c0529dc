"""Providers that each do one thing wrong about access restrictions, to show that random schedules find it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_fastpix.errors import FastPixError, PartlyDoneError
from pulumi_fastpix.sandbox.data.records import Restrictions
from support.simulation.code_under_test import PlaybackId, ProviderProcess
from support.simulation.rules import GROUPS, NONE, OPEN, as_written


class KeepsTheOldRules(ProviderProcess):
    def update(self, playback_id: str, state: Mapping[str, Any], restrictions: Restrictions) -> PlaybackId:
        del restrictions
        return self.with_rules(playback_id, state, self.stored_rules(state))


class DoesNotConfirm(ProviderProcess):
    """Believes that whoever creates a playback ID with access restrictions has them."""

    def create(self, stream_id: str, access_policy: str, restrictions: Restrictions = NONE) -> PlaybackId:
        created = self.create_once(stream_id, access_policy, restrictions)
        return self.with_rules(created.id, created.state, restrictions)


class LeavesOutWhatIsDefault(ProviderProcess):
    """Is right, unless the server keeps the fields that a PATCH leaves out."""

    def update(self, playback_id: str, state: Mapping[str, Any], restrictions: Restrictions) -> PlaybackId:
        for group in {**self.stored_rules(state), **restrictions}:
            self.set_rules_once(playback_id, state, group, as_written(restrictions).get(group, {}))
        return self.with_rules(playback_id, state, restrictions)


class ForgetsWhatIsNoLongerDeclared(ProviderProcess):
    def update(self, playback_id: str, state: Mapping[str, Any], restrictions: Restrictions) -> PlaybackId:
        updated = super().update(playback_id, state, {**self.stored_rules(state), **restrictions})
        return self.with_rules(playback_id, updated.state, restrictions)


class StoresWhatItSent(ProviderProcess):
    def update(self, playback_id: str, state: Mapping[str, Any], restrictions: Restrictions) -> PlaybackId:
        try:
            return super().update(playback_id, state, restrictions)
        except PartlyDoneError as error:
            state = self.with_rules(playback_id, state, restrictions).state
            raise PartlyDoneError(error.happened, id=playback_id, state=state) from None


class KeepsTheOldRulesInDoubt(ProviderProcess):
    def update(self, playback_id: str, state: Mapping[str, Any], restrictions: Restrictions) -> PlaybackId:
        try:
            return super().update(playback_id, state, restrictions)
        except PartlyDoneError as error:
            raise FastPixError(error.happened) from None


class SendsBothGroups(ProviderProcess):
    def update(self, playback_id: str, state: Mapping[str, Any], restrictions: Restrictions) -> PlaybackId:
        both = {group: restrictions.get(group, OPEN) for group in GROUPS}
        updated = super().update(playback_id, state, both)
        return self.with_rules(playback_id, updated.state, restrictions)


class CreatesAnewWithoutRules(ProviderProcess):
    def create(self, stream_id: str, access_policy: str, restrictions: Restrictions = NONE) -> PlaybackId:
        try:
            return super().create(stream_id, access_policy, restrictions)
        except PartlyDoneError:
            return super().create(stream_id, access_policy, restrictions)


class LosesAnUnfinishedId(ProviderProcess):
    def create(self, stream_id: str, access_policy: str, restrictions: Restrictions = NONE) -> PlaybackId:
        try:
            return super().create(stream_id, access_policy, restrictions)
        except PartlyDoneError as error:
            raise FastPixError(error.happened) from None


class KeepsAnotherIdPartlyDone(ProviderProcess):
    def create(self, stream_id: str, access_policy: str, restrictions: Restrictions = NONE) -> PlaybackId:
        try:
            return super().create(stream_id, access_policy, restrictions)
        except PartlyDoneError as error:
            raise PartlyDoneError(error.happened, id=error.id[::-1], state=error.state) from None


class KeepsTheStoredRulesForEver(ProviderProcess):
    def read(self, playback_id: str, state: Mapping[str, Any]) -> PlaybackId | None:
        found, rules = super().read(playback_id, state), self.stored_rules(state)
        return self.with_rules(playback_id, state, rules) if found and rules else found
