"""`doctor` where a stack has playback IDs of a sandbox and the settings are an account's, or the reverse."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_fastpix.cli.doctor.other_side import check_sandbox_or_account
from pulumi_fastpix.settings.settings import Settings
from pulumi_fastpix.stack.playback_ids import StoredPlaybackId
from support.states import FAR_PROVIDER, export, provider, resource, urn
from unit.cli.project import SECRET, Project

OF_ACCOUNT, OF_SANDBOX = "0123456789ab", "sandbox-0123456789ab"
ACCOUNT, SANDBOX = Settings("token", SECRET), Settings("sandbox-token", SECRET)


def stored(mark: str, name: str = "main") -> StoredPlaybackId:
    return StoredPlaybackId(urn(name), "type", outputs={"seenBy": mark})


def seen_by(mark: str, name: str, **more: Any) -> dict[str, Any]:
    one = resource(name, f"id-{name}", **more)
    one["outputs"]["seenBy"] = mark
    return one


@pytest.mark.parametrize(
    ("mark", "settings", "message", "advice"),
    [
        (OF_SANDBOX, ACCOUNT, "made in a sandbox, and these settings are an account's", "exec --data FILE -- pulumi d"),
        (OF_ACCOUNT, SANDBOX, "made with an account, and these settings are a sandbox's", "pulumi stack init"),
        (OF_ACCOUNT, ACCOUNT, "", ""),
        (OF_SANDBOX, SANDBOX, "", ""),
    ],
)
def test_a_sandbox_and_a_real_account_are_told_apart(mark: str, settings: Settings, message: str, advice: str) -> None:
    findings = check_sandbox_or_account([stored(mark)], settings)
    assert len(findings) == bool(message)
    for finding in findings:
        assert message in finding.message
        assert advice in finding.advice


def test_a_few_of_many_on_the_other_side_are_named() -> None:
    many = [stored(OF_SANDBOX, f"stray-{number}") for number in range(5)]
    (finding,) = check_sandbox_or_account([stored(OF_ACCOUNT), *many], ACCOUNT)
    assert finding.message.endswith(f"made in a sandbox: {', '.join(one.urn for one in many[:3])} and 2 more")
    assert f"--target {many[2].urn}`. Then run this again" in finding.advice


def test_a_stack_made_in_a_sandbox_is_a_problem_with_a_real_account_even_offline(project: Project) -> None:
    """The configuration goes before the sandbox, and so would what the last run stored of it."""
    project.configure(accessTokenId="token", secretKey=SECRET)
    project.store(export(seen_by(OF_SANDBOX, "main")))
    (wrong,) = project.findings()["workspace"]
    assert wrong["severity"] == "problem"
    assert "`pulumi-fastpix sandbox exec --data FILE -- pulumi destroy --run-program`" in wrong["advice"]
    assert "remove address and credentials from the stack's configuration: `pulumi config rm`" in wrong["advice"]


@pytest.mark.parametrize(
    ("token", "stray", "command"),
    [
        ("token", "sandboxed", "`pulumi-fastpix sandbox exec --data FILE -- pulumi destroy --target {}`"),
        ("sandbox-token", "real", "those named here outside the sandbox, with `pulumi destroy --target {}`"),
    ],
)
def test_a_stack_with_both_is_told_which_are_on_the_other_side(
    token: str, stray: str, command: str, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.configure()
    for name, value in {"FASTPIX_USERNAME": token, "FASTPIX_PASSWORD": SECRET}.items():
        monkeypatch.setenv(name, value)
    project.store(export(seen_by(OF_SANDBOX, "sandboxed"), seen_by(OF_ACCOUNT, "real")))
    (wrong,) = project.findings()["workspace"]
    assert "the stack has both FastPix resources of a sandbox and of an account" in wrong["message"]
    assert wrong["message"].endswith(f": {urn(stray)}")
    assert command.format(urn(stray)) in wrong["advice"]


@pytest.mark.parametrize(
    ("token", "mark", "back"),
    [
        ("token", OF_SANDBOX, "Put the sandbox's settings, which `pulumi-fastpix sandbox --data FILE` prints"),
        ("sandbox-token", OF_ACCOUNT, "Put the account's settings back into the provider resource"),
    ],
)
def test_a_provider_resource_gets_its_old_settings_back_for_the_destroy(
    token: str, mark: str, back: str, project: Project
) -> None:
    far = provider(FAR_PROVIDER, **{"fastpix:accessTokenId": token, "fastpix:secretKey": SECRET})
    project.store(export(far, seen_by(mark, "theirs", provider=FAR_PROVIDER)))
    (wrong,) = project.findings()["workspace"]
    assert wrong["message"].startswith("provider resource 'far': the stack's FastPix resources were made")
    assert back in wrong["advice"]
    assert f"`pulumi destroy --run-program --target {urn('theirs')}`" in wrong["advice"]
    assert "sandbox exec" not in wrong["advice"]


def test_without_credentials_a_stack_made_in_a_sandbox_is_sent_back_there(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.configure()
    project.store(export(seen_by(OF_SANDBOX, "main")))
    (missing,) = project.findings()["settings"]
    assert missing["severity"] == "problem"
    assert "this stack was made in a sandbox" in missing["message"]
    assert "`pulumi-fastpix sandbox exec --data FILE -- …`" in missing["advice"]
    assert "config set" not in str(missing)
    # The sandbox would correct neither of these.
    monkeypatch.setenv("FASTPIX_TIMEOUT_SECONDS", "soon")
    assert "FASTPIX_TIMEOUT_SECONDS must be a number" in project.findings()["settings"][0]["message"]
    monkeypatch.delenv("FASTPIX_TIMEOUT_SECONDS")
    project.store(export(seen_by(OF_SANDBOX, "main"), seen_by(OF_ACCOUNT, "other")))
    assert "no credentials were found" in project.findings()["settings"][0]["message"]
