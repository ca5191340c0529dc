"""`pulumi-fastpix doctor` on the accounts of a stack: their workspaces, and those of provider resources."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.settings.settings import Settings
from support.states import DEFAULT_PROVIDER, FAR_PROVIDER, export, provider, resource, secret
from unit.cli.project import SECRET, Project


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox to which the environment does not lead."""
    with Sandbox() as sandbox:
        yield sandbox


def target(sandbox: Sandbox, **more: str) -> dict[str, str]:
    """The settings of an account in the sandbox."""
    address = {"baseUrl": sandbox.base_url}
    return {**address, "accessTokenId": sandbox.access_token_id, "secretKey": sandbox.secret_key, **more}


def target_elsewhere(sandbox: Sandbox) -> dict[str, str]:
    """The settings of an account in another workspace, which has no stream."""
    token = sandbox.store.access_tokens.add(workspace="another")
    return target(sandbox, accessTokenId=token.id, secretKey=token.secret)


def mark(settings: dict[str, str]) -> str:
    return Settings(settings["accessTokenId"], "", settings["baseUrl"]).workspace_mark


def seen_by(mark_: str, name: str = "main", stream_id: Any = DEMO_STREAM_ID, **more: Any) -> dict[str, Any]:
    """A playback ID, last seen under this mark."""
    one = resource(name, f"id-{name}", stream_id=stream_id, **more)
    one["outputs"]["seenBy"] = mark_
    return one


def far(**settings: Any) -> dict[str, Any]:
    """A provider resource as `fastpix.Provider` makes it."""
    return provider(FAR_PROVIDER, **{f"fastpix:{name}": value for name, value in settings.items()})


def doctor(project: Project, *arguments: str) -> tuple[int, list[dict[str, str]]]:
    """The exit status, and all findings that aren't about anything but accounts."""
    result = project.doctor("--json", *arguments)
    findings = json.loads(result.stdout)["findings"]
    return result.exit_code, [one for one in findings if one["check"] in {"api-call", "workspace", "settings"}]


def of_workspace(findings: list[dict[str, str]]) -> list[dict[str, str]]:
    return [finding for finding in findings if finding["check"] == "workspace"]


def test_streams_that_were_seen_with_these_settings_are_not_read(project: Project, sandbox: Sandbox) -> None:
    project.configure(**target(sandbox))
    project.store(export(seen_by(mark(target(sandbox)))))
    status, findings = doctor(project)
    assert (status, of_workspace(findings)) == (0, [])
    assert len(sandbox.requests) == 1


def test_an_access_token_that_was_replaced_is_fine_if_it_sees_the_streams(project: Project, sandbox: Sandbox) -> None:
    old = mark(target(sandbox))
    token = sandbox.store.access_tokens.add()
    project.configure(**target(sandbox, accessTokenId=token.id, secretKey=token.secret))
    streams = [sandbox.store.live_streams.create() for _ in range(5)]
    project.store(export(*(seen_by(old, stream_id, stream_id) for stream_id in streams)))
    status, findings = doctor(project)
    (visible,) = of_workspace(findings)
    assert (status, visible["severity"]) == (0, "ok")
    assert "the stack's streams are visible with these credentials" in visible["message"]
    assert len(sandbox.requests) == 1 + 3, "a few streams are enough"


def test_the_credentials_of_another_workspace_are_a_problem(
    project: Project, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.configure(**target_elsewhere(sandbox))
    project.store(export(seen_by(mark(target(sandbox)))))
    status, findings = doctor(project)
    (wrong,) = of_workspace(findings)
    assert (status, wrong["severity"]) == (1, "problem")
    assert f"these credentials don't see stream {DEMO_STREAM_ID}" in wrong["message"]
    assert f"FASTPIX_DELETED_STREAMS={DEMO_STREAM_ID}" in wrong["advice"]
    assert doctor(project, "--offline") == (0, [one for one in findings if one["check"] == "settings"])
    monkeypatch.setenv("FASTPIX_DELETED_STREAMS", DEMO_STREAM_ID)
    status, findings = doctor(project)
    assert (status, of_workspace(findings)) == (0, [])


def test_the_id_of_a_secret_stream_is_not_shown(project: Project, sandbox: Sandbox) -> None:
    project.configure(**target_elsewhere(sandbox))
    seen = mark(target(sandbox))
    project.store(
        export(seen_by(seen, stream_id=secret(ciphertext="v1:x"))),
        export(seen_by(seen, stream_id=secret(plaintext=json.dumps(DEMO_STREAM_ID)))),
    )
    (wrong,) = of_workspace(doctor(project)[1])
    assert "these credentials don't see stream (its ID is a secret of this stack)" in wrong["message"]
    sandbox.faults.add(Fault(kind="status", status=409, path="/v1/live/streams/*"))
    (unknown,) = of_workspace(doctor(project)[1])
    assert unknown["severity"] == "warning"
    assert "it isn't known whether the stack's streams are in the workspace" in unknown["message"]
    assert DEMO_STREAM_ID not in f"{wrong}{unknown}"


def test_every_provider_resource_is_called_and_named(project: Project, sandbox: Sandbox) -> None:
    """With a secret key that only an export with secrets shows."""
    project.configure(**target(sandbox))
    settings = {**target(sandbox), "providerResource": "far"}
    project.store(
        export(far(**{**settings, "secretKey": secret(ciphertext="v1:x")})),
        export(far(**{**settings, "secretKey": secret(plaintext=json.dumps(sandbox.secret_key))})),
    )
    result = project.doctor()
    assert result.exit_code == 0, result.output
    assert f"ok       provider resource 'far': {sandbox.base_url} accepts the credentials" in result.output
    assert sandbox.secret_key not in result.output
    assert len(sandbox.requests) == 2

    project.store(export(far(**{**settings, "secretKey": SECRET})))
    status, findings = doctor(project)
    (refused,) = (finding for finding in findings if finding["severity"] != "ok")
    assert (status, refused["check"]) == (1, "api-call")
    assert refused["message"].startswith("provider resource 'far': Could not list live streams: FastPix answered 401")
    assert "The credentials came from the provider resource 'far'" in refused["advice"]


def test_the_settings_of_a_provider_resource_are_checked_offline_too(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"accessTokenId": "token", "secretKey": SECRET, "providerResource": "far"}
    project.store(export(far(**settings)))
    assert project.findings() == {}
    project.store(export(far(**{**settings, "secretKey": f"{SECRET} "})))
    (wrong,) = project.findings()["settings"]
    assert "fastpix:secretKey of the provider resource 'far' contains white space" in wrong["message"]
    assert wrong["message"].count("'far'") == 1
    project.store(export(far(accessTokenId="token"), seen_by("0123456789ab", provider=FAR_PROVIDER)))
    (wrong,) = project.findings()["settings"]
    assert wrong["message"].startswith("provider resource 'far': FastPix is not configured: fastpix:secretKey is miss")

    project.configure()
    project.store(export(far(**settings), seen_by("0123456789ab", provider=FAR_PROVIDER)))
    monkeypatch.setenv("FASTPIX_SANDBOX", "http://127.0.0.1:9/v1")
    (outside,) = project.findings()["sandbox"]
    assert "the provider resource 'far' is a target of its own" in outside["message"]


def test_settings_of_a_provider_resource_that_stay_encrypted_are_not_called_missing(project: Project) -> None:
    encrypted = export(far(accessTokenId="token", secretKey=secret(ciphertext="v1:x"), providerResource="far"))
    project.store(encrypted, encrypted)
    (unreadable,) = project.findings()["settings"]
    assert unreadable["severity"] == "warning"
    assert "provider resource 'far': its settings stay encrypted" in unreadable["message"]


def test_provider_resources_of_others_are_left_alone(project: Project) -> None:
    cloud = "urn:pulumi:dev::project::pulumi:providers:aws::far::c0ffee"
    project.store(export(provider(cloud, region="eu"), provider(FAR_PROVIDER, **{"studio:title": "x"})))
    result = project.doctor("--offline")
    assert result.exit_code == 0, result.output
    assert "provider resource" not in result.output


def test_each_accounts_playback_ids_are_looked_for_in_its_own_workspace(project: Project, sandbox: Sandbox) -> None:
    ours, theirs = target(sandbox), target_elsewhere(sandbox)
    project.configure(**ours)
    project.store(
        export(
            provider(DEFAULT_PROVIDER, **{f"fastpix:{name}": value for name, value in ours.items()}),
            far(**theirs, providerResource="far"),
            seen_by(mark(ours), "ours"),
            seen_by(mark(theirs), "theirs", provider=FAR_PROVIDER),
        )
    )
    status, findings = doctor(project)
    assert (status, of_workspace(findings)) == (0, [])

    project.store(
        export(
            provider(DEFAULT_PROVIDER, **{f"fastpix:{name}": value for name, value in ours.items()}),
            far(**theirs, providerResource="far"),
            seen_by(mark(ours), "ours"),
            seen_by(mark(ours), "theirs", provider=FAR_PROVIDER),
        )
    )
    status, findings = doctor(project)
    (wrong,) = of_workspace(findings)
    assert (status, wrong["severity"]) == (1, "problem")
    assert wrong["message"].startswith(
        "provider resource 'far': the stack's FastPix resources were last seen in another"
    )
