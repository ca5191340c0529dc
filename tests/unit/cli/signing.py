"""A signing key for the tests of `sign`: of a stack, and what it signs."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from click.testing import Result
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from support.fake_pulumi import FakePulumi
from support.playback_ids import PLAYBACK_ID
from support.states import export, secret
from support.stored_keys import signing_key

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
