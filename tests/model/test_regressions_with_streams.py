"""Schedules with live streams that broke a promise once: see test_regressions.py."""

from __future__ import annotations

import pytest

from pulumi_fastpix.sandbox import Fault, Switches
from pulumi_fastpix.sandbox.data.records import Rules
from support.simulation import faulty_about_streams as faulty
from support.simulation.code_under_test import ProviderProcess
from support.simulation.promises import BrokenPromiseError, check_promises, existing_ids_stay_in_the_state
from support.simulation.run import Run
from support.simulation.schedule import Command, Create, CreateStream, Destroy, Interference, Refresh, Schedule, Update

NOT_DELETED = Schedule(
    commands=(
        Command(steps=(CreateStream(),)),
        Command(steps=(Create(stream=1), Create(stream=1))),
        Command(steps=(Destroy(),), threads=3, faults=(Fault(kind="status", method="DELETE", status=403, times=1),)),
        Command(steps=(Destroy(),), threads=3),
    ),
)
"""The delete of a stream is refused, and those of its playback IDs, which wait for that, are sent."""

REGRESSIONS = {
    "a stream that isn't deleted with its playback IDs": NOT_DELETED,
    # Here a promise was too strict: a page of the list has the stream, and the next page can't be read.
    "listed on a page before one that failed": Schedule(
        commands=(
            Command(
                steps=(CreateStream(),),
                faults=(
                    Fault(kind="redirect", method="GET", skip=2, location="https://login.example/"),
                    Fault(kind="drop", method="POST", when="after"),
                ),
            ),
        ),
        others=48,
    ),
    # Here, too: a list without the stack's stream shows it again, with what others have made of it meanwhile.
    "claimed with settings that somebody else has changed": Schedule(
        commands=(
            Command(
                steps=(CreateStream(access_policy="private"),),
                interference=(Interference(act="change stream", metadata="42", seconds=1.0),),
            ),
            Command(
                steps=(CreateStream(access_policy="private", metadata="42"),),
                faults=(Fault(kind="short-list"), Fault(kind="drop", method="POST")),
                interference=(Interference(act="create stream", seconds=1.0),),
            ),
        ),
        others=48,
        switches=Switches(restrictions_create="ignored"),
    ),
    # Here, too: the playback ID that was made with a stream is claimed where lists lack it, and restricted.
    "a stream's own playback ID is claimed": Schedule(
        commands=(
            Command(steps=(CreateStream(),)),
            Command(
                steps=(Create(stream=1, user_agents=Rules(deny=("curl",))),),
                faults=(Fault(kind="short-list"), Fault(kind="drop", method="POST", when="after")),
            ),
        ),
    ),
    # And here it is opened.
    "a stream's own playback ID is claimed and opened": Schedule(
        commands=(
            Command(steps=(CreateStream(user_agents=Rules(deny=("curl",))),)),
            Command(
                steps=(Create(), Create(stream=5)),
                faults=(Fault(kind="short-list", times=3), Fault(kind="drop", times=1, skip=3)),
            ),
        ),
        switches=Switches(restrictions_create="ignored"),
    ),
    # A playback ID of the state is claimed where lists lack it. Its refresh comes later in the same command.
    "claimed twice by an incomplete list": Schedule(
        commands=(
            Command(steps=(Create(),)),
            Command(
                steps=(Create(user_agents=Rules()), Refresh()),
                faults=(Fault(kind="short-list"), Fault(kind="drop", method="POST")),
                interference=(Interference(act="create"),),
            ),
        ),
    ),
    # Here, too: what the client gave up is carried out after a later request was answered.
    "changed late by a request that was given up": Schedule(
        commands=(
            Command(
                steps=(CreateStream(domains=Rules(deny=("a.example",))),),
                faults=(Fault(kind="slow-finish", method="PATCH", seconds=400.0),),
            ),
            Command(steps=(Update(domains=Rules(deny=("b.example",))),)),
        ),
        switches=Switches(access_restrictions="never"),
    ),
}


@pytest.mark.parametrize("schedule", REGRESSIONS.values(), ids=REGRESSIONS)
def test_no_promise_is_broken_any_more(schedule: Schedule) -> None:
    Run(schedule).perform(check_promises)


def test_a_provider_that_takes_playback_ids_for_deleted_before_their_stream_is_found() -> None:
    with pytest.raises(BrokenPromiseError):
        perform(NOT_DELETED, faulty.TakesPlaybackIdsForDeletedToo)


def perform(schedule: Schedule, provider: type[ProviderProcess]) -> None:
    Run(schedule, provider).perform(lambda run: check_promises(run, [existing_ids_stay_in_the_state]))
