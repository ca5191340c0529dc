"""Access restrictions from declaration to server: what is sent, what the state has, and what a preview shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, TypeVar

import pytest

from pulumi_fastpix.resources.names import state_name
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.sandbox.data.records import Rules
from support.cases import BOTH_PROVIDERS, MODULES, sent_for, shown_of
from support.engine import DYNAMIC, NATIVE, ProviderUnderTest, Stack, counts
from support.playback_ids import ids_on
from support.restrictions import BOTH, PARTNER, RULES, at_fastpix, declared, sent


def changes(preview: str) -> list[str]:
    """The lines of a preview that show a change of a property."""
    lines = [" ".join(line.split()) for line in preview.splitlines() if line.strip().startswith(("+ ", "- ", "~ "))]
    return [line for line in lines if "LivePlaybackId" not in line and "Stack" not in line]


def changes_of(stack: Stack) -> list[str]:
    return changes(stack.preview().output.partition("Resources:")[0])


class TwoPlaybackIds(Stack):
    """A stack with a playback ID of each provider on a stream of its own, which have to behave alike."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        super().__init__(folder, sandbox.environment())
        self.sandbox = sandbox
        self.streams = {name: sandbox.store.live_streams.create() for name in MODULES}

    def declare(self, restrictions: object) -> None:
        self.write_program(
            BOTH_PROVIDERS
            + "".join(
                f"{module}.LivePlaybackId({name!r}, stream_id={self.streams[name]!r},"
                f" access_restrictions={restrictions!r})\n"
                for name, module in MODULES.items()
            )
        )

    def sent(self) -> list[str]:
        return agreed(sent_for(self.sandbox, self.streams))

    def changes(self) -> list[list[str]]:
        """Those of the one and of the other."""
        preview = self.preview().output.partition("Resources:")[0]
        return [changes(shown_of(preview, name)) for name in MODULES]

    def rules(self) -> dict[str, Any]:
        """Those at the server."""
        return agreed({name: at_fastpix(self.sandbox, self.ids()[name], self.streams[name]) for name in MODULES})

    def stored(self) -> Any:
        return agreed({name: one["outputs"].get("accessRestrictions") for name, one in self.resources().items()})


T = TypeVar("T")


def agreed(both: dict[str, T]) -> T:
    """What is the same with both providers."""
    assert both["dynamic"] == both["native"]
    return both["native"]


def test_each_change_sends_the_groups_that_differ_and_keeps_the_playback_id(tmp_path: Path, sandbox: Sandbox) -> None:
    # So a field that a change left out would keep its former value.
    sandbox.switches.restrictions_patch = "merges"
    stack = TwoPlaybackIds(tmp_path, sandbox)
    stack.declare(PARTNER)
    stack.create()
    preview = stack.preview().output
    for name in MODULES:
        created = shown_of(preview, name)
        assert all(shown in created for shown in ('[0]: "partner.example"', 'defaultPolicy: "deny"')), preview
    assert stack.up().status == 0
    ids = stack.ids()
    assert stack.sent() == ["POST playback-ids"]
    assert stack.rules() == {"domains": ["deny", ["partner.example"], []]}
    assert stack.stored() == {"domains": {"defaultPolicy": "deny", "allow": ["partner.example"]}}
    assert stack.up("--expect-no-changes").status == 0

    # One list.
    domains = {"default_policy": "deny", "allow": ["partner.example", "www.partner.example"]}
    stack.declare({"domains": domains})
    assert stack.changes() == 2 * [
        [
            "~ accessRestrictions: {",
            "~ domains: {",
            "~ allow: [",
            '+ [1]: "www.partner.example"',
        ]
    ], stack.preview().output
    assert counts(stack.up()) == {"updated": 2, "unchanged": 1}
    assert stack.sent() == ["PATCH domains"]
    assert stack.rules() == {"domains": ["deny", domains["allow"], []]}
    assert stack.stored() == {"domains": {"defaultPolicy": "deny", "allow": domains["allow"]}}

    # Another order is no change.
    stack.declare({"domains": {**domains, "allow": [*reversed(domains["allow"])]}})
    assert counts(stack.up("--expect-no-changes")) == {"unchanged": 3}
    assert stack.sent() == []

    # Both groups.
    stack.declare(BOTH)
    for shown in stack.changes():
        assert shown[:3] == ["~ accessRestrictions: {", "~ domains : {", "~ allow: ["], stack.preview().output
        assert shown[-3:] == ["+ userAgents: {", "+ deny: [", '+ [0]: "curl"'], stack.preview().output
    assert stack.up().status == 0
    assert stack.stored() == RULES
    assert stack.sent() == ["PATCH domains", "PATCH user-agents"]
    assert stack.rules() == {
        "domains": ["deny", ["partner.example"], []],
        "userAgents": ["allow", [], ["curl"]],
    }

    # One group less: it is opened again, and shown as such.
    stack.declare({"user_agents": BOTH["user_agents"]})
    assert stack.changes() == 2 * [
        [
            "~ accessRestrictions: {",
            "- domains: {",
            "- allow : [",
            '- [0]: "partner.example"',
            '- defaultPolicy: "deny"',
        ]
    ], stack.preview().output
    assert stack.up().status == 0
    assert stack.stored() == {"userAgents": RULES["userAgents"]}
    assert stack.sent() == ["PATCH domains"]
    assert stack.rules()["domains"] == ["allow", [], []]

    # None any more.
    stack.declare(None)
    assert stack.changes() == 2 * [
        [
            "- accessRestrictions: {",
            "- userAgents: {",
            "- deny: [",
            '- [0]: "curl"',
        ]
    ], stack.preview().output
    assert stack.up().status == 0
    assert stack.sent() == ["PATCH user-agents"]
    assert stack.rules()["userAgents"] == ["allow", [], []]
    assert stack.stored() is None
    assert stack.ids() == ids

    # What isn't declared is left alone, whatever somebody else sets there.
    for name, stream in stack.streams.items():
        sandbox.store.playback_ids.restrict(stream, ids[name], {"userAgents": Rules(deny=("wget",))})
    assert stack.refresh("--expect-no-changes").status == 0
    assert stack.up("--expect-no-changes").status == 0
    assert stack.rules()["userAgents"] == ["allow", [], ["wget"]]
    assert stack.destroy().status == 0
    assert stack.sent() == ["DELETE playback-ids"]


@pytest.mark.parametrize(
    ("at_create", "changed"), [("taken", ("access_policy", "stream_id")), ("ignored", ("access_policy",))]
)
def test_a_replacement_carries_the_rules_along_before_the_old_playback_id_is_deleted(
    at_create: Literal["taken", "ignored"], changed: tuple[str, ...], tmp_path: Path, sandbox: Sandbox
) -> None:
    sandbox.switches.restrictions_create = at_create
    cases = {f"{provider}-{key}": (module, key) for provider, module in MODULES.items() for key in changed}
    # Each is on a stream of its own, and may move to another.
    streams = {name: (sandbox.store.live_streams.create(), sandbox.store.live_streams.create()) for name in cases}
    before = {name: {"stream_id": streams[name][0], "access_policy": "public"} for name in cases}
    values = {
        name: {"stream_id": streams[name][1], "access_policy": "private"}[key] for name, (_, key) in cases.items()
    }
    after = {name: {**before[name], key: values[name]} for name, (_, key) in cases.items()}

    def program(inputs: dict[str, dict[str, str]]) -> str:
        return BOTH_PROVIDERS + "".join(
            f"{module}.LivePlaybackId({name!r}, **{inputs[name]}, access_restrictions={BOTH})\n"
            for name, (module, _) in cases.items()
        )

    stack = Stack(tmp_path, sandbox.environment())
    stack.write_program(program(before))
    stack.create()
    assert stack.up().status == 0
    old = stack.ids()
    sandbox.clear_requests()
    stack.write_program(program(after))
    preview = stack.preview().output.partition("Resources:")[0]
    up = stack.up()
    assert up.status == 0, up.output
    patches = ["PATCH domains", "PATCH user-agents"] if at_create == "ignored" else []
    requests = [(one.method, one.path.split("/")) for one in sandbox.mutating_requests]
    for name, (_, key) in cases.items():
        shown = f'~ {state_name(key)}: "{before[name][key]}" => "{values[name]}"'
        assert changes(shown_of(preview, name)) == [shown]
        on_these = [f"{method} {path[-1]}" for method, path in requests if {*streams[name]} & {*path}]
        assert on_these == ["POST playback-ids", *patches, "DELETE playback-ids"]
        new = stack.resources()[name]
        assert new["id"] != old[name]
        assert new["outputs"]["accessRestrictions"] == RULES
        assert at_fastpix(sandbox, new["id"], after[name]["stream_id"]) == {
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
    assert '~ defaultPolicy: "allow" => "deny"' in changes_of(stack)
    assert counts(stack.up())["updated"] == 1
    assert sent(sandbox) == ["PATCH domains"]
    assert at_fastpix(sandbox, playback_id) == {"domains": ["deny", ["partner.example"], []]}
    assert stack.up("--expect-no-changes").status == 0


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
    refresh = stack.refresh("--expect-no-changes")
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
    assert stack.up("--expect-no-changes").status == 0
