"""`pulumi-fastpix doctor`: each thing that can be wrong is found, named and answered, and no secret is shown.

`pulumi` is a stand-in here, which answers from a file; the doctor meets the real one in `tests/engine`.
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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pulumi_fastpix.cli import main
from pulumi_fastpix.cli.doctor import command
from pulumi_fastpix.sandbox import Fault, Sandbox

PULUMI = """#!/bin/sh
case "$1" in
version) echo "${PULUMI_STAND_IN_VERSION:-v3.259.0}" ;;
config) cat "$(dirname "$0")/config.json" ;;
*) echo "error: not expected: $*" >&2; exit 1 ;;
esac
"""

SECRET = "hush-secret-key"


@dataclass(frozen=True)
class Project:
    """A project in a folder, and the programs that come first on PATH."""

    folder: Path
    bin: Path

    def write(self, name: str, text: str) -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text)

    def configure(self, **values: str) -> None:
        told = {f"fastpix:{name}": {"value": value, "secret": name == "secretKey"} for name, value in values.items()}
        (self.bin / "config.json").write_text(json.dumps(told))

    def program(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def python(self, path: Path, **found: str) -> None:
        """Put a Python there that finds what the arguments say."""
        all_found = {"executable": str(path), "python": "3.12.1", "prefix": str(path.parent.parent), **found}
        self.program(path, f"#!/bin/sh\ncat <<'E'\n{json.dumps(all_found)}\nE\n")

    def doctor(self, *arguments: str) -> Result:
        result = CliRunner().invoke(main, ["doctor", "-C", str(self.folder), *arguments])
        assert SECRET not in result.output
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        return result

    def findings(self, *arguments: str) -> dict[str, list[dict[str, str]]]:
        """The findings that are not ok, by what was looked at."""
        report = json.loads(self.doctor("--json", "--offline", *arguments).stdout)
        wrong: dict[str, list[dict[str, str]]] = {}
        for finding in report["findings"]:
            if finding["severity"] != "ok":
                assert finding["advice"], finding
                wrong.setdefault(finding["check"], []).append(finding)
        return wrong


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project where nothing is wrong."""
    project = Project(tmp_path / "infrastructure", tmp_path / "bin")
    project.write("Pulumi.yaml", "name: streams\nruntime: python\n")
    project.program(project.bin / "pulumi", PULUMI)
    project.configure(accessTokenId="token", secretKey=SECRET)
    path = [str(project.bin), str(Path(sys.executable).parent), "/usr/bin", "/bin"]
    monkeypatch.setenv("PATH", os.pathsep.join(path))
    for name in ("VIRTUAL_ENV", "PULUMI_PYTHON_CMD", "PULUMI_RUNTIME_VIRTUALENV", "PULUMI_RUNTIME_TOOLCHAIN"):
        monkeypatch.delenv(name, raising=False)
    return project


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
        ("runtime: [python\nsecret: hush-secret-key", "Pulumi.yaml is no YAML in line 2"),
        ("- name", "holds no mapping"),
        ("name: streams\n", "names no runtime"),
        ("name: streams\nruntime: nodejs\n", "is a project for nodejs, which only the native provider serves"),
    ],
)
def test_a_project_that_is_not_for_python_or_cannot_be_used_is_named(text: str, says: str, project: Project) -> None:
    project.write("Pulumi.yaml", text)
    assert says in project.findings()["project"][0]["says"]


def test_secrets_in_clear_are_found_in_every_stack(project: Project) -> None:
    project.write("Pulumi.dev.yaml", f"config:\n  fastpix:secretKey: {SECRET}\n  fastpix:accessTokenId: a\n")
    project.write("Pulumi.studio.yaml", f"config:\n  studio:secretKey: {SECRET}\n")
    project.write("Pulumi.fine.yaml", "config:\n  fastpix:secretKey:\n    secure: v1:abc\n")
    project.write("Pulumi.broken.yaml", f"config: [{SECRET}")
    project.write("Pulumi.empty.yaml", "encryptionsalt: v1:abc\n")
    wrong = project.findings()
    clear, other = wrong["plaintext-secret"]
    assert (clear["severity"], other["severity"]) == ("problem", "warning")
    assert "Pulumi.dev.yaml" in clear["says"]
    assert "pulumi config set --stack dev --secret fastpix:secretKey" in clear["advice"]
    assert "Pulumi.broken.yaml is no YAML" in wrong["stack-file"][0]["says"]


TRAPS: dict[str, tuple[str, Mapping[str, str], str, str]] = {
    "a virtualenv that was never made": (
        "runtime: {name: python, options: {virtualenv: venv}}",
        {},
        "infrastructure/venv/bin/python, which is not there; Pulumi.yaml has `virtualenv: venv`",
        "python3 -m venv",
    ),
    "a program in a folder of its own": (
        "runtime: {name: python, options: {virtualenv: .venv}}\nmain: src",
        {".venv/bin/python": "3.272.0", "src/__main__.py": ""},
        "with `main: src` the provider looks in the program's folder, not in the project's",
        "Keep Pulumi.yaml, the program and the environment in one folder; or link it: `ln -s",
    ),
    "a program file in a folder of its own": (
        "runtime: {name: python, options: {toolchain: uv}}\nmain: src/program.py",
        {".venv/bin/python": "3.272.0", "src/program.py": ""},
        "with `main: src/program.py` the provider looks in the program's folder",
        "take `virtualenv` and `toolchain` out of Pulumi.yaml",
    ),
    "a uv workspace": (
        "runtime: {name: python, options: {toolchain: uv}}",
        {},
        "infrastructure/.venv/bin/python, which is not there; Pulumi.yaml has `toolchain: uv`",
        "In a uv workspace the environment is in the workspace's root",
    ),
}


@pytest.mark.parametrize(("settings", "files", "says", "advice"), TRAPS.values(), ids=TRAPS)
def test_the_traps_on_the_way_to_the_providers_python(
    settings: str, files: Mapping[str, str], says: str, advice: str, project: Project
) -> None:
    project.write("Pulumi.yaml", f"name: streams\n{settings}\n")
    for name, sdk in files.items():
        if sdk:
            project.python(project.folder / name, sdk=sdk, package="0.1.0")
        else:
            project.write(name, "")
    (missing,) = project.findings()["provider-python"]
    assert missing["severity"] == "problem"
    assert says in missing["says"]
    assert advice in missing["advice"]


def test_the_link_that_is_advised_helps(project: Project) -> None:
    project.write("Pulumi.yaml", "runtime: {name: python, options: {virtualenv: .venv}}\nmain: src\n")
    project.python(project.folder / ".venv/bin/python", sdk="3.272.0", package="0.1.0")
    project.write("src/__main__.py", "")
    (missing,) = project.findings()["provider-python"]
    (link,) = re.findall(r"`(ln -s [^`]*)`", missing["advice"])
    subprocess.run(shlex.split(link), check=True)
    assert "provider-python" not in project.findings()


@pytest.mark.parametrize(
    ("found", "check", "says"),
    [
        ({"failure": "PackageNotFoundError: pulumi"}, "package", "has no pulumi-fastpix: PackageNotFoundError"),
        (
            {"sdk": "3.272.0", "package": "0.1.0", "failure": "ImportError: x"},
            "package",
            "can't import it: ImportError",
        ),
        ({"sdk": "3.100.0", "package": "0.1.0"}, "sdk", "Pulumi SDK 3.100.0 is older than 3.216"),
        ({"sdk": "3.272.0", "package": "9.9.9"}, "package", "the provider's is 9.9.9"),
    ],
)
def test_what_the_providers_python_lacks(
    found: Mapping[str, str], check: str, says: str, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.python(project.folder.parent / "other" / "bin" / "python", **found)
    monkeypatch.setenv("PULUMI_PYTHON_CMD", str(project.folder.parent / "other" / "bin" / "python"))
    (lacking,) = project.findings()[check]
    assert says in lacking["says"]


@pytest.mark.parametrize("text", ["#!/bin/sh\nexit 3\n", "#!/bin/sh\necho hello\n", "#!/no/such/interpreter\n"])
def test_a_python_that_does_not_run(text: str, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.program(project.bin / "mypython", text)
    monkeypatch.setenv("PULUMI_PYTHON_CMD", "mypython")
    (broken,) = project.findings()["provider-python"]
    assert "mypython, can't be run" in broken["says"]
    monkeypatch.setenv("PULUMI_PYTHON_CMD", "no-such-python")
    (missing,) = project.findings()["provider-python"]
    assert "no-such-python, is not to be found; PULUMI_PYTHON_CMD names it" in missing["says"]


def test_an_activated_environment_that_is_not_the_providers(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write("Pulumi.yaml", "runtime: {name: python, options: {virtualenv: .venv}}\n")
    project.python(project.folder / ".venv/bin/python", sdk="3.272.0", package="0.1.0")
    monkeypatch.setenv("VIRTUAL_ENV", str(project.folder / ".venv"))
    assert "provider-python" not in project.findings()
    monkeypatch.setenv("VIRTUAL_ENV", "/elsewhere")
    (other,) = project.findings()["provider-python"]
    assert "the environment /elsewhere is activated, but the provider runs in" in other["says"]


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


def test_a_configured_stack_in_the_sandbox_is_a_conflict(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FASTPIX_SANDBOX", "http://127.0.0.1:9/v1")
    (conflict,) = project.findings()["sandbox"]
    assert conflict["severity"] == "problem"
    assert "holds a target of its own" in conflict["says"]


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
