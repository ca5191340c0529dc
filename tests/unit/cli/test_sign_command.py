"""`sign` as a person or a script meets it: the address plays at the sandbox's stream host, and no key is shown."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from click.testing import Result

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from pulumi_fastpix.sandbox.data.records import NewSigningKey
from support.fake_pulumi import FakePulumi
from support.states import export, resource
from support.stored_keys import signing_key
from unit.cli.command import run


@pytest.fixture(autouse=True)
def host(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("FASTPIX_SIGNING_KEY_ID", "FASTPIX_SIGNING_PRIVATE_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("FASTPIX_STREAM_URL", sandbox.stream_url)
    yield
    assert sandbox.requests == [], "nothing is sent to the API"


@pytest.fixture
def key(sandbox: Sandbox) -> NewSigningKey:
    return sandbox.store.signing_keys.create()


@pytest.fixture
def private(sandbox: Sandbox) -> str:
    return sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private")


def in_state(key: NewSigningKey, name: str = "viewers", **more: Any) -> dict[str, Any]:
    return signing_key(name, key.id, key.private_key, **more)


def prints(pulumi: FakePulumi, *resources: dict[str, Any]) -> None:
    pulumi.prints("export-with-secrets", export(*resources))


def plays(result: Result) -> bool:
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.count("\n") == 1
    return requests.get(result.stdout.strip(), timeout=10).status_code == 200


def ends_in(result: Result) -> timedelta:
    (token,) = parse_qs(urlsplit(result.stdout.strip()).query)["token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    return datetime.fromtimestamp(claims["exp"], timezone.utc) - datetime.now(timezone.utc)


def test_the_only_key_of_the_stack_signs(pulumi: FakePulumi, key: NewSigningKey, private: str) -> None:
    prints(pulumi, in_state(key), resource("audience", private, "private"))
    result = run("sign", private)
    assert plays(result)
    assert timedelta(minutes=14) < ends_in(result) <= timedelta(minutes=15)
    assert key.private_key not in result.output


def test_of_several_keys_one_is_named(pulumi: FakePulumi, sandbox: Sandbox, key: NewSigningKey, private: str) -> None:
    other = sandbox.store.signing_keys.create()
    prints(pulumi, in_state(key, "november"), in_state(other, "december"), in_state(other, "old", delete=True))
    assert plays(run("sign", private, "--key", "november", "--stack", "prod"))
    assert "--stack prod" in (pulumi.folder / "commands").read_text()
    for arguments, said in (
        ([], "Stack dev has several signing keys: name one with --key, of december, november."),
        (["--key", "old"], "Stack dev has no signing key named 'old', but: december, november."),
    ):
        result = run("sign", private, *arguments)
        assert (result.exit_code, result.stderr) == (1, f"Error: {said}\n")


def test_a_stack_without_a_private_key_says_so(pulumi: FakePulumi, key: NewSigningKey, private: str) -> None:
    prints(pulumi)
    assert "has no signing key. Declare a fastpix.SigningKey" in run("sign", private).stderr
    prints(pulumi, in_state(key, outputs={"publicKey": "-----BEGIN PUBLIC KEY-----"}))
    result = run("sign", private)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "hasn't the private key of 'viewers': it was imported or looked up" in result.stderr
    (pulumi.folder / "export-with-secrets").unlink()
    assert "no stack selected" in run("sign", private).stderr


def test_a_public_playback_id_is_signed_with_a_warning(
    pulumi: FakePulumi, key: NewSigningKey, sandbox: Sandbox
) -> None:
    public = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public")
    prints(pulumi, in_state(key), resource("audience", public))
    result = run("sign", public)
    assert result.exit_code == 0
    assert result.stderr == (
        f"Warning: playback ID {public} is public: it plays without a token, too, and after this one has expired.\n"
    )


@pytest.mark.parametrize("form", ["file", "stdin", "environment"])
def test_without_a_project_the_key_comes_from_elsewhere(
    form: str, key: NewSigningKey, private: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "key.txt"
    file.write_text(f"{key.private_key}\n")
    if form == "file":
        result = run("sign", private, "--key-file", str(file), "--key-id", key.id)
    elif form == "stdin":
        result = run("sign", private, "--key-file", "-", "--key-id", key.id, stdin=key.private_key)
    else:
        monkeypatch.setenv("FASTPIX_SIGNING_KEY_ID", key.id)
        monkeypatch.setenv("FASTPIX_SIGNING_PRIVATE_KEY", key.private_key)
        result = run("sign", private)
    assert plays(result)


def test_the_stack_that_is_named_goes_before_the_environment(
    pulumi: FakePulumi, key: NewSigningKey, private: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    deleted = sandbox.store.signing_keys.create()
    sandbox.store.signing_keys.delete(deleted.id)
    monkeypatch.setenv("FASTPIX_SIGNING_KEY_ID", deleted.id)
    monkeypatch.setenv("FASTPIX_SIGNING_PRIVATE_KEY", deleted.private_key)
    prints(pulumi, in_state(key))
    assert not plays(run("sign", private))
    assert plays(run("sign", private, "--key", "viewers"))
    assert plays(run("sign", private, "--stack", "dev"))
    monkeypatch.delenv("FASTPIX_SIGNING_PRIVATE_KEY")
    result = run("sign", private)
    assert "has a part of a signing key only: set FASTPIX_SIGNING_PRIVATE_KEY as well" in result.stderr


def test_when_it_ends_and_what_it_opens_can_be_said(pulumi: FakePulumi, key: NewSigningKey, private: str) -> None:
    prints(pulumi, in_state(key))
    for given, least, most in (("90s", 80, 90), ("2h", 7190, 7200), ("7d", 604790, 604800)):
        seconds = ends_in(run("sign", private, "--valid-for", given)).total_seconds()
        assert least < seconds <= most
    result = run("sign", private, "--expires-at", "2100-01-01T02:00:00+02:00")
    assert plays(result)
    assert run("sign", private, "--expires-at", "2100-01-01T00:00:00Z").stdout == result.stdout
    for_drm = run("sign", private, "--audience", "drm").stdout
    (token,) = parse_qs(urlsplit(for_drm.strip()).query)["token"]
    assert jwt.decode(token, options={"verify_signature": False})["aud"] == f"drm:{private}"


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--valid-for", "15"], 2, "'15' is no time: give a number with s, m, h or d"),
        (["--valid-for", "0m"], 2, "is no time"),
        (["--expires-at", "2100-01-01T00:00:00"], 2, "is no moment with a time zone"),
        (["--expires-at", "tomorrow"], 2, "is no moment with a time zone"),
        (["--expires-at", "2020-01-01T00:00:00Z"], 1, "would have expired already"),
        (["--valid-for", "999999999d"], 1, "valid_for must be a number of seconds"),
        (["--valid-for", "1h", "--expires-at", "2100-01-01T00:00:00Z"], 2, "either --valid-for or --expires-at"),
        (["--key-file", "key.txt"], 2, "--key-file needs --key-id"),
        (["--key-id", "b7158b65-302d-4fbd-9c48-503ca92bdd25"], 2, "--key-id belongs to --key-file"),
        (["--key", "a", "--key-file", "key.txt"], 2, "either --key, of a stack, or --key-file"),
        (["--key-file", "absent.txt", "--key-id", "a"], 1, "Could not read the private key in absent.txt"),
        (["--audience", "x"], 2, "'x' is not one of 'media', 'drm'"),
    ],
)
def test_what_makes_no_sense_is_refused(  # noqa: PLR0917  # fixtures and parameters
    arguments: list[str], status: int, said: str, pulumi: FakePulumi, key: NewSigningKey, private: str
) -> None:
    prints(pulumi, in_state(key))
    result = run("sign", private, *arguments)
    assert (result.exit_code, result.stdout) == (status, "")
    assert said in result.stderr.replace("\n", " ")


def test_no_error_shows_what_may_be_a_private_key(
    pulumi: FakePulumi, key: NewSigningKey, private: str, tmp_path: Path
) -> None:
    prints(pulumi, signing_key("viewers", key.id))
    damaged = key.private_key[:-40]
    file = tmp_path / "key.txt"
    file.write_text(damaged)
    results = [
        run("sign", key.private_key),
        run("sign", private),
        run("sign", private, "--key-file", str(file), "--key-id", key.id),
        run("sign", private, "--key-file", str(file), "--key-id", key.private_key),
    ]
    for result in results:
        assert result.exit_code != 0
        assert damaged[:60] not in result.output + result.stderr
        assert result.exception is None or isinstance(result.exception, SystemExit)


def test_without_its_extra_it_names_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['jwt'] = None\n"
        "from pulumi_fastpix.cli.subcommands import main\nmain(['sign', 'id', '--valid-for', '1h'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "Error: `pulumi-fastpix sign` needs more packages: run  pip install 'pulumi-fastpix[signing]'\n"
    )
