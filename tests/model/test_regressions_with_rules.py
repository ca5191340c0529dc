"""Schedules with access restrictions that broke a promise once; the others are in test_regressions.py."""

from __future__ import annotations

import pytest

from pulumi_fastpix.sandbox import Fault, Switches
from pulumi_fastpix.sandbox.data.records import Rules
from support.simulation.promises import check_promises
from support.simulation.run import Run
from support.simulation.schedule import Command, Create, Schedule, Update

A = Rules(default_policy="deny", allow=("a.example",))
B = Rules(default_policy="deny", allow=("b.example",))

REGRESSIONS = {
    # The first request may have changed the rules, though the second one was refused. Were the old ones stored as
    # certain, going back to them would send nothing.
    "changed by a request that was lost, then refused": Schedule(
        commands=(
            Command(steps=(Create(domains=A),)),
            Command(
                steps=(Update(domains=B),),
                faults=(
                    Fault(kind="drop", method="PATCH", times=1, when="after"),
                    Fault(kind="status", method="PATCH", status=403),
                ),
            ),
            Command(steps=(Update(domains=A),)),
        ),
    ),
    # Of two lost creates each is given what the other one has made, with the rules of the other one.
    "claimed with the rules of another create": Schedule(
        commands=(
            Command(
                steps=(Create(), Create(user_agents=Rules(allow=("Mozilla/5.0",)))),
                threads=2,
                faults=(Fault(kind="drop", method="POST", when="after"),),
            ),
        ),
    ),
    # Here a promise was too strict: opening what was claimed failed at first, and an update finished it.
    "opened by the update after the claim": Schedule(
        commands=(
            Command(
                steps=(Create(), Create(user_agents=Rules(deny=("curl",)))),
                threads=2,
                faults=(Fault(kind="drop", method="POST", when="after"), Fault(kind="drop", method="PATCH")),
            ),
            Command(steps=(Update(),)),
        ),
        seed=1,
    ),
    # Here, too: an earlier process's request makes an ID with its rules late, and a create without rules claims it.
    "claimed with the rules of an earlier process": Schedule(
        commands=(
            Command(
                steps=(Create(domains=A),),
                faults=(Fault(kind="slow-finish", method="POST", seconds=40.0, client="dropped"),),
            ),
            Command(steps=(Create(),), faults=(Fault(kind="drop", method="POST"),)),
        ),
    ),
    # Here, too: what the client gave up is carried out after a later request was answered.
    "changed late by a request that was given up": Schedule(
        commands=(
            Command(steps=(Create(domains=A),), faults=(Fault(kind="slow-finish", method="PATCH", seconds=400.0),)),
            Command(steps=(Update(domains=B),)),
        ),
        switches=Switches(restrictions_create="ignored"),
    ),
}


@pytest.mark.parametrize("schedule", REGRESSIONS.values(), ids=REGRESSIONS)
def test_no_promise_is_broken_any_more(schedule: Schedule) -> None:
    Run(schedule).perform(check_promises)
