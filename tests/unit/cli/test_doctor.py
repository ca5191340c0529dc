"""`pulumi-fastpix doctor`: each thing that can be wrong is found, named and answered, and no secret is shown.

`pulumi` is a stand-in here, which answers from a file; the doctor meets the real one in `tests/engine`.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from pulumi_fastpix.cli import main
from pulumi_fastpix.cli.doctor.command import command
from pulumi_fastpix.sandbox import Fault, Sandbox
from unit.cli.project import SECRET, Project


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def test_where_nothing_is_wrong_it_says_so(project: Project, sandbox: Sandbox) -> None:
    project.configure(accessTokenId=sandbox.access_token_id, secretKey=sandbox.secret_key, baseUrl=sandbox.base_url)
    result = project.doctor()
    assert result.exit_code == 0, result.output
    assert "Nothing wrong." in result.output
    assert f"{sandbox.base_url} takes the credentials and shows a live stream" in result.output
    assert "fastpix:secretKey set" in result.output
    assert sandbox.secret_key not in result.output
    assert [request.method for request in sandbox.requests] == ["GET"]


def test_the_examples_in_its_help_run(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.configure(accessTokenId="token", secretKey=SECRET, baseUrl="http://127.0.0.1:1/v1")
    monkeypatch.chdir(project.folder.parent)
    help_text = CliRunner().invoke(main, ["doctor", "--help"]).output
    examples = re.findall(r"^ +pulumi-fastpix (doctor.*)$", help_text, flags=re.MULTILINE)
    assert len(examples) == 3
    for example in examples:
        result = CliRunner().invoke(main, shlex.split(example))
        assert result.exit_code in {0, 1}, result.output
        assert "Usage" not in result.output


def test_without_a_project_it_looks_at_the_environment(
    project: Project, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.folder / "Pulumi.yaml").unlink()
    for name, value in sandbox.environment().items():
        monkeypatch.setenv(name, value)
    result = project.doctor()
    assert result.exit_code == 0, result.output
    assert "warning  there is no Pulumi project in" in result.output
    assert "takes the credentials" in result.output


def test_without_the_cli_the_rest_is_still_looked_at(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    project.write("Pulumi.dev.yaml", f"config:\n  fastpix:secretKey: {SECRET}\n")
    wrong = project.findings()
    assert wrong["pulumi"][0]["says"] == "the Pulumi CLI, `pulumi`, is not on PATH"
    assert "Could not run `pulumi config" in wrong["configuration"][0]["says"]
    assert wrong["plaintext-secret"][0]["severity"] == "problem"


def test_an_old_cli_is_a_warning(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_STAND_IN_VERSION", "v3.216.0")
    assert project.findings()["pulumi"][0]["severity"] == "warning"
    assert project.doctor("--offline").exit_code == 0


def test_a_cli_that_fails_is_told_with_its_own_words(project: Project) -> None:
    (project.bin / "config.json").unlink()
    (unreadable,) = project.findings()["configuration"]
    assert "No such file" in unreadable["says"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("runtime: [python\nsecret: hush-secret-key", "Pulumi.yaml is not valid YAML in line 2"),
        ("- name", "must map names"),
        ("", "names no runtime"),
        ("name: streams\nruntime: python\ndescription: 2024-13-45\n", "holds a value that can't be read"),
        ("name: streams\n", "names no runtime"),
    ],
)
def test_a_project_that_cannot_be_used_is_named(text: str, says: str, project: Project) -> None:
    project.write("Pulumi.yaml", text)
    assert says in project.findings()["project"][0]["says"]


NAMED = ("plugins: {providers: [{name: fastpix, path: bin}]}", "packages: {fastpix: ./fastpix-plugin}")


@pytest.mark.parametrize("how", ["nowhere", "on PATH", "installed", *NAMED, "packages: {fastpix: fastpix@0.1.0}"])
def test_a_project_in_another_language_needs_the_plugin_and_no_python(
    how: str, project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", f"{project.bin}:/usr/bin:/bin")
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    project.write("Pulumi.yaml", f"name: streams\nruntime: nodejs\n{how if ':' in how else ''}\n")
    if how == "on PATH":
        project.program(project.bin / "pulumi-resource-fastpix", "#!/bin/sh\n")
    elif how == "installed":
        (tmp_path / "home" / "plugins" / "resource-fastpix-v0.1.0").mkdir(parents=True)
    wrong = project.findings()
    if how in {"on PATH", "installed", *NAMED}:
        assert wrong == {}
    else:
        assert "is a project for nodejs, which only the native provider serves" in wrong["project"][0]["says"]
        assert wrong.keys() == {"project"}


def test_secrets_in_clear_are_found_in_every_stack(project: Project) -> None:
    project.write("Pulumi.dev.yaml", f"config:\n  fastpix:secretKey: {SECRET}\n  fastpix:accessTokenId: a\n")
    project.write("Pulumi.studio.yaml", f"config:\n  studio:secretKey: {SECRET}\n")
    project.write("Pulumi.fine.yaml", "config:\n  fastpix:secretKey:\n    secure: v1:abc\n")
    project.write("Pulumi.broken.yaml", f"config: [{SECRET}")
    project.write("Pulumi.unset.yaml", "encryptionsalt: v1:abc\n")
    project.write("Pulumi.empty.yaml", "")
    project.write("Pulumi.numbers.yaml", "config: {1: x}\n")
    project.write("Pulumi.list.yaml", "config: [a]\n")
    wrong = project.findings()
    clear, other = wrong["plaintext-secret"]
    assert (clear["severity"], other["severity"]) == ("problem", "warning")
    assert "Pulumi.dev.yaml" in clear["says"]
    assert "pulumi config set --stack dev --secret fastpix:secretKey" in clear["advice"]
    broken, a_list = wrong["stack-file"]
    assert "Pulumi.broken.yaml is not valid YAML" in broken["says"]
    assert "Pulumi.list.yaml must map names" in a_list["says"]


@pytest.mark.parametrize("held", [SECRET, f"{{value: {SECRET}}}", f"{{default: {SECRET}}}"])
def test_a_secret_in_clear_is_found_in_the_projects_own_file(held: str, project: Project) -> None:
    project.write("Pulumi.yaml", f"name: streams\nruntime: python\nconfig:\n  fastpix:secretKey: {held}\n")
    (clear,) = project.findings()["plaintext-secret"]
    assert "Pulumi.yaml" in clear["says"]
    assert "Take it out of that file" in clear["advice"]


@pytest.mark.parametrize("held", ["{value: {secure: v1:abc}}", "{type: string}", "{secure: v1:abc}"])
def test_what_is_encrypted_or_only_declared_is_fine(held: str, project: Project) -> None:
    project.write("Pulumi.yaml", f"name: streams\nruntime: python\nconfig:\n  fastpix:secretKey: {held}\n")
    assert "plaintext-secret" not in project.findings()


def test_settings_that_cannot_be_right_are_a_problem(project: Project) -> None:
    project.configure(accessTokenId="token", secretKey=f"{SECRET}\n")
    (wrong,) = project.findings()["settings"]
    assert "fastpix:secretKey contains white space" in wrong["says"]
    assert project.doctor("--offline").exit_code == 1


def test_variables_that_count_for_nothing_are_named(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FASTPIX_BASE_URL", "https://staging.example/v1")
    (ignored,) = project.findings()["settings"]
    assert ignored["severity"] == "warning"
    assert "FASTPIX_BASE_URL in the environment count for nothing here" in ignored["says"]


def test_a_blank_setting_is_none(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
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
    assert ignored["says"].startswith("FASTPIX_USERNAME, FASTPIX_PASSWORD in the environment count for nothing")


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
    assert ("`pulumi-fastpix sandbox exec -- …` needs none of it" in wrong["advice"]) is helps
    for name, value in sandbox.environment().items():
        monkeypatch.setenv(name, value)
    assert (project.doctor().exit_code == 0) is helps


def test_a_configured_stack_in_the_sandbox_is_a_conflict(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FASTPIX_SANDBOX", "http://127.0.0.1:9/v1")
    (conflict,) = project.findings()["sandbox"]
    assert conflict["severity"] == "problem"
    assert "holds a target of its own" in conflict["says"]


def test_the_mark_of_the_sandbox_set_by_hand(
    project: Project, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says what it does; where no sandbox is, that is what is wrong, and how to get rid of it."""
    project.configure()
    for name, value in sandbox.environment().items():
        monkeypatch.setenv(name, value)
    result = project.doctor()
    assert result.exit_code == 0, result.output
    assert f"FASTPIX_SANDBOX is set, as by `pulumi-fastpix sandbox exec`: only {sandbox.base_url} is" in result.output

    monkeypatch.setenv("FASTPIX_SANDBOX", "yes")
    (mark,) = project.findings()["sandbox"]
    assert mark["severity"] == "problem"
    assert "FASTPIX_SANDBOX is set, but not to the address of a sandbox" in mark["says"]
    assert "unset FASTPIX_SANDBOX" in mark["advice"]

    for name in ("FASTPIX_SANDBOX", "FASTPIX_BASE_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/v1")
    result = project.doctor()
    assert result.exit_code == 1
    assert "-> No sandbox is running there, and FASTPIX_SANDBOX makes the provider refuse everything else" in (
        result.output
    )


def test_an_address_without_its_version_path(project: Project, sandbox: Sandbox) -> None:
    short = sandbox.base_url.removesuffix("/v1")
    assert short != sandbox.base_url
    project.configure(accessTokenId=sandbox.access_token_id, secretKey=sandbox.secret_key, baseUrl=short)
    result = project.doctor()
    assert result.exit_code == 1
    assert "needs its version path as in https://api.fastpix.com/v1" in result.output
    project.configure(accessTokenId=sandbox.access_token_id, secretKey=sandbox.secret_key, baseUrl=sandbox.base_url)
    sandbox.faults.add(Fault(kind="status", status=404))
    assert "needs its version path as in https://api.fastpix.com/v1" in project.doctor().output


def test_what_fastpix_answers(project: Project, sandbox: Sandbox) -> None:
    target = {"accessTokenId": sandbox.access_token_id, "baseUrl": sandbox.base_url}
    project.configure(**target, secretKey=SECRET)
    refused = project.doctor()
    assert refused.exit_code == 1
    assert 'problem  Could not list live streams: FastPix answered 401 "unauthorized"' in refused.output
    assert "-> Set the ID and the secret key of one access token" in refused.output

    project.configure(**target, secretKey=sandbox.secret_key)
    for fault, status, advice in (
        (Fault(kind="rate-limit", requests=0, seconds=60), 0, "The credentials were not looked at"),
        (Fault(kind="status", status=502, body="html"), 1, "what answers there in FastPix's place"),
        (Fault(kind="drop"), 1, "Try again in a while"),
    ):
        sandbox.faults.add(fault)
        result = project.doctor()
        sandbox.faults.clear()
        assert (result.exit_code, advice in result.output) == (status, True), result.output
        assert sandbox.secret_key not in result.output

    project.configure(accessTokenId="token", secretKey=SECRET, baseUrl="http://127.0.0.1:1/v1")
    assert "-> Check the address, this machine's DNS and proxy" in project.doctor().output


def test_a_folder_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, ["-C", str(tmp_path / "nowhere")])
    assert result.exit_code == 2
    assert "there is no folder" in result.output


def test_ctrl_c_ends_it_without_a_trace(project: Project) -> None:
    """As from a terminal: everyone in the foreground gets the signal."""
    project.program(project.bin / "pulumi", "#!/bin/sh\ntouch started\nexec sleep 60\n")
    running = subprocess.Popen(
        [Path(sys.executable).parent / "pulumi-fastpix", "doctor"],
        cwd=project.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # A shell starts background jobs with SIGINT ignored, and the tests may be one.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509  # no threads here
    )
    deadline = time.monotonic() + 30
    while not (project.folder / "started").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGINT)
    output, _ = running.communicate(timeout=30)
    assert running.returncode == 130, output
    assert "Interrupted" in output
    assert "Traceback" not in output
