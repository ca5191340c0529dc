"""Access restrictions from declaration to server: what is sent, what the state has, and what a preview shows.

All through both providers, each with a stream of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pulumi_fastpix.resources.names import state_name
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.sandbox.data.records import Rules
from support.cases import BOTH_PROVIDERS, MODULES, shown_of, through_both
from support.engine import Stack, counts
from support.playback_ids import ids_on
from support.restrictions import BOTH, PARTNER, RULES, at_fastpix
from support.two_playback_ids import PREVIEWED, TwoPlaybackIds, agreed, changes, preview_of


def test_each_change_sends_the_groups_that_differ_and_keeps_the_playback_id(tmp_path: Path, sandbox: Sandbox) -> None:
    # So a field that a change left out would keep its former value.
    sandbox.switches.restrictions_patch = "merges"
    stack = TwoPlaybackIds(tmp_path, sandbox, PARTNER)
    preview = preview_of(stack.run(*PREVIEWED))
    for name in MODULES:
        created = shown_of(preview, name)
        assert all(shown in created for shown in ('[0]: "partner.example"', 'defaultPolicy: "deny"')), preview
    ids = stack.ids()
    assert stack.sent() == ["POST playback-ids"]
    assert stack.rules() == {"domains": ["deny", ["partner.example"], []]}
    assert stack.stored() == {"domains": {"defaultPolicy": "deny", "allow": ["partner.example"]}}
    assert stack.up("--expect-no-changes").status == 0

    # One list.
    domains = {"default_policy": "deny", "allow": ["partner.example", "www.partner.example"]}
    stack.declare({"domains": domains})
    assert stack.changed() == 2 * [
        ["~ accessRestrictions: {", "~ domains: {", "~ allow: [", '+ [1]: "www.partner.example"']
    ]
    assert stack.sent() == ["PATCH domains"]
    assert stack.rules() == {"domains": ["deny", domains["allow"], []]}
    assert stack.stored() == {"domains": {"defaultPolicy": "deny", "allow": domains["allow"]}}

    # Another order is no change.
    stack.declare({"domains": {**domains, "allow": [*reversed(domains["allow"])]}})
    assert counts(stack.up("--expect-no-changes")) == {"unchanged": 3}
    assert stack.sent() == []

    # Both groups.
    stack.declare(BOTH)
    for shown in stack.changed():
        assert shown[:3] == ["~ accessRestrictions: {", "~ domains : {", "~ allow: ["], shown
        assert shown[-3:] == ["+ userAgents: {", "+ deny: [", '+ [0]: "curl"'], shown
    assert stack.stored() == RULES
    assert stack.sent() == ["PATCH domains", "PATCH user-agents"]
    assert stack.rules() == {
        "domains": ["deny", ["partner.example"], []],
        "userAgents": ["allow", [], ["curl"]],
    }

    # One group less: it is opened again, and shown as such.
    stack.declare({"user_agents": BOTH["user_agents"]})
    opened = ["- domains: {", "- allow : [", '- [0]: "partner.example"', '- defaultPolicy: "deny"']
    assert stack.changed() == 2 * [["~ accessRestrictions: {", *opened]]
    assert stack.stored() == {"userAgents": RULES["userAgents"]}
    assert stack.sent() == ["PATCH domains"]
    assert stack.rules()["domains"] == ["allow", [], []]

    # None any more.
    stack.declare(None)
    assert stack.changed() == 2 * [["- accessRestrictions: {", "- userAgents: {", "- deny: [", '- [0]: "curl"']]
    assert stack.sent() == ["PATCH user-agents"]
    assert stack.rules()["userAgents"] == ["allow", [], []]
    assert stack.stored() is None
    assert stack.ids() == ids

    # What isn't declared is left alone, whatever somebody else sets there.
    stack.restrict_elsewhere({"userAgents": Rules(deny=("wget",))})
    assert stack.refresh("--expect-no-changes").status == 0
    assert stack.up("--expect-no-changes").status == 0
    assert stack.rules()["userAgents"] == ["allow", [], ["wget"]]
    assert stack.destroy().status == 0
    assert stack.sent() == ["DELETE playback-ids"]


def test_a_replacement_carries_the_rules_along_before_the_old_playback_id_is_deleted(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    """Whether FastPix takes them with the create or not."""
    keys: dict[Literal["taken", "ignored"], tuple[str, ...]] = {
        "taken": ("access_policy", "stream_id"),
        "ignored": ("access_policy",),
    }
    cases = {
        f"{provider}-{at_create}-{key}": (module, at_create, key)
        for provider, module in MODULES.items()
        for at_create, of_these in keys.items()
        for key in of_these
    }
    # Each is on a stream of its own, and may move to another.
    streams = {name: (sandbox.store.live_streams.create(), sandbox.store.live_streams.create()) for name in cases}
    inputs = {name: {"stream_id": streams[name][0], "access_policy": "public"} for name in cases}
    values = {
        name: {"stream_id": streams[name][1], "access_policy": "private"}[key] for name, (_, _, key) in cases.items()
    }

    def program() -> str:
        return BOTH_PROVIDERS + "".join(
            f"{module}.LivePlaybackId({name!r}, **{inputs[name]}, access_restrictions={BOTH})\n"
            for name, (module, _, _) in cases.items()
        )

    stack = Stack(tmp_path, sandbox.environment())
    stack.write_program(program())
    stack.create()
    assert stack.up().status == 0
    old = stack.ids()
    for at_create in keys:
        sandbox.switches.restrictions_create = at_create
        replaced = [name for name, (_, of_these, _) in cases.items() if of_these == at_create]
        for name in replaced:
            inputs[name] = {**inputs[name], cases[name][2]: values[name]}
        stack.write_program(program())
        sandbox.clear_requests()
        preview = preview_of(stack.run(*PREVIEWED))
        patches = ["PATCH domains", "PATCH user-agents"] if at_create == "ignored" else []
        requests = [(one.method, one.path.split("/")) for one in sandbox.mutating_requests]
        for name in replaced:
            key = cases[name][2]
            before = {"stream_id": streams[name][0], "access_policy": "public"}[key]
            assert changes(shown_of(preview, name)) == [f'~ {state_name(key)}: "{before}" => "{values[name]}"']
            on_these = [f"{method} {path[-1]}" for method, path in requests if {*streams[name]} & {*path}]
            assert on_these == ["POST playback-ids", *patches, "DELETE playback-ids"]
            new = stack.resources()[name]
            assert new["id"] != old[name]
            assert new["outputs"]["accessRestrictions"] == RULES
            assert at_fastpix(sandbox, new["id"], inputs[name]["stream_id"]) == {
                "domains": ["deny", ["partner.example"], []],
                "userAgents": ["allow", [], ["curl"]],
            }


def test_rules_changed_elsewhere_are_seen_by_refresh_and_undone_by_up(tmp_path: Path, sandbox: Sandbox) -> None:
    stack = TwoPlaybackIds(tmp_path, sandbox, PARTNER)
    assert stack.up().status == 0
    stack.restrict_elsewhere({"domains": Rules()})
    refresh = stack.run("refresh", "--yes", "--diff")
    assert refresh.status == 0, refresh.output
    preview = refresh.output.partition("Resources:")[0]
    assert all('"deny" => "allow"' in shown_of(preview, name) for name in MODULES), preview
    stack.sent()
    restored = stack.run(*PREVIEWED)
    for name in MODULES:
        assert '~ defaultPolicy: "allow" => "deny"' in changes(shown_of(preview_of(restored), name))
    assert counts(restored)["updated"] == 2
    assert stack.sent() == ["PATCH domains"]
    assert stack.rules() == {"domains": ["deny", ["partner.example"], []]}
    assert stack.up("--expect-no-changes").status == 0


def test_problems_and_warnings_appear_in_the_preview_all_at_once(tmp_path: Path, sandbox: Sandbox) -> None:
    stack = TwoPlaybackIds(tmp_path, sandbox, {"domains": {"allow": ["partner.example"]}})
    preview = stack.run("preview")
    assert preview.status == 0, preview.output
    for name in MODULES:
        said = preview.said_of(name)
        assert said.count("accessRestrictions.domains.allow has no effect") == 1, preview.output
    assert preview.diagnostics.count("accessRestrictions.domains.allow has no effect") == 2, preview.output

    wrong = {"domains": {"default_policy": "no", "allow": ["https://x.example"]}, "user_agents": {"deny": [""]}}
    for module in MODULES.values():
        # A problem of one resource ends the program, so that nothing is seen of another's.
        stack.write_program(
            f"{BOTH_PROVIDERS}{module}.LivePlaybackId('x', stream_id='{DEMO_STREAM_ID}', access_restrictions={wrong})"
        )
        preview = stack.preview()
        assert preview.status != 0
        for path in ("domains.defaultPolicy: ", "domains.allow[0]: ", "userAgents.deny[0]: "):
            assert f"accessRestrictions.{path}" in preview.output, preview.output
    assert sandbox.requests == []


def test_values_that_are_not_known_yet_pass(stack_of_both: Stack, sandbox: Sandbox) -> None:
    stack = stack_of_both
    stack.write_program(
        through_both(f"""
first = module.LivePlaybackId(f"first-{{provider}}", stream_id="{DEMO_STREAM_ID}")
domain = pulumi.Output.concat(first.id, ".example")
for name, restrictions in {{
    "policy": {{"domains": {{"default_policy": first.id.apply(lambda _: "deny"), "allow": [domain]}}}},
    "list": {{"domains": {{"default_policy": "deny", "allow": first.id.apply(lambda id: [f"{{id}}.example"])}}}},
    "group": {{"domains": first.id.apply(lambda id: {{"default_policy": "deny", "allow": [f"{{id}}.example"]}})}},
    "all": first.id.apply(lambda id: {{"domains": {{"default_policy": "deny", "allow": [f"{{id}}.example"]}}}}),
}}.items():
    module.LivePlaybackId(f"{{name}}-{{provider}}", stream_id="{DEMO_STREAM_ID}", access_restrictions=restrictions)
main = module.LivePlaybackId(f"main-{{provider}}", stream_id="{DEMO_STREAM_ID}",
    access_restrictions={{"domains": {{"default_policy": "deny", "allow": ["partner.example", domain]}}}})
pulumi.export(provider, main.access_restrictions)
""")
    )
    # With a preview.
    up = stack.run("up", "--yes")
    assert up.status == 0, up.output
    ids = stack.ids()
    for provider in MODULES:
        allowed = ["partner.example", f"{ids[f'first-{provider}']}.example"]
        assert at_fastpix(sandbox, ids[f"main-{provider}"]) == {"domains": ["deny", allowed, []]}
        for name in ("policy", "list", "group", "all"):
            assert at_fastpix(sandbox, ids[f"{name}-{provider}"]) == {"domains": ["deny", allowed[1:], []]}
        assert stack.outputs()[provider] == {"domains": {"default_policy": "deny", "allow": allowed}}


def test_a_server_that_never_shows_rules_has_no_drift_and_takes_changes(tmp_path: Path, sandbox: Sandbox) -> None:
    sandbox.switches.access_restrictions = "never"
    stack = TwoPlaybackIds(tmp_path, sandbox, PARTNER)
    up = stack.up()
    assert up.status == 0, up.output
    assert stack.sent() == ["POST playback-ids", "PATCH domains"]
    refresh = stack.refresh("--expect-no-changes")
    assert refresh.status == 0, refresh.output
    stack.declare(BOTH)
    assert stack.up().status == 0
    assert stack.sent() == ["PATCH user-agents"]


def test_a_playback_id_claimed_after_a_lost_response_gets_its_rules(tmp_path: Path, sandbox: Sandbox) -> None:
    sandbox.switches.access_restrictions = "never"
    sandbox.switches.restrictions_create = "ignored"
    stack = TwoPlaybackIds(tmp_path, sandbox, PARTNER)
    before = ids_on(sandbox, *stack.streams.values())
    for stream in stack.streams.values():
        sandbox.faults.add(Fault(kind="drop", method="POST", path=f"*/{stream}/*", when="after", times=1))
    up = stack.up(FASTPIX_RETRY_FOR_SECONDS="12")
    assert up.status == 0, up.output
    for name, stream in stack.streams.items():
        assert ids_on(sandbox, stream) - before == {stack.ids()[name]}
    assert stack.sent() == ["POST playback-ids", "PATCH domains"]
    assert stack.rules() == {"domains": ["deny", ["partner.example"], []]}


def test_a_lookup_has_the_rules_that_fastpix_shows(stack_of_both: Stack, sandbox: Sandbox) -> None:
    playback_id = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public")
    sandbox.store.playback_ids.restrict(
        DEMO_STREAM_ID,
        playback_id,
        {"domains": Rules(default_policy="deny", allow=("partner.example",)), "userAgents": Rules(deny=("curl",))},
    )
    stack_of_both.write_program(
        through_both(f"""
looked_up = module.LivePlaybackId.get(provider, "{playback_id}", stream_id="{DEMO_STREAM_ID}")
pulumi.export(provider, looked_up.access_restrictions)
""")
    )
    up = stack_of_both.up()
    assert up.status == 0, up.output
    assert agreed(stack_of_both.outputs()) == BOTH


def test_a_state_with_rules_moves_between_the_providers_without_a_call(tmp_path: Path, sandbox: Sandbox) -> None:
    """One playback ID goes from the dynamic to the native provider, one the other way."""
    stack = TwoPlaybackIds(tmp_path, sandbox, BOTH)
    assert stack.up().status == 0
    stack.sent()
    types = {name: one["type"] for name, one in stack.resources().items()}
    stack.declare(BOTH, before='module = {"dynamic": native, "native": fastpix}[provider]')
    moved = stack.up(FASTPIX_USERNAME="", FASTPIX_PASSWORD="")
    assert moved.status == 0, moved.output
    assert counts(moved).keys() <= {"updated", "unchanged"}
    moved_types = {name: one["type"] for name, one in stack.resources().items()}
    assert moved_types == {"dynamic": types["native"], "native": types["dynamic"]}
    assert sandbox.requests == []
    assert stack.up("--expect-no-changes").status == 0
