"""What a killed run left behind, and under which names it is imported."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_fastpix.recovery import Place, Recovery, entries, protect, recover
from pulumi_fastpix.stack_state import parse
from support.states import STREAM, export, resource

HERE = Place("mark", STREAM, "public")


def recovered(*found: str, existing: tuple[dict[str, Any], ...] = (), pending: tuple[Any, ...]) -> Recovery:
    state = parse(export(*existing, pending=pending))
    return recover(state, state, {"": "mark"}, {HERE: found})


def names(recovery: Recovery) -> dict[str, str]:
    return {entry.id: entry.name for entry in entries({"": "mark"}, recovery)}


def test_two_killed_runs_that_made_the_same_do_not_get_the_same_name() -> None:
    """Pulumi keeps the first run's unfinished creates beside the second's; of one name it could import only one."""
    recovery = recovered("id-1", "id-2", "id-3", pending=(resource("a"), resource("a"), resource("b")))
    assert names(recovery) == {"id-1": "a", "id-2": "b", "id-3": "a-unfinished-id-3"}


def test_a_name_that_the_stack_has_is_taken() -> None:
    recovery = recovered("id-2", existing=(resource("a", "id-1"),), pending=(resource("a"),))
    assert names(recovery) == {"id-2": "a-unfinished-id-2"}


def test_one_that_is_to_be_deleted_takes_no_name() -> None:
    recovery = recovered("id-2", existing=(resource("a", "id-1", delete=True),), pending=(resource("a"),))
    assert names(recovery) == {"id-2": "a"}


def test_what_is_found_goes_to_those_that_keep_their_names_first() -> None:
    recovery = recovered("id-2", existing=(resource("a", "id-1"),), pending=(resource("a"), resource("b")))
    assert names(recovery) == {"id-2": "b"}
    assert [begun.spare for begun in recovery.not_made] == [True]


@pytest.mark.parametrize(
    ("pending", "protected"),
    [
        ((resource("a", protect=True), resource("b", protect=True)), True),
        ((resource("a", protect=True), resource("b")), False),
        ((resource("a", protect=True), resource("a", protect=True)), False),
    ],
)
def test_what_is_to_be_deleted_is_not_protected(pending: tuple[Any, ...], protected: bool) -> None:
    assert protect(recovered("id-1", "id-2", pending=pending)) is protected
