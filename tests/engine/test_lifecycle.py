"""Declare, preview, change, refresh, destroy: the state and the requests afterwards."""

from __future__ import annotations

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.cases import MODULES, shown_of, through_both
from support.engine import DYNAMIC, Stack, counts
from support.programs import ONE_ID, STREAM_OF_THE_SAME_RUN


def policies_on(sandbox: Sandbox, stream_id: str = DEMO_STREAM_ID) -> dict[str, str]:
    return {playback_id.id: playback_id.access_policy for playback_id in sandbox.store.playback_ids.list(stream_id)}


def test_two_playback_ids_from_the_first_preview_to_the_destroy(stack_of_both: Stack, sandbox: Sandbox) -> None:
    stack = stack_of_both
    streams = {provider: sandbox.store.live_streams.create() for provider in MODULES}
    before = {provider: policies_on(sandbox, stream) for provider, stream in streams.items()}
    stack.write_program(
        through_both(f"""
stream_id = {streams}[provider]
audience = module.LivePlaybackId("audience-" + provider, stream_id=stream_id)
backstage = module.LivePlaybackId("backstage-" + provider, module.LivePlaybackIdArgs(
    stream_id=stream_id, access_policy="private"))
policies = [audience.access_policy, backstage.access_policy]
pulumi.export(provider, [audience.id, audience.hls_url, audience.stream_id, policies])
""")
    )

    # A preview sends no request.
    preview = stack.preview(FASTPIX_USERNAME="", FASTPIX_PASSWORD="", FASTPIX_BASE_URL="")
    assert preview.status == 0, preview.output
    assert counts(preview)["to"] == 5
    for provider in MODULES:
        assert 'accessPolicy: "public"' in shown_of(preview.output, f"audience-{provider}")
    assert sandbox.requests == []

    up = stack.up()
    assert up.status == 0, up.output
    # Pulumi warns that it found the native provider's plugin on the PATH; the dynamic one has none to look for.
    warnings = [line for line in up.output.splitlines() if "warning" in line.replace("1 warning", "")]
    assert warnings
    assert all("using pulumi-resource-fastpix from $PATH" in line for line in warnings), up.output
    ids = stack.ids()
    for provider, stream in streams.items():
        audience, backstage = ids[f"audience-{provider}"], ids[f"backstage-{provider}"]
        assert policies_on(sandbox, stream) == {**before[provider], audience: "public", backstage: "private"}
        watch = f"https://stream.fastpix.com/{audience}.m3u8"
        assert stack.outputs()[provider] == [audience, watch, stream, ["public", "private"]]
        state = stack.resources()[f"audience-{provider}"]
        reference, derived = ({"__provider"}, set()) if provider == "dynamic" else (set(), {"hlsUrl"})
        assert set(state["inputs"]) == {"streamId", "accessPolicy"} | reference
        assert set(state["outputs"]) == {"streamId", "accessPolicy", "seenBy"} | reference | derived

    # The next runs change nothing.
    sandbox.clear_requests()
    again = stack.run("up", "--yes")
    assert counts(again) == {"unchanged": 5}, again.output
    assert sandbox.requests == []
    for arguments in ((), ("--run-program",)):
        refresh = stack.run("refresh", "--yes", "--expect-no-changes", *arguments)
        assert refresh.status == 0, refresh.output
        assert "accessPolicy" not in refresh.output, refresh.output
    assert sandbox.mutating_requests == []

    # What is deleted outside Pulumi is dropped by a refresh, and created again.
    for provider, stream in streams.items():
        sandbox.store.playback_ids.delete(stream, ids[f"audience-{provider}"])
    refresh = stack.refresh()
    assert refresh.status == 0, refresh.output
    assert stack.ids() == {name: ids[name] for name in (f"backstage-{provider}" for provider in MODULES)}
    up = stack.up()
    assert counts(up)["created"] == 2, up.output
    for provider, stream in streams.items():
        assert stack.ids()[f"audience-{provider}"] != ids[f"audience-{provider}"]
        assert stack.ids()[f"audience-{provider}"] in policies_on(sandbox, stream)

    # A destroy deletes the stack's playback IDs, and no other.
    destroy = stack.destroy()
    assert destroy.status == 0, destroy.output
    assert {provider: policies_on(sandbox, stream) for provider, stream in streams.items()} == before
    assert stack.resources() == {}


def test_another_policy_or_stream_replaces_a_playback_id_and_one_on_a_deleted_stream_is_gone(
    stack_of_both: Stack, sandbox: Sandbox
) -> None:
    stack, live_streams = stack_of_both, sandbox.store.live_streams
    policies, moving, dropped = (
        [f"{case}-{provider}" for provider in MODULES] for case in ("policy", "moving", "drop")
    )
    streams = {name: live_streams.create() for name in (*policies, *moving, *dropped)}
    other = {name: live_streams.create() for name in streams}

    def declare(inputs: dict[str, dict[str, str]]) -> None:
        stack.write_program(
            through_both(f"""
for name, inputs in {inputs}.items():
    if name.endswith(provider):
        pulumi.export(name, module.LivePlaybackId(name, **inputs).id)
""")
        )

    declare({name: {"stream_id": stream} for name, stream in streams.items()})
    up = stack.up()
    assert up.status == 0, up.output
    old = stack.ids()

    # A refresh drops those whose stream was deleted.
    for name in dropped:
        live_streams.delete(streams[name])
    refresh = stack.refresh()
    assert refresh.status == 0, refresh.output
    assert stack.ids() == {name: id_ for name, id_ in old.items() if name not in dropped}

    # Others are created before the old ones are deleted.
    private = {name: {"stream_id": streams[name], "access_policy": "private"} for name in policies}
    declare({**private, **{name: {"stream_id": other[name]} for name in moving}})
    sandbox.clear_requests()
    up = stack.run("up", "--yes", "--diff")
    assert up.status == 0, up.output
    preview = up.output.partition("Resources:")[0]
    for name in policies:
        shown = shown_of(preview, name)
        changed = [line.strip() for line in shown.splitlines() if line.strip().startswith(("~", "-", "+ "))]
        assert '~ accessPolicy: "public" => "private"' in changed, preview
        assert not any("streamId" in line or "seenBy" in line or "__provider" in line for line in changed), changed
        assert "replace" in shown
    assert len(sandbox.mutating_requests) == 2 * len([*policies, *moving])
    for name in (*policies, *moving):
        on_these = {streams[name], other[name]}
        sent = [one.method for one in sandbox.mutating_requests if on_these & {*one.path.split("/")}]
        assert sent == ["POST", "DELETE"]
        assert old[name] not in policies_on(sandbox, streams[name])
    new = stack.ids()
    assert [policies_on(sandbox, streams[name])[new[name]] for name in policies] == ["private"] * 2
    assert all(new[name] in policies_on(sandbox, other[name]) for name in moving)

    # A destroy needs no stream.
    for name in policies:
        live_streams.delete(streams[name])
    destroy = stack.destroy()
    assert destroy.status == 0, destroy.output
    assert stack.ids() == {}


def test_a_stream_id_may_come_from_a_resource_of_the_same_run(stack_of_both: Stack) -> None:
    stack_of_both.write_program(
        STREAM_OF_THE_SAME_RUN
        + through_both("""
module.LivePlaybackId(provider, stream_id=stream.streamId, opts=pulumi.ResourceOptions(
    ignore_changes=["accessPolicy"]))
""")
    )
    # With a preview.
    up = stack_of_both.run("up", "--yes")
    assert up.status == 0, up.output
    for provider in MODULES:
        assert stack_of_both.resources()[provider]["outputs"]["streamId"] == DEMO_STREAM_ID


@pytest.mark.parametrize("provider", [DYNAMIC], ids=["dynamic"])
def test_state_from_another_python_stays_unchanged(stack: Stack) -> None:
    """From 3.14 on Python pickles with protocol 5: another string for the same provider."""
    stack.write_program(ONE_ID)
    stack.up()
    stack.write_program("import pickle\npickle.DEFAULT_PROTOCOL = 5\n" + ONE_ID)
    up = stack.run("up", "--yes", "--expect-no-changes")
    assert up.status == 0, up.output
    destroy = stack.destroy()
    assert destroy.status == 0, destroy.output
