"""The doctor, with the real Pulumi CLI, reads a stack's configuration, decrypts it, and shows no secret."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pulumi_fastpix.cli.doctor.python_choice import choose
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.cases import MODULES, through_both
from support.commands import fastpix
from support.engine import DYNAMIC, NATIVE, ProviderUnderTest, Stack, succeeded
from support.programs import ONE_ID


def doctor(stack: Stack, *arguments: str, **environ: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """Its exit status, and its findings that are not ok.

    Whether the SDK is newer than the CLI depends on the machine, and is left out.
    """
    status, wrong = everything_wrong(stack, *arguments, **environ)
    return status, {check: finding for check, finding in wrong.items() if check != "pulumi-sdk"}


def everything_wrong(stack: Stack, *arguments: str, **environ: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """The same with that, for checks that find one thing at most."""
    status, findings = findings_of(stack, *arguments, **environ)
    return status, {finding["check"]: finding for finding in findings}


def findings_of(stack: Stack, *arguments: str, **environ: str) -> tuple[int, list[dict[str, Any]]]:
    done = fastpix(
        stack, "doctor", "--json", "-C", str(stack.program_folder), *arguments, folder=stack.folder, environ=environ
    )
    report = json.loads(done.stdout)
    return done.status, [finding for finding in report["findings"] if finding["severity"] != "ok"]


@pytest.fixture
def provider() -> ProviderUnderTest:
    """Programs go through both providers here: see `support.cases`."""
    return DYNAMIC


def test_a_wrong_secret_key_in_plain_text_is_two_problems(tmp_path: Path, sandbox: Sandbox) -> None:
    stack = Stack(tmp_path)
    stack.write_program("")
    stack.create()
    stack.configure_target(sandbox)
    assert doctor(stack, "--stack", "dev") == (0, {}), "nothing is stored before the first up"

    old = sandbox.secret_key
    sandbox.store.access_tokens.rotate_secret(sandbox.access_token_id)
    stack.configure({"fastpix:secretKey": old})
    status, wrong = doctor(stack)
    assert status == 1
    assert wrong.keys() == {"plaintext-secret", "api-call"}
    assert 'FastPix answered 401 "unauthorized"' in wrong["api-call"]["message"]
    assert old not in str(wrong)


def test_a_stack_whose_configuration_cannot_be_read_is_a_problem(tmp_path: Path, sandbox: Sandbox) -> None:
    """Even if the environment has settings: the stack's configuration would be used instead of them."""
    stack = Stack(tmp_path, sandbox.environment())
    stack.write_program("")
    stack.create(secrets_provider="passphrase")
    stack.configure(secrets={"fastpix:secretKey": "hush"})
    status, wrong = doctor(stack, PULUMI_CONFIG_PASSPHRASE="wrong")
    assert status == 1
    assert wrong.keys() == {"configuration"}
    assert "failed: incorrect passphrase" in wrong["configuration"]["message"]
    assert sandbox.requests, "the environment is checked all the same"


def test_a_rotated_secret_that_is_not_stored_yet_is_a_warning(configured_stack: Stack, sandbox: Sandbox) -> None:
    """All calls with the new one succeed, but a refresh or destroy would fail."""
    stack = configured_stack
    # One after another: there is one finding for all of a stack's default providers.
    for provider in (DYNAMIC, NATIVE):
        stack.provider = provider
        stack.write_program(ONE_ID)
        succeeded(stack.up())
        assert doctor(stack) == (0, {})

        old, new = sandbox.secret_key, sandbox.store.access_tokens.rotate_secret(sandbox.access_token_id)
        stack.configure(secrets={"fastpix:secretKey": new})
        status, wrong = doctor(stack)
        assert (status, set(wrong)) == (0, {"stored-settings"})
        assert "fastpix:secretKey: the stack's state, which" in wrong["stored-settings"]["message"]
        assert old not in str(wrong)
        assert new not in str(wrong)
        assert stack.refresh().status != 0

        succeeded(stack.refresh("--run-program"))
        succeeded(stack.up())
        assert doctor(stack) == (0, {})


def test_it_warns_exactly_where_previews_do_not_know_the_id_of_a_lookup(stack: Stack, sandbox: Sandbox) -> None:
    playback_id = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public")
    stack.write_program(
        through_both(f"""
shared = module.LivePlaybackId.get("shared-" + provider, id="{playback_id}", stream_id="{DEMO_STREAM_ID}")
shared.id.apply(lambda known, provider=provider: pulumi.log.warn(f"known to {{provider}}: {{known}}"))
""")
    )
    preview = stack.preview()
    assert preview.status == 0, preview.output
    _, wrong = everything_wrong(stack)
    for provider in MODULES:
        assert ("pulumi-sdk" in wrong) is (f"known to {provider}: {playback_id}" not in preview.output)


def test_a_provider_resource_is_called_with_its_own_credentials(stack: Stack, sandbox: Sandbox) -> None:
    """Its secret key is encrypted in the state, and the stack itself has no account."""
    tokens = {provider: sandbox.store.access_tokens.add() for provider in MODULES}
    accounts = {provider: {"access_token_id": one.id, "secret_key": one.secret} for provider, one in tokens.items()}
    stack.write_program(
        through_both(f"""
studio = module.Provider("studio-" + provider, **{accounts}[provider], base_url="{sandbox.base_url}")
module.LivePlaybackId(provider, stream_id="{DEMO_STREAM_ID}", opts=pulumi.ResourceOptions(provider=studio))
""")
    )
    no_account = dict.fromkeys(sandbox.environment(), "")
    up = stack.up(**no_account)
    assert up.status == 0, up.output
    assert doctor(stack, **no_account) == (0, {})
    for token in tokens.values():
        sandbox.store.access_tokens.rotate_secret(token.id)
    status, findings = findings_of(stack, **no_account)
    wrong = [finding for finding in findings if finding["check"] != "pulumi-sdk"]
    assert (status, [finding["check"] for finding in wrong]) == (1, ["api-call", "api-call"])
    for provider, token in tokens.items():
        message = f"provider resource 'studio-{provider}': Could not list live streams: FastPix"
        assert len([finding for finding in wrong if finding["message"].startswith(message)]) == 1
        assert token.secret not in str(wrong)


RULES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "virtualenv": ({"virtualenv": "venv"}, {"PULUMI_PYTHON_CMD": "mypython"}),
    "virtualenv with a slash": ({"virtualenv": "venv/"}, {}),
    "virtualenv elsewhere": ({"virtualenv": "../beside"}, {}),
    "virtualenv and uv": ({"virtualenv": "venv", "toolchain": "uv"}, {}),
    "uv": ({"toolchain": "uv"}, {"PULUMI_PYTHON_CMD": "mypython"}),
    "poetry": ({"toolchain": "poetry"}, {}),
    "pip": ({"toolchain": "pip"}, {"PULUMI_PYTHON_CMD": "mypython"}),
    "a command": ({}, {"PULUMI_PYTHON_CMD": "mypython"}),
    "nothing": ({}, {}),
    "an inherited virtualenv": ({}, {"PULUMI_RUNTIME_VIRTUALENV": "venv"}),
}


@pytest.mark.parametrize(("options", "environ"), RULES.values(), ids=RULES)
def test_the_doctor_examines_the_python_that_pulumi_starts(
    options: dict[str, str], environ: dict[str, str], tmp_path: Path
) -> None:
    """The script that starts the provider process runs, with Pythons that only print their own path."""
    script = shutil.which("pulumi-resource-pulumi-python")
    assert script is not None
    folder = tmp_path / "program"
    for place in ("program/venv/bin/python", "program/.venv/bin/python", "beside/bin/python", "bin/python3"):
        _write_script(tmp_path / place, 'echo "$0"')
    _write_script(tmp_path / "bin" / "mypython", 'echo "$0"')
    _write_script(tmp_path / "bin" / "poetry", f"echo {tmp_path / 'beside'}")
    path = {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin"}
    passed_on = {f"PULUMI_RUNTIME_{name.upper()}": value for name, value in options.items()}
    started = subprocess.run(
        [script, "127.0.0.1:1"],
        cwd=folder,
        env={**path, **environ, **passed_on},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    choice = choose(options, folder, environ, lambda _: str(tmp_path / "beside"))
    chosen = shutil.which(choice.command, path=path["PATH"])
    assert chosen is not None
    assert Path(started).resolve() == Path(chosen).resolve()


def test_a_program_in_a_folder_of_its_own_is_a_problem_and_the_advised_link_solves_it(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    stack = Stack(tmp_path, sandbox.environment())
    stack.write_program(ONE_ID)
    stack.create()
    (stack.program_folder / "src").mkdir()
    (stack.program_folder / "__main__.py").rename(stack.program_folder / "src" / "__main__.py")
    (stack.program_folder / ".venv").symlink_to(sys.prefix)
    (stack.program_folder / "Pulumi.yaml").write_text(
        "name: project\nmain: src\nruntime:\n  name: python\n  options:\n    virtualenv: .venv\n"
    )
    status, wrong = doctor(stack)
    assert status == 1
    assert "with `main: src` the provider looks in the program's folder" in wrong["provider-python"]["message"]
    assert stack.up().status != 0

    (link,) = re.findall(r"`(ln -s [^`]*)`", wrong["provider-python"]["advice"])
    subprocess.run(shlex.split(link), check=True)
    assert doctor(stack) == (0, {})
    up = stack.up()
    assert up.status == 0, up.output


def _write_script(file: Path, line: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{line}\n")
    file.chmod(0o755)
