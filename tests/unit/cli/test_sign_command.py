"""`sign` as a person or a script meets it, with a stand-in for `pulumi`, and without one."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from support.fake_pulumi import FakePulumi
from support.playback_ids import PLAYBACK_ID
from support.states import export, resource, secret, urn
from support.stored_keys import signing_key
from unit.cli.command import EXECUTABLE, run

KEY_ID = "b7158b65-302d-4fbd-9c48-503ca92bdd25"
KEY = rsa.generate_private_key(65537, 2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
PRIVATE_KEY = base64.b64encode(PEM.encode()).decode()
ENCRYPTED = secret(ciphertext="v1:x")
ADDRESS = f"https://stream.fastpix.com/{PLAYBACK_ID}.m3u8?token="


def claims(result: Result) -> dict[str, Any]:
    """Those of the printed address, once its signature is known to be that of the key; nothing else was printed."""
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(ADDRESS)
    token = result.stdout.removeprefix(ADDRESS).removesuffix("\n")
    signed, _, signature = token.rpartition(".")
    KEY.public_key().verify(decoded(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return dict(json.loads(decoded(signed.partition(".")[2])))


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def assert_no_key(text: str) -> None:
    for form in (PRIVATE_KEY, PRIVATE_KEY[:40], PEM.splitlines()[1]):
        assert form not in text


@pytest.fixture
def key_file(tmp_path: Path) -> str:
    file = tmp_path / "key.txt"
    file.touch(0o600)
    file.write_text(PRIVATE_KEY)
    return str(file)


@pytest.fixture
def in_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FASTPIX_SIGNING_KEY_ID", KEY_ID)
    monkeypatch.setenv("FASTPIX_SIGNING_PRIVATE_KEY", PRIVATE_KEY)


def stack_with(pulumi: FakePulumi, *resources: Callable[[Any], dict[str, Any]], **more: Any) -> None:
    """Let `pulumi` print a stack, each of whose resources is made for the private key as the export shows it."""
    for name, value in (("export", ENCRYPTED), ("export-with-secrets", secret(plaintext=json.dumps(PRIVATE_KEY)))):
        pulumi.prints(name, export(*(one(value) for one in resources), **more))


def key(name: str, id_: str = KEY_ID, **more: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda private_key: signing_key(name, id_, private_key=private_key, **more)


def without_private_key(name: str, id_: str = KEY_ID, **more: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda _: signing_key(name, id_, **more)


def other(of_stack: dict[str, Any]) -> Callable[[Any], dict[str, Any]]:
    return lambda _: of_stack


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


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Missing argument 'PLAYBACK_ID'"),
        (["has space"], "has other characters"),
        (["https://stream.fastpix.com/x.m3u8"], "not a URL"),
        ([PRIVATE_KEY], "looks like a private key"),
        ([PLAYBACK_ID, PRIVATE_KEY], "one playback ID is expected, and nothing after it"),
        ([PLAYBACK_ID, "--key-file", PRIVATE_KEY], "need each other"),
        ([PLAYBACK_ID, "--key-id", KEY_ID], "need each other"),
        ([PLAYBACK_ID, "--key-file", "x", "--key-id", KEY_ID, "--key", "x"], "Give either --key-file or"),
        ([PLAYBACK_ID, "--key-file", "x", "--key-id", KEY_ID, "--stack", "x"], "Give either --key-file or"),
        ([PLAYBACK_ID, "--valid-for", "1h", "--expires-at", "2100-01-01T00:00:00Z"], "not both"),
        *(
            ([PLAYBACK_ID, "--valid-for", given], "such as 90s, 15m")
            for given in ("0m", "15", "m", "-5m", "1.5h", "15 m", "9999999d", PRIVATE_KEY)
        ),
        *(
            ([PLAYBACK_ID, "--expires-at", given], "a time zone are expected")
            for given in ("2100-01-01T00:00:00", "2100-01-01", "tomorrow", PRIVATE_KEY)
        ),
        ([PLAYBACK_ID, "--private-key", PRIVATE_KEY], "No such option"),
        ([PLAYBACK_ID, f"--private-key={PRIVATE_KEY}"], "No such option"),
    ],
)
def test_a_wrong_command_line_is_refused_without_being_repeated(
    arguments: list[str], message: str, pulumi: FakePulumi
) -> None:
    result = run("sign", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert_no_key(result.output)
    assert pulumi.commands == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no private key"),
        (PRIVATE_KEY.encode()[:-200], "The key came from the file of --key-file."),
        (b"\xff\xfe" + PRIVATE_KEY.encode("utf-16-le"), "neither a PEM nor base64"),
        (PRIVATE_KEY.encode() * 60, "holds more than a private key"),
    ],
    ids=["empty", "cut off", "UTF-16", "large"],
)
def test_a_file_without_a_key_is_refused(content: bytes, message: str, key_file: str) -> None:
    Path(key_file).write_bytes(content)
    result = run("sign", PLAYBACK_ID, "--key-file", key_file, "--key-id", KEY_ID)
    assert (result.exit_code, result.stdout) == (1, "")
    assert message in result.stderr
    assert isinstance(result.exception, SystemExit)
    assert_no_key(result.output)


@pytest.mark.parametrize(
    ("path", "reason"),
    [("nowhere", "No such file"), (".", "directory"), (PRIVATE_KEY, "")],
    ids=["no file", "a folder", "the key itself"],
)
def test_a_file_that_cannot_be_read_is_not_repeated(path: str, reason: str) -> None:
    result = run("sign", PLAYBACK_ID, "--key-file", path, "--key-id", KEY_ID)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Can't read the file of --key-file: " in result.stderr
    assert reason in result.stderr
    assert_no_key(result.output)


@pytest.mark.usefixtures("in_environment")
def test_a_time_in_the_past_is_refused_before_a_key_is_read(pulumi: FakePulumi) -> None:
    result = run("sign", PLAYBACK_ID, "--key", "viewers", "--expires-at", "2020-01-01T00:00:00Z")
    assert (result.exit_code, pulumi.commands) == (1, [])
    assert "the token would have expired already" in result.stderr


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
