"""Tokens for private playback IDs, checked with another library than the one that signs."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from pulumi_fastpix.errors import SigningError
from pulumi_fastpix.signing import playback_token, signed_hls_url
from support.playback_ids import PLAYBACK_ID, STREAM_KEY

PAGE = Path(__file__).parents[2] / "docs" / "signing.md"
KEY_ID = "b7158b65-302d-4fbd-9c48-503ca92bdd25"
KEY = rsa.generate_private_key(65537, 2048)
LATER = datetime(2100, 1, 1, 12, 0, 0, 999999, tzinfo=timezone(timedelta(hours=2)))


def pem_of(key: Any, password: bytes | None = None) -> str:
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return str(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption).decode())


def on_one_line(pem: str) -> str:
    """As FastPix writes a PEM."""
    head, *body, tail = pem.strip().splitlines()
    return f"{head}\n{''.join(body)}\n{tail}\n"


PEM = pem_of(KEY)
AS_FASTPIX_GIVES_IT = base64.b64encode(on_one_line(PEM).encode()).decode()
PUBLIC_PEM = KEY.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
).decode()  # fmt: skip


def parts(token: str) -> tuple[Any, Any]:
    """Header and claims, once the signature is known to be that of the key."""
    signed, _, signature = token.rpartition(".")
    KEY.public_key().verify(decoded(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    header, claims = (json.loads(decoded(part)) for part in signed.split("."))
    return header, claims


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_the_claims_are_those_that_fastpix_takes() -> None:
    assert parts(playback_token(PLAYBACK_ID, KEY_ID, PEM, expires_at=LATER)) == (
        {"alg": "RS256", "typ": "JWT", "kid": KEY_ID},
        {"kid": KEY_ID, "aud": f"media:{PLAYBACK_ID}", "iss": "fastpix.com", "sub": "", "exp": 4102480800},
    )


def test_an_audience_and_the_time_of_issue_can_be_given() -> None:
    issued_at = datetime(2026, 11, 28, tzinfo=timezone.utc)
    token = playback_token(PLAYBACK_ID, KEY_ID, PEM, expires_at=LATER, audience="drm", issued_at=issued_at)
    claims = parts(token)[1]
    assert (claims["aud"], claims["iat"]) == (f"drm:{PLAYBACK_ID}", 1795824000)


@pytest.mark.parametrize(
    "key",
    [
        AS_FASTPIX_GIVES_IT,
        AS_FASTPIX_GIVES_IT.encode(),
        f" {AS_FASTPIX_GIVES_IT[:70]}\n{AS_FASTPIX_GIVES_IT[70:]}\n",
        PEM,
        PEM.encode(),
        on_one_line(PEM),
        KEY,
    ],
    ids=["base64", "bytes of base64", "base64 in lines", "PEM", "bytes", "PEM on one line", "loaded"],
)
def test_every_form_of_the_key_gives_the_same_token(key: Any) -> None:
    assert playback_token(PLAYBACK_ID, KEY_ID, key, expires_at=LATER) == playback_token(
        PLAYBACK_ID, KEY_ID, PEM, expires_at=LATER
    )


def test_a_key_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading one, which checks it, would be most of the work of an application that signs for each viewer."""
    key = pem_of(rsa.generate_private_key(65537, 2048))
    load = Mock(side_effect=serialization.load_pem_private_key)
    monkeypatch.setattr(serialization, "load_pem_private_key", load)
    for _ in range(3):
        for given in (key, key.encode()):
            playback_token(PLAYBACK_ID, KEY_ID, given, expires_at=LATER)
    assert load.call_count == 2


@pytest.mark.parametrize("valid_for", [900, 900.5, timedelta(minutes=15)])
def test_a_token_lasts_as_long_as_it_was_asked_for(valid_for: Any) -> None:
    earliest = int(time.time()) + 900
    exp = parts(playback_token(PLAYBACK_ID, KEY_ID, PEM, valid_for=valid_for))[1]["exp"]
    assert earliest <= exp <= time.time() + 901


def test_a_signed_address_has_the_token_as_its_query() -> None:
    token = playback_token(PLAYBACK_ID, KEY_ID, PEM, expires_at=LATER)
    assert signed_hls_url(PLAYBACK_ID, KEY_ID, PEM, expires_at=LATER) == (
        f"https://stream.fastpix.com/{PLAYBACK_ID}.m3u8?token={token}"
    )


def test_another_key_signs_differently() -> None:
    other = rsa.generate_private_key(65537, 2048)
    with pytest.raises(InvalidSignature):
        parts(playback_token(PLAYBACK_ID, KEY_ID, other, expires_at=LATER))


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (PUBLIC_PEM, "it is a public key"),
        (base64.b64encode(PUBLIC_PEM.encode()), "it is a public key"),
        (pem_of(ec.generate_private_key(ec.SECP256R1())), "it is no RSA key"),
        (pem_of(KEY, b"password"), "it is encrypted with a password"),
        (PEM.replace("A", "B"), "it is damaged"),
        (PEM[:800], "it is damaged"),
        (AS_FASTPIX_GIVES_IT[:-100], "it is"),
        ("", "it is damaged"),
        ("\udc80", "it is neither a PEM nor base64 of one"),
        ("a secret", "it is neither a PEM nor base64 of one"),
        (None, "it must be text or a loaded RSA key"),
        (KEY.public_key(), "it must be text or a loaded RSA key"),
    ],
    # The keys are others in each process.
    ids=range(12),
)
def test_a_key_that_cannot_sign_is_refused_and_not_shown(key: Any, reason: str) -> None:
    with pytest.raises(SigningError) as raised:
        playback_token(PLAYBACK_ID, KEY_ID, key, expires_at=LATER)
    assert reason in str(raised.value)
    assert "as FastPix gave it" in str(raised.value)
    for secret in (PEM[100:140], AS_FASTPIX_GIVES_IT[100:140], "a secret"):
        assert secret not in str(raised.value)
    assert raised.value.__cause__ is None


PAST = datetime(2026, 1, 1, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("times", "reason"),
    [
        ({}, "give either expires_at or valid_for"),
        ({"expires_at": LATER, "valid_for": 900}, "give either expires_at or valid_for"),
        ({"expires_at": PAST}, "would have expired already"),
        ({"expires_at": LATER.replace(tzinfo=None)}, "a datetime with a time zone"),
        ({"expires_at": 4102444800}, "a datetime with a time zone"),
        ({"valid_for": 0}, "would have expired already"),
        ({"valid_for": -900}, "would have expired already"),
        ({"valid_for": "15m"}, "a number of seconds, or a timedelta"),
        ({"valid_for": float("nan")}, "a number of seconds, or a timedelta"),
        ({"valid_for": 1e30}, "a number of seconds, or a timedelta"),
        ({"valid_for": 900, "issued_at": PAST.replace(tzinfo=None)}, "issued_at must be a datetime with a time zone"),
        ({"valid_for": 900, "audience": "all"}, "the audience must be 'media' or 'drm'"),
    ],
)
def test_a_time_that_cannot_be_meant_is_refused(times: dict[str, Any], reason: str) -> None:
    with pytest.raises(SigningError, match=reason):
        playback_token(PLAYBACK_ID, KEY_ID, PEM, **times)


@pytest.mark.parametrize(
    "call",
    [
        lambda value: playback_token(value, KEY_ID, PEM, expires_at=LATER),
        lambda value: playback_token(PLAYBACK_ID, value, PEM, expires_at=LATER),
        lambda value: signed_hls_url(value, KEY_ID, PEM, expires_at=LATER),
    ],
)
@pytest.mark.parametrize("value", ["", None, "a/b", "a?b", PEM, STREAM_KEY], ids=range(6))
def test_what_cannot_be_an_id_is_refused_and_not_shown(value: Any, call: Callable[[Any], str]) -> None:
    with pytest.raises(SigningError) as raised:
        call(value)
    if value:
        assert value not in str(raised.value)


def test_the_program_of_the_page_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    (program,) = re.findall(r"```python\n(import os\n.*?)```", PAGE.read_text(), flags=re.DOTALL)
    monkeypatch.setenv("PLAYBACK_ID", PLAYBACK_ID)
    monkeypatch.setenv("SIGNING_KEY_ID", KEY_ID)
    monkeypatch.setenv("SIGNING_PRIVATE_KEY", AS_FASTPIX_GIVES_IT)
    names: dict[str, Any] = {}
    exec(program, names)  # noqa: S102  # our own page
    address, _, token = names["address_for_a_viewer"]().partition("?token=")
    assert address == f"https://stream.fastpix.com/{PLAYBACK_ID}.m3u8"
    assert parts(token)[1]["aud"] == f"media:{PLAYBACK_ID}"


def test_without_a_jwt_library_the_way_to_get_one_is_named() -> None:
    program = "import sys; sys.modules['jwt'] = None\nimport pulumi_fastpix.signing"
    run = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert run.returncode == 1
    assert "pip install 'pulumi-fastpix[signing]'" in run.stderr


def test_the_package_itself_loads_no_jwt_library() -> None:
    program = "import pulumi_fastpix, sys; assert not {'jwt', 'cryptography'} & sys.modules.keys()"
    subprocess.run([sys.executable, "-c", program], check=True)
