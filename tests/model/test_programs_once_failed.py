"""Programs that broke a law once, cut down to what it took. New ones are found by test_schedules.py."""

from __future__ import annotations

import pytest

from pulumi_fastpix.sandbox import Fault, Switches
from support.simulation.laws import examine
from support.simulation.program import Batch, Create, Delete, Lookup, Outside, Program, Refresh
from support.simulation.run import Run

# Two creates are judged together; the second comes back to find its judgement, when a third is in doubt already.
JUDGED_WHILE_ANOTHER_IS_IN_DOUBT = Program(
    batches=(
        Batch(
            steps=(Create(), Create(access_policy="private"), Create()),
            workers=2,
            faults=(Fault(kind="slow-finish", method="POST", seconds=16.0, status=524, client="answered"),),
        ),
    ),
    luck=7,
)

# The first list of the settling period shows what was made, the second can't be had.
SEEN_BEFORE_THE_LISTS_FAILED = Program(
    batches=(
        Batch(
            steps=(Create(),),
            faults=(
                Fault(kind="drop", method="POST", when="after"),
                Fault(kind="drop", method="GET", skip=2),
            ),
        ),
    ),
)

# Should FastPix answer 200 to deleting what isn't there, it may do so for what is in another workspace.
DELETED_WITH_THE_CREDENTIALS_OF_ANOTHER_WORKSPACE = Program(
    batches=(Batch(steps=(Create(),)), Batch(steps=(Delete(),), credentials="stranger")),
    switches=Switches(absent_playback_id_delete=200),
)

# A private one comes after an answer of 500 and after settling; a public one is repeated meanwhile, and the list that
# is taken after that shows it.
SEEN_AFTER_A_REPEAT = Program(
    batches=(
        Batch(steps=(Create(),), new_process=False),
        Batch(
            steps=(Create(), Create(access_policy="private")),
            workers=2,
            faults=(
                Fault(kind="slow-finish", method="POST", times=1, seconds=16.0, status=500, client="answered"),
                Fault(kind="slow-finish", method="POST", times=2, seconds=16.0, status=504, client="answered"),
            ),
            new_process=False,
        ),
    ),
)

# A create was judged together with another, and its thread ends only when a later create has read the stream: what
# that one saw was no longer in question. It was the law that was too strict.
JUDGED_BEFORE_A_LATER_CREATE_LOOKED = Program(
    batches=(
        Batch(
            steps=(Create(),),
            faults=(Fault(kind="drop", method="GET", times=1, when="after"),),
            closed=frozenset({1}),
            outside=(Outside(act="create"),),
            new_process=False,
        ),
        Batch(
            steps=(Create(), Create(), Create(), Delete(), Create()),
            workers=3,
            faults=(
                Fault(kind="drop", method="POST", times=1, skip=3, when="after"),
                Fault(kind="drop", times=2, skip=1, when="after"),
                Fault(kind="status", times=2, skip=1, status=400),
            ),
            closed=frozenset({3}),
            outside=(Outside(act="create"),),
        ),
    ),
)

# Somebody else makes one while ours is in doubt, and deletes it again: looking on ended before ours was finished.
COME_AND_GONE_WHILE_SETTLING = Program(
    batches=(
        Batch(
            steps=(Create(), Create(stream=1)),
            workers=2,
            faults=(Fault(kind="slow-finish", method="POST", times=1, seconds=1.0, status=500, client="answered"),),
            outside=(Outside(act="create"), Outside(act="delete", which=1, after_request=5)),
            new_process=False,
        ),
    ),
    streams=2,
)

# A list is asked for before a create, lost, and asked for again after it: the provider doesn't go by it. The law did.
READ_AGAIN_AFTER_A_CREATE = Program(
    batches=(
        Batch(steps=(Create(), Create()), new_process=False),
        Batch(
            steps=(Create(), Refresh(), Refresh(), Lookup()),
            workers=3,
            faults=(
                Fault(kind="drop", method="GET", times=1, when="after"),
                Fault(kind="drop", method="GET", times=5, when="after"),
                Fault(kind="drop", method="GET", times=1, skip=1, when="after"),
            ),
            outside=(Outside(act="create"), Outside(act="create", after_request=8)),
            new_process=False,
        ),
        Batch(
            steps=(Create(),),
            faults=(Fault(kind="drop", method="POST", times=1, when="after"),),
            new_process=False,
        ),
    ),
)


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(JUDGED_WHILE_ANOTHER_IS_IN_DOUBT, id="judged while another is in doubt"),
        pytest.param(SEEN_BEFORE_THE_LISTS_FAILED, id="seen before the lists failed"),
        pytest.param(DELETED_WITH_THE_CREDENTIALS_OF_ANOTHER_WORKSPACE, id="deleted in another workspace"),
        pytest.param(SEEN_AFTER_A_REPEAT, id="seen after a repeat"),
        pytest.param(COME_AND_GONE_WHILE_SETTLING, id="come and gone while settling"),
        pytest.param(JUDGED_BEFORE_A_LATER_CREATE_LOOKED, id="judged before a later create looked"),
        pytest.param(READ_AGAIN_AFTER_A_CREATE, id="read again after a create"),
    ],
)
def test_no_law_is_broken_any_more(program: Program) -> None:
    Run(program).perform(examine)
