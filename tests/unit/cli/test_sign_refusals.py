"""What `sign` refuses, before it reads a key, and without repeating what may be one."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.fake_pulumi import FakePulumi
from support.playback_ids import PLAYBACK_ID
from unit.cli.command import run
from unit.cli.signing import KEY_ID, PRIVATE_KEY, assert_no_key


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
