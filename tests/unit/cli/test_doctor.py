"""`pulumi-fastpix doctor` finds each thing that can be wrong, advises what to do, and shows no secret.

`pulumi` is a stand-in here, and so is the provider's Python; the doctor meets the real ones in `tests/engine`.
"""

from __future__ import annotations

import json
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

from pulumi_fastpix.cli.doctor.findings import Check, Severity
from pulumi_fastpix.sandbox import Sandbox
from unit.cli.command import EXECUTABLE, run
from unit.cli.project import SECRET, Project


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox to which the environment does not lead."""
    with Sandbox() as sandbox:
        yield sandbox


def test_the_names_in_the_json_output_are_frozen() -> None:
    """Pipelines compare them."""
    assert [severity.value for severity in Severity] == ["ok", "warning", "problem"]
    assert {check.value for check in Check} == {
        "versions",
        "pulumi-cli",
        "project",
        "provider-python",
        "provider-package",
        "pulumi-sdk",
        "plaintext-secret",
        "stack-file",
        "configuration",
        "stored-settings",
        "interrupted",
        "settings",
        "sandbox",
        "api-call",
        "workspace",
    }


def test_its_page_has_every_check_and_severity() -> None:
    page = (Path(__file__).parents[3] / "docs" / "doctor.md").read_text()
    checks = page.partition("## Checks\n")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `([\w-]+)` \|", checks, flags=re.MULTILINE) == [check.value for check in Check]
    for severity in Severity:
        assert f"`{severity.value}`" in checks


def test_the_json_output_has_the_highest_severity_and_every_finding(project: Project) -> None:
    project.configure()
    report = json.loads(project.doctor("--json", "--offline").stdout)
    assert report["severity"] == "problem"
    assert all(finding.keys() == {"check", "severity", "message", "advice"} for finding in report["findings"])
    assert report["findings"][0]["check"] == "versions"


def test_where_nothing_is_wrong_it_reports_that(
    project: Project, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The provider's Python is a real one here."""
    monkeypatch.setenv("PULUMI_PYTHON_CMD", sys.executable)
    project.configure(accessTokenId=sandbox.access_token_id, secretKey=sandbox.secret_key, baseUrl=sandbox.base_url)
    result = project.doctor()
    assert result.exit_code == 0, result.output
    assert "Nothing wrong." in result.output
    assert f"{sandbox.base_url} accepts the credentials and lists a live stream" in result.output
    assert "fastpix:secretKey set" in result.output
    assert sandbox.secret_key not in result.output
    assert [request.method for request in sandbox.requests] == ["GET"]


def test_the_examples_in_its_help_run(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.configure(accessTokenId="token", secretKey=SECRET, baseUrl="http://127.0.0.1:1/v1")
    monkeypatch.chdir(project.folder.parent)
    help_text = run("doctor", "--help").output
    examples = re.findall(r"^ +pulumi-fastpix (doctor.*)$", help_text, flags=re.MULTILINE)
    assert len(examples) == 3
    for example in examples:
        result = run(*shlex.split(example))
        assert result.exit_code in {0, 1}, result.output
        assert "Usage" not in result.output


def test_without_a_project_the_environment_is_checked(
    project: Project, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.folder / "Pulumi.yaml").unlink()
    for name, value in sandbox.environment().items():
        monkeypatch.setenv(name, value)
    result = project.doctor()
    assert result.exit_code == 0, result.output
    assert "warning  there is no Pulumi project in" in result.output
    assert "accepts the credentials" in result.output


def test_without_the_cli_the_rest_is_still_checked(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.pulumi.script.unlink()
    monkeypatch.setenv("PATH", str(project.bin))
    project.write("Pulumi.dev.yaml", f"config:\n  fastpix:secretKey: {SECRET}\n")
    wrong = project.findings()
    assert wrong["pulumi-cli"][0]["message"] == "the Pulumi CLI, `pulumi`, is not on PATH"
    assert "Could not run `pulumi config" in wrong["configuration"][0]["message"]
    assert wrong["plaintext-secret"][0]["severity"] == "problem"


def test_an_old_cli_is_a_warning(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_PULUMI_VERSION", "v3.216.0")
    assert project.findings()["pulumi-cli"][0]["severity"] == "warning"
    assert project.doctor("--offline").exit_code == 0


def test_a_cli_that_fails_is_quoted(project: Project) -> None:
    project.pulumi.fails("config")
    (unreadable,) = project.findings()["configuration"]
    assert "failed: no stack selected" in unreadable["message"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("runtime: [python\nsecret: hush-secret-key", "Pulumi.yaml is not valid YAML in line 2"),
        ("- name", "must map names"),
        ("", "names no runtime"),
        ("name: streams\nruntime: python\ndescription: 2024-13-45\n", "holds a value that can't be read"),
        ("name: streams\n", "names no runtime"),
    ],
)
def test_a_project_file_that_cannot_be_used_is_a_problem(text: str, message: str, project: Project) -> None:
    project.write("Pulumi.yaml", text)
    assert message in project.findings()["project"][0]["message"]


NAMED = ("plugins: {providers: [{name: fastpix, path: bin}]}", "packages: {fastpix: ./fastpix-plugin}")


@pytest.mark.parametrize("how", ["nowhere", "on PATH", "installed", *NAMED, "packages: {fastpix: fastpix@0.1.0}"])
def test_a_project_in_another_language_needs_the_plugin_and_no_python(
    how: str, project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (project.bin / "pulumi-resource-fastpix").unlink()
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
        assert "is a project for nodejs, which only the native provider serves" in wrong["project"][0]["message"]
        assert wrong.keys() == {"project"}


def test_secrets_in_plain_text_are_found_in_every_stacks_file(project: Project) -> None:
    project.write("Pulumi.dev.yaml", f"config:\n  fastpix:secretKey: {SECRET}\n  fastpix:accessTokenId: a\n")
    project.write("Pulumi.studio.yaml", f"config:\n  studio:secretKey: {SECRET}\n")
    project.write("Pulumi.fine.yaml", "config:\n  fastpix:secretKey:\n    secure: v1:abc\n")
    project.write("Pulumi.broken.yaml", f"config: [{SECRET}")
    project.write("Pulumi.unset.yaml", "encryptionsalt: v1:abc\n")
    project.write("Pulumi.empty.yaml", "")
    project.write("Pulumi.numbers.yaml", "config: {1: x}\n")
    project.write("Pulumi.list.yaml", "config: [a]\n")
    wrong = project.findings()
    plain, other = wrong["plaintext-secret"]
    assert (plain["severity"], other["severity"]) == ("problem", "warning")
    assert "Pulumi.dev.yaml" in plain["message"]
    assert "pulumi config set --stack dev --secret fastpix:secretKey" in plain["advice"]
    broken, a_list = wrong["stack-file"]
    assert "Pulumi.broken.yaml is not valid YAML" in broken["message"]
    assert "Pulumi.list.yaml must map names" in a_list["message"]


@pytest.mark.parametrize("held", [SECRET, f"{{value: {SECRET}}}", f"{{default: {SECRET}}}"])
def test_a_secret_in_plain_text_is_found_in_the_projects_own_file(held: str, project: Project) -> None:
    project.write("Pulumi.yaml", f"name: streams\nruntime: python\nconfig:\n  fastpix:secretKey: {held}\n")
    (plain,) = project.findings()["plaintext-secret"]
    assert "Pulumi.yaml" in plain["message"]
    assert "Take it out of that file" in plain["advice"]


@pytest.mark.parametrize("held", ["{value: {secure: v1:abc}}", "{type: string}", "{secure: v1:abc}"])
def test_a_secret_that_is_encrypted_or_only_declared_is_fine(held: str, project: Project) -> None:
    project.write("Pulumi.yaml", f"name: streams\nruntime: python\nconfig:\n  fastpix:secretKey: {held}\n")
    assert "plaintext-secret" not in project.findings()


def test_a_folder_that_does_not_exist_cannot_be_examined(tmp_path: Path) -> None:
    nowhere = str(tmp_path / "nowhere")
    result = run("doctor", "-C", nowhere)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"There is no folder {nowhere!r} to examine: check --cwd." in result.stderr
    result = run("doctor", "-C", nowhere, "--json")
    assert (result.exit_code, result.stderr) == (2, "")
    assert json.loads(result.stdout) == {"error": f"There is no folder {nowhere!r} to examine: check --cwd."}


def test_ctrl_c_ends_it_without_a_traceback(project: Project) -> None:
    """As from a terminal: everyone in the foreground gets the signal."""
    project.program(project.pulumi.script, "#!/bin/sh\ntouch started\nexec sleep 60\n")
    running = subprocess.Popen(
        [EXECUTABLE, "doctor"],
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
