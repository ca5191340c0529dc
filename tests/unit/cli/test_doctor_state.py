"""`pulumi-fastpix doctor` compares the settings in a stack's state with its configuration."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_fastpix.cli.doctor.findings import Severity
from pulumi_fastpix.cli.doctor.stack_state import compare
from support.states import (
    DEFAULT_NATIVE_PROVIDER,
    DEFAULT_PROVIDER,
    FAR_PROVIDER,
    export,
    interrupted,
    made_up,
    provider,
    resource,
    secret,
    through,
)
from unit.cli.project import SECRET, Project

DYNAMIC = {"fastpix:accessTokenId": "sandbox-token"}
ACCOUNT = {**DYNAMIC, "fastpix:secretKey": SECRET}
NATIVE = {"accessTokenId": "sandbox-token", "version": "0.1.0"}


def store(project: Project, reference: str, name: str, stored: str, others: dict[str, Any]) -> None:
    """Let the state hold a secret as Pulumi does: readable only with `--show-secrets`."""
    project.store(
        through(reference, **others, **{name: secret(ciphertext="v1:x")}),
        through(reference, **others, **{name: secret(plaintext=json.dumps(stored))}),
    )


@pytest.mark.parametrize(
    ("stored", "configured", "differing"),
    [
        ({"accessTokenId": "a", "secretKey": "s"}, {"accessTokenId": "a", "secretKey": "s"}, []),
        ({"accessTokenId": "a", "secretKey": "s"}, {"accessTokenId": "a", "secretKey": "t"}, ["secretKey"]),
        ({"accessTokenId": "a", "secretKey": "s"}, {}, ["accessTokenId", "secretKey"]),
        ({}, {"baseUrl": "http://127.0.0.1:1/v1"}, ["baseUrl"]),
        ({"secretKey": " "}, {}, []),
        ({"accessTokenId": "a", "secretKey": None}, {"accessTokenId": "a", "secretKey": "s"}, []),
        ({"accessTokenId": "a", "timeoutSeconds": "1"}, {"accessTokenId": "a", "timeoutSeconds": "2"}, []),
    ],
)
def test_what_is_stored_and_what_is_configured(
    stored: dict[str, str | None], configured: dict[str, str], differing: list[str]
) -> None:
    findings = compare([stored], configured)
    warnings = [finding.message for finding in findings if finding.severity is Severity.WARNING]
    assert len(warnings) == bool(differing)
    for name in differing:
        assert f"fastpix:{name}" in warnings[0]


@pytest.mark.parametrize(
    ("reference", "name", "others"),
    [(DEFAULT_PROVIDER, "fastpix:secretKey", DYNAMIC), (DEFAULT_NATIVE_PROVIDER, "secretKey", NATIVE)],
)
def test_a_rotated_secret_that_no_up_has_stored_yet_is_a_warning(
    reference: str, name: str, others: dict[str, Any], project: Project
) -> None:
    store(project, reference, name, SECRET, others)
    result = project.doctor("--offline")
    assert "Nothing wrong." in result.output
    assert "the stack's state has the same target as its configuration" in result.output

    store(project, reference, name, "hush-old", others)
    (old,) = project.findings()["stored-settings"]
    assert old["severity"] == "warning"
    assert "fastpix:secretKey: the stack's state, which" in old["message"]
    assert "--run-program" in old["advice"]
    result = project.doctor("--offline")
    assert result.exit_code == 0
    assert "hush" not in result.output


@pytest.mark.parametrize(
    ("stored", "configured", "named"),
    [
        ({"fastpix:accessTokenId": "sandbox-token", "fastpix:secretKey": SECRET}, {}, "fastpix:accessTokenId, fastpix"),
        ({}, {"baseUrl": "http://127.0.0.1:1/v1"}, "fastpix:baseUrl: the stack's state"),
        (
            {"fastpix:baseUrl": "http://127.0.0.1:2/v1"},
            {"baseUrl": "http://127.0.0.1:1/v1"},
            "fastpix:baseUrl: the stack's state",
        ),
    ],
)
def test_settings_that_were_added_changed_or_removed_since_the_last_up_are_named(
    stored: dict[str, str], configured: dict[str, str], named: str, project: Project
) -> None:
    project.configure(**configured)
    project.store(through(DEFAULT_PROVIDER, **stored))
    assert named in project.findings()["stored-settings"][0]["message"]


@pytest.mark.parametrize(
    "state",
    [
        {"version": 3, "deployment": {"manifest": {}}},
        export(),
        # Of somebody else's resources only, or of an account of its own: neither is used for the stack's playback IDs.
        export(provider(DEFAULT_PROVIDER, **{"fastpix:secretKey": "hush-old"})),
        through(DEFAULT_PROVIDER.replace("default", "studio"), **{"fastpix:secretKey": "hush-old"}),
    ],
)
def test_a_state_without_the_stacks_own_settings_is_not_compared(state: Any, project: Project) -> None:
    project.store(state)
    assert "stored-settings" not in project.findings()


def test_settings_of_the_environment_are_not_stored_and_not_missed(project: Project) -> None:
    project.configure()
    project.store(through(DEFAULT_PROVIDER, **{"fastpix:secretKey": " "}))
    assert "stored-settings" not in project.findings()


def test_a_stack_that_only_uses_provider_resources_needs_no_account_of_its_own(project: Project) -> None:
    project.configure()
    project.store(through(FAR_PROVIDER, **ACCOUNT))
    result = project.doctor("--offline")
    assert result.exit_code == 0, result.output
    assert "all FastPix resources of the stack go through provider resources" in result.output
    # None of them was created yet, or all were destroyed.
    project.store(export(provider(FAR_PROVIDER, **ACCOUNT, **{"fastpix:providerResource": "far"})))
    assert project.findings() == {}
    project.store(through(DEFAULT_PROVIDER))
    assert project.findings()["settings"][0]["severity"] == "problem"
    ours = resource("ours")
    project.store(export(provider(FAR_PROVIDER, **ACCOUNT, **{"fastpix:providerResource": "far"}), pending=(ours,)))
    assert "no credentials were found" in project.findings()["settings"][0]["message"]


@pytest.mark.usefixtures("made_up_type")
def test_resources_of_every_type_of_ours_need_an_account(project: Project) -> None:
    project.configure()
    project.store(export(provider(DEFAULT_PROVIDER), provider(FAR_PROVIDER), made_up("other", "id-1")))
    assert "no credentials were found" in project.findings()["settings"][0]["message"]
    project.store(export(provider(FAR_PROVIDER, **ACCOUNT), made_up("other", "id-1", provider=FAR_PROVIDER)))
    assert project.findings() == {}


@pytest.mark.usefixtures("made_up_type")
def test_interrupted_creates_of_playback_ids_are_mentioned_with_the_way_to_recover_them(project: Project) -> None:
    project.store(interrupted())
    (finding,) = project.findings()["interrupted"]
    assert finding["severity"] == "warning"
    assert "began to create 1 playback ID" in finding["message"]
    assert "pulumi-fastpix recover" in finding["advice"]
    project.store(export(pending=(made_up("other"),)))
    assert "interrupted" not in project.findings()


@pytest.mark.parametrize("unreadable", [{"hello": 1}, {"deployment": {"resources": [{"x": 1}]}}, None])
def test_a_state_that_cannot_be_read_is_a_warning(unreadable: Any, project: Project) -> None:
    if unreadable is None:
        project.pulumi.fails("export")
    else:
        project.store(unreadable)
    (unread,) = project.findings()["stored-settings"]
    assert unread["severity"] == "warning"
    assert "the stack's state can't be read" in unread["message"]


def test_a_secret_that_stays_encrypted_is_not_taken_for_an_old_one(project: Project) -> None:
    encrypted = through(DEFAULT_PROVIDER, **DYNAMIC, **{"fastpix:secretKey": secret(ciphertext="v1:x")})
    project.store(encrypted, encrypted)
    result = project.doctor("--offline")
    assert result.exit_code == 0
    assert "the stack's state" not in result.output
