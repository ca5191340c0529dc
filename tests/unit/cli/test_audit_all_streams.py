"""`audit --all-streams`: every live stream of every account, with a stand-in for `pulumi`, and without a project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from support.fake_pulumi import FakePulumi
from support.playback_ids import PLAYBACK_ID, ids_on
from support.responses import listing
from support.scripted_server import Reply, ScriptedServer
from support.states import account, export, provider, reference_to, resource, secret
from unit.cli.command import run


@pytest.fixture
def two_accounts(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside `sandbox exec` accounts of a stack's own are refused."""
    del sandbox
    monkeypatch.delenv("FASTPIX_SANDBOX")


def audit(*arguments: str) -> tuple[int, dict[str, Any]]:
    result = run("audit", "--all-streams", "--json", *arguments)
    return result.exit_code, dict(json.loads(result.stdout))


def of_findings(found: dict[str, Any], *keys: str) -> list[tuple[str, ...]]:
    """Of those about playback IDs."""
    return sorted(
        tuple(finding[key] for key in keys) for finding in found["findings"] if finding["kind"] != "undeclared-stream"
    )


def test_every_stream_is_audited_with_a_request_for_each_fifty(
    pulumi: FakePulumi, sandbox: Sandbox, first_id: str
) -> None:
    streams = [sandbox.store.live_streams.create() for _ in range(119)]
    far_id = str(sandbox.store.playback_ids.create(streams[118], "private"))
    pulumi.prints("export", export(resource("main", first_id)))
    status, found = audit()
    assert status == 1
    assert sorted(stream["streamId"] for stream in found["streams"]) == sorted([DEMO_STREAM_ID, *streams])
    assert of_findings(found, "streamId", "playbackId") == sorted(
        (stream, playback_id) for stream in streams for playback_id in ids_on(sandbox, stream)
    )
    assert (streams[118], far_id) in of_findings(found, "streamId", "playbackId")
    # The number of pages, three pages, the one stream on which the stack has something, and the signing keys.
    paths = [request.path for request in sandbox.requests]
    assert (len(paths), len([path for path in paths if path.endswith(DEMO_STREAM_ID)])) == (6, 1)


def test_what_the_stack_has_is_audited_as_without_the_option(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    """Also on a stream that was deleted, which no list shows."""
    lost = sandbox.store.live_streams.create()
    pulumi.prints("export", export(resource("main", "x"), resource("drowned", "y", stream_id=lost)))
    sandbox.store.live_streams.delete(lost)
    result = run("audit", "--all-streams")
    assert result.exit_code == 2
    assert "'main' on stream" in result.output
    assert f"Could not read stream {lost}" in result.stderr


def test_a_stream_whose_playback_ids_the_list_does_not_show_is_read(
    pulumi: FakePulumi, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi.prints("export", export())
    for name, value in (("USERNAME", "token"), ("PASSWORD", "secret-key"), ("BASE_URL", server.base_url)):
        monkeypatch.setenv(f"FASTPIX_{name}", value)
    pagination = {"totalRecords": 1, "currentOffset": 1, "offsetCount": 1}
    page = {"success": True, "data": [{"streamId": DEMO_STREAM_ID}], "pagination": pagination}
    server.on("GET", listing(PLAYBACK_ID))
    server.on("GET", Reply(200, page), path="/v1/live/streams[?]*")
    server.on("GET", Reply(200, {"success": True, "data": []}), path="/v1/iam/signing-keys[?]*")
    assert of_findings(audit()[1], "kind", "playbackId") == [("undeclared-public", PLAYBACK_ID)]


def test_without_a_project_every_playback_id_counts_as_undeclared(
    sandbox: Sandbox, first_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And `pulumi` isn't needed. Adopting is: a stack would have to be there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")
    hidden = str(sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private"))
    status, found = audit()
    assert (status, found["stack"], found["stacksRead"]) == (1, None, [])
    assert of_findings(found, "playbackId") == sorted([(first_id,), (hidden,)])
    text = run("audit", "--all-streams").output
    assert "No stack was read: there is no Pulumi project here." in text
    assert text.endswith("\nRead 1 stream with 2 playback IDs: 2 findings and 1 note.\n")
    assert f"pulumi-fastpix delete {DEMO_STREAM_ID} {first_id}" in text
    assert "pulumi-fastpix adopt" not in text


def test_stacks_can_be_named_without_a_project(pulumi: FakePulumi, first_id: str, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").unlink()
    pulumi.prints("export-of/acme/web/prod", export(resource("main", first_id)))
    status, found = audit("--also", "acme/web/prod")
    assert (status, found["stacksRead"], of_findings(found, "kind")) == (0, ["acme/web/prod"], [("shared-stream",)])


@pytest.mark.usefixtures("sandbox")
def test_an_account_without_streams_has_nothing_to_audit(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    pulumi.prints("export", export())
    sandbox.store.live_streams.delete(DEMO_STREAM_ID)
    result = run("audit", "--all-streams")
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "There is no live stream to audit.")


@pytest.mark.usefixtures("two_accounts")
def test_all_accounts_of_the_stack_are_audited(pulumi: FakePulumi, first_id: str) -> None:
    """The second one is used by no playback ID. What is found there is deleted there, and can't be adopted."""
    with Sandbox() as studio:
        pulumi.prints("export", export(account("studio", studio)))
        (there,) = ids_on(studio)
        found = audit()[1]
        assert [stream["provider"] for stream in found["streams"]] == [None, "studio"]
        assert {one[0]: one[1] for one in of_findings(found, "playbackId", "provider")} == {
            first_id: None,
            there: "studio",
        }
        text = run("audit", "--all-streams").output
    assert f"{there} public on stream {DEMO_STREAM_ID} of the account of 'studio': " in text
    assert f"pulumi-fastpix adopt {DEMO_STREAM_ID} {first_id}\n" in text
    assert f"pulumi-fastpix delete {DEMO_STREAM_ID} {there}\n" in text


@pytest.mark.usefixtures("two_accounts")
def test_an_account_that_cannot_be_read_does_not_keep_the_others_from_being_audited(
    pulumi: FakePulumi, sandbox: Sandbox, first_id: str
) -> None:
    sandbox.faults.add(Fault(kind="status", status=401, path="/v1/live/streams"))
    with Sandbox() as studio:
        pulumi.prints("export", export(account("studio", studio), resource("main", first_id)))
        (there,) = ids_on(studio)
        status, found = audit()
    assert status == 2
    assert "FastPix answered 401" in found["unread"][0]
    assert of_findings(found, "playbackId") == [(there,)]
    assert len(found["streams"]) == 2


@pytest.mark.usefixtures("two_accounts")
def test_a_stack_with_accounts_of_its_own_only_needs_no_other(
    pulumi: FakePulumi, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FASTPIX_USERNAME", "FASTPIX_PASSWORD", "FASTPIX_BASE_URL"):
        monkeypatch.delenv(name)
    with Sandbox() as studio:
        pulumi.prints("export", export(account("studio", studio)))
        status, found = audit()
    assert (status, len(found["streams"]), found["unread"]) == (1, 1, [])


@pytest.mark.usefixtures("two_accounts")
def test_a_workspace_that_is_reached_with_two_access_tokens_is_audited_once(
    pulumi: FakePulumi, sandbox: Sandbox, first_id: str
) -> None:
    """What the stack declares through one of them isn't undeclared through the other."""
    token = sandbox.store.access_tokens.add()
    same = account("same", sandbox)
    same["inputs"].update({"fastpix:accessTokenId": token.id, "fastpix:secretKey": token.secret})
    second = str(sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public"))
    free = str(sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private"))
    third = sandbox.store.live_streams.create()
    through = resource("also", second, provider=reference_to("same"))
    for of_stack in ((through, resource("main", first_id)), (resource("main", first_id), through)):
        pulumi.prints("export", export(same, *of_stack))
        found = audit()[1]
        assert of_findings(found, "playbackId") == sorted([(free,), *((one,) for one in ids_on(sandbox, third))])
        assert [stream["streamId"] for stream in found["streams"]] == [DEMO_STREAM_ID, third]
        assert {stream["provider"] for stream in found["streams"]} == {None}
        text = run("audit").output
        assert text.endswith("\nRead 1 stream with 3 playback IDs; stack dev owns 2 there: 1 finding.\n")
        assert text.count(f"  {free} private on stream") == 1


def test_streams_are_either_named_or_all(pulumi: FakePulumi) -> None:
    result = run("audit", "--all-streams", DEMO_STREAM_ID)
    assert (result.exit_code, pulumi.commands) == (2, [])
    assert "Give either --all-streams or STREAM_IDs" in result.output


@pytest.mark.usefixtures("two_accounts")
def test_the_encrypted_secret_key_of_an_account_is_asked_for(pulumi: FakePulumi) -> None:
    with Sandbox() as studio:
        shown = {"plaintext": json.dumps(studio.secret_key)}
        for name, key in (("export", {"ciphertext": "v1:x"}), ("export-with-secrets", shown)):
            of_studio = account("studio", studio)
            of_studio["inputs"]["fastpix:secretKey"] = secret(**key)
            pulumi.prints(name, export(of_studio))
        assert [stream["provider"] for stream in audit()[1]["streams"]] == [None, "studio"]


@pytest.mark.usefixtures("sandbox")
def test_a_project_is_found_from_the_folders_in_it(
    pulumi: FakePulumi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi.prints("export", export())
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path / "folder")
    assert audit()[1]["stacksRead"] == ["dev"]


@pytest.mark.usefixtures("two_accounts")
def test_provider_resources_of_the_native_provider_are_accounts_and_those_of_others_are_not(pulumi: FakePulumi) -> None:
    """A program in YAML has no `fastpix.Provider` that would leave its mark."""
    with Sandbox() as studio:
        settings = {"accessTokenId": studio.access_token_id, "secretKey": studio.secret_key, "baseUrl": studio.base_url}
        native = provider("urn:pulumi:dev::project::pulumi:providers:fastpix::studio::c0ffee", **settings)
        foreign = provider("urn:pulumi:dev::project::pulumi:providers:aws::far::c0ffee", **settings)
        pulumi.prints("export", export(native, foreign))
        assert [stream["provider"] for stream in audit()[1]["streams"]] == [None, "studio"]
