"""`recover` makes a stack the owner of the live streams that interrupted runs made, through both providers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.sandbox.data.records import Rules, StreamSettings
from support.cases import BOTH_PROVIDERS, MODULES, NAMED_MODULES, through_both
from support.commands import fastpix, follow
from support.engine import Stack, succeeded
from support.killing import turn_into_interrupted_creates, up_killed
from support.playback_ids import ids_on
from support.stream_secrets import assert_no_secrets, secrets_of

CONCERT = through_both("""
concert = module.LiveStream("concert-" + provider, reconnect_window=300)
for number in range(14):
    module.LivePlaybackId(f"camera-{number}-{provider}", stream_id=concert.id)
""")
ALIKE = f"""{BOTH_PROVIDERS}
for number in range(16):
    for provider, module in ({NAMED_MODULES}):
        module.LiveStream(f"concert-{{number}}-{{provider}}", reconnect_window=300, metadata={{"show": provider}})
"""
PARALLEL = 16
PARTNER = ', access_restrictions={"domains": {"default_policy": "deny", "allow": ["a.example"]}}'
INTERRUPTED: dict[str, tuple[str, tuple[str, ...]]] = {
    "certain": (PARTNER, ()),
    "guessed": (PARTNER, ("id", "outputs")),
    "one-of-two": ("", ("id", "outputs")),
}
"""Creates of streams that were interrupted: more of their inputs, and what the state doesn't know of them.

Somebody else has made a stream that is just like the last one.
"""


@pytest.fixture
def slow_sandbox(sandbox: Sandbox) -> Iterator[Sandbox]:
    """As slow as a real server, and after eight creates of a kind much slower: there is a middle in which to be killed.

    Then all of `PARALLEL` creates are on their way, of both providers, whatever the machine is busy with.
    """
    sandbox.faults.add(Fault(kind="latency", seconds=0.06, spread=0.05))
    for path in ("*/streams", "*/playback-ids"):
        sandbox.faults.add(Fault(kind="latency", seconds=10, when="after", method="POST", path=path, skip=8))
    yield sandbox
    sandbox.faults.clear()


@pytest.fixture
def stack(stack_of_both: Stack) -> Stack:
    return stack_of_both


def streams(sandbox: Sandbox, show: str | None = None) -> set[str]:
    """All but the one that every sandbox has; or those whose metadata names this show."""
    made = [one for one in sandbox.store.live_streams.list() if one.id != DEMO_STREAM_ID]
    return {one.id for one in made if show is None or one.settings.metadata == {"show": show}}


def of_provider(stack: Stack, provider: str) -> dict[str, str]:
    """Name and id of each resource that goes through it."""
    return {name: id_ for name, id_ in stack.ids().items() if name.endswith(provider)}


def declared(name: str, more: str) -> str:
    """A stream that differs from all others, by its metadata."""
    return f"""{MODULES[name.rpartition("-")[2]]}.LiveStream("{name}", metadata={{"show": "{name}"}}{more})\n"""


def no_changes(stack: Stack, *commands: str) -> None:
    for command in commands:
        run = succeeded(stack.run(command, "--yes", "--skip-preview", "--expect-no-changes"))
        assert "interrupted" not in run.output


def test_the_streams_of_a_killed_run_are_adopted_and_the_rest_is_created(
    stack: Stack, slow_sandbox: Sandbox, tmp_path: Path
) -> None:
    def made() -> dict[str, set[str]]:
        return {provider: streams(slow_sandbox, show=provider) for provider in MODULES}

    def owned() -> dict[str, set[str]]:
        return {provider: set(of_provider(stack, provider).values()) for provider in MODULES}

    stack.write_program(ALIKE)
    up_killed(stack, lambda: len(streams(slow_sandbox)) >= 20, tmp_path / "up.log", parallel=PARALLEL)
    made_then = made()
    assert all(made_then[provider] - owned()[provider] for provider in MODULES)
    slow_sandbox.faults.clear()
    slow_sandbox.clear_requests()
    advice = fastpix(stack, "recover")
    assert (advice.status, advice.stderr) == (0, "")
    assert not any(secret in advice.stdout for secret in secrets_of(slow_sandbox))
    follow(stack, advice.stdout)
    (stack.program_folder / "fastpix-import.json").unlink()
    assert owned() == made_then
    assert slow_sandbox.mutating_requests == []
    assert_no_secrets(stack, slow_sandbox)

    succeeded(stack.up())
    assert [len(one) for one in owned().values()] == [16, 16]
    assert owned() == made()
    assert set(stack.ids().values()) == streams(slow_sandbox)
    for provider in MODULES:
        assert made_then[provider] < owned()[provider]
    no_changes(stack, "up", "refresh")
    assert_no_secrets(stack, slow_sandbox)


def test_a_killed_run_has_not_made_what_came_with_its_stream(
    stack: Stack, slow_sandbox: Sandbox, tmp_path: Path
) -> None:
    """So nobody has to exclude it."""
    stack.write_program(CONCERT)

    def some_are_made() -> bool:
        made = [len(ids_on(slow_sandbox, stream)) for stream in streams(slow_sandbox)]
        return len(made) == len(MODULES) and min(made) >= 4 and sum(made) >= 20

    up_killed(stack, some_are_made, tmp_path / "up.log", parallel=PARALLEL)
    slow_sandbox.faults.clear()
    made = {stream: ids_on(slow_sandbox, stream) for stream in streams(slow_sandbox)}
    advice = fastpix(stack, "recover")
    assert advice.status == 0, advice.stderr
    assert "FastPix creates one playback ID with every stream" not in advice.stdout
    follow(stack, advice.stdout)
    came_with = {}
    for provider in MODULES:
        owned = of_provider(stack, provider)
        (came_with[provider],) = made[owned[f"concert-{provider}"]] - set(owned.values())
        assert stack.resources()[f"concert-{provider}"]["outputs"]["playbackId"] == came_with[provider]
    succeeded(stack.up())
    for provider in MODULES:
        owned = of_provider(stack, provider)
        stream = owned[f"concert-{provider}"]
        assert {*owned.values(), came_with[provider]} == {stream, *ids_on(slow_sandbox, stream)}
        assert len(owned) == 15
    assert made.keys() == streams(slow_sandbox)
    no_changes(stack, "up")


def test_streams_of_interrupted_creates_are_recovered_and_as_declared_after_the_next_up(
    stack: Stack, sandbox: Sandbox
) -> None:
    """Where several may be the ones that a killed run has made, a person decides."""
    cases = {f"{case}-{provider}": case for case in INTERRUPTED for provider in MODULES}
    stack.write_program(BOTH_PROVIDERS + "".join(declared(name, INTERRUPTED[case][0]) for name, case in cases.items()))
    succeeded(stack.up())
    before = stack.ids()
    came_with = {name: ids_on(sandbox, before[name]).pop() for name in cases}
    theirs = {
        name: sandbox.store.live_streams.create(settings=StreamSettings(metadata={"show": name}))
        for name, case in cases.items()
        if case == "one-of-two"
    }
    for case, (_, unknown) in INTERRUPTED.items():
        turn_into_interrupted_creates(stack, *unknown, of=[name for name in cases if cases[name] == case])
    restricted = [name for name, case in cases.items() if INTERRUPTED[case][0]]
    for name in restricted:
        sandbox.store.playback_ids.restrict(before[name], came_with[name], {"domains": Rules()})

    refused = fastpix(stack, "recover")
    assert refused.status == 1
    for name, stream in theirs.items():
        assert (stream in refused.stderr, before[name] in refused.stderr) == (True, True)
    assert not (stack.program_folder / "fastpix-import.json").exists()
    advice = fastpix(stack, "recover", *(f"--not-ours={stream}" for stream in theirs.values()))
    assert advice.status == 0, advice.stderr
    for name, case in cases.items():
        (row,) = [line for line in advice.stdout.splitlines() if before[name] in line]
        assert name in row
        assert ("(certain)" in row) is (case == "certain")
    assert "Until then: FastPix hasn't confirmed the access restrictions of 4 of these" in advice.stdout
    follow(stack, advice.stdout)
    assert stack.ids() == before

    succeeded(stack.up())
    for name in restricted:
        rules = sandbox.store.playback_ids.restrictions(before[name])[came_with[name]]
        assert rules["domains"] == Rules(default_policy="deny", allow=("a.example",))
    no_changes(stack, "up", "refresh")
    assert stack.ids() == before
