"""What an audit finds on the live streams that stacks declare."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_fastpix.api.models import PlaybackId, kind_of_stream
from pulumi_fastpix.cli.audit.comparison import Stacks, compare
from pulumi_fastpix.cli.audit.findings import Detail, Finding, Kind
from pulumi_fastpix.cli.audit.messages import message
from pulumi_fastpix.cli.audit.streams import AuditedStream
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from pulumi_fastpix.sandbox.data.records import StreamSettings
from pulumi_fastpix.stack.export import parse
from pulumi_fastpix.stack.playback_ids import PlaybackIds
from support.fake_pulumi import FakePulumi
from support.live_streams import live_stream
from support.states import STREAM, account, export, resource, secret
from unit.cli.command import run

PARTNER = {"defaultPolicy": "deny", "allow": ["a.example"]}
KIND = kind_of_stream("public", "1080p", 60, "public", {}, False, True)
OWN = {"x": ("prod",)}


def listed(*ids: str, policy: str = "public", **restrictions: Any) -> list[PlaybackId]:
    return [
        PlaybackId.model_validate({"id": one, "accessPolicy": policy, "accessRestrictions": restrictions})
        for one in ids or ("x",)
    ]


def found(
    exists: list[PlaybackId] | None,
    *resources: dict[str, Any],
    pending: tuple[dict[str, Any], ...] = (),
    kind: str = KIND,
    **others: Any,
) -> list[Finding]:
    stack = PlaybackIds(parse(export(*resources, pending=pending)))
    declared = [one for one in stack.live_streams.every if one.id == STREAM]
    stream = AuditedStream(STREAM, exists, stack.recorded, (), declared, kind)
    stacks = Stacks(interrupted=stack.live_streams.interrupted_creates, **others)
    findings = compare([stream], stacks, all_streams=True)
    assert all(message(one) for one in findings)
    return findings


@pytest.mark.parametrize(
    ("exists", "resources", "others", "kinds"),
    [
        pytest.param(listed(), [live_stream("s")], {}, [], id="as declared"),
        pytest.param(listed("y"), [live_stream("s", playback_id="y")], {}, [], id="whatever its playback ID"),
        pytest.param(
            listed("x", "y"), [live_stream("s"), resource("main", "y")], {}, [], id="with a playback ID of its own"
        ),
        pytest.param(listed("x", "y"), [live_stream("s")], {}, [Kind.UNDECLARED_PUBLIC], id="another playback ID"),
        pytest.param(listed(), [], {}, [Kind.UNDECLARED_PUBLIC, Kind.UNDECLARED_STREAM], id="not declared"),
        pytest.param(None, [live_stream("s")], {}, [Kind.STREAM_DELETED], id="deleted"),
        pytest.param(None, [live_stream("s", external=True)], {}, [Kind.STREAM_DELETED], id="deleted, looked up"),
        pytest.param(
            None,
            [live_stream("s"), resource("main", "y")],
            {},
            [Kind.STREAM_DELETED, Kind.DELETED],
            id="deleted, with a playback ID of its own",
        ),
        pytest.param(listed("y"), [live_stream("s"), resource("main", "y")], {}, [Kind.DELETED], id="its playback ID"),
        pytest.param(listed(), [live_stream("s", external=True)], {}, [Kind.LOOKED_UP], id="looked up"),
        pytest.param(listed(), [live_stream("s"), resource("main", "x")], {}, [Kind.TWO_OWNERS], id="owned twice"),
        pytest.param(listed(), [live_stream("s", delete=True)], {}, [Kind.UNDECLARED_PUBLIC], id="replaced"),
        pytest.param(
            listed(), [], {"owners": OWN, "stream_owners": {STREAM: ("prod",)}}, [Kind.SHARED_STREAM], id="another's"
        ),
        pytest.param(
            listed(),
            [live_stream("s")],
            {"owners": OWN, "stream_owners": {STREAM: ("prod",)}},
            [Kind.STREAM_TWO_OWNERS, Kind.SHARED_STREAM],
            id="two owners of the stream",
        ),
        pytest.param(
            listed(),
            [live_stream("s")],
            {"owners": OWN},
            [Kind.TWO_OWNERS, Kind.SHARED_STREAM],
            id="another stack has adopted its playback ID",
        ),
        pytest.param(
            listed(),
            [resource("main", "x")],
            {"owners": OWN, "stream_owners": {STREAM: ("prod",)}},
            [Kind.TWO_OWNERS, Kind.SHARED_STREAM],
            id="another's stream, with a playback ID that this stack has adopted",
        ),
        pytest.param(
            listed(domains={"defaultPolicy": "allow"}),
            [live_stream("s", declared={"accessRestrictions": {"domains": PARTNER}})],
            {},
            [Kind.OPENED],
            id="opened",
        ),
        pytest.param(listed(domains=PARTNER), [live_stream("s")], {}, [Kind.RESTRICTED_ELSEWHERE], id="restricted"),
    ],
)
def test_the_findings_on_one_stream(
    exists: list[PlaybackId] | None, resources: list[dict[str, Any]], others: dict[str, Any], kinds: list[Kind]
) -> None:
    assert [finding.kind for finding in found(exists, *resources, **others)] == kinds


def test_findings_on_the_playback_id_that_came_with_a_stream_have_the_streams_name() -> None:
    (opened,) = found(listed(domains={}), live_stream("concert", declared={"accessRestrictions": {"domains": PARTNER}}))
    assert (opened.name, opened.playback_id, opened.stream_id) == ("concert", "x", STREAM)
    (deleted,) = found(listed("y"), live_stream("concert"), resource("main", "y"))
    assert deleted.detail is Detail.WITH_STREAM
    assert "tells how to go on" in message(deleted)


def test_what_is_declared_on_a_deleted_stream_of_the_stack_needs_not_be_taken_out_of_the_program() -> None:
    stream, playback_id = found(None, live_stream("s"), resource("main", "y"))
    assert "makes another stream, which has another stream key" in message(stream)
    assert "taken out" not in message(playback_id)
    _, on_foreign = found(None, live_stream("s", external=True), resource("main", "y"))
    assert "taken out of the program" in message(on_foreign)


@pytest.mark.parametrize(
    ("create", "may_be"),
    [
        (live_stream("s", ""), True),
        (live_stream("s", "", declared={"reconnectWindow": 300}), False),
        (live_stream("s", "", declared={"metadata": secret(ciphertext="v1:x")}), True),
        (live_stream("s", "f" * 32), False),
    ],
)
def test_an_interrupted_create_may_have_made_a_stream_with_its_settings(create: dict[str, Any], may_be: bool) -> None:
    findings = found(listed(), pending=(create,))
    assert [one.kind for one in findings] == [Kind.UNDECLARED_PUBLIC, Kind.INTERRUPTED_STREAM, Kind.UNDECLARED_STREAM]
    for finding in (findings[0], findings[2]):
        assert (finding.detail is Detail.MAY_BE_INTERRUPTED) is may_be
    assert findings[1].name == "s"


def test_an_interrupted_create_has_not_made_a_stream_that_the_stack_has() -> None:
    """Though it is alike. So what else is undeclared there is nobody's."""
    undeclared, _, _ = found(listed("y"), live_stream("other"), pending=(live_stream("s", ""),))
    assert (undeclared.kind, undeclared.playback_id, undeclared.detail) == (Kind.UNDECLARED_PUBLIC, "y", None)


def test_streams_are_audited_without_any_playback_id_resource(
    pulumi: FakePulumi, sandbox: Sandbox, first_id: str
) -> None:
    pulumi.prints("export", export(live_stream("concert", DEMO_STREAM_ID, first_id)))
    result = run("audit")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.output.endswith("Read 1 stream with 1 playback ID; stack dev owns 1 there: nothing to report.\n")
    sandbox.store.live_streams.delete(DEMO_STREAM_ID)
    gone = run("audit")
    assert gone.exit_code == 2
    assert "haven't seen the stream before" in gone.stderr


def test_what_another_stack_has_with_its_stream_is_declared(pulumi: FakePulumi, first_id: str) -> None:
    pulumi.prints("stacks", [{"name": "dev"}, {"name": "prod"}])
    pulumi.prints("export", export())
    pulumi.prints("export-of/prod", export(live_stream("concert", DEMO_STREAM_ID, first_id)))
    found = json.loads(run("audit", "--all-streams", "--json").stdout)
    assert [finding["kind"] for finding in found["findings"]] == ["shared-stream"]


def test_undeclared_streams_are_shown_up_to_ten(pulumi: FakePulumi, sandbox: Sandbox, first_id: str) -> None:
    streams = [sandbox.store.live_streams.create("private") for _ in range(11)]
    pulumi.prints("export", export(live_stream("concert", DEMO_STREAM_ID, first_id)))
    shown = run("audit", "--all-streams").output.partition("Undeclared live streams:")[2]
    assert sum(f"  {stream}: none of the stacks that were read declares it" in shown for stream in streams) == 10
    assert "\n  1 more: see --json\n" in shown
    assert "\n       pulumi-fastpix adopt --streams STREAM_ID\n" in shown
    found = json.loads(run("audit", "--all-streams", "--json").stdout)
    of_streams = [finding for finding in found["findings"] if finding["kind"] == "undeclared-stream"]
    assert {finding["streamId"] for finding in of_streams} == set(streams)
    assert [stream["declared"] for stream in found["streams"]] == [True, *[False] * 11]
    for stream in streams[1:]:
        sandbox.store.live_streams.delete(stream)
    assert f"\n       pulumi-fastpix adopt --streams {streams[0]}\n" in run("audit", "--all-streams").output


@pytest.mark.usefixtures("first_id")
def test_an_interrupted_create_of_a_stream_is_a_finding_without_a_stream(pulumi: FakePulumi) -> None:
    pulumi.prints("export", export(pending=(live_stream("concert", ""),)))
    (finding,) = json.loads(run("audit", "--json").stdout)["findings"]
    assert (finding["kind"], finding["level"], finding["streamId"]) == ("interrupted-stream", "warning", None)
    assert "'concert'" in run("audit").output


def test_no_stream_secret_is_read_or_shown(pulumi: FakePulumi, sandbox: Sandbox, first_id: str) -> None:
    """Encrypted ones don't make the command ask for secrets; and those that it has to ask for aren't shown."""
    pulumi.prints("export", export(live_stream("concert", DEMO_STREAM_ID, first_id)))
    run("audit")
    assert not any("export" in one and "--show-secrets" in one for one in pulumi.commands)
    stream = sandbox.store.live_streams.create("private", settings=StreamSettings(metadata={"show": "42"}))
    assert sandbox.store.live_streams.get(stream).stream_key not in run("audit", "--all-streams", "--json").output


def test_an_account_that_only_a_live_stream_uses_is_audited(
    pulumi: FakePulumi, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    del sandbox
    for name in ("FASTPIX_USERNAME", "FASTPIX_PASSWORD", "FASTPIX_BASE_URL", "FASTPIX_SANDBOX"):
        monkeypatch.delenv(name)
    with Sandbox() as studio:
        pulumi.prints("export", export(account("studio", studio), pending=(live_stream("concert", ""),)))
        result = run("audit", "--all-streams", "--json")
    assert result.exit_code == 2
    assert "no credentials were found" in result.output


@pytest.mark.usefixtures("sandbox")
def test_what_a_killed_run_may_have_made_is_recovered_first(pulumi: FakePulumi) -> None:
    pulumi.prints("export", export(pending=(live_stream("concert", ""),)))
    shown = run("audit", "--all-streams").output.partition("Undeclared live streams:")[2]
    assert "First find out which of them a killed run made: pulumi-fastpix recover" in shown
    assert "adopt --streams" not in shown
