"""Access restrictions from declaration to server: what is sent, what the state has, and what a preview shows."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from pulumi_fastpix.resources.names import state_name
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.sandbox.data.records import Rules
from support.engine import DYNAMIC, NATIVE, ProviderUnderTest, Stack, counts
from support.playback_ids import ids_on
from support.restrictions import BOTH, PARTNER, RULES, at_fastpix, declared, sent, stored


def changes(stack: Stack) -> list[str]:
    """The lines of a preview that show a change of a property."""
    shown = stack.preview().output.partition("Resources:")[0].splitlines()
    lines = [" ".join(line.split()) for line in shown if line.strip().startswith(("+ ", "- ", "~ "))]
    return [line for line in lines if "LivePlaybackId" not in line and "Stack" not in line]


def test_each_change_sends_the_groups_that_differ_and_keeps_the_playback_id(stack: Stack, sandbox: Sandbox) -> None:
    # So a field that a change left out would keep its former value.
    sandbox.switches.restrictions_patch = "merges"
    stack.write_program(declared(PARTNER))
    preview = stack.preview().output
    assert all(shown in preview for shown in ('[0]: "partner.example"', 'defaultPolicy: "deny"')), preview
    up = stack.up()
    assert up.status == 0, up.output
    (playback_id,) = stack.ids().values()
    assert sent(sandbox) == ["POST playback-ids"]
    assert at_fastpix(sandbox, playback_id) == {"domains": ["deny", ["partner.example"], []]}
    assert stored(stack) == {"domains": {"defaultPolicy": "deny", "allow": ["partner.example"]}}
    assert stack.run("up", "--yes", "--expect-no-changes").status == 0

    # One list.
    domains = {"default_policy": "deny", "allow": ["partner.example", "www.partner.example"]}
    stack.write_program(declared({"domains": domains}))
    assert changes(stack) == [
        "~ accessRestrictions: {",
        "~ domains: {",
        "~ allow: [",
        '+ [1]: "www.partner.example"',
    ], stack.preview().output
    up = stack.up()
    assert counts(up) == {"updated": 1, "unchanged": 1}, up.output
    assert sent(sandbox) == ["PATCH domains"]
    assert at_fastpix(sandbox, playback_id) == {"domains": ["deny", domains["allow"], []]}
    assert stored(stack) == {"domains": {"defaultPolicy": "deny", "allow": domains["allow"]}}

    # Another order is no change.
    stack.write_program(declared({"domains": {**domains, "allow": [*reversed(domains["allow"])]}}))
    assert counts(stack.up("--expect-no-changes")) == {"unchanged": 2}
    assert sent(sandbox) == []

    # Both groups.
    stack.write_program(declared(BOTH))
    shown = changes(stack)
    assert shown[:3] == ["~ accessRestrictions: {", "~ domains : {", "~ allow: ["], stack.preview().output
    assert shown[-3:] == ["+ userAgents: {", "+ deny: [", '+ [0]: "curl"'], stack.preview().output
    assert stack.up().status == 0
    assert stored(stack) == RULES
    assert sent(sandbox) == ["PATCH domains", "PATCH user-agents"]
    assert at_fastpix(sandbox, playback_id) == {
        "domains": ["deny", ["partner.example"], []],
        "userAgents": ["allow", [], ["curl"]],
    }

    # One group less: it is opened again, and shown as such.
    stack.write_program(declared({"user_agents": BOTH["user_agents"]}))
    assert changes(stack) == [
        "~ accessRestrictions: {",
        "- domains: {",
        "- allow : [",
        '- [0]: "partner.example"',
        '- defaultPolicy: "deny"',
    ], stack.preview().output
    assert stack.up().status == 0
    assert stored(stack) == {"userAgents": RULES["userAgents"]}
    assert sent(sandbox) == ["PATCH domains"]
    assert at_fastpix(sandbox, playback_id)["domains"] == ["allow", [], []]

    # None any more.
    stack.write_program(declared(None))
    assert changes(stack) == [
        "- accessRestrictions: {",
        "- userAgents: {",
        "- deny: [",
        '- [0]: "curl"',
    ], stack.preview().output
    assert stack.up().status == 0
    assert sent(sandbox) == ["PATCH user-agents"]
    assert at_fastpix(sandbox, playback_id)["userAgents"] == ["allow", [], []]
    assert stored(stack) is None
    assert stack.ids() == {"main": playback_id}

    # What isn't declared is left alone, whatever somebody else sets there.
    sandbox.store.playback_ids.restrict(DEMO_STREAM_ID, playback_id, {"userAgents": Rules(deny=("wget",))})
    refresh = stack.run("refresh", "--yes", "--expect-no-changes")
    assert refresh.status == 0, refresh.output
    assert stack.run("up", "--yes", "--expect-no-changes").status == 0
    assert at_fastpix(sandbox, playback_id)["userAgents"] == ["allow", [], ["wget"]]
    assert stack.destroy().status == 0
    assert sent(sandbox) == ["DELETE playback-ids"]


@pytest.mark.parametrize(
    ("changed", "at_create"), [("access_policy", "taken"), ("stream_id", "taken"), ("access_policy", "ignored")]
)
def test_a_replacement_carries_the_rules_along_before_the_old_playback_id_is_deleted(
    changed: str, at_create: Literal["taken", "ignored"], stack: Stack, sandbox: Sandbox
) -> None:
    sandbox.switches.restrictions_create = at_create
    stack.write_program(declared(BOTH))
    assert stack.up().status == 0
    (old,) = stack.ids().values()
    sent(sandbox)
    other = sandbox.store.live_streams.create()
    value = {"access_policy": "private", "stream_id": other}[changed]
    stack.write_program(declared(BOTH, **{changed: value}))
    before = {"access_policy": "public", "stream_id": DEMO_STREAM_ID}[changed]
    assert changes(stack) == [f'~ {state_name(changed)}: "{before}" => "{value}"']
    up = stack.up()
    assert up.status == 0, up.output
    patches = ["PATCH domains", "PATCH user-agents"] if at_create == "ignored" else []
    assert sent(sandbox) == ["POST playback-ids", *patches, "DELETE playback-ids"]
    (new,) = stack.ids().values()
    assert new != old
    assert stored(stack) == RULES
    assert at_fastpix(sandbox, new, other if changed == "stream_id" else DEMO_STREAM_ID) == {
        "domains": ["deny", ["partner.example"], []],
        "userAgents": ["allow", [], ["curl"]],
    }


def test_rules_changed_elsewhere_are_seen_by_refresh_and_undone_by_up(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(declared(PARTNER))
    stack.up()
    (playback_id,) = stack.ids().values()
    sandbox.store.playback_ids.restrict(DEMO_STREAM_ID, playback_id, {"domains": Rules()})
    refresh = stack.run("refresh", "--yes", "--diff")
    assert refresh.status == 0, refresh.output
    assert '"deny" => "allow"' in refresh.output
    sent(sandbox)
    assert '~ defaultPolicy: "allow" => "deny"' in changes(stack)
    assert counts(stack.up())["updated"] == 1
    assert sent(sandbox) == ["PATCH domains"]
    assert at_fastpix(sandbox, playback_id) == {"domains": ["deny", ["partner.example"], []]}
    assert stack.run("up", "--yes", "--expect-no-changes").status == 0


def test_problems_and_warnings_appear_in_the_preview_all_at_once(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(
        declared({"domains": {"default_policy": "no", "allow": ["https://x.example"]}, "user_agents": {"deny": [""]}})
    )
    preview = stack.preview()
    assert preview.status != 0
    for path in ("domains.defaultPolicy: ", "domains.allow[0]: ", "userAgents.deny[0]: "):
        assert f"accessRestrictions.{path}" in preview.output, preview.output
    stack.write_program(declared({"domains": {"allow": ["partner.example"]}}))
    preview = stack.preview()
    assert preview.status == 0, preview.output
    assert preview.output.count("accessRestrictions.domains.allow has no effect") == 1, preview.output
    assert sandbox.requests == []


def test_values_that_are_not_known_yet_pass(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(f"""
first = fastpix.LivePlaybackId("first", stream_id="{DEMO_STREAM_ID}")
domain = pulumi.Output.concat(first.id, ".example")
for name, restrictions in {{
    "policy": {{"domains": {{"default_policy": first.id.apply(lambda _: "deny"), "allow": [domain]}}}},
    "list": {{"domains": {{"default_policy": "deny", "allow": first.id.apply(lambda id: [f"{{id}}.example"])}}}},
    "group": {{"domains": first.id.apply(lambda id: {{"default_policy": "deny", "allow": [f"{{id}}.example"]}})}},
    "all": first.id.apply(lambda id: {{"domains": {{"default_policy": "deny", "allow": [f"{{id}}.example"]}}}}),
}}.items():
    fastpix.LivePlaybackId(name, stream_id="{DEMO_STREAM_ID}", access_restrictions=restrictions)
main = fastpix.LivePlaybackId("main", stream_id="{DEMO_STREAM_ID}",
    access_restrictions={{"domains": {{"default_policy": "deny", "allow": ["partner.example", domain]}}}})
pulumi.export("restrictions", main.access_restrictions)
""")
    preview = stack.preview()
    assert preview.status == 0, preview.output
    up = stack.up()
    assert up.status == 0, up.output
    ids = stack.ids()
    allowed = ["partner.example", f"{ids['first']}.example"]
    assert at_fastpix(sandbox, ids["main"]) == {"domains": ["deny", allowed, []]}
    for name in ("policy", "list", "group", "all"):
        assert at_fastpix(sandbox, ids[name]) == {"domains": ["deny", allowed[1:], []]}
    assert stack.outputs()["restrictions"] == {"domains": {"default_policy": "deny", "allow": allowed}}


def test_a_server_that_never_shows_rules_has_no_drift_and_takes_changes(stack: Stack, sandbox: Sandbox) -> None:
    sandbox.switches.access_restrictions = "never"
    stack.write_program(declared(PARTNER))
    up = stack.up()
    assert up.status == 0, up.output
    assert sent(sandbox) == ["POST playback-ids", "PATCH domains"]
    refresh = stack.run("refresh", "--yes", "--expect-no-changes")
    assert refresh.status == 0, refresh.output
    stack.write_program(declared(BOTH))
    assert stack.up().status == 0
    assert sent(sandbox) == ["PATCH user-agents"]


def test_a_playback_id_claimed_after_a_lost_response_gets_its_rules(stack: Stack, sandbox: Sandbox) -> None:
    sandbox.switches.access_restrictions = "never"
    sandbox.switches.restrictions_create = "ignored"
    before = ids_on(sandbox)
    sandbox.faults.add(Fault(kind="drop", method="POST", when="after", times=1))
    stack.write_program(declared(PARTNER))
    up = stack.up(FASTPIX_RETRY_FOR_SECONDS="12")
    assert up.status == 0, up.output
    (playback_id,) = stack.ids().values()
    assert ids_on(sandbox) - before == {playback_id}
    assert sent(sandbox) == ["POST playback-ids", "PATCH domains"]
    assert at_fastpix(sandbox, playback_id) == {"domains": ["deny", ["partner.example"], []]}


def test_a_lookup_has_the_rules_that_fastpix_shows(stack: Stack) -> None:
    stack.write_program(declared(BOTH))
    stack.up()
    (playback_id,) = stack.ids().values()
    looked_up = f'fastpix.LivePlaybackId.get("other", "{playback_id}", stream_id="{DEMO_STREAM_ID}")'
    stack.write_program(declared(BOTH) + f'pulumi.export("rules", {looked_up}.access_restrictions)')
    up = stack.up()
    assert up.status == 0, up.output
    assert stack.outputs()["rules"] == BOTH


@pytest.mark.parametrize(("before", "after"), [(DYNAMIC, NATIVE), (NATIVE, DYNAMIC)], ids=["to-native", "to-dynamic"])
def test_a_state_with_rules_moves_between_the_providers_without_a_call(
    before: ProviderUnderTest, after: ProviderUnderTest, tmp_path: Path, sandbox: Sandbox
) -> None:
    stack = Stack(tmp_path, sandbox.environment(), before)
    stack.write_program(declared(BOTH))
    stack.create()
    assert stack.up().status == 0
    sent(sandbox)
    stack.provider = after
    stack.write_program(declared(BOTH))
    moved = stack.up(FASTPIX_USERNAME="", FASTPIX_PASSWORD="")
    assert moved.status == 0, moved.output
    assert counts(moved).keys() <= {"updated", "unchanged"}
    assert sandbox.requests == []
    assert stack.run("up", "--yes", "--expect-no-changes").status == 0
