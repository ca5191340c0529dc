"""`sign` as a person or a script meets it, with a stand-in for `pulumi`, and without one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from support.fake_pulumi import FakePulumi
from support.playback_ids import PLAYBACK_ID
from support.states import export, resource, secret, urn
from support.stored_keys import signing_key
from unit.cli.command import EXECUTABLE, run
from unit.cli.signing import (
    ENCRYPTED,
    KEY_ID,
    PEM,
    PRIVATE_KEY,
    assert_no_key,
    claims,
    key,
    other,
    stack_with,
    without_private_key,
)


def test_the_only_key_of_the_stack_signs(pulumi: FakePulumi) -> None:
    stack_with(pulumi, key("viewers"))
    result = run("sign", PLAYBACK_ID)
    found = claims(result)
    assert abs(found.pop("exp") - time.time() - 900) < 60
    assert found == {"kid": KEY_ID, "aud": f"media:{PLAYBACK_ID}", "iss": "fastpix.com", "sub": ""}
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "seconds"),
    [(["90s"], 90), (["15m"], 900), (["2h"], 7200), (["7d"], 604_800)],
)
@pytest.mark.usefixtures("in_environment")
def test_a_duration_counts_from_now(arguments: list[str], seconds: int) -> None:
    assert abs(claims(run("sign", PLAYBACK_ID, "--valid-for", *arguments))["exp"] - time.time() - seconds) < 60


@pytest.mark.parametrize("given", ["2100-12-01T20:00:00Z", "2100-12-01T21:00:00+01:00", "2100-12-01 20:00+00:00"])
@pytest.mark.usefixtures("in_environment")
def test_a_time_has_a_time_zone(given: str) -> None:
    first, second = (run("sign", PLAYBACK_ID, "--expires-at", given, "--audience", "drm") for _ in range(2))
    assert first.stdout == second.stdout
    assert claims(first) == {
        "kid": KEY_ID,
        "aud": f"drm:{PLAYBACK_ID}",
        "iss": "fastpix.com",
        "sub": "",
        "exp": 4131374400,
    }


@pytest.mark.parametrize(
    "content", [PRIVATE_KEY, f"{PRIVATE_KEY}\n", PEM, PEM.replace("\n", "\r\n")], ids=["base64", "line", "PEM", "CRLF"]
)
@pytest.mark.parametrize("stdin", [False, True])
def test_a_file_or_standard_input_needs_no_pulumi(
    stdin: bool, content: str, key_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    Path(key_file).write_bytes(content.encode())
    path = "-" if stdin else key_file
    result = run("sign", PLAYBACK_ID, "--key-file", path, "--key-id", KEY_ID, stdin=content if stdin else None)
    assert claims(result)["kid"] == KEY_ID
    assert result.stderr == ""


def test_a_file_that_everybody_can_read_is_noted(key_file: str) -> None:
    Path(key_file).chmod(0o644)
    result = run("sign", PLAYBACK_ID, "--key-file", key_file, "--key-id", KEY_ID)
    assert claims(result)
    assert result.stderr == ("Warning: every user of this machine can read the file of --key-file: `chmod o-r` it.\n")


@pytest.mark.usefixtures("in_environment")
def test_the_environment_needs_no_pulumi(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")
    result = run("sign", PLAYBACK_ID)
    assert claims(result)["kid"] == KEY_ID
    assert result.stderr == ""


@pytest.mark.usefixtures("in_environment")
def test_an_option_of_the_stack_goes_before_the_environment(pulumi: FakePulumi) -> None:
    stack_with(pulumi, key("viewers", "other"))
    assert claims(run("sign", PLAYBACK_ID))["kid"] == KEY_ID
    assert pulumi.commands == []
    for option in (("--key", "viewers"), ("--stack", "dev"), ("-C", ".")):
        assert claims(run("sign", PLAYBACK_ID, *option))["kid"] == "other"


@pytest.mark.parametrize("given", ["FASTPIX_SIGNING_KEY_ID", "FASTPIX_SIGNING_PRIVATE_KEY"])
def test_half_a_key_in_the_environment_is_no_key(
    given: str, pulumi: FakePulumi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(given, PRIVATE_KEY)
    missing = ({"FASTPIX_SIGNING_KEY_ID", "FASTPIX_SIGNING_PRIVATE_KEY"} - {given}).pop()
    result = run("sign", PLAYBACK_ID)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{given} is set in the environment, and {missing} isn't." in result.stderr
    assert_no_key(result.output)
    assert pulumi.commands == []


@pytest.mark.usefixtures("in_environment")
def test_a_private_key_in_the_place_of_its_id_is_not_shown(key_file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FASTPIX_SIGNING_KEY_ID", PRIVATE_KEY)
    for arguments in ((), ("--key-file", key_file, "--key-id", PRIVATE_KEY)):
        result = run("sign", PLAYBACK_ID, *arguments)
        assert (result.exit_code, "looks like a private key" in result.stderr) == (1, True)
        assert_no_key(result.output)


def test_of_several_keys_one_has_to_be_named(pulumi: FakePulumi) -> None:
    far = urn("far", type_="fastpix:index:SigningKey")
    stack_with(pulumi, key("viewers", "one"), key("crew", "two"), key("far", "three", urn=far))
    result = run("sign", PLAYBACK_ID)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Stack dev has several signing keys. With --key, give one of these: 'viewers', 'crew', 'far'." in (
        result.stderr
    )
    assert not any("--show-secrets" in command for command in pulumi.commands)
    assert claims(run("sign", PLAYBACK_ID, "--key", "crew"))["kid"] == "two"
    assert claims(run("sign", PLAYBACK_ID, "--key", far))["kid"] == "three"
    unknown = run("sign", PLAYBACK_ID, "--key", PRIVATE_KEY)
    assert "Stack dev has no signing keys of that name. With --key, give one of these: 'viewers'" in unknown.stderr
    assert_no_key(unknown.output)


def test_keys_of_one_name_are_told_apart_by_their_urns(pulumi: FakePulumi) -> None:
    urns = [urn("viewers", parent, type_="fastpix:index:SigningKey") for parent in ("a:b:C$", "")]
    stack_with(pulumi, *(key("viewers", f"id-{number}", urn=one) for number, one in enumerate(urns)))
    for arguments in ((), ("--key", "viewers"), ("--key", "x")):
        assert f"give one of these: {', '.join(urns)}." in run("sign", PLAYBACK_ID, *arguments).stderr
    assert claims(run("sign", PLAYBACK_ID, "--key", urns[1]))["kid"] == "id-1"


def test_what_cannot_sign_does_not_count(pulumi: FakePulumi) -> None:
    """A key that was looked up or is to be deleted, an interrupted create, and resources of other types."""
    stack_with(
        pulumi,
        without_private_key("shared", "one", external=True),
        key("viewers", "two", delete=True),
        key("viewers", "three"),
        other(resource("main", PLAYBACK_ID, "private")),
        pending=(signing_key("more"),),
    )
    result = run("sign", PLAYBACK_ID)
    assert (claims(result)["kid"], result.stderr) == ("three", "")


@pytest.mark.parametrize(
    ("of_stack", "arguments"),
    [
        ([without_private_key("viewers")], []),
        ([without_private_key("viewers", external=True)], []),
        ([key("crew", "one"), without_private_key("viewers")], ["--key", "viewers"]),
    ],
)
def test_a_key_without_its_private_key_is_refused(
    of_stack: list[Callable[[Any], dict[str, Any]]], arguments: list[str], pulumi: FakePulumi
) -> None:
    stack_with(pulumi, *of_stack)
    result = run("sign", PLAYBACK_ID, *arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"doesn't have the private key of 'viewers', signing key {KEY_ID}: it was imported or looked up" in (
        result.stderr
    )
    assert not any("--show-secrets" in command for command in pulumi.commands)


def test_a_private_key_without_a_value_is_refused(pulumi: FakePulumi) -> None:
    pulumi.prints("export", export(signing_key("viewers", KEY_ID, private_key=ENCRYPTED)))
    pulumi.prints("export-with-secrets", export(signing_key("viewers", KEY_ID, private_key=secret(plaintext="null"))))
    assert "doesn't have the private key" in run("sign", PLAYBACK_ID).stderr


def test_without_any_key_the_ways_to_give_one_are_named(pulumi: FakePulumi) -> None:
    pulumi.prints("export", export(resource("main", PLAYBACK_ID), pending=(signing_key("viewers"),)))
    result = run("sign", PLAYBACK_ID)
    assert result.exit_code == 1
    assert "Stack dev has no signing key." in result.stderr
    for way in ("SigningKey", "--key-file", "FASTPIX_SIGNING_PRIVATE_KEY"):
        assert way in result.stderr


def test_a_stack_that_changes_while_it_is_read_signs_nothing(pulumi: FakePulumi) -> None:
    pulumi.prints("export", export(signing_key("viewers", KEY_ID, private_key=ENCRYPTED)))
    pulumi.prints("export-with-secrets", export(signing_key("viewers", "new", private_key=ENCRYPTED)))
    result = run("sign", PLAYBACK_ID)
    assert (result.exit_code, "The stack changed while it was read" in result.stderr) == (1, True)


@pytest.mark.parametrize(("policy", "noted"), [("public", True), ("private", False)])
def test_a_public_playback_id_needs_no_token(policy: str, noted: bool, pulumi: FakePulumi) -> None:
    stack_with(pulumi, key("viewers"), other(resource("main", PLAYBACK_ID, policy)))
    result = run("sign", PLAYBACK_ID)
    assert claims(result)
    warning = "Warning: the playback ID is public in stack dev: it plays without a token, too, and after this one has"
    assert result.stderr == (f"{warning} expired.\n" if noted else "")


@pytest.mark.usefixtures("in_environment")
def test_the_id_of_a_stream_is_warned_of() -> None:
    result = run("sign", DEMO_STREAM_ID)
    assert (result.exit_code, result.stdout.count(DEMO_STREAM_ID)) == (0, 1)
    assert result.stderr.startswith(f"Warning: {DEMO_STREAM_ID} looks like the ID of a live stream.")


def test_outside_a_project_the_stack_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")
    result = run("sign", PLAYBACK_ID)
    assert (result.exit_code, "There is no Pulumi project" in result.stderr) == (2, True)


@pytest.mark.usefixtures("in_environment")
def test_the_stream_host_may_be_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FASTPIX_STREAM_URL", "https://video.example/")
    assert run("sign", PLAYBACK_ID).stdout.startswith(f"https://video.example/{PLAYBACK_ID}.m3u8?token=")


def test_what_pulumi_prints_besides_is_not_shown(pulumi: FakePulumi) -> None:
    """An export that isn't one, though it has the key."""
    stack_with(pulumi, key("viewers"))
    for broken in (f'{{"deployment": {{"resources": [{{"urn": "{PRIVATE_KEY}"}}]}}}}', PRIVATE_KEY):
        (pulumi.folder / "export-with-secrets").write_text(broken)
        result = run("sign", PLAYBACK_ID)
        assert (result.exit_code, result.stdout) == (1, "")
        assert isinstance(result.exception, SystemExit)
        assert_no_key(result.output)


def test_a_missing_library_is_named_with_its_extra(tmp_path: Path) -> None:
    (tmp_path / "jwt.py").write_text("raise ModuleNotFoundError(\"No module named 'jwt'\", name='jwt')")
    for arguments in ([PLAYBACK_ID], [PLAYBACK_ID, "--key-file", "x"]):
        done = subprocess.run(
            [EXECUTABLE, "sign", *arguments],
            env={**os.environ, "PYTHONPATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == (
            "Error: `pulumi-fastpix sign` needs more packages: run  pip install 'pulumi-fastpix[signing]'\n"
        )


def test_a_broken_module_of_our_own_is_no_missing_library(tmp_path: Path) -> None:
    """It keeps its traceback, because it is a bug."""
    statement = (
        "import sys, pulumi_fastpix.errors\n"
        "del pulumi_fastpix.errors.SigningError\n"
        f"sys.argv[1:] = ['sign', '{PLAYBACK_ID}']\n"
        "from pulumi_fastpix.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", statement], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "ImportError: cannot import name 'SigningError'" in done.stderr
