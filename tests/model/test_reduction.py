"""A schedule that fails is cut down to a short one, and shown so that it can be pasted and repeated."""

from __future__ import annotations

import pytest

from pulumi_fastpix.sandbox import Fault, Switches
from pulumi_fastpix.sandbox.data.records import Rules
from support.simulation import schedule as written
from support.simulation.drawing import draw_schedule
from support.simulation.faulty_providers import DoesNotWait
from support.simulation.promises import BrokenPromiseError, check_promises
from support.simulation.reduction import explain, reduce_schedule
from support.simulation.run import Run
from support.simulation.schedule import Command, Create, Delete, Schedule, Update

LOST_RESPONSE = Schedule((Command((Create(),), faults=(Fault(kind="drop", method="POST", when="after"),)),))


def test_a_failure_shows_a_short_schedule_and_how_to_repeat_the_drawn_one() -> None:
    def perform(schedule: Schedule) -> None:
        Run(schedule, DoesNotWait).perform(check_promises)

    with pytest.raises(BrokenPromiseError) as failure:
        perform(draw_schedule(13))
    lines = explain(13, failure.value, perform).splitlines()
    assert len(repr(draw_schedule(13))) > 600
    assert eval(lines[4], {"Fault": Fault, **vars(written)}) == LOST_RESPONSE  # noqa: S307
    assert lines[-1].endswith("pytest tests/model/test_schedules.py --only-schedule=13")


def test_access_restrictions_are_cut_down_to_what_is_needed() -> None:
    both = Rules(default_policy="deny", allow=("a.example", "b.example"), deny=("c.example",))

    def fails(schedule: Schedule) -> bool:
        given = [step.user_agents for step in schedule.commands[0].steps if isinstance(step, Update)]
        return any(rules is not None and "b.example" in rules.allow for rules in given)

    schedule = Schedule((Command((Update(which=3, domains=both, user_agents=both, as_before=True),)),))
    assert reduce_schedule(schedule, fails) == Schedule((Command((Update(user_agents=Rules(allow=("b.example",))),)),))


def test_everything_that_is_not_needed_is_left_out() -> None:
    def fails(schedule: Schedule) -> bool:
        last = schedule.commands[-1]
        return Delete() in last.steps and last.threads > 5 and schedule.switches.max_playback_ids == 4

    shortest = reduce_schedule(
        Schedule(
            (
                Command((Create(), Create(access_policy="private")), refused=frozenset({1, 2})),
                Command((Create(), Delete(), Delete(which=3)), threads=32, faults=(Fault(kind="drop"),), pause=2.0),
            ),
            switches=Switches(max_playback_ids=4, absent_playback_id_delete=200),
            seed=12,
        ),
        fails,
    )
    assert shortest == Schedule((Command((Delete(),), threads=6),), switches=Switches(max_playback_ids=4))
