"""The class `SigningKey`, and addresses that a program signs with one: what a program gives and sees."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from pulumi_fastpix.signing import signed_hls_url
from support.playback_ids import PLAYBACK_ID
from support.signing_keys import CREATED_AT, KEY_ID, PUBLIC_KEY
from support.under_mocks import MODULES, registered, run

PEM = rsa.generate_private_key(65537, 2048).private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)
ADDED = {"privateKey": base64.b64encode(PEM).decode(), "publicKey": PUBLIC_KEY, "createdAt": CREATED_AT}
NAMES = ("rotation", "private_key", "public_key", "created_at")
LATER = "__import__('datetime').datetime(2100, 1, 1, tzinfo=__import__('datetime').timezone.utc)"
PLAYBACK = f"fastpix.LivePlaybackId('main', stream_id='{DEMO_STREAM_ID}')"
KEY = "fastpix.SigningKey('viewers')"


def signed(playback: str = PLAYBACK, key: str = KEY, expires_at: str = LATER) -> str:
    """An expression whose `url` is a signed address, and `secret` whether that is one."""
    seen = "lambda url: __import__('types').SimpleNamespace(url=url, secret=pulumi.Output.from_input(url.is_secret()))"
    return f"({seen})({playback}.signed_hls_url({key}, expires_at={expires_at}))"


@pytest.mark.parametrize("module", MODULES)
def test_a_rotation_may_be_given_in_each_form(module: str) -> None:
    forms = ("", "rotation='a'", "fastpix.SigningKeyArgs(rotation=pulumi.Output.from_input('a'))", "rotation=None")
    keys = [f"fastpix.SigningKey('viewers', {form})" for form in forms]
    inputs, seen = registered(module, *keys, names=NAMES, outputs=ADDED)
    assert sorted(map(str, inputs)) == ["{'rotation': 'a'}", "{'rotation': 'a'}", "{}", "{}"]
    outputs = (ADDED["privateKey"], PUBLIC_KEY, CREATED_AT)
    assert seen == [(rotation, *outputs) for rotation in (None, "a", "a", None)]


@pytest.mark.parametrize("module", MODULES)
def test_what_is_looked_up_has_no_private_key(module: str) -> None:
    """A rotation tells the provider that a program looks it up, and that nobody imports it."""
    lookups = (f"'{KEY_ID}'", f"id=pulumi.Output.from_input('{KEY_ID}'), opts=pulumi.ResourceOptions()")
    keys = [f"fastpix.SigningKey.get('viewers', {one})" for one in lookups]
    inputs, seen = registered(module, *keys, names=("id", *NAMES), outputs={"publicKey": PUBLIC_KEY})
    assert inputs == [{"rotation": ""}] * 2
    assert seen == [(KEY_ID, None, None, PUBLIC_KEY, None)] * 2


def test_the_option_import_is_refused_by_the_dynamic_class() -> None:
    ran = run("pulumi_fastpix", "fastpix.SigningKey('viewers', pulumi.ResourceOptions(import_='x'))", names=["id"])
    assert ran.returncode != 0
    assert "run `pulumi import fastpix:index:SigningKey viewers ID`" in ran.stderr


@pytest.mark.parametrize("module", MODULES)
def test_a_program_signs_an_address_as_an_application_does(module: str) -> None:
    stream, other = "fastpix.LiveStream('concert')", "fastpix.SigningKey('other')"
    outputs: dict[str, Any] = {**ADDED, "playbackId": PLAYBACK_ID}
    expressions = (signed(), signed(key=other), signed(stream))
    _, seen = registered(module, *expressions, names=["url", "secret"], outputs=outputs)
    expected = [
        signed_hls_url(playback_id, "made", ADDED["privateKey"], expires_at=eval(LATER))  # noqa: S307  # our own
        for playback_id in ("made", "made", PLAYBACK_ID)
    ]
    assert seen == [(url, True) for url in expected]


@pytest.mark.parametrize("module", MODULES)
def test_a_stream_without_its_playback_id_has_no_signed_address(module: str) -> None:
    lookup = f"fastpix.LiveStream.get('shared', '{DEMO_STREAM_ID}')"
    _, seen = registered(module, signed(lookup), names=["url"], outputs=ADDED)
    assert seen == [(None,)]


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        (signed(expires_at=LATER.replace("2100", "2000")), "the token would have expired already"),
        (signed(expires_at="__import__('datetime').datetime(2100, 1, 1)"), "must be a datetime with a time zone"),
        (signed(key=f"fastpix.SigningKey.get('theirs', '{KEY_ID}')"), f"the private key of signing key {KEY_ID}"),
        (signed(key="'abc'"), "signed with a SigningKey of the program, not with a value of type str."),
        (f"sys.modules.update(jwt=None) or {signed()}", "pip install 'pulumi-fastpix[signing]'"),
    ],
)
def test_what_cannot_be_signed_is_refused_with_the_name_of_the_resource(
    module: str, expression: str, reason: str
) -> None:
    ran = run(module, expression, names=["url"], outputs=ADDED, in_fork="jwt" not in expression)
    assert ran.returncode != 0
    assert "RunError: The signed address of 'main' can't be made. " in ran.stderr
    assert reason in ran.stderr


@pytest.mark.parametrize("module", MODULES)
def test_the_jwt_library_is_loaded_by_who_signs(module: str) -> None:
    loaded = "__import__('types').SimpleNamespace(url=pulumi.Output.from_input('jwt' in sys.modules))"
    declared = f"({PLAYBACK}, {KEY}) and {loaded}"
    _, seen = registered(module, declared, signed(), loaded, names=["url"], outputs=ADDED, in_fork=False)
    assert (seen[0], seen[2]) == ((False,), (True,))
