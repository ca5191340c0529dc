"""What the promises take from the texts of errors is what the errors mean."""

from __future__ import annotations

from pulumi_fastpix.errors import CreateInDoubtError
from pulumi_fastpix.sandbox import Fault
from support.simulation.code_under_test import without_earlier_ids
from support.simulation.run import Run
from support.simulation.schedule import Command, Create, Schedule


def test_the_ids_that_an_error_only_sets_aside_are_not_named_by_it() -> None:
    never_finished = Fault(kind="slow-finish", method="POST", seconds=400.0)
    run = Run(Schedule((Command((Create(),)), Command((Create(),), faults=(never_finished,)))))
    run.perform(lambda _: None)
    earlier, later = run.chronicle.operations
    text = str(later.error)
    assert isinstance(later.error, CreateInDoubtError)
    assert earlier.object_id in text
    assert earlier.object_id not in without_earlier_ids(text)
    assert later.place in without_earlier_ids(text)
