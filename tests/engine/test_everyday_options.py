"""What Pulumi's options and commands do with our resources: each row of docs/options.md, on the real engine."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from pulumi_fastpix.stack.resource_types import OURS
from support.cases import MODULES, sent_for
from support.engine import Stack, counts, succeeded
from support.own_streams import write_on_own_streams
from support.playback_ids import ids_on

PAGE = (Path(__file__).parents[2] / "docs" / "options.md").read_text()
ROWS = [cells.split("|")[1].strip() for cells in PAGE.splitlines() if cells.startswith("| `")]
TESTS = Path(__file__).parent

OPTIONS = """
from pulumi import ResourceOptions as Options

def private(args):
    return pulumi.ResourceTransformResult({**args.props, "accessPolicy": "private"}, args.opts)

def playback_id(name, policy="public", **options):
    return module.LivePlaybackId(
        f"{provider}-{name}", stream_id=STREAMS[provider], access_policy=policy, opts=Options(**options))

group = pulumi.ComponentResource("test:index:Group", f"{provider}-group")
first = playback_id("first")
playback_id("child", parent=group)
playback_id("after", depends_on=[first])
playback_id("transformed", transforms=[private])
secret = module.LivePlaybackId(f"{provider}-of-a-secret", stream_id=pulumi.Output.secret(STREAMS[provider]))
"""

BEFORE = """
playback_id("retained", retain_on_delete=True)
playback_id("ignored", ignore_changes=["access_policy"])
playback_id("deleted-first", delete_before_replace=True)
playback_id("old-name")
module.LiveStream(f"{provider}-replaced", metadata={"show": "1"}, opts=Options(replace_on_changes=["metadata"]))
"""

AFTER = """
playback_id("ignored", "private", ignore_changes=["access_policy"])
playback_id("deleted-first", "private", delete_before_replace=True)
playback_id("new-name", aliases=[pulumi.Alias(name=f"{provider}-old-name")])
module.LiveStream(f"{provider}-replaced", metadata={"show": "2"}, opts=Options(replace_on_changes=["metadata"]))
"""

TWO = """
for name in ("one", "two") if provider in PROVIDERS else ():
    module.LivePlaybackId(f"{provider}-{name}", stream_id=STREAMS[provider], access_policy=POLICY)
"""


@pytest.fixture
def stack(stack_of_both: Stack) -> Stack:
    """Names of resources begin with the provider's."""
    return stack_of_both


def urns(stack: Stack) -> dict[str, str]:
    return {name: str(resource["urn"]) for name, resource in stack.resources().items()}


def policies(sandbox: Sandbox, stream_id: str) -> dict[str, str]:
    return {one.id: one.access_policy for one in sandbox.store.playback_ids.list(stream_id)}


def everything(sandbox: Sandbox) -> set[str]:
    """The ids of all live streams and playback IDs at FastPix."""
    streams = [one.id for one in sandbox.store.live_streams.list()]
    return {*streams, *ids_on(sandbox, *streams)}


def test_every_row_of_the_page_names_its_test() -> None:
    """The last cell of a row is the name of a test: the promise is what that test holds."""
    named = re.findall(r"^\| `.*\| `?(test_\w+)`? \|$", PAGE, flags=re.MULTILINE)
    assert len(named) == len(ROWS) > 20
    defined = {
        name for path in TESTS.glob("*.py") for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
    }
    assert set(named) <= defined


def test_options_of_resources(stack: Stack, sandbox: Sandbox, streams: dict[str, str]) -> None:
    write_on_own_streams(stack, streams, OPTIONS + BEFORE)
    succeeded(stack.up())
    before, resources = stack.ids(), stack.resources()
    state = stack.deployment()["resources"]
    parents = {one["urn"].rpartition("::")[2]: one.get("parent", "") for one in state}
    for provider, stream_id in streams.items():
        assert parents[f"{provider}-child"].endswith(f"test:index:Group::{provider}-group")
        assert resources[f"{provider}-after"]["dependencies"] == [resources[f"{provider}-first"]["urn"]]
        assert policies(sandbox, stream_id)[before[f"{provider}-transformed"]] == "private"
        assert resources[f"{provider}-of-a-secret"]["inputs"]["streamId"] != stream_id, "encrypted"
    sandbox.clear_requests()

    write_on_own_streams(stack, streams, OPTIONS + AFTER)
    succeeded(stack.up())
    after = stack.ids()
    assert sum("playback-ids" in request.path for request in sandbox.mutating_requests) == 4, "no others than below"
    sent = sent_for(sandbox, streams)
    for provider, stream_id in streams.items():
        assert f"{provider}-retained" not in after
        assert before[f"{provider}-retained"] in ids_on(sandbox, stream_id), "forgotten, not deleted"
        assert after[f"{provider}-ignored"] == before[f"{provider}-ignored"]
        assert policies(sandbox, stream_id)[after[f"{provider}-ignored"]] == "public"
        assert after[f"{provider}-new-name"] == before[f"{provider}-old-name"]
        assert after[f"{provider}-replaced"] != before[f"{provider}-replaced"]
        assert before[f"{provider}-deleted-first"] not in ids_on(sandbox, stream_id)
        assert policies(sandbox, stream_id)[after[f"{provider}-deleted-first"]] == "private"
        assert sent[provider] == ["DELETE playback-ids", "POST playback-ids"], "of deleted-first alone, in that order"
    assert counts(succeeded(stack.up("--expect-no-changes"))).keys() == {"unchanged"}


def test_a_protected_object_is_neither_replaced_nor_deleted(
    stack: Stack, sandbox: Sandbox, streams: dict[str, str]
) -> None:
    """A destroy without a preview forgets what is `deleted_with` it, which stays, unless that is protected, too."""
    program = """
from pulumi import ResourceOptions as Options

module.LivePlaybackId(f"{provider}-main", stream_id=STREAMS[provider], access_policy=POLICY, opts=Options(protect=True))
for name, of_stream, of_id in (("lost", True, False), ("safe", True, True), ("kept", False, False)):
    stream = module.LiveStream(f"{provider}-{name}", opts=Options(protect=of_stream, retain_on_delete=name == "kept"))
    with_it = Options(deleted_with=stream, protect=of_id)
    module.LivePlaybackId(f"{provider}-on-{name}", stream_id=stream.id, opts=with_it)
"""
    write_on_own_streams(stack, streams, program.replace("POLICY", '"public"'))
    succeeded(stack.up())
    ids, urn, at_server = stack.ids(), urns(stack), everything(sandbox)
    write_on_own_streams(stack, streams, program.replace("POLICY", '"private"'))
    for name in of_both("main"):
        # By itself: the first that is refused, one or two, ends a run.
        up = stack.up("--target", urn[name])
        assert up.status != 0
        assert f'unable to replace resource "{urn[name]}" as it is currently marked for protection' in up.said
    assert stack.run("destroy", "--yes").status != 0
    assert stack.ids() == ids, "with a preview, nothing is begun"
    destroy = stack.destroy("--continue-on-error")
    assert destroy.status != 0
    for name in of_both("main", "lost", "on-safe"):
        assert f'resource "{urn[name]}" cannot be deleted because it is protected' in destroy.said
    protected = of_both("main", "lost", "safe", "on-safe")
    assert stack.ids() == {name: ids[name] for name in protected}
    assert everything(sandbox) == at_server
    succeeded(stack.run("state", "unprotect", *(urn[name] for name in protected), "--yes"))
    succeeded(stack.destroy())
    retained = {ids[name] for name in of_both("kept", "on-kept")}
    assert everything(sandbox) & {*ids.values()} == retained


def declare_two(
    stack: Stack, streams: dict[str, str], policy: str, providers: tuple[str, ...] = tuple(MODULES)
) -> None:
    write_on_own_streams(stack, streams, TWO.replace("POLICY", repr(policy)).replace("PROVIDERS", repr(providers)))


def of_both(*names: str) -> list[str]:
    return [f"{provider}-{name}" for name in names for provider in MODULES]


def test_options_of_commands(stack: Stack, sandbox: Sandbox, streams: dict[str, str]) -> None:
    declare_two(stack, streams, "public")
    succeeded(stack.up())
    first, urn = stack.ids(), urns(stack)
    ones, twos = of_both("one"), of_both("two")

    def same(before: dict[str, str], after: dict[str, str]) -> set[str]:
        assert before.keys() == after.keys() == {*ones, *twos}
        return {name for name in before if before[name] == after[name]}

    declare_two(stack, streams, "private")
    succeeded(stack.up(*(f"--target={urn[one]}" for one in ones)))
    second = stack.ids()
    assert same(first, second) == {*twos}
    succeeded(stack.up(*(f"--exclude={urn[one]}" for one in ones)))
    third = stack.ids()
    assert same(second, third) == {*ones}
    # What was deleted elsewhere is made again, once a refresh has seen it.
    for provider, stream_id in streams.items():
        sandbox.store.playback_ids.delete(stream_id, third[f"{provider}-one"])
    seen = stack.run("refresh", "--preview-only", "--expect-no-changes", "--non-interactive")
    assert seen.status != 0
    assert "2 to delete\n" in seen.output, seen.output
    assert stack.ids() == third
    succeeded(stack.up("--refresh"))
    fourth = stack.ids()
    assert same(third, fourth) == {*twos}
    assert stack.up("--expect-no-changes").status == 0
    # A tainted one is replaced.
    succeeded(stack.run("state", "taint", *(urn[two] for two in twos), "--yes"))
    assert stack.up("--expect-no-changes").status != 0
    assert same(fourth, stack.ids()) == {*ones}
    assert ids_on(sandbox, *streams.values()) >= set(stack.ids().values())


def test_a_plan_holds_up_to_what_was_previewed(stack: Stack, streams: dict[str, str]) -> None:
    declare_two(stack, streams, "public")
    stack.environ["PULUMI_EXPERIMENTAL"] = "true"
    plan = str(stack.folder / "plan.json")
    succeeded(stack.run("preview", "--save-plan", plan))
    for provider in MODULES:
        # By itself: the first that is refused, one or two, ends a run.
        declare_two(stack, streams, "private", (provider,))
        refused = stack.up("--plan", plan)
        assert refused.status != 0
        assert "violates plan: properties changed: ++accessPolicy" in refused.output
        assert stack.ids() == {}
    declare_two(stack, streams, "public")
    succeeded(stack.up("--plan", plan))
    assert stack.ids().keys() == {*of_both("one"), *of_both("two")}


def test_a_resource_moves_to_another_stack_and_stays_the_same_object(
    stack: Stack, sandbox: Sandbox, streams: dict[str, str]
) -> None:
    declare_two(stack, streams, "public")
    succeeded(stack.up())
    before, ids, moving = ids_on(sandbox, *streams.values()), stack.ids(), of_both("two")
    succeeded(stack.run("stack", "init", "other", "--no-select"))
    to_other = ("--source", "dev", "--dest", "other", "--yes", "--include-parents")
    succeeded(stack.run("state", "move", *to_other, *(urns(stack)[name] for name in moving)))
    assert stack.ids() == {one: ids[one] for one in of_both("one")}
    write_on_own_streams(stack, streams, 'module.LivePlaybackId(f"{provider}-two", stream_id=STREAMS[provider])')
    assert counts(succeeded(stack.up("--stack", "other", "--expect-no-changes"))).keys() == {"unchanged"}
    assert ids_on(sandbox, *streams.values()) == before


def test_stacks_that_run_at_once_on_one_stream_and_backend_keep_apart(stack: Stack, sandbox: Sandbox) -> None:
    before, names = ids_on(sandbox), ("dev", "two", "three")
    declare_two(stack, dict.fromkeys(MODULES, DEMO_STREAM_ID), "public")
    for name in names[1:]:
        succeeded(stack.run("stack", "init", name, "--no-select"))
    with ThreadPoolExecutor(len(names)) as pool:
        for run in pool.map(lambda name: stack.up("--stack", name), names):
            succeeded(run)
        states = [stack.deployment(name)["resources"] for name in names]
        made = [one["id"] for state in states for one in state if one["type"] in OURS]
        assert len(made) == 12
        assert ids_on(sandbox) == before | set(made)
        for run in pool.map(lambda name: stack.destroy("--stack", name), names):
            succeeded(run)
    assert ids_on(sandbox) == before
