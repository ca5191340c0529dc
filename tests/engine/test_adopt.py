"""A stack becomes the owner of playback IDs that exist already, and nothing is changed at FastPix."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.sandbox.data.records import Rules
from support.cases import BOTH_PROVIDERS, MODULES
from support.commands import Completed, examples, fastpix, follow, printed_commands, printed_declarations, shell
from support.engine import DYNAMIC, NATIVE, ProviderUnderTest, Stack, counts
from support.playback_ids import STREAM_KEY, empty_stream, ids_on
from support.programs import ONE_ID


@pytest.fixture
def provider() -> ProviderUnderTest:
    """`adopt` is for the dynamic provider: with the native one plain `pulumi import` works."""
    return DYNAMIC


def restricted_elsewhere(sandbox: Sandbox, stream_id: str) -> str:
    return sandbox.store.playback_ids.create(
        stream_id,
        "public",
        restrictions={
            "domains": Rules(default_policy="deny", allow=("*.partner.example", "b.example")),
            "userAgents": Rules(deny=("curl",)),
        },
    )


def adopt_restricted(stack: Stack, sandbox: Sandbox, stream_id: str) -> tuple[dict[str, str], str]:
    """Adopt one playback ID for each provider; return these by their names, and the program that declares them.

    The declarations serve the native provider, too, beside plain `pulumi import`.
    """

    def adopt(name: str) -> Completed:
        return fastpix(stack, "adopt", stream_id, partners[name], "--name", name, "--out", f"{name}.json")

    partners = {name: restricted_elsewhere(sandbox, stream_id) for name in MODULES}
    advice = {name: adopt(name) for name in partners}
    follow(stack, advice["dynamic"].stdout)
    import_ = ("import", "--yes", "--generate-code=false", "--protect=false", NATIVE.type, "native")
    stack.run(*import_, f"{stream_id}/{partners['native']}")

    program = BOTH_PROVIDERS
    for name, completed in advice.items():
        assert (completed.status, completed.stderr) == (0, "")
        declarations = printed_declarations(completed.stdout)
        assert "access_restrictions={" in declarations
        program += declarations.replace("fastpix.Live", f"{MODULES[name]}.Live")
    return partners, program


def test_adopted_playback_ids_are_unchanged_and_owned_by_the_stack_from_then_on(
    stack: Stack, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Also those whose access restrictions were set elsewhere: they are adopted, and declared."""
    private = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private")
    before = ids_on(sandbox)
    # Another folder than the program's, as in a pipeline.
    advice = fastpix(
        stack, "adopt", DEMO_STREAM_ID, "--cwd", str(stack.program_folder), "--stack", "dev", folder=tmp_path
    )
    assert advice.status == 0, advice.stderr
    follow(stack, advice.stdout, folder=tmp_path)
    assert set(stack.ids().values()) == before
    assert stack.ids()[f"private-{private[:8]}"] == private
    stream_id = empty_stream(sandbox)
    partners, program = adopt_restricted(stack, sandbox, stream_id)
    assert partners.items() <= stack.ids().items()

    program += printed_declarations(advice.stdout)
    stack.write_program(program)
    for run in (
        stack.run("up", "--yes", "--expect-no-changes"),
        stack.refresh("--expect-no-changes"),
        stack.up("--expect-no-changes"),
    ):
        assert run.status == 0, run.output
    assert counts(run) == {"unchanged": len(before) + len(partners) + 1}, run.output
    assert sandbox.mutating_requests == []

    stack.write_program(program.replace('"private")', '"public")'))
    replace = stack.up()
    assert replace.status == 0, replace.output
    assert private not in ids_on(sandbox)
    assert set(stack.ids().values()) == ids_on(sandbox, DEMO_STREAM_ID, stream_id)

    destroy = stack.destroy()
    assert destroy.status == 0, destroy.output
    assert ids_on(sandbox, DEMO_STREAM_ID, stream_id) == set()


def test_only_requested_playback_ids_are_adopted_and_a_lookup_of_one_is_reported(
    stack: Stack, sandbox: Sandbox
) -> None:
    wanted = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private")
    before = ids_on(sandbox)
    stack.write_program(f'fastpix.LivePlaybackId.get("shared", id="{wanted}", stream_id="{DEMO_STREAM_ID}")')
    assert stack.up().status == 0
    advice = fastpix(stack, "adopt", "--prefix", "audience", DEMO_STREAM_ID, wanted)
    assert advice.status == 0, advice.stderr
    assert "looks" in advice.stdout
    assert "'shared'" in advice.stdout
    follow(stack, advice.stdout)
    stack.write_program(printed_declarations(advice.stdout))
    up = stack.up()
    assert up.status == 0, up.output
    assert stack.ids() == {f"audience-{wanted[:8]}": wanted}
    assert sandbox.mutating_requests == []
    assert ids_on(sandbox) == before

    others = fastpix(stack, "adopt", DEMO_STREAM_ID)
    assert wanted[:8] not in others.stdout
    assert all(f'"public-{playback_id[:8]}"' in others.stdout for playback_id in before - {wanted})


SHARED = """
if pulumi.get_stack() == "{owner}":
    fastpix.LivePlaybackId("main", stream_id="{stream}")
else:
    fastpix.LivePlaybackId.get("main", id="{id}", stream_id="{stream}")
"""


def test_a_playback_id_is_handed_over_to_a_stack_that_looks_it_up(stack: Stack, sandbox: Sandbox) -> None:
    """Its owner gives it up, then the other stack forgets its lookup and adopts it. Nothing is made or deleted."""

    def declared_in(owner: str, id_: str) -> None:
        stack.write_program(SHARED.format(owner=owner, id=id_, stream=DEMO_STREAM_ID))

    declared_in("dev", "")
    assert stack.up().status == 0
    shared = stack.ids()["main"]
    existing = ids_on(sandbox)
    declared_in("dev", shared)
    assert stack.run("stack", "init", "prod", "--no-select").status == 0
    assert stack.up("--stack", "prod").status == 0
    sandbox.clear_requests()

    declared_in("nobody", shared)
    assert stack.up().status == 0
    adopt = ("adopt", DEMO_STREAM_ID, shared, "--name", "main", "--stack", "prod")
    looked_up = fastpix(stack, *adopt)
    assert (looked_up.status, "looks" in looked_up.stderr) == (1, True)
    follow(stack, looked_up.stderr)
    advice = fastpix(stack, *adopt)
    assert (advice.status, advice.stderr) == (0, "")
    follow(stack, advice.stdout)
    declared_in("prod", shared)
    up = stack.up("--expect-no-changes", "--stack", "prod")
    assert up.status == 0, up.output
    assert stack.destroy().status == 0
    assert (sandbox.mutating_requests, ids_on(sandbox)) == ([], existing)
    assert stack.destroy("--stack", "prod").status == 0
    assert ids_on(sandbox) == existing - {shared}


def test_the_examples_of_the_help_run(stack: Stack, sandbox: Sandbox) -> None:
    lines = examples(stack, "adopt")
    assert len(lines) == 5
    named = lines[-1].split()[-1]
    with sandbox.store._database.writing() as database:  # the API lets nobody choose an id
        database.execute("UPDATE playback_ids SET id = ?", (named,))
    for line in lines:
        completed = shell(stack, line)
        assert (completed.status, completed.stderr) == (0, ""), line
        assert printed_commands(completed.stdout)
        (stack.program_folder / "fastpix-import.json").unlink(missing_ok=True)
    assert sandbox.mutating_requests == []


STUDIO = "urn:pulumi:dev::project::my:index:Studio::studio"
LOST = """
studio = pulumi.ComponentResource("my:index:Studio", "studio")
fastpix.LivePlaybackId("of-stack", stream_id="{of-stack}")
fastpix.LivePlaybackId("of-component", stream_id="{of-component}", opts=pulumi.ResourceOptions(parent=studio))
"""
PARENTS = {"of-stack": [], "of-component": ["--parent", STUDIO]}
"""What `adopt` has to be given for the resources of `LOST`."""


def test_the_playback_id_of_a_lost_create_becomes_its_resources_own(stack: Stack, sandbox: Sandbox) -> None:
    """The failure's message names the command; the playback ID appears after it."""
    streams = {name: sandbox.store.live_streams.create() for name in PARENTS}
    first = {name: ids_on(sandbox, stream_id).pop() for name, stream_id in streams.items()}
    stack.write_program(LOST.format_map(streams))
    for stream_id in streams.values():
        path = f"*/{stream_id}/*"
        late = Fault(kind="slow-finish", client="answered", status=504, seconds=3, method="POST", path=path, times=1)
        sandbox.faults.add(late)
    failed = stack.up("--continue-on-error", FASTPIX_RETRY_FOR_SECONDS="2")
    for name in streams:
        assert "one may still appear" in failed.said_of(name)
        assert f"nobody declares, other than {first[name]}, then this run has made it" in " ".join(
            failed.said_of(name).split()
        )
    deadline = time.monotonic() + 30
    while len(ids_on(sandbox, *streams.values())) < 4 and time.monotonic() < deadline:
        time.sleep(0.05)
    made = {name: (ids_on(sandbox, stream_id) - {first[name]}).pop() for name, stream_id in streams.items()}

    stream_id, one, other = streams["of-stack"], made["of-stack"], first["of-stack"]
    for arguments in ([one, other, "--name", "main"], [one, "--name", "main", "--prefix", "x"], ["--name", "main"]):
        assert fastpix(stack, "adopt", stream_id, *arguments).status == 2
    elsewhere = fastpix(stack, "adopt", stream_id, one, "--name", "main", "--parent", "urn:pulumi:x")
    assert (elsewhere.status, "has no resource urn:pulumi:x" in elsewhere.stderr) == (1, True)
    for name, stream_id in streams.items():
        advice = fastpix(stack, "adopt", stream_id, made[name], "--name", name, *PARENTS[name], "--force")
        assert advice.status == 0, advice.stderr
        follow(stack, advice.stdout)
    up = stack.up("--expect-no-changes")
    assert up.status == 0, up.output
    assert stack.ids() == made
    for name, stream_id in streams.items():
        taken = fastpix(stack, "adopt", stream_id, first[name], "--name", name, *PARENTS[name], "--force")
        assert (taken.status, f"already owns another playback ID as {name!r}" in taken.stderr) == (1, True)


def test_all_reasons_against_the_requested_playback_ids_are_reported_at_once(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(ONE_ID)
    assert stack.up().status == 0
    owned = stack.ids()["main"]
    (free,) = ids_on(sandbox) - {owned}
    missing = ["00000000-0000-4000-8000-000000000000", "11111111-1111-4111-8111-111111111111"]
    refusal = fastpix(stack, "adopt", DEMO_STREAM_ID, free, *missing, owned)
    assert refusal.status == 1
    assert all(playback_id in refusal.stderr for playback_id in missing)
    assert f"already owns {owned} (as 'main')" in refusal.stderr
    assert printed_commands(refusal.stdout) == []

    sandbox.clear_requests()
    for arguments in ([DEMO_STREAM_ID, f" {owned}"], [f"https://x/{DEMO_STREAM_ID}"], [DEMO_STREAM_ID, STREAM_KEY]):
        refusal = fastpix(stack, "adopt", *arguments)
        assert refusal.status == 2
        assert STREAM_KEY not in refusal.stdout + refusal.stderr
    assert sandbox.requests == []

    elsewhere = fastpix(stack, "adopt", "f" * 32)
    assert elsewhere.status == 1
    assert 'FastPix answered 404 "' in elsewhere.stderr
    assert not (stack.program_folder / "fastpix-import.json").exists()
