"""What a killed process made is found, with the journal and without it: random killings break no promise.

To repeat one that failed, by its number, which means the same in every run of the tests:

    pytest tests/model/test_killed_processes.py --only-schedule=1234
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from support.simulation import faulty_journals as faulty
from support.simulation import promises_about_killings as promises
from support.simulation.killed_run import KilledRun
from support.simulation.killings import draw_killing
from support.simulation.mortal import MortalJournal
from support.simulation.promises import BrokenPromiseError
from support.simulation.report import COUNTS, DEADLINE

pytestmark = pytest.mark.usefixtures("one_core")

KILLINGS_PER_TEST = 50
SCHEDULES_PER_KILLING = 5
TELLING = (16, 9, 186)
"""Killings that find much, or what few others do, performed before the others to save time."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Share the killings out over tests; there is one for so many other schedules."""
    if "numbers" in metafunc.fixturenames:
        only = metafunc.config.getoption("only_schedule")
        total = metafunc.config.getoption("schedules") // SCHEDULES_PER_KILLING
        starts = range(0, total, KILLINGS_PER_TEST)
        shares = [range(start, min(start + KILLINGS_PER_TEST, total)) for start in starts]
        metafunc.parametrize("numbers", shares if only is None else [range(only, only + 1)], ids=_id)


def _id(numbers: range) -> str:
    return f"{numbers.start}-{numbers.stop - 1}"


def test_no_promise_is_broken(numbers: range, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if time.monotonic() > request.config.stash[DEADLINE]:
        pytest.skip("the time for schedules is up")
    for number in numbers:
        killing = draw_killing(number)
        run = KilledRun(killing, tmp_path / str(number))
        try:
            run.perform(promises.check_promises)
        except Exception as error:
            raise AssertionError(f"Killing {number} fails: {error}\n\n{killing}") from error
        request.config.stash[COUNTS].update(run.counts())


@pytest.mark.parametrize(
    ("journal", "promise"),
    [
        (faulty.DoesNotNoteWhatWasMade, promises.what_was_answered_is_certain),
        (faulty.NotesSendingAfterwards, promises.nothing_is_forgotten),
        (faulty.NotesSendingAfterwards, promises.what_was_never_sent_is_not_paired),
        (faulty.NotesSendingAfterwards, promises.after_a_recovery_all_is_there_once),
        (faulty.DoesNotNoteWhatExisted, promises.what_existed_before_is_not_ours),
        (faulty.NotesTheListTooLate, promises.nothing_is_forgotten),
        (faulty.NotesAnotherCreatesId, promises.what_is_certain_is_true),
        (faulty.RefusesNothing, promises.nothing_certain_is_made_again),
        (faulty.RefusesNothing, promises.what_may_be_made_twice_is_said),
    ],
)
def test_a_broken_promise_is_found(journal: type[MortalJournal], promise: promises.Promise, tmp_path: Path) -> None:
    with pytest.raises(BrokenPromiseError):
        perform_killings(journal, promise, tmp_path)


def perform_killings(journal: type[MortalJournal], promise: promises.Promise, folder: Path) -> None:
    """Perform killings until one breaks this promise."""
    for place, number in enumerate((*TELLING, *range(2000))):
        run = KilledRun(draw_killing(number), folder / str(place), journal)
        run.perform(lambda run: promises.check_promises(run, [promise]))
