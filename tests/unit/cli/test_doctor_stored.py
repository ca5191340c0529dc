"""`pulumi-fastpix doctor`: what the state still holds of the settings, which `refresh` and `destroy` would use."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.states import DEFAULT_PROVIDER, export, resource, secret
from unit.cli.project import SECRET, Project

DYNAMIC = {"fastpix:accessTokenId": "token"}
NATIVE = {"accessTokenId": "token", "version": "0.1.0"}
NATIVE_PROVIDER = "urn:pulumi:dev::project::pulumi:providers:fastpix::default_0_1_0::c0ffee"


def provider(reference: str, **inputs: Any) -> dict[str, Any]:
    urn, _, id_ = reference.rpartition("::")
    return {"urn": urn, "custom": True, "type": urn.split("::")[2], "id": id_, "inputs": inputs}


def through(reference: str, **inputs: Any) -> Any:
    """A stack with one playback ID, made through a provider with these inputs."""
    kind = {} if "pulumi-python" in reference else {"type": "fastpix:index:LivePlaybackId"}
    return export(provider(reference, **inputs), resource("main", "id-1", provider=reference, **kind))


def store(project: Project, reference: str, name: str, stored: str, others: dict[str, Any]) -> None:
    """Let the state hold a secret as Pulumi does: shown only with `--show-secrets`."""
    project.store(
        through(reference, **others, **{name: secret(ciphertext="v1:x")}),
        through(reference, **others, **{name: secret(plaintext=json.dumps(stored))}),
    )


@pytest.mark.parametrize(
    ("reference", "name", "others"),
    [(DEFAULT_PROVIDER, "fastpix:secretKey", DYNAMIC), (NATIVE_PROVIDER, "secretKey", NATIVE)],
)
def test_a_rotated_secret_that_no_up_has_stored(
    reference: str, name: str, others: dict[str, Any], project: Project
) -> None:
    store(project, reference, name, SECRET, others)
    result = project.doctor("--offline")
    assert "Nothing wrong." in result.output
    assert "the stack's state has the same target as its configuration" in result.output

    store(project, reference, name, "hush-old", others)
    (old,) = project.findings()["stored"]
    assert old["severity"] == "warning"
    assert "still has fastpix:secretKey as at the last `pulumi up`, not as configured now" in old["says"]
    assert "--run-program" in old["advice"]
    result = project.doctor("--offline")
    assert result.exit_code == 0
    assert "hush" not in result.output


@pytest.mark.parametrize(
    ("stored", "configured", "named"),
    [
        ({"fastpix:accessTokenId": "token", "fastpix:secretKey": SECRET}, {}, "fastpix:accessTokenId, fastpix:secretK"),
        ({}, {"baseUrl": "http://127.0.0.1:1/v1"}, "has fastpix:baseUrl as"),
        ({"fastpix:baseUrl": "http://127.0.0.1:2/v1"}, {"baseUrl": "http://127.0.0.1:1/v1"}, "has fastpix:baseUrl as"),
    ],
)
def test_what_was_set_or_taken_away_since(
    stored: dict[str, str], configured: dict[str, str], named: str, project: Project
) -> None:
    project.configure(**configured)
    project.store(through(DEFAULT_PROVIDER, **stored))
    assert named in project.findings()["stored"][0]["says"]


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
def test_where_nothing_of_it_is_stored_nothing_is_said(state: Any, project: Project) -> None:
    project.store(state)
    assert "stored" not in project.findings()


def test_settings_of_the_environment_are_not_stored_and_not_missed(project: Project) -> None:
    project.configure()
    project.store(through(DEFAULT_PROVIDER, **{"fastpix:secretKey": " "}))
    assert "stored" not in project.findings()


def test_a_stack_whose_playback_ids_all_have_accounts_of_their_own_needs_none(project: Project) -> None:
    far = "urn:pulumi:dev::project::pulumi:providers:pulumi-python::far::c0ffee"
    project.configure()
    project.store(through(far))
    result = project.doctor("--offline")
    assert result.exit_code == 0, result.output
    assert "every playback ID of the stack goes through a provider resource" in result.output
    project.store(through(DEFAULT_PROVIDER))
    assert "no credentials were found" in project.findings()["settings"][0]["says"]


def test_a_run_that_was_cut_off_is_mentioned(project: Project) -> None:
    project.store(export(pending=(resource("main"),)))
    (unfinished,) = project.findings()["unfinished"]
    assert unfinished["severity"] == "warning"
    assert "began to create 1 playback ID" in unfinished["says"]
    assert "pulumi-fastpix recover" in unfinished["advice"]


@pytest.mark.parametrize("unreadable", [{"hello": 1}, {"deployment": {"resources": [{"x": 1}]}}, None])
def test_a_state_that_cannot_be_read_is_no_crash(unreadable: Any, project: Project) -> None:
    if unreadable is None:
        (project.bin / "state.json").unlink()
    else:
        project.store(unreadable)
    (unread,) = project.findings()["stored"]
    assert unread["severity"] == "warning"
    assert "the stack's state can't be read" in unread["says"]


def test_a_secret_that_stays_sealed_is_not_taken_for_an_old_one(project: Project) -> None:
    sealed = through(DEFAULT_PROVIDER, **DYNAMIC, **{"fastpix:secretKey": secret(ciphertext="v1:x")})
    project.store(sealed, sealed)
    result = project.doctor("--offline")
    assert result.exit_code == 0
    assert "the stack's state" not in result.output
