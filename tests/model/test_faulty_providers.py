"""Providers with a known fault are found, so that a quiet run of the schedules means something."""

from __future__ import annotations

import pytest

from support.simulation import faulty_about_changes as faulty_changes
from support.simulation import faulty_about_streams as faulty_streams
from support.simulation import faulty_providers as faulty
from support.simulation import promises, promises_about_changes
from support.simulation.code_under_test import ProviderProcess
from support.simulation.drawing import draw_schedule
from support.simulation.run import Run
from support.simulation.schedule import CreateStream, Step
from support.simulation.scheduler import StandstillError

pytestmark = pytest.mark.usefixtures("one_core")

TELLING = (22, 46, 113, 18, 32, 30, 797, 352, 56, 277, 10, 38, 496, 96)
"""Schedules that find much, or what few others do, performed before the others to save time."""


@pytest.mark.parametrize(
    ("provider", "promise"),
    [
        (faulty.IgnoresLostResponses, promises.every_orphan_is_reported),
        (faulty.RepeatsTheCreate, promises.every_orphan_is_reported),
        (faulty.DoesNotWait, promises.every_orphan_is_reported),
        (faulty.ClaimsAnyListedId, promises.claims_are_newer_than_the_baseline),
        (faulty.ClaimsAnyListedId, promises.claims_were_in_no_earlier_list),
        (faulty.ClaimsAtOnce, promises.early_claims_need_to_be_alone),
        (faulty.ClaimsWithoutAnnouncing, promises.claims_are_announced),
        (faulty.ClaimsWhatAnotherCreateClaims, promises.every_create_gets_its_own_id),
        (faulty.NamesNoIds, promises.listed_orphans_are_named),
        (faulty.NamesNoIds, promises.exactly_once),
        (faulty.DeletesWhatAppeared, promises.only_requested_deletions),
        (faulty.TakesAnOutageForADeletion, promises.existing_ids_stay_in_the_state),
        (faulty.TakesAnotherWorkspaceForADeletion, promises.existing_ids_stay_in_the_state),
        (faulty.NeverReadsAgain, promises.reads_are_true),
        (faulty.FailsEveryRead, promises.nothing_fails_without_a_reason),
        (faulty_changes.KeepsTheOldRules, promises_about_changes.successes_were_shown),
        (faulty_changes.KeepsTheOldRules, promises_about_changes.what_is_done_is_as_declared),
        (faulty_changes.DoesNotConfirm, promises_about_changes.successes_were_shown),
        (faulty_changes.DoesNotConfirm, promises_about_changes.what_is_done_is_as_declared),
        (faulty_changes.LeavesOutWhatIsDefault, promises_about_changes.successes_were_shown),
        (faulty_changes.LeavesOutWhatIsDefault, promises_about_changes.what_is_done_is_as_declared),
        (faulty_changes.ForgetsWhatIsNoLongerDeclared, promises_about_changes.what_is_done_is_as_declared),
        (faulty_changes.KeepsAnotherIdPartlyDone, promises_about_changes.partial_failures_can_be_stored),
        (faulty_changes.StoresWhatItSent, promises_about_changes.groups_are_stored_as_known),
        (faulty_changes.KeepsTheOldRulesInDoubt, promises_about_changes.groups_are_stored_as_known),
        (faulty_changes.SendsBothGroups, promises_about_changes.undeclared_groups_are_not_sent),
        (faulty_changes.CreatesAnewWithoutRules, promises_about_changes.changes_are_made_where_they_belong),
        (faulty_changes.CreatesAnewWithoutRules, promises.exactly_once),
        (faulty_changes.LosesAnUnfinishedId, promises_about_changes.answered_creates_keep_their_id),
        (faulty_changes.LosesAnUnfinishedId, promises.exactly_once),
        (faulty_changes.KeepsTheStoredRulesForEver, promises_about_changes.groups_are_read_as_shown),
        (faulty_streams.TellsTheStreamKey, promises.secrets_are_in_no_text),
        (faulty_streams.ClearsUndeclaredMetadata, promises_about_changes.undeclared_groups_are_not_sent),
    ],
)
def test_a_broken_promise_is_found(provider: type[ProviderProcess], promise: promises.Promise) -> None:
    with pytest.raises(promises.BrokenPromiseError):
        perform_schedules(provider, promise)


@pytest.mark.parametrize(
    ("provider", "promise"),
    [
        (faulty.IgnoresLostResponses, promises.every_orphan_is_reported),
        (faulty.RepeatsTheCreate, promises.every_orphan_is_reported),
        (faulty.ClaimsAnyListedId, promises.claims_are_newer_than_the_baseline),
        (faulty.ClaimsAnyListedId, promises.claims_were_in_no_earlier_list),
        (faulty.ClaimsAtOnce, promises.early_claims_need_to_be_alone),
        (faulty.ClaimsWithoutAnnouncing, promises.claims_are_announced),
        (faulty.ClaimsWhatAnotherCreateClaims, promises.every_create_gets_its_own_id),
        (faulty.NamesNoIds, promises.listed_orphans_are_named),
        (faulty.NamesNoIds, promises.exactly_once),
        (faulty.DeletesWhatAppeared, promises.only_requested_deletions),
        (faulty.TakesAnOutageForADeletion, promises.existing_ids_stay_in_the_state),
        (faulty.TakesAnotherWorkspaceForADeletion, promises.existing_ids_stay_in_the_state),
        (faulty.NeverReadsAgain, promises.reads_are_true),
        (faulty.FailsEveryRead, promises.nothing_fails_without_a_reason),
        (faulty_changes.KeepsTheOldRules, promises_about_changes.successes_were_shown),
        (faulty_changes.KeepsTheOldRules, promises_about_changes.what_is_done_is_as_declared),
        (faulty_changes.DoesNotConfirm, promises_about_changes.successes_were_shown),
        (faulty_changes.KeepsAnotherIdPartlyDone, promises_about_changes.partial_failures_can_be_stored),
        (faulty_changes.StoresWhatItSent, promises_about_changes.groups_are_stored_as_known),
        (faulty_changes.KeepsTheOldRulesInDoubt, promises_about_changes.groups_are_stored_as_known),
        (faulty_changes.CreatesAnewWithoutRules, promises_about_changes.changes_are_made_where_they_belong),
        (faulty_changes.LosesAnUnfinishedId, promises_about_changes.answered_creates_keep_their_id),
        (faulty_changes.KeepsTheStoredRulesForEver, promises_about_changes.groups_are_read_as_shown),
    ],
)
def test_a_broken_promise_about_streams_is_found(provider: type[ProviderProcess], promise: promises.Promise) -> None:
    with pytest.raises(promises.BrokenPromiseError):
        perform_schedules(faulty_streams.with_streams_only(provider), promise, having=CreateStream)


def test_tasks_that_wait_for_ever_are_found() -> None:
    with pytest.raises(StandstillError, match="nothing is due any more:\n- for a notification"):
        perform_schedules(faulty.NeverNotifies)


def test_a_condition_that_is_held_across_a_request_is_found() -> None:
    with pytest.raises(AssertionError, match="A task holds a condition while it waits"):
        perform_schedules(faulty.SendsWhileItHoldsACondition)


def perform_schedules(
    provider: type[ProviderProcess], *only: promises.Promise, having: type[Step] | None = None
) -> None:
    """Perform schedules until one fails: all, or those with such a step."""
    for schedule in map(draw_schedule, (*TELLING, *range(2000))):
        steps = (step for command in schedule.commands for step in command.steps)
        if having is None or any(isinstance(step, having) for step in steps):
            Run(schedule, provider).perform(lambda run: promises.check_promises(run, only))
