"""What Pulumi's options and commands do with our resources: each row of docs/options.md, on the real engine."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from support.engine import Run, Stack, counts
from support.playback_ids import ids_on

PAGE = (Path(__file__).parents[2] / "docs" / "options.md").read_text()

OPTIONS = f"""
from pulumi import ResourceOptions as Options

def private(args):
    return pulumi.ResourceTransformResult({{**args.props, "accessPolicy": "private"}}, args.opts)

def playback_id(name, policy="public", **options):
    return fastpix.LivePlaybackId(name, stream_id={DEMO_STREAM_ID!r}, access_policy=policy, opts=Options(**options))

group = pulumi.ComponentResource("test:index:Group", "group")
first = playback_id("first")
playback_id("child", parent=group)
playback_id("after", depends_on=[first])
playback_id("transformed", transforms=[private])
secret = fastpix.LivePlaybackId("of-a-secret", stream_id=pulumi.Output.secret({DEMO_STREAM_ID!r}))
"""

BEFORE = """
playback_id("retained", retain_on_delete=True)
playback_id("ignored", ignore_changes=["access_policy"])
playback_id("deleted-first", delete_before_replace=True)
playback_id("old-name")
fastpix.LiveStream("replaced", metadata={"show": "1"}, opts=Options(replace_on_changes=["metadata"]))
"""

AFTER = """
playback_id("ignored", "private", ignore_changes=["access_policy"])
playback_id("deleted-first", "private", delete_before_replace=True)
playback_id("new-name", aliases=[pulumi.Alias(name="old-name")])
fastpix.LiveStream("replaced", metadata={"show": "2"}, opts=Options(replace_on_changes=["metadata"]))
"""


def succeeded(run: Run) -> Run:
    assert run.status == 0, run.output
    return run


def urns(stack: Stack) -> dict[str, str]:
    return {name: str(resource["urn"]) for name, resource in stack.resources().items()}


def policies(sandbox: Sandbox) -> dict[str, str]:
    return {one.id: one.access_policy for one in sandbox.store.playback_ids.list(DEMO_STREAM_ID)}


ROWS = [cells.split("|")[1].strip() for cells in PAGE.splitlines() if cells.startswith("| `")]
TESTS = Path(__file__).parent


def test_every_row_of_the_page_names_its_test() -> None:
    """The last cell of a row is the name of a test: the promise is what that test holds."""
    named = re.findall(r"^\| `.*\| `?(test_\w+)`? \|$", PAGE, flags=re.MULTILINE)
    assert len(named) == len(ROWS) > 20
    defined = {
        name for path in TESTS.glob("*.py") for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
    }
    assert set(named) <= defined


def test_options_of_resources(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(OPTIONS + BEFORE)
    succeeded(stack.up())
    before = stack.ids()
    state = json.loads(stack.export())["deployment"]["resources"]
    parents = {one["urn"].rpartition("::")[2]: one.get("parent", "") for one in state}
    assert parents["child"].endswith("test:index:Group::group")
    assert stack.resources()["after"]["dependencies"] == [urns(stack)["first"]]
    assert policies(sandbox)[before["transformed"]] == "private"
    assert stack.resources()["of-a-secret"]["inputs"]["streamId"] != DEMO_STREAM_ID, "encrypted"
    sandbox.clear_requests()

    stack.write_program(OPTIONS + AFTER)
    succeeded(stack.up())
    after = stack.ids()
    assert "retained" not in after
    assert before["retained"] in ids_on(sandbox), "forgotten, not deleted"
    assert after["ignored"] == before["ignored"]
    assert policies(sandbox)[after["ignored"]] == "public"
    assert after["new-name"] == before["old-name"]
    assert after["replaced"] != before["replaced"]
    assert before["deleted-first"] not in ids_on(sandbox)
    assert policies(sandbox)[after["deleted-first"]] == "private"
    of_playback_ids = [request.method for request in sandbox.mutating_requests if "playback-ids" in request.path]
    assert of_playback_ids == ["DELETE", "POST"], "of deleted-first alone, and in that order"
    assert counts(succeeded(stack.up("--expect-no-changes"))).keys() == {"unchanged"}


def test_a_protected_object_is_neither_replaced_nor_deleted(stack: Stack, sandbox: Sandbox) -> None:
    program = 'fastpix.LivePlaybackId("main", stream_id="{}", {}opts=pulumi.ResourceOptions(protect=True))'
    stack.write_program(program.format(DEMO_STREAM_ID, ""))
    succeeded(stack.up())
    before = ids_on(sandbox)
    stack.write_program(program.format(DEMO_STREAM_ID, 'access_policy="private", '))
    for refused in (stack.up(), stack.destroy()):
        assert refused.status != 0
        assert "protect" in refused.output
    assert ids_on(sandbox) == before
    succeeded(stack.run("state", "unprotect", urns(stack)["main"], "--yes"))
    succeeded(stack.destroy())


TWO = """
for name in ("one", "two"):
    fastpix.LivePlaybackId(name, stream_id={stream!r}, access_policy={policy!r})
"""


def test_options_of_commands(stack: Stack, sandbox: Sandbox) -> None:
    def declare(policy: str) -> None:
        stack.write_program(TWO.format(stream=DEMO_STREAM_ID, policy=policy))

    declare("public")
    succeeded(stack.up())
    first, urn = stack.ids(), urns(stack)
    declare("private")
    succeeded(stack.up("--target", urn["one"]))
    second = stack.ids()
    assert (second["one"] == first["one"], second["two"] == first["two"]) == (False, True)
    succeeded(stack.up("--exclude", urn["one"]))
    third = stack.ids()
    assert (third["one"] == second["one"], third["two"] == second["two"]) == (True, False)
    # What was deleted elsewhere is made again, once a refresh has seen it.
    sandbox.store.playback_ids.delete(DEMO_STREAM_ID, third["one"])
    assert stack.run("refresh", "--preview-only", "--expect-no-changes", "--non-interactive").status != 0
    assert stack.ids() == third
    succeeded(stack.up("--refresh"))
    fourth = stack.ids()
    assert fourth["one"] != third["one"]
    assert stack.up("--expect-no-changes").status == 0
    # A tainted one is replaced.
    succeeded(stack.run("state", "taint", urn["two"], "--yes"))
    assert stack.up("--expect-no-changes").status != 0
    assert stack.ids()["two"] != fourth["two"]
    assert ids_on(sandbox) >= set(stack.ids().values())


def test_a_plan_holds_up_to_what_was_previewed(stack: Stack) -> None:
    stack.write_program(TWO.format(stream=DEMO_STREAM_ID, policy="public"))
    plan = str(stack.folder / "plan.json")
    succeeded(stack.run("preview", "--save-plan", plan, PULUMI_EXPERIMENTAL="true"))
    stack.write_program(TWO.format(stream=DEMO_STREAM_ID, policy="private"))
    assert stack.up("--plan", plan, PULUMI_EXPERIMENTAL="true").status != 0
    assert stack.ids() == {}
    stack.write_program(TWO.format(stream=DEMO_STREAM_ID, policy="public"))
    succeeded(stack.up("--plan", plan, PULUMI_EXPERIMENTAL="true"))
    assert stack.ids().keys() == {"one", "two"}


def test_a_resource_moves_to_another_stack_and_stays_the_same_object(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(TWO.format(stream=DEMO_STREAM_ID, policy="public"))
    succeeded(stack.up())
    before, ids = ids_on(sandbox), stack.ids()
    succeeded(stack.run("stack", "init", "other", "--no-select"))
    moved = stack.run(
        "state", "move", "--source", "dev", "--dest", "other", urns(stack)["two"], "--yes", "--include-parents"
    )
    succeeded(moved)
    assert stack.ids() == {"one": ids["one"]}
    stack.write_program(f'fastpix.LivePlaybackId("two", stream_id="{DEMO_STREAM_ID}")')
    assert counts(succeeded(stack.up("--stack", "other", "--expect-no-changes"))).keys() == {"unchanged"}
    assert ids_on(sandbox) == before


AGAIN = f"""
asked = []
def again(args):
    asked.append(args)
    return len(asked) < 3

hook = pulumi.ErrorHook("again", again)
fastpix.LivePlaybackId("main", stream_id="{DEMO_STREAM_ID}",
    opts=pulumi.ResourceOptions(hooks=pulumi.ResourceHookBinding(on_error=[hook])))
"""


def test_an_error_hook_has_a_create_tried_again_and_makes_no_second_one(stack: Stack, sandbox: Sandbox) -> None:
    stack.environ["FASTPIX_RETRY_FOR_SECONDS"] = "1"
    before = ids_on(sandbox)
    sandbox.faults.add(
        Fault(kind="status", status=503, method="POST", times=2),  # refused, so not carried out
    )
    stack.write_program(AGAIN)
    succeeded(stack.up())
    assert ids_on(sandbox) == before | {stack.ids()["main"]}


def test_an_error_hook_does_not_send_a_create_in_doubt_blindly_again(stack: Stack, sandbox: Sandbox) -> None:
    stack.environ["FASTPIX_RETRY_FOR_SECONDS"] = "2"
    before = ids_on(sandbox)
    # Its response is lost, and then no list can be read: nobody knows whether it was carried out.
    sandbox.faults.add(Fault(kind="drop", when="after", method="POST", times=1))
    sandbox.faults.add(Fault(kind="status", status=503, method="GET", skip=1))
    stack.write_program(AGAIN)
    up = stack.up()
    assert up.status != 0
    assert "Nothing was sent again" in up.output
    assert [request.method for request in sandbox.mutating_requests] == ["POST"]
    assert len(ids_on(sandbox) - before) == 1


def test_what_is_only_partly_done_is_replaced_if_asked_for(stack: Stack, sandbox: Sandbox) -> None:
    """`#initerror` stands for that in `replace_on_changes`; without it, the next run finishes what is there."""

    def declare(rules: str) -> None:
        stack.write_program(f"""
fastpix.LivePlaybackId("main", stream_id="{DEMO_STREAM_ID}", access_restrictions={rules},
    opts=pulumi.ResourceOptions(replace_on_changes=["#initerror"]))
""")

    declare("None")
    succeeded(stack.up())
    before = stack.ids()
    sandbox.faults.add(Fault(kind="drop", when="after", method="PATCH"))
    stack.environ["FASTPIX_RETRY_FOR_SECONDS"] = "1"
    declare('{"domains": {"default_policy": "deny"}}')
    assert stack.up().status != 0
    assert stack.ids() == before
    sandbox.faults.clear()
    succeeded(stack.up())
    assert stack.ids() != before
    assert before["main"] not in ids_on(sandbox)


def test_stacks_that_run_at_once_on_one_stream_and_backend_keep_apart(stack: Stack, sandbox: Sandbox) -> None:
    before, names = ids_on(sandbox), ("one", "two", "three")
    stack.write_program(TWO.format(stream=DEMO_STREAM_ID, policy="public"))
    for name in names:
        succeeded(stack.run("stack", "init", name, "--no-select"))
    with ThreadPoolExecutor(len(names)) as pool:
        for run in pool.map(lambda name: stack.up("--stack", name), names):
            succeeded(run)
        exported = [json.loads(stack.run("stack", "export", "--stack", name).output) for name in names]
        made = [
            one["id"]
            for state in exported
            for one in state["deployment"]["resources"]
            if "stream" in str(one.get("inputs"))
        ]
        assert len(made) == 6
        assert ids_on(sandbox) == before | set(made)
        for run in pool.map(lambda name: stack.destroy("--stack", name), names):
            succeeded(run)
    assert ids_on(sandbox) == before
