"""Schedules that broke a promise once, cut down by tests/support/simulation/reduction.py.

New ones are found by test_schedules.py.
"""

from __future__ import annotations

import pytest

from pulumi_fastpix.sandbox import Fault, Switches
from support.simulation.promises import check_promises
from support.simulation.run import Run
from support.simulation.schedule import Command, Create, Delete, Interference, Lookup, Refresh, Schedule

REGRESSIONS = {
    # Two creates get their verdicts together. The second comes back for its own when a third is in doubt already.
    "verdict while another create is in doubt": Schedule(
        commands=(
            Command(
                steps=(Create(), Create(access_policy="private"), Create()),
                threads=2,
                faults=(Fault(kind="slow-finish", method="POST", seconds=16.0, status=524, client="answered"),),
            ),
        ),
        seed=7,
    ),
    # The first list while settling has the new playback ID, the second can't be read.
    "listed before the lists failed": Schedule(
        commands=(
            Command(
                steps=(Create(),),
                faults=(
                    Fault(kind="drop", method="POST", when="after"),
                    Fault(kind="drop", method="GET", skip=2),
                ),
            ),
        ),
    ),
    # If FastPix responds with 200 to the delete of an absent ID, it may do so for an ID of another workspace.
    "deleted with the credentials of another workspace": Schedule(
        commands=(
            Command(steps=(Create(),)),
            Command(steps=(Delete(),), credentials="other-workspace"),
        ),
        switches=Switches(absent_playback_id_delete=200),
    ),
    # A private ID is created after an error response 500 and after settling. A public create is repeated meanwhile, and
    # the list that is read after that has the private ID.
    "listed after a repeat": Schedule(
        commands=(
            Command(steps=(Create(),), new_process=False),
            Command(
                steps=(Create(), Create(access_policy="private")),
                threads=2,
                faults=(
                    Fault(kind="slow-finish", method="POST", times=1, seconds=16.0, status=500, client="answered"),
                    Fault(kind="slow-finish", method="POST", times=2, seconds=16.0, status=504, client="answered"),
                ),
                new_process=False,
            ),
        ),
    ),
    # Somebody else creates an ID while ours is in doubt, and deletes it: settling ended before ours was created.
    "appeared and vanished while settling": Schedule(
        commands=(
            Command(
                steps=(Create(), Create(stream=1)),
                threads=2,
                faults=(Fault(kind="slow-finish", method="POST", times=1, seconds=1.0, status=500, client="answered"),),
                interference=(Interference(act="create"), Interference(act="delete", which=1, after_request=5)),
                new_process=False,
            ),
        ),
        streams=2,
    ),
    # Here a promise was too strict. A create got its verdict together with another, and its thread ended only after a
    # later create had read the stream: the IDs in that list were no longer in question.
    "verdict before a later create read the stream": Schedule(
        commands=(
            Command(
                steps=(Create(),),
                faults=(Fault(kind="drop", method="GET", times=1, when="after"),),
                refused=frozenset({1}),
                interference=(Interference(act="create"),),
                new_process=False,
            ),
            Command(
                steps=(Create(), Create(), Create(), Delete(), Create()),
                threads=3,
                faults=(
                    Fault(kind="drop", method="POST", times=1, skip=3, when="after"),
                    Fault(kind="drop", times=2, skip=1, when="after"),
                    Fault(kind="status", times=2, skip=1, status=400),
                ),
                refused=frozenset({3}),
                interference=(Interference(act="create"),),
            ),
        ),
    ),
    # Here, too: a list is requested before a create, lost, and requested again after it, so it is no baseline.
    "list read again after a create": Schedule(
        commands=(
            Command(steps=(Create(), Create()), new_process=False),
            Command(
                steps=(Create(), Refresh(), Refresh(), Lookup()),
                threads=3,
                faults=(
                    Fault(kind="drop", method="GET", times=1, when="after"),
                    Fault(kind="drop", method="GET", times=5, when="after"),
                    Fault(kind="drop", method="GET", times=1, skip=1, when="after"),
                ),
                interference=(Interference(act="create"), Interference(act="create", after_request=8)),
                new_process=False,
            ),
            Command(
                steps=(Create(),),
                faults=(Fault(kind="drop", method="POST", times=1, when="after"),),
                new_process=False,
            ),
        ),
    ),
    # Somebody deletes one of ours and creates another: the list of the refresh lacks ours and has theirs. An older list
    # must not stay the baseline, or theirs is claimed.
    "list without one of ours, as a baseline": Schedule(
        commands=(
            Command(steps=(Create(),), interference=(Interference(act="delete"),)),
            Command(
                steps=(Create(), Refresh(), Create(access_policy="private")),
                faults=(Fault(kind="status", method="POST", skip=1, status=404, body="html"),),
                interference=(
                    Interference(act="delete"),
                    Interference(act="create", access_policy="private"),
                ),
                new_process=False,
            ),
        ),
    ),
    "list without one of ours, read by a lookup of the command before": Schedule(
        commands=(
            Command(
                steps=(Lookup(), Create()),
                threads=2,
                faults=(Fault(kind="latency", method="GET", skip=1, seconds=3.0),),
                interference=(
                    Interference(act="create"),
                    Interference(act="delete", which=2, seconds=1.0),
                ),
            ),
            Command(
                steps=(Create(),),
                faults=(Fault(kind="slow-finish", times=1, seconds=100.0, status=408, client="answered"),),
                new_process=False,
            ),
        ),
        seed=1,
    ),
    # Here, too, a promise was too strict: another thread had read what a create in doubt made, but not noted it yet.
    "listed in the moment in which the create fails": Schedule(
        commands=(
            Command(steps=(Create(),)),
            Command(steps=(Create(), Delete())),
            Command(
                steps=(Create(), Refresh(), Create(), Create(access_policy="private")),
                threads=3,
                faults=(
                    Fault(kind="status", times=1, status=502),
                    Fault(kind="redirect", times=5, when="after", location="https://login.example/"),
                ),
                new_process=False,
            ),
        ),
        seed=3,
    ),
    # The first request makes an ID after it was sent again, and the last list of the run that has it arrives while
    # another create is under way, which may have made it.
    "made late by a first request while another create was under way": Schedule(
        commands=(
            Command(
                steps=(Create(),) * 8,
                threads=2,
                faults=(
                    Fault(kind="slow-finish", method="POST", times=1, seconds=16.0, client="dropped"),
                    Fault(kind="latency", method="POST", seconds=3.2),
                ),
            ),
        ),
    ),
    # Here, too: a list with an ID of ours had arrived, and was noted only after another create had been sent. So each
    # of the two creates was given the other one's ID, which is all the same.
    "noted after a create that was sent meanwhile": Schedule(
        commands=(
            Command(
                steps=(Create(stream=1), Create(), Create(), Create(stream=1)),
                threads=3,
                faults=(Fault(kind="drop", method="POST", when="after"),),
            ),
        ),
        streams=2,
        seed=1978303432,
    ),
    # Here, too: the first look had somebody else's ID, and took so long that the settling period was over by then.
    "an early list that arrives late": Schedule(
        commands=(
            Command(
                steps=(Create(),),
                faults=(
                    Fault(kind="slow-finish", method="POST", seconds=5.0, client="dropped"),
                    Fault(kind="latency", seconds=14.0, when="after"),
                ),
                interference=(Interference(act="create"),),
            ),
        ),
    ),
    "an early list that waits for a create under way": Schedule(
        commands=(
            Command(
                steps=(Create(), Create()),
                threads=2,
                faults=(
                    Fault(kind="slow-finish", method="POST", skip=1, seconds=5.0, client="dropped"),
                    Fault(kind="latency", method="POST", seconds=14.0, when="after"),
                ),
                interference=(Interference(act="create"),),
            ),
        ),
    ),
    # Here, too: at the end of its settling period a create takes the list that another one reads.
    "the last list was read by another create": Schedule(
        commands=(
            Command(steps=(Create(),)),
            Command(steps=(), interference=(Interference(act="create"),), new_process=False),
            Command(
                steps=(Create(), Create()),
                threads=2,
                faults=(Fault(kind="drop", method="POST", when="after"),),
                new_process=False,
                pause=61.0,
            ),
        ),
        seed=2,
    ),
    # And here: after a repeat, what the first request made late was claimed early. What the second one makes may appear
    # after that, and is what the announcement of the repeat speaks of.
    "made late by the first request, claimed for the second": Schedule(
        commands=(
            Command(
                steps=(Create(),),
                faults=(
                    Fault(kind="slow-finish", method="POST", skip=1, seconds=12.0, status=500, client="answered"),
                    Fault(kind="slow-finish", method="POST", seconds=16.0, client="dropped"),
                ),
            ),
        ),
    ),
    "made late by one create, claimed for another": Schedule(
        commands=(
            Command(
                steps=(Create(access_policy="private"), Create(access_policy="private")),
                threads=2,
                faults=(
                    Fault(kind="slow-finish", method="POST", seconds=12.0, client="dropped"),
                    Fault(kind="latency", times=1, skip=3, seconds=3.0),
                ),
            ),
        ),
        seed=1,
    ),
    # And here: of two first lists the older one was noted last, so that it showed nothing of what others had created.
    "first lists noted in the other order": Schedule(
        commands=(
            Command(steps=(Create(),)),
            Command(
                steps=(Lookup(), Create()),
                threads=2,
                faults=(Fault(kind="drop", method="POST", when="after"),),
                interference=(Interference(act="create"),),
            ),
        ),
        seed=3,
    ),
}


@pytest.mark.parametrize("schedule", REGRESSIONS.values(), ids=REGRESSIONS)
def test_no_promise_is_broken_any_more(schedule: Schedule) -> None:
    Run(schedule).perform(check_promises)
