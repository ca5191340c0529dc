"""Programs that broke a law once, cut down to what it took. New ones are found by test_schedules.py."""

from __future__ import annotations

import pytest

from pulumi_fastpix.sandbox import Fault, Switches
from support.simulation.laws import examine
from support.simulation.program import Batch, Create, Delete, Program
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


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(JUDGED_WHILE_ANOTHER_IS_IN_DOUBT, id="judged while another is in doubt"),
        pytest.param(SEEN_BEFORE_THE_LISTS_FAILED, id="seen before the lists failed"),
        pytest.param(DELETED_WITH_THE_CREDENTIALS_OF_ANOTHER_WORKSPACE, id="deleted in another workspace"),
    ],
)
def test_no_law_is_broken_any_more(program: Program) -> None:
    Run(program).perform(examine)
