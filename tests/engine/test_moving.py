"""Moving a stack between the providers, also when something else goes wrong at the same time.

Everything moves in both directions at once.
"""

from __future__ import annotations

from collections.abc import Iterable

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from support.cases import AT_ONCE, BOTH_PROVIDERS
from support.engine import Stack, counts, succeeded
from support.playback_ids import ids_on

DIRECTIONS = {"to-native": ("fastpix", "native"), "to-dynamic": ("native", "fastpix")}
"""The module in the programs before and after."""


def named(*cases: str) -> list[str]:
    return [f"{case}-{direction}" for case in cases for direction in DIRECTIONS]


def program(moved: int, streams: dict[str, str], policy: str) -> str:
    """Playback IDs on streams of their own, whose names end with their direction; moved or not."""
    return BOTH_PROVIDERS + "".join(
        f'{DIRECTIONS[direction][moved]}.LivePlaybackId("{name}", stream_id="{stream}", access_policy="{policy}")\n'
        for name, stream in streams.items()
        for direction in DIRECTIONS
        if name.endswith(direction)
    )


def test_an_object_to_be_deleted_by_the_old_provider_blocks_no_command(stack_of_both: Stack, sandbox: Sandbox) -> None:
    """It has the new type by then, but still the old provider."""
    stack = stack_of_both
    streams = {name: sandbox.store.live_streams.create() for name in named("destroy", "up", "refresh")}
    stack.write_program(program(0, streams, "public"))
    succeeded(stack.up())
    old = stack.ids()

    def left(names: Iterable[str]) -> set[str]:
        return {old[name] for name in names} & ids_on(sandbox, *streams.values())

    for stream in streams.values():
        sandbox.faults.add(Fault(kind="status", status=403, method="DELETE", path=f"*/{stream}/*", times=1))
    stack.write_program(program(1, streams, "private"))
    assert stack.up(*AT_ONCE).status != 0
    assert left(old) == {*old.values()}

    succeeded(stack.destroy("--target=**::destroy-*"))
    assert left(named("destroy")) == set()
    succeeded(stack.up("--target=**::up-*"))
    assert left(named("up")) == set()
    assert left(named("refresh")) == {old[name] for name in named("refresh")}
    succeeded(stack.refresh())


def moved(stack: Stack, *, renamed: bool, **environ: str) -> None:
    """Run `up`, which moves what is to be moved, and does nothing else."""
    ids = stack.ids()
    up = succeeded(stack.up(**environ))
    assert counts(up).keys() <= {"updated", "unchanged"}
    assert stack.ids() == {name.replace("old", "new" if renamed else "old"): id_ for name, id_ in ids.items()}


def test_moving_takes_no_call_and_no_credentials_and_can_be_done_with_a_new_name(
    stack_of_both: Stack, sandbox: Sandbox
) -> None:
    stack = stack_of_both

    def write(main: int, others: int, name: str, alias: str = "") -> None:
        """Each moved or not: one that keeps its name, and others, with and without a parent, that may be renamed."""
        stack.write_program(
            BOTH_PROVIDERS
            + "".join(
                f"""
{modules[main]}.LivePlaybackId("main-{direction}", stream_id="{DEMO_STREAM_ID}")
show = pulumi.ComponentResource("test:index:Show", "show-{direction}")
for kind, parent in {{"resource": None, "child": show}}.items():
    opts = pulumi.ResourceOptions(parent=parent, aliases=[{alias and f'pulumi.Alias(name=f"{alias}-{direction}")'}])
    {modules[others]}.LivePlaybackId(f"{name}-{{kind}}-{direction}", stream_id="{DEMO_STREAM_ID}", opts=opts)
"""
                for direction, modules in DIRECTIONS.items()
            )
        )

    write(0, 0, "old")
    succeeded(stack.up())
    sandbox.clear_requests()

    write(1, 0, "old")
    moved(stack, renamed=False, FASTPIX_USERNAME="", FASTPIX_PASSWORD="")
    write(1, 1, "new", "old-{kind}")
    moved(stack, renamed=True)
    assert stack.ids().keys() == {*named("main", "new-resource", "new-child")}
    assert sandbox.requests == []
