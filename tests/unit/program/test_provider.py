"""`fastpix.Provider` refuses invalid settings when the program is evaluated, as far as their values are known."""

from __future__ import annotations

import pulumi
import pytest

from pulumi_fastpix.program.provider import refuse_invalid_settings

VALID = {"access_token_id": "token", "secret_key": "secret", "base_url": None}


@pytest.mark.parametrize(
    ("invalid", "message"),
    [
        ({"access_token_id": None}, "access_token_id must be a string, not NoneType"),
        ({"access_token_id": " "}, "access_token_id is empty"),
        ({"secret_key": "hush\n"}, "secret_key contains white space, which FastPix credentials never do"),
        ({"secret_key": "hush\u200b"}, "secret_key contains invisible characters"),
        ({"base_url": "http://api.fastpix.com/v1"}, "base_url must begin with https://"),
        ({"secret_key": "", "base_url": "x"}, "secret_key is empty; base_url must be an address like"),
    ],
)
def test_invalid_settings_are_named_without_the_secret(invalid: dict[str, object], message: str) -> None:
    with pytest.raises(pulumi.RunError) as raised:
        refuse_invalid_settings("studio", **{**VALID, **invalid})
    assert str(raised.value).startswith("The provider resource 'studio' has invalid settings: ")
    assert message in str(raised.value)
    assert "hush" not in str(raised.value)


def test_valid_settings_pass() -> None:
    refuse_invalid_settings("studio", **VALID)
    refuse_invalid_settings("studio", "token", "secret", "https://api.fastpix.com/v1")
