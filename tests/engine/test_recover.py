"""After a run was killed, `recover` finds each playback ID that it created, so that none is created twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.stack.resource_types import OURS
from support.cases import BOTH_PROVIDERS, through_both
from support.commands import fastpix, follow, printed_commands
from support.engine import DYNAMIC, NATIVE, ProviderUnderTest, Stack, succeeded
from support.killing import has_a_name_twice, up_killed
from support.playback_ids import empty_stream, ids_on

MANY = f"""{BOTH_PROVIDERS}
cameras = []
for number in range(15):
    for provider, module in (("dynamic", fastpix), ("native", native)):
        after = pulumi.ResourceOptions(depends_on=cameras[:2] if number else [])
        name = f"camera-{{{{provider}}}}-{{{{number:02}}}}"
        cameras.append(module.LivePlaybackId(name, stream_id="{{stream}}", opts=after))
"""
"""Thirty playback IDs on the stream that it is formatted with, through both providers in turns.

The first two are made before the others, so that both providers are at work then.
"""


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox as slow as a real server: there is a middle in which to be killed, before the work and after it."""
    slow = [Fault(kind="latency", seconds=0.06, spread=0.05), Fault(kind="latency", seconds=0.1, when="after")]
    with Sandbox(faults=slow) as sandbox:
        yield sandbox


@pytest.fixture
def provider() -> ProviderUnderTest:
    """Programs go through both providers here: see `support.cases`."""
    return DYNAMIC


def all_resources(stack: Stack) -> list[dict[str, Any]]:
    """Our resources in the state, also those of one name below different parents."""
    return [resource for resource in stack.deployment()["resources"] if resource["type"] in OURS]


def ids_in(stack: Stack) -> set[str]:
    return {resource["id"] for resource in all_resources(stack)}


def both_are_creating(stack: Stack) -> bool:
    """Whether the state, as it is on the disk now, has creates in progress through both providers."""
    pending = {operation["resource"]["type"] for operation in stack.deployment().get("pending_operations") or []}
    return pending >= {DYNAMIC.type, NATIVE.type}


def creates(sandbox: Sandbox) -> int:
    return sum(request.method == "POST" for request in sandbox.mutating_requests)


def interrupted(
    stack: Stack,
    sandbox: Sandbox,
    tmp_path: Path,
    made: int,
    *stream_ids: str,
    and_then: Callable[[], bool] = lambda: True,
) -> set[str]:
    """Kill an `up` amid creates, once there are so many playback IDs; return those that the state doesn't know."""

    def amid() -> bool:
        return len(ids_on(sandbox, *stream_ids)) >= made and both_are_creating(stack) and and_then()

    up_killed(stack, amid, tmp_path / "up.log")
    lost = ids_on(sandbox, *stream_ids) - ids_in(stack)
    assert lost
    sandbox.clear_requests()
    return lost


def test_the_playback_ids_of_a_killed_run_are_adopted_and_the_rest_is_created(
    stack: Stack, sandbox: Sandbox, tmp_path: Path
) -> None:
    stream_id = empty_stream(sandbox)
    stack.write_program(MANY.format(stream=stream_id))
    lost = interrupted(stack, sandbox, tmp_path, 12, stream_id)
    made = ids_on(sandbox, stream_id)

    advice = fastpix(stack, "recover")
    assert advice.status == 0, advice.stderr
    assert all(playback_id in advice.stdout for playback_id in lost)
    assert [request.method for request in sandbox.requests] == ["GET"]

    follow(stack, advice.stdout)
    assert "interrupted" not in succeeded(stack.up()).output
    assert creates(sandbox) == 30 - len(made)
    assert made < set(stack.ids().values()) == ids_on(sandbox, stream_id)
    assert len(stack.ids()) == 30
    assert "[diff: " not in succeeded(stack.up("--refresh", "--expect-no-changes")).output


def test_two_killed_runs_in_a_row_can_be_recovered_together(stack: Stack, sandbox: Sandbox, tmp_path: Path) -> None:
    """The second run begins the first one's interrupted creates again: there are two of one name then."""
    stream_id = empty_stream(sandbox)
    hanging = """
class Databases(pulumi.dynamic.ResourceProvider):
    def create(self, props):
        import os, time
        time.sleep(60 if "HANG" in os.environ else 0)
        return pulumi.dynamic.CreateResult("d", {})

class Database(pulumi.dynamic.Resource):
    pass

Database(Databases(), "database", {})
"""
    stack.write_program(hanging + MANY.format(stream=stream_id))
    stack.environ["HANG"] = "1"
    interrupted(stack, sandbox, tmp_path, 8, stream_id)
    stack.run("cancel", "--yes")
    made = len(ids_on(sandbox, stream_id)) + 1
    lost = interrupted(stack, sandbox, tmp_path, made, stream_id, and_then=lambda: has_a_name_twice(stack))
    del stack.environ["HANG"]
    assert has_a_name_twice(stack)

    advice = fastpix(stack, "recover", "--all-ours")
    assert advice.status == 0, advice.stderr
    assert advice.stdout.count("    urn:pulumi:dev::project::pulumi-python:dynamic:Resource::database\n") == 1
    assert [command.split()[1] for command in printed_commands(advice.stdout)] == ["cancel", "import", "refresh"]
    follow(stack, advice.stdout)
    assert lost <= ids_in(stack) == ids_on(sandbox, stream_id)
    succeeded(stack.up())
    assert len(all_resources(stack)) == 30
    assert ids_in(stack) == ids_on(sandbox, stream_id)
    succeeded(stack.up("--expect-no-changes"))


def test_after_an_up_in_between_only_confirmed_playback_ids_are_deleted(
    stack: Stack, sandbox: Sandbox, tmp_path: Path
) -> None:
    """All names are taken by then, and the rest may be the killed run's or the one created with the stream."""
    others = ids_on(sandbox) | {sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public")}
    stack.write_program(MANY.format(stream=DEMO_STREAM_ID))
    lost = interrupted(stack, sandbox, tmp_path, len(others) + 10) - others
    stack.run("cancel", "--yes")
    succeeded(stack.up())

    refusal = fastpix(stack, "recover")
    assert refusal.status == 1
    assert all(playback_id in refusal.stderr for playback_id in lost | others)

    advice = fastpix(stack, "recover", *(f"--ours={playback_id}" for playback_id in lost))
    assert advice.status == 0, advice.stderr
    assert "none found" not in advice.stdout
    follow(stack, advice.stdout)
    succeeded(stack.up())
    assert len(stack.ids()) == 30
    assert ids_on(sandbox) == ids_in(stack) | others


def test_recovered_playback_ids_keep_names_parents_protection_secrets_and_accounts(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    """Several streams, one of them a secret, and some of them in another account."""
    with Sandbox(faults=[Fault(kind="latency", seconds=0.15, when="after")]) as other:
        stack = Stack(tmp_path)
        streams = [empty_stream(sandbox) for _ in range(2)]
        far = empty_stream(other)
        stack.write_program(f"""{BOTH_PROVIDERS}
class Studio(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("my:index:Studio", name)
        for number in range(8):
            [fastpix, native][number // 2 % 2].LivePlaybackId(
                f'{{name}} "{{number}}"::é', stream_id="{streams[0]}", access_policy=["public", "private"][number % 2],
                opts=pulumi.ResourceOptions(parent=self, protect=True))

def account(package, namespace):
    return pulumi.ResourceOptions(provider=pulumi.ProviderResource(package, "far", {{
        f"{{namespace}}accessTokenId": config.require("accessTokenId"),
        f"{{namespace}}secretKey": config.require_secret("secretKey"),
        f"{{namespace}}baseUrl": config.require("baseUrl"),
    }}))

Studio("north")
Studio("north 2")
config = pulumi.Config("far")
accounts = [(fastpix, account("pulumi-python", "fastpix:")), (native, account("fastpix", ""))]
for number in range(8):
    module, through_far = accounts[number % 2]
    module.LivePlaybackId(f"secret-{{number}}", stream_id=pulumi.Output.secret("{streams[1]}"))
    module.LivePlaybackId(f"far-{{number}}", stream_id="{far}", opts=through_far)
""")
        stack.create()
        stack.configure_target(sandbox)
        stack.configure_target(other, "far")

        def everywhere() -> set[str]:
            return ids_on(sandbox, *streams) | ids_on(other, far)

        def reached(wanted: int) -> bool:
            return len(everywhere()) >= wanted

        paired = 0
        for wanted in (8, 20):
            up_killed(stack, partial(reached, wanted), tmp_path / "up.log", parallel=12, journal=True)
            made = everywhere()
            advice = fastpix(stack, "recover", "--force")
            assert advice.status == 0, advice.stderr
            assert streams[1] not in advice.stdout
            assert not any(key in advice.stdout + advice.stderr for key in (sandbox.secret_key, other.secret_key))
            paired += "Wrote" in advice.stdout
            follow(stack, advice.stdout)
            assert ids_in(stack) == made
            assert streams[1] not in json.dumps(stack.deployment())
        assert paired
        succeeded(stack.up())
        assert len(all_resources(stack)) == 32
        assert ids_in(stack) == everywhere()
        assert all(resource.get("protect", False) == ("north" in resource["urn"]) for resource in all_resources(stack))
        succeeded(stack.up("--expect-no-changes"))


DOORS = through_both(f"""
for number in range(4):
    module.LivePlaybackId(f"door-{{provider}}-{{number}}", stream_id="{DEMO_STREAM_ID}", access_policy=POLICY)
""")
CAMERAS = through_both("""
cameras = []
for numbers in (range(6), range(6, 9)):  # the last ones wait for the rest
    opts = pulumi.ResourceOptions(depends_on=[*cameras])
    for number in numbers:
        cameras.append(module.LivePlaybackId(f"camera-{provider}-{number}", stream_id=STREAM, opts=opts))
""")


def killed_amid_doors_and_cameras(stack: Stack, sandbox: Sandbox, log: Path, stream: str) -> tuple[set[str], set[str]]:
    """Kill an `up` in which all creates that don't wait for others have made something; return what the state lacks."""
    before = ids_on(sandbox), ids_on(sandbox, stream)
    # From then on responses are on their way until after the kill.
    for path in (f"*/{DEMO_STREAM_ID}/*", f"*/{stream}/*"):
        sandbox.faults.add(Fault(kind="latency", seconds=10, when="after", method="POST", path=path, skip=3))

    def made() -> tuple[set[str], set[str]]:
        return ids_on(sandbox) - before[0], ids_on(sandbox, stream) - before[1]

    up_killed(stack, lambda: [*map(len, made())] == [8, 12] and both_are_creating(stack), log, parallel=32)
    sandbox.faults.clear()
    doors, cameras = (ids - ids_in(stack) for ids in made())
    assert doors
    assert cameras
    return doors, cameras


def test_what_existed_before_is_left_alone_and_orphans_of_replacements_are_deleted_by_the_next_up(
    stack: Stack, sandbox: Sandbox, tmp_path: Path
) -> None:
    """A person decides on both streams.

    On one, what is replaced stays until what takes its place is recorded, which can't have its name; on the other there
    are more than interrupted creates.
    """
    stream, with_stream = sandbox.store.live_streams.create(), ids_on(sandbox)
    theirs = ids_on(sandbox, stream) | {sandbox.store.playback_ids.create(stream, "public") for _ in range(20)}
    stack.write_program(f'POLICY = "public"\n{DOORS}')
    succeeded(stack.up())
    stack.write_program(f'POLICY, STREAM = "private", "{stream}"\n{DOORS}{CAMERAS}')
    doors, cameras = killed_amid_doors_and_cameras(stack, sandbox, tmp_path / "up.log", stream)

    refusal = fastpix(stack, "recover")
    assert refusal.status == 1
    assert "It isn't clear which" in refusal.stderr
    assert all(playback_id in refusal.stderr for playback_id in cameras | theirs)
    assert "has no interrupted create to pair with (and " in refusal.stderr
    assert printed_commands(refusal.stdout) == []
    assert not (stack.program_folder / "fastpix-import.json").exists()

    not_ours, ours = ([f"--{option}={one}" for one in ids] for option, ids in (("not-ours", theirs), ("ours", doors)))
    advice = fastpix(stack, "recover", *not_ours, *ours)
    assert advice.status == 0, advice.stderr
    assert not any(playback_id in advice.stdout for playback_id in theirs)
    assert "  delete  " in advice.stdout
    follow(stack, advice.stdout)
    assert doors <= ids_in(stack)
    succeeded(stack.up())
    assert len(stack.ids()) == 8 + 18
    assert {*stack.ids().values()} == (ids_on(sandbox) - with_stream) | (ids_on(sandbox, stream) - theirs)
    assert not doors & ids_on(sandbox)
    succeeded(stack.up("--expect-no-changes"))
    succeeded(stack.destroy())
    assert (ids_on(sandbox), ids_on(sandbox, stream)) == (with_stream, theirs)
