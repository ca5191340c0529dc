"""Processes are killed amid twelve creates: the journal tells what they made, and nothing is made twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from pulumi_fastpix.journal.files import files_in, folder_of
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox, Switches
from support.cases import BOTH_PROVIDERS, MODULES
from support.commands import fastpix, follow
from support.engine import Stack
from support.killing import Victims, up_killed
from support.playback_ids import ids_on

CREATES = 12
PROGRAMS = {
    "both": f"""{BOTH_PROVIDERS}
for number in range({CREATES}):
    provider = [fastpix, native][number % 2]
    provider.LivePlaybackId(f"camera-{{number}}", stream_id="{DEMO_STREAM_ID}")
""",
    **{
        name: f"""{BOTH_PROVIDERS}
for number in range({CREATES}):
    {module}.LivePlaybackId(f"camera-{{number}}", stream_id="{DEMO_STREAM_ID}")
"""
        for name, module in MODULES.items()
    },
}
"""By the provider that makes them."""
ON_ITS_WAY_SECONDS = 0.3
TOLD = "A provider process was killed during this run."


def noted(stack: Stack) -> list[str]:
    """The events in the stack's journal, so far."""
    folder = folder_of(stack.environ)
    assert folder is not None
    lines = [line for file in files_in(folder) for line in file.read_text().splitlines() if line.strip()]
    return [json.loads(line)["event"] for line in lines if line.endswith("}")]


@dataclass(frozen=True)
class Step:
    """A moment of a create.

    Attributes:
        fault: has all creates wait there.
        event: the one that the journal has for each of them then.
        made: whether the requests have made something, by the time all is quiet.
        certain: whether the journal knows what.
        restricts: whether the creates have more to do than one request.
    """

    fault: Fault
    event: str
    made: bool
    certain: bool = False
    restricts: bool = False


STEPS = {
    "before the request": Step(Fault(kind="latency", method="GET", seconds=60, when="before"), "begun", made=False),
    "request on its way": Step(
        Fault(kind="latency", method="POST", seconds=ON_ITS_WAY_SECONDS, when="before"), "sending", made=True
    ),
    "response on its way": Step(Fault(kind="latency", method="POST", seconds=60, when="after"), "sending", made=True),
    "after the response": Step(
        Fault(kind="latency", method="PATCH", seconds=60), "made", made=True, certain=True, restricts=True
    ),
}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(switches=Switches(restrictions_create="ignored")) as sandbox:
        yield sandbox


def when(stack: Stack, sandbox: Sandbox, step: Step, before: set[str]) -> Callable[[], bool]:
    """Whether all creates wait at this step."""

    def reached() -> bool:
        waiting = noted(stack).count(step.event) == CREATES
        return waiting and (step.fault.when == "before" or step.certain or len(ids_on(sandbox) - before) == CREATES)

    return reached


@pytest.mark.parametrize("victims", ["provider", "pulumi", "all"])
@pytest.mark.parametrize(
    ("step", "makers"),
    [
        ("before the request", "both"),
        # Where each has a process of its own, not all requests are on their way at once.
        *(("request on its way", maker) for maker in MODULES),
        ("response on its way", "both"),
        ("after the response", "both"),
    ],
)
def test_what_a_killed_process_made_is_recovered(
    sandbox: Sandbox, tmp_path: Path, step: str, makers: str, victims: Victims
) -> None:
    stack = Stack(tmp_path, sandbox.environment())
    program = PROGRAMS[makers]
    if STEPS[step].restricts:
        program = program.replace('")', '", access_restrictions={"domains": {"default_policy": "deny"}})')
    stack.write_program(program)
    stack.create()
    recovers(stack, sandbox, tmp_path, STEPS[step], victims)


def recovers(stack: Stack, sandbox: Sandbox, tmp_path: Path, step: Step, victims: Victims) -> None:
    """From the kill to a stack that has what was made, and all that is declared."""
    before = ids_on(sandbox)
    sandbox.faults.add(step.fault)
    up = partial(up_killed, stack, parallel=CREATES, victims=victims, journal=True)
    up(when(stack, sandbox, step, before), tmp_path / "up.log")
    sandbox.faults.clear()
    made = ids_on(sandbox) - before
    assert len(made) == (CREATES if step.made else 0)
    foreign = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public")
    # Where only Pulumi is killed, the provider lives to have the response to what was on its way, but not for a minute.
    is_certain = step.certain or (victims == "pulumi" and step.fault.seconds == ON_ITS_WAY_SECONDS)

    advice = fastpix(stack, "recover")
    if step.made and not is_certain:
        # Nothing tells the twelve that were made from one that somebody else has made meanwhile.
        assert advice.status == 1, advice.stdout
        assert {*made, foreign} <= set(advice.stderr.split()), advice
        assert not before & set(advice.stderr.split())
        advice = fastpix(stack, "recover", f"--not-ours={foreign}")
    assert advice.status == 0, advice.stderr
    assert foreign not in advice.stdout
    assert advice.stdout.count("(certain)") == (CREATES if is_certain else 0)
    if step.made:
        assert all(one in advice.stdout for one in made)
    if step.made or victims != "provider":
        follow(stack, advice.stdout)
    completed = stack.up()
    assert completed.status == 0, completed.output
    ids = stack.ids()
    assert len(ids) == CREATES
    assert set(ids.values()) == ids_on(sandbox) - before - {foreign}
    assert not step.made or set(ids.values()) == made
    again = stack.up("--expect-no-changes")
    assert again.status == 0, again.output
    assert noted(stack) == []
    assert "Nothing to recover" in fastpix(stack, "recover").stdout


@pytest.fixture
def a_provider_is_killed(stack: Stack, sandbox: Sandbox, tmp_path: Path) -> Callable[[], str]:
    """Kills the provider once it has made all, and gives what the run printed."""

    def kill() -> str:
        before = ids_on(sandbox)
        sandbox.faults.add(Fault(kind="latency", method="POST", seconds=60, when="after"))
        killed = partial(up_killed, stack, parallel=CREATES, victims="provider", journal=True)
        killed(lambda: len(ids_on(sandbox) - before) == CREATES, tmp_path / "up.log")
        sandbox.faults.clear()
        return (tmp_path / "up.log").read_text()

    stack.write_program(PROGRAMS[stack.provider.name])
    return kill


def test_the_run_whose_provider_is_killed_names_the_way(a_provider_is_killed: Callable[[], str]) -> None:
    """Pulumi ends the program at once, and may show nothing more of it: so it has three attempts."""
    assert any(TOLD in a_provider_is_killed() for _ in range(3))


def streams_of(sandbox: Sandbox) -> set[str]:
    return {one.id for one in sandbox.store.live_streams.list()}


def test_live_streams_and_signing_keys_that_a_killed_provider_made(
    stack: Stack, sandbox: Sandbox, tmp_path: Path
) -> None:
    """A stream is imported as FastPix shows it, and finished by the next run; of a key, the private key is lost."""
    stack.write_program("""
closed = {"domains": {"default_policy": "deny"}}
fastpix.LiveStream("concert", metadata={"show": "42"}, reconnect_window=300, access_restrictions=closed)
fastpix.LiveStream("matinee", access_restrictions=closed)
fastpix.SigningKey("viewers")
""")
    before = streams_of(sandbox)
    sandbox.faults.add(Fault(kind="latency", method="PATCH", seconds=60))
    sandbox.faults.add(Fault(kind="latency", method="GET", path="*/signing-keys/*", seconds=60))
    up = partial(up_killed, stack, victims="provider", journal=True)
    up(lambda: noted(stack).count("made") == 3, tmp_path / "up.log")
    sandbox.faults.clear()
    (key,) = sandbox.store.signing_keys.list()
    made = streams_of(sandbox) - before

    audit = fastpix(stack, "audit", "--all-streams").stdout
    assert "Interrupted creates of live streams:" in audit
    assert "Interrupted creates of signing keys:" in audit
    assert all(one in audit for one in made)
    assert "First find out which of them a killed run made: pulumi-fastpix recover" in audit
    refusal = stack.up()
    assert refusal.status != 0
    assert refusal.diagnostics.count("Nothing was created: an earlier run made the live stream") == 2
    advice = fastpix(stack, "recover")
    assert advice.status == 0, advice.stderr
    assert advice.stdout.count("(certain)") == 2
    assert f"{key.id}  created" in advice.stdout
    follow(stack, advice.stdout)
    completed = stack.up()
    assert completed.status == 0, completed.output
    assert streams_of(sandbox) - before == made
    ids = stack.ids()
    assert {ids["concert"], ids["matinee"]} == made
    assert stack.resources()["concert"]["inputs"]["metadata"] == {"show": "42"}
    again = stack.up("--expect-no-changes")
    assert again.status == 0, again.output
