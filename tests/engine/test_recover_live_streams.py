"""`recover` makes a stack the owner of the live streams that interrupted runs made, through both providers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.sandbox.data.records import Rules, StreamSettings
from support.cases import BOTH_PROVIDERS, MODULES, NAMED_MODULES
from support.commands import fastpix, follow
from support.engine import Stack, succeeded
from support.killing import turn_into_interrupted_creates, up_killed
from support.playback_ids import ids_on
from support.stream_secrets import assert_no_secrets, secrets_of

EARLY, ALL = 6, 8
SHOWS = f"""{BOTH_PROVIDERS}
PROVIDERS = ({NAMED_MODULES})
concerts = {{name: module.LiveStream(f"concert-{{name}}", reconnect_window=300) for name, module in PROVIDERS}}
after = [*concerts.values()]
for numbers in (range({EARLY}), range({EARLY}, {ALL})):
    opts = pulumi.ResourceOptions(depends_on=[*after])
    for number in numbers:
        for provider, module in PROVIDERS:
            after += [
                module.LivePlaybackId(
                    f"camera-{{number}}-{{provider}}", stream_id=concerts[provider].id, opts=opts
                ),
                module.LiveStream(
                    f"matinee-{{number}}-{{provider}}", reconnect_window=300, metadata={{"show": provider}}, opts=opts
                ),
            ]
"""
"""Through each provider a stream with playback IDs, and streams that are alike; the last of both wait for the rest."""
PARALLEL = 64
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
    """As slow as a real server, and after four creates of a kind much slower: there is a middle in which to be killed.

    Then all the early creates have made something, through both providers, and of most the response is on its way.
    """
    sandbox.faults.add(Fault(kind="latency", seconds=0.06, spread=0.05))
    for path in ("*/streams", "*/playback-ids"):
        sandbox.faults.add(Fault(kind="latency", seconds=10, when="after", method="POST", path=path, skip=4))
    yield sandbox
    sandbox.faults.clear()


@pytest.fixture
def stack(stack_of_both: Stack) -> Stack:
    return stack_of_both


def streams(sandbox: Sandbox, show: str | None = None) -> set[str]:
    """All but the one that every sandbox has; or those whose metadata names this show."""
    made = [one for one in sandbox.store.live_streams.list() if one.id != DEMO_STREAM_ID]
    return {one.id for one in made if show is None or one.settings.metadata == {"show": show}}


def owned(stack: Stack, provider: str, *kinds: str) -> dict[str, str]:
    """Name and id of each resource of these kinds that goes through the provider."""
    return {name: id_ for name, id_ in stack.ids().items() if name.startswith(kinds) and name.endswith(f"-{provider}")}


def declared(name: str, more: str) -> str:
    """A stream that differs from all others, by its metadata."""
    return f"""{MODULES[name.rpartition("-")[2]]}.LiveStream("{name}", metadata={{"show": "{name}"}}{more})\n"""


def nothing_is_left_to_do(stack: Stack) -> None:
    """For the program, and between the state and FastPix, down to outputs and secrets."""
    before = stack.states_with_secrets()
    run = succeeded(stack.up("--refresh", "--expect-no-changes"))
    assert stack.states_with_secrets() == before
    assert "interrupted" not in run.output
    assert "[diff: " not in run.output


def test_what_a_killed_run_made_is_adopted_and_the_rest_is_created(
    stack: Stack, slow_sandbox: Sandbox, tmp_path: Path
) -> None:
    """But not what came with a stream: nobody has to exclude it."""

    def matinees_made() -> dict[str, set[str]]:
        return {provider: streams(slow_sandbox, show=provider) for provider in MODULES}

    def matinees_owned() -> dict[str, set[str]]:
        return {provider: {*owned(stack, provider, "matinee").values()} for provider in MODULES}

    def cameras_made() -> dict[str, set[str]]:
        """By their concerts, with what came with these."""
        matinees = set.union(*matinees_made().values())
        return {stream: ids_on(slow_sandbox, stream) for stream in streams(slow_sandbox) - matinees}

    def early_ones_are_made() -> bool:
        cameras = [len(ids) - 1 for ids in cameras_made().values()]
        return [*map(len, matinees_made().values()), *cameras] == [EARLY] * 4

    stack.write_program(SHOWS)
    up_killed(stack, early_ones_are_made, tmp_path / "up.log", parallel=PARALLEL)
    matinees, cameras = matinees_made(), cameras_made()
    assert all(matinees[provider] - matinees_owned()[provider] for provider in MODULES)
    slow_sandbox.faults.clear()
    slow_sandbox.clear_requests()
    advice = fastpix(stack, "recover")
    assert (advice.status, advice.stderr) == (0, "")
    assert "FastPix creates one playback ID with every stream" not in advice.stdout
    assert not any(secret in advice.stdout for secret in secrets_of(slow_sandbox))
    follow(stack, advice.stdout)
    (stack.program_folder / "fastpix-import.json").unlink()
    assert matinees_owned() == matinees
    came_with = {}
    for provider in MODULES:
        concert = owned(stack, provider, "concert", "camera")
        (came_with[provider],) = cameras[concert[f"concert-{provider}"]] - {*concert.values()}
        assert stack.resources()[f"concert-{provider}"]["outputs"]["playbackId"] == came_with[provider]
    assert slow_sandbox.mutating_requests == []
    assert_no_secrets(stack, slow_sandbox)

    succeeded(stack.up())
    assert [len(one) for one in matinees_owned().values()] == [ALL, ALL]
    assert matinees_owned() == matinees_made()
    assert cameras.keys() == cameras_made().keys()
    for provider in MODULES:
        assert matinees[provider] < matinees_owned()[provider]
        concert = owned(stack, provider, "concert", "camera")
        stream = concert[f"concert-{provider}"]
        assert {*concert.values(), came_with[provider]} == {stream, *ids_on(slow_sandbox, stream)}
        assert len(concert) == 1 + ALL
    nothing_is_left_to_do(stack)
    assert_no_secrets(stack, slow_sandbox)


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
    nothing_is_left_to_do(stack)
    assert stack.ids() == before
