"""`pulumi-fastpix doctor` on settings: which FastPix, with which credentials, and its response to one call."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pulumi_fastpix.sandbox import Fault, Sandbox
from unit.cli.project import SECRET, Project


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox to which the environment does not lead."""
    with Sandbox() as sandbox:
        yield sandbox


def test_invalid_settings_are_a_problem(project: Project) -> None:
    project.configure(accessTokenId="token", secretKey=f"{SECRET}\n")
    (wrong,) = project.findings()["settings"]
    assert wrong["message"].startswith("FastPix's settings can't be used: fastpix:secretKey contains white space")
    assert "--run-program" in wrong["advice"]
    assert "--run-program" not in wrong["message"]
    assert project.doctor("--offline").exit_code == 1


def test_ignored_environment_variables_are_a_warning(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FASTPIX_BASE_URL", "https://staging.example/v1")
    (ignored,) = project.findings()["settings"]
    assert ignored["severity"] == "warning"
    assert "FASTPIX_BASE_URL in the environment is ignored" in ignored["message"]


@pytest.mark.parametrize(
    ("key", "project_name", "message"),
    [
        (
            "acessTokenId",
            "streams",
            "fastpix:acessTokenId in the stack's configuration isn't a setting; did you mean f",
        ),
        ("baseURL", "streams", "did you mean fastpix:baseUrl?"),
        ("secretkey", "fastpix", "did you mean fastpix:secretKey?"),
        ("title", "streams", "isn't a setting: the settings are fastpix:accessTokenId, fastpix:secretKey, fastpix:"),
        # Only provider resources have it.
        ("providerResource", "streams", "isn't a setting: the settings are"),
        # The program's own configuration in a project of that name.
        ("title", "fastpix", ""),
        ("timeoutSeconds", "streams", ""),
    ],
)
def test_a_key_without_a_meaning_is_a_warning_that_names_the_nearest(
    key: str, project_name: str, message: str, project: Project
) -> None:
    project.write("Pulumi.yaml", f"name: {project_name}\nruntime: python\n")
    project.configure(accessTokenId="token", secretKey=SECRET, **{key: "1234567"})
    found = [finding for finding in project.findings().get("settings", []) if "isn't a setting" in finding["message"]]
    assert len(found) == bool(message)
    for finding in found:
        assert finding["severity"] == "warning"
        assert message in finding["message"]
        assert f"`pulumi config rm fastpix:{key}`" in finding["advice"]
        assert "1234567" not in str(finding)


def test_a_variable_named_almost_as_one_of_ours_is_a_warning_and_others_are_not(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FASTPIX_USER_NAME", "FASTPIX_BASEURL"):
        monkeypatch.setenv(name, SECRET)
    # Of FastPix's own SDKs, for instance.
    for name in (
        "FASTPIX_DEBUG",
        "FASTPIX_ACCESS_TOKEN",
        "FASTPIX_SECRET_KEY",
        "FASTPIX_TOKEN_ID",
        "FASTPIX_SERVER_URL",
    ):
        monkeypatch.setenv(name, SECRET)
    monkeypatch.setenv("FASTPIX_PASWORD", " ")
    base_url, user_name = project.findings()["settings"]
    assert "FASTPIX_BASEURL isn't a setting; did you mean FASTPIX_BASE_URL?" in base_url["message"]
    assert "FASTPIX_USER_NAME isn't a setting; did you mean FASTPIX_USERNAME?" in user_name["message"]
    assert (base_url["severity"], user_name["severity"]) == ("warning", "warning")


@pytest.mark.parametrize(
    ("variable", "meant"),
    [("FASTPIX_USER", "FASTPIX_USERNAME"), ("FASTPIX_TIMEOUT", "FASTPIX_TIMEOUT_SECONDS")],
)
def test_a_shortened_name_is_a_warning(
    variable: str, meant: str, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "7")
    (short,) = project.findings()["settings"]
    assert (short["severity"], f"{variable} isn't a setting; did you mean {meant}?" in short["message"]) == (
        "warning",
        True,
    )


@pytest.mark.parametrize(
    ("variable", "key", "meant"),
    [
        ("FASTPIX_SECRET_KEY", "secretKey", "FASTPIX_PASSWORD"),
        ("FASTPIX_ACCESS_TOKEN", "accessTokenId", "FASTPIX_USERNAME"),
        ("FASTPIX_ACCESS_TOKEN_ID", "accessTokenId", "FASTPIX_USERNAME"),
    ],
)
def test_a_foreign_name_of_a_credential_is_a_warning_only_where_ours_is_missing(
    variable: str, key: str, meant: str, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, SECRET)
    assert project.findings() == {}
    project.configure(**{one: "x" for one in ("accessTokenId", "secretKey") if one != key})
    foreign, incomplete = project.findings()["settings"]
    text = f"{variable} is set, which this package doesn't read: did you mean {meant}?"
    assert (foreign["severity"], foreign["message"], incomplete["severity"]) == ("warning", text, "problem")
    project.configure()
    monkeypatch.setenv("FASTPIX_USERNAME", "token")
    monkeypatch.setenv("FASTPIX_PASSWORD", SECRET)
    assert project.findings() == {}


def test_a_blank_setting_counts_as_not_set(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for the provider itself."""
    project.configure(accessTokenId=" ")
    for name, value in {"FASTPIX_USERNAME": "a", "FASTPIX_PASSWORD": SECRET, "FASTPIX_SANDBOX": " "}.items():
        monkeypatch.setenv(name, value)
    result = project.doctor("--offline")
    assert result.exit_code == 0, result.output
    assert "configuration: fastpix:accessTokenId unset" in result.output
    assert "FASTPIX_PASSWORD set, FASTPIX_BASE_URL unset" in result.output
    project.configure(accessTokenId="token", secretKey=SECRET)
    monkeypatch.setenv("FASTPIX_BASE_URL", " ")
    (ignored,) = project.findings()["settings"]
    assert ignored["message"].startswith("FASTPIX_USERNAME, FASTPIX_PASSWORD in the environment are ignored")


@pytest.mark.parametrize(
    ("config", "environ", "helps"),
    [
        ({}, {}, True),
        ({}, {"FASTPIX_USERNAME": "id", "FASTPIX_BASE_URL": "nowhere"}, True),
        ({"accessTokenId": "token"}, {}, False),
        ({"timeoutSeconds": "soon"}, {}, False),
        ({}, {"FASTPIX_RETRY_FOR_SECONDS": "soon"}, False),
    ],
)
def test_the_sandbox_is_advised_only_where_it_helps(
    *,
    config: dict[str, str],
    environ: dict[str, str],
    helps: bool,
    project: Project,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project.configure(**config)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    (wrong,) = project.findings()["settings"]
    assert ("`pulumi-fastpix sandbox exec -- …` needs none of them" in wrong["advice"]) is helps
    for name, value in sandbox.environment().items():
        monkeypatch.setenv(name, value)
    assert (project.doctor().exit_code == 0) is helps


def test_a_configured_target_conflicts_with_the_sandbox(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FASTPIX_SANDBOX", "http://127.0.0.1:9/v1")
    (conflict,) = project.findings()["sandbox"]
    assert conflict["severity"] == "problem"
    assert "holds a target of its own" in conflict["message"]
    assert "with FASTPIX_SANDBOX unset" in conflict["advice"]


def test_the_sandboxs_variable_is_explained_where_it_was_set_by_hand(
    project: Project, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.configure()
    for name, value in sandbox.environment().items():
        monkeypatch.setenv(name, value)
    result = project.doctor()
    assert result.exit_code == 0, result.output
    assert f"FASTPIX_SANDBOX is set, as by `pulumi-fastpix sandbox exec`: only {sandbox.base_url} is" in result.output

    monkeypatch.setenv("FASTPIX_SANDBOX", "yes")
    (mark,) = project.findings()["sandbox"]
    assert mark["severity"] == "problem"
    assert "FASTPIX_SANDBOX is set, but not to the address of a sandbox" in mark["message"]
    assert "Unset FASTPIX_SANDBOX" in mark["advice"]

    for name in ("FASTPIX_SANDBOX", "FASTPIX_BASE_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/v1")
    result = project.doctor()
    assert result.exit_code == 1
    assert "-> No sandbox is running there, and FASTPIX_SANDBOX makes the provider refuse everything else" in (
        result.output
    )


def test_an_address_without_its_version_path_is_a_problem_that_names_it(project: Project, sandbox: Sandbox) -> None:
    short = sandbox.base_url.removesuffix("/v1")
    assert short != sandbox.base_url
    project.configure(accessTokenId=sandbox.access_token_id, secretKey=sandbox.secret_key, baseUrl=short)
    result = project.doctor()
    assert result.exit_code == 1
    assert "needs its version path" in result.output
    project.configure(accessTokenId=sandbox.access_token_id, secretKey=sandbox.secret_key, baseUrl=sandbox.base_url)
    sandbox.faults.add(Fault(kind="status", status=404))
    assert "needs its version path" in project.doctor().output


def test_each_response_of_fastpix_has_its_own_advice(project: Project, sandbox: Sandbox) -> None:
    target = {"accessTokenId": sandbox.access_token_id, "baseUrl": sandbox.base_url}
    project.configure(**target, secretKey=SECRET)
    refused = project.doctor()
    assert refused.exit_code == 1
    assert 'problem  Could not list live streams: FastPix answered 401 "unauthorized"' in refused.output
    assert "-> The credentials came from the configuration" in refused.output
    assert refused.output.count("belong to one access token of the right workspace") == 1

    project.configure(**target, secretKey=sandbox.secret_key)
    for fault, status, advice in (
        (Fault(kind="rate-limit", requests=0, seconds=60), 0, "The credentials were not checked"),
        (Fault(kind="status", status=502, body="html"), 1, "server responds in FastPix's place"),
        (Fault(kind="drop"), 1, "Try again in a while"),
    ):
        sandbox.faults.add(fault)
        result = project.doctor()
        sandbox.faults.clear()
        assert (result.exit_code, advice in result.output) == (status, True), result.output
        assert sandbox.secret_key not in result.output

    project.configure(accessTokenId="token", secretKey=SECRET, baseUrl="http://127.0.0.1:1/v1")
    unreached = project.doctor().output
    assert "-> Check the address, this machine's DNS and proxy" in unreached
    assert unreached.count("Check the address") == 1
    assert "This was tried for 0.2 s in all" in unreached
