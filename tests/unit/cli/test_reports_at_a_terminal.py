"""At a terminal, a real one of 60 columns here, reports are coloured and wrapped, and what is copied stays whole."""

from __future__ import annotations

import re

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from support.fake_pulumi import FakePulumi
from support.states import export, resource
from unit.cli.command import COLUMNS, at_a_terminal, run

pytestmark = pytest.mark.usefixtures("terminal")

ESCAPE = "\x1b["
RED, GREEN, YELLOW, PLAIN = f"{ESCAPE}31m", f"{ESCAPE}32m", f"{ESCAPE}33m", f"{ESCAPE}0m"
TO_COPY = re.compile(r"(?:^ {4,}|-> .*: )((?:pulumi|fastpix|import)\b.*)$", re.MULTILINE)


@pytest.fixture
def stack_with_everything(pulumi: FakePulumi, sandbox: Sandbox, first_id: str) -> str:
    """A stack in which something of each level is found, and a create was interrupted; the private ID on its stream."""
    looked_up = str(sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private"))
    pending = (resource("first"), resource("second"), resource("third", policy="drm"))
    state = export(resource("seen", looked_up, "private", external=True), resource("lost", "gone"), pending=pending)
    pulumi.prints("export", state)
    del first_id
    return looked_up


def without_colours(printed: str) -> str:
    return re.sub(rf"{re.escape(ESCAPE)}\d+m", "", printed)


def check_form(printed: str, plain: str) -> None:
    """It says the same as the plain form, no line is too long but those to copy, and these are whole."""
    shown = without_colours(printed)
    assert shown.split() == plain.split()
    to_copy = TO_COPY.findall(plain)
    assert to_copy
    assert [one for one in to_copy if one not in shown] == []
    too_long = [line for line in shown.splitlines() if len(line) > COLUMNS]
    assert [line for line in too_long if not any(one in line for one in to_copy)] == []


def test_audit_colours_what_it_found_by_its_level(stack_with_everything: str, first_id: str) -> None:
    status, printed = at_a_terminal("audit")
    assert status == 1
    check_form(printed, run("audit").stdout)
    assert f"{RED}Undeclared public playback IDs:{PLAIN}\n{RED}  {first_id} {PLAIN}public on" in printed
    assert f"{YELLOW}Deleted, but still in the stack:{PLAIN}\n{YELLOW}  gone {PLAIN}public 'lost' on" in printed
    assert f"{YELLOW}  'first' {PLAIN}on stream" in printed
    assert f"\nLooked up, owner unknown:\n  {stack_with_everything} private 'seen' on" in printed
    assert f"\n    {DEMO_STREAM_ID}: " in printed, "a finding goes on below its beginning"
    assert f"{RED}Read 1 stream with" in printed


@pytest.mark.parametrize(
    ("declared", "colour"), [("public", GREEN), ("private", YELLOW)], ids=["nothing to report", "a warning"]
)
def test_the_summary_of_an_audit_has_the_colour_of_the_worst_finding(
    declared: str, colour: str, pulumi: FakePulumi, first_id: str
) -> None:
    pulumi.prints("export", export(resource("main", first_id, declared)))
    _, printed = at_a_terminal("audit")
    assert f"{colour}Read 1 stream with 1 playback ID;" in printed


def test_what_could_not_be_audited_stands_out(pulumi: FakePulumi, sandbox: Sandbox, first_id: str) -> None:
    pulumi.prints("export", export(resource("main", first_id)))
    sandbox.faults.add(Fault(kind="status", status=403))
    status, printed = at_a_terminal("audit")
    assert status == 2
    assert f"{YELLOW}Not audited: {PLAIN}Could not read stream\n  {DEMO_STREAM_ID}: FastPix" in printed
    assert f"{YELLOW}Read 0 streams with" in printed


@pytest.mark.usefixtures("stack_with_everything")
def test_recover_colours_what_becomes_of_each_create(first_id: str) -> None:
    status, printed = at_a_terminal("recover")
    assert status == 0
    check_form(printed, run("recover", "--force").stdout)
    # The rows of the table are longer than this terminal is wide; each goes on beside its playback ID.
    assert f"{GREEN}  adopt   {PLAIN}{first_id}  public\n          first\n" in printed
    assert f"{YELLOW}  create  {PLAIN}(none found)" in printed
    assert f"{YELLOW}Check these pairs before you go on: {PLAIN}once imported," in printed
    assert f"{YELLOW}create: {PLAIN}the next `pulumi up` creates it," in printed


def test_adopt_keeps_declarations_and_commands_whole(pulumi: FakePulumi, first_id: str) -> None:
    pulumi.prints("export", export())
    pulumi.fails("stacks")
    arguments = ("adopt", DEMO_STREAM_ID, first_id, "--force")
    status, printed = at_a_terminal(*arguments)
    assert status == 0
    warning, _, rest = printed.partition("No other stack was read.")
    assert warning.startswith(f"{YELLOW}Warning: {PLAIN}Could not list the other stacks of this project:\n  `pulumi")
    check_form(f"No other stack was read.{rest}", run(*arguments).stdout)


def test_delete_shows_in_red_what_is_open_to_all(pulumi: FakePulumi, sandbox: Sandbox, first_id: str) -> None:
    pulumi.prints("export", export())
    hidden = str(sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private"))
    for playback_id, colour in ((first_id, RED), (hidden, YELLOW)):
        status, printed = at_a_terminal("delete", DEMO_STREAM_ID, playback_id, "--yes")
        assert status == 0
        assert f"{colour}Playback ID {playback_id} {PLAIN}on stream\n  {DEMO_STREAM_ID} at" in printed
        assert f"{GREEN}Deleted playback ID {playback_id} of" in printed


@pytest.mark.usefixtures("stack_with_everything")
@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
@pytest.mark.parametrize("command", ["audit", "recover"])
def test_who_wants_no_colours_gets_none(command: str, name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    _, printed = at_a_terminal(command)
    assert ESCAPE not in printed
    check_form(printed, run(command, *(["--force"] if command == "recover" else [])).stdout)
