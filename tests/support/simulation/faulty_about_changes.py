"""Providers that each do one thing wrong about what is changed in place, to show that random schedules find it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_fastpix.errors import FastPixError, PartlyDoneError
from support.simulation.code_under_test import WORKSPACE, ProviderProcess, Stored, groups_of, place_of
from support.simulation.groups import DEFAULTS, NONE, RULES, Groups, rules_as_written


class KeepsTheOldRules(ProviderProcess):
    def update(self, object_id: str, state: Mapping[str, Any], declared: Groups) -> Stored:
        del declared
        return self.with_groups(object_id, state, groups_of(state))


class DoesNotConfirm(ProviderProcess):
    """Believes that whoever creates a playback ID with access restrictions has them."""

    def create(self, place: str, access_policy: str, declared: Groups = NONE) -> Stored:
        created = self.create_once(place, access_policy, declared)
        return self.with_groups(created.id, created.state, declared)


class LeavesOutWhatIsDefault(ProviderProcess):
    """Is right, unless the server keeps the fields that a PATCH leaves out."""

    def update(self, object_id: str, state: Mapping[str, Any], declared: Groups) -> Stored:
        if place_of(state) == WORKSPACE:
            return super().update(object_id, state, declared)
        for group in {**groups_of(state), **declared}:
            self.set_rules_once(object_id, state, group, rules_as_written(declared).get(group, {}))
        return self.with_groups(object_id, state, declared)


class ForgetsWhatIsNoLongerDeclared(ProviderProcess):
    def update(self, object_id: str, state: Mapping[str, Any], declared: Groups) -> Stored:
        updated = super().update(object_id, state, {**groups_of(state), **declared})
        return self.with_groups(object_id, updated.state, declared)


class StoresWhatItSent(ProviderProcess):
    def update(self, object_id: str, state: Mapping[str, Any], declared: Groups) -> Stored:
        try:
            return super().update(object_id, state, declared)
        except PartlyDoneError as error:
            state = self.with_groups(object_id, state, declared).state
            raise PartlyDoneError(error.happened, id=object_id, state=state) from None


class KeepsTheOldRulesInDoubt(ProviderProcess):
    def update(self, object_id: str, state: Mapping[str, Any], declared: Groups) -> Stored:
        try:
            return super().update(object_id, state, declared)
        except PartlyDoneError as error:
            raise FastPixError(error.happened) from None


class SendsBothGroups(ProviderProcess):
    def update(self, object_id: str, state: Mapping[str, Any], declared: Groups) -> Stored:
        both: Groups = {group: declared.get(group, DEFAULTS[group]) for group in RULES}
        updated = super().update(object_id, state, {**declared, **both})
        return self.with_groups(object_id, updated.state, declared)


class CreatesAnewWithoutRules(ProviderProcess):
    def create(self, place: str, access_policy: str, declared: Groups = NONE) -> Stored:
        try:
            return super().create(place, access_policy, declared)
        except PartlyDoneError:
            return super().create(place, access_policy, declared)


class LosesAnUnfinishedId(ProviderProcess):
    def create(self, place: str, access_policy: str, declared: Groups = NONE) -> Stored:
        try:
            return super().create(place, access_policy, declared)
        except PartlyDoneError as error:
            raise FastPixError(error.happened) from None


class KeepsAnotherIdPartlyDone(ProviderProcess):
    def create(self, place: str, access_policy: str, declared: Groups = NONE) -> Stored:
        try:
            return super().create(place, access_policy, declared)
        except PartlyDoneError as error:
            raise PartlyDoneError(error.happened, id=error.id[::-1], state=error.state) from None


class KeepsTheStoredRulesForEver(ProviderProcess):
    def read(self, object_id: str, state: Mapping[str, Any]) -> Stored | None:
        found, rules = super().read(object_id, state), groups_of(state)
        return self.with_groups(object_id, state, rules) if found and rules else found
