"""The target and its sources, and settings that are refused before any call."""

from __future__ import annotations

import hashlib

import pytest

from pulumi_fastpix.errors import OutsideSandboxError, SettingsError
from pulumi_fastpix.sandbox import Sandbox
from pulumi_fastpix.settings.addresses import normalise_base_url
from pulumi_fastpix.settings.sandbox_guard import refuse_configured_target_in_sandbox
from pulumi_fastpix.settings.settings import read_settings
from pulumi_fastpix.settings.target import Source
from pulumi_fastpix.settings.workspace_mark import is_of_sandbox, workspace_mark

CONFIG = {"accessTokenId": "config-id", "secretKey": "config-secret"}
ACCOUNT = {**CONFIG, "providerResource": "studio"}
ENVIRON = {"FASTPIX_USERNAME": "env-id", "FASTPIX_PASSWORD": "env-secret", "FASTPIX_BASE_URL": "http://127.0.0.1:9/v1"}


def test_configuration_replaces_the_environment_as_a_whole() -> None:
    """An address in the environment must not redirect a stack that is configured, nor get its credentials."""
    settings = read_settings(CONFIG, ENVIRON)
    assert (settings.access_token_id, settings.secret_key) == ("config-id", "config-secret")
    assert settings.base_url == "https://api.fastpix.com/v1"
    assert settings.source is Source.CONFIGURATION


def test_a_stack_without_a_configured_target_uses_the_environment() -> None:
    settings = read_settings({"timeoutSeconds": "5"}, {**ENVIRON, "FASTPIX_RETRY_FOR_SECONDS": "7"})
    assert (settings.access_token_id, settings.base_url) == ("env-id", "http://127.0.0.1:9/v1")
    assert (settings.timeout_seconds, settings.retry_for_seconds) == (5, 7)


@pytest.mark.parametrize(
    ("config", "environ", "message"),
    [
        ({}, {}, "FASTPIX_PASSWORD, as `pulumi-fastpix sandbox exec` does for a sandbox"),
        ({"accessTokenId": "id"}, ENVIRON, "fastpix:secretKey is missing, though fastpix:accessTokenId is set"),
        ({"secretKey": "s"}, ENVIRON, "fastpix:accessTokenId is missing, though fastpix:secretKey is set"),
        ({"baseUrl": "http://127.0.0.1:9/v1"}, ENVIRON, "fastpix:accessTokenId is missing"),
        ({}, {"FASTPIX_USERNAME": "id", "FASTPIX_PASSWORD": " "}, "FASTPIX_PASSWORD is missing"),
        ({}, {"FASTPIX_USERNAME": "id\n", "FASTPIX_PASSWORD": "s"}, "FASTPIX_USERNAME contains white space"),
        ({**CONFIG, "secretKey": "hush\n"}, {}, "fastpix:secretKey contains white space"),
        ({**CONFIG, "baseUrl": "http://api.fastpix.com/v1"}, {}, "fastpix:baseUrl must begin with https://"),
        ({**CONFIG, "baseUrl": "https://me:hush@api.fastpix.com/v1"}, {}, "must not contain credentials"),
        ({**CONFIG, "baseUrl": "https://me:hush/1@api.fastpix.com"}, {}, "must not contain credentials"),
        ({**CONFIG, "baseUrl": "me:hush@api.fastpix.com"}, {}, "must not contain credentials"),
        ({**CONFIG, "baseUrl": "https://me:hush[@api.fastpix.com"}, {}, "must not contain credentials"),
        ({**CONFIG, "baseUrl": "api.fastpix.com"}, {}, "must be an address like"),
        ({**CONFIG, "baseUrl": "https://[::1"}, {}, "must be an address like"),
        ({**CONFIG, "baseUrl": "https://h:port"}, {}, "must be an address like"),
        ({**CONFIG, "baseUrl": "https://h:0"}, {}, "must be an address like"),
        (CONFIG, {"FASTPIX_JOURNAL": "journal"}, "FASTPIX_JOURNAL must be an absolute path or `off`, but is 'journal'"),
        ({**CONFIG, "baseUrl": "https://api.\nfastpix.com/v1"}, {}, "must be an address like"),
        ({**CONFIG, "baseUrl": "hush"}, {}, "must be an address like"),
        ({**CONFIG, "retryForSeconds": "1e10"}, {}, "at most 86400"),
        ({**CONFIG, "timeoutSeconds": "soon"}, {}, "fastpix:timeoutSeconds must be a number of seconds"),
        (CONFIG, {"FASTPIX_TIMEOUT_SECONDS": "-1"}, "FASTPIX_TIMEOUT_SECONDS must be a number of seconds"),
        ({**CONFIG, "retryForSeconds": "inf"}, {}, "fastpix:retryForSeconds must be a number of seconds"),
        ({"accessTokenId": "a", "baseUrl": "x"}, {}, "FastPix is not configured: fastpix:secretKey is missing"),
        ({**CONFIG, "baseUrl": "x"}, {}, "FastPix's settings can't be used: fastpix:baseUrl must be an address like"),
        ({"accessTokenId": "id"}, {}, "run `pulumi config set --secret fastpix:secretKey`"),
        ({"secretKey": "s"}, {}, "run `pulumi config set --plaintext fastpix:accessTokenId <access token ID>`"),
        ({**CONFIG, "secretKey": "hush\u200b"}, {}, "fastpix:secretKey contains invisible characters"),
        ({**CONFIG, "accessTokenId": "\ufeffid"}, {}, "fastpix:accessTokenId contains invisible characters"),
        ({**ACCOUNT, "secretKey": None}, ENVIRON, "fastpix:secretKey of the provider resource 'studio' is missing"),
        ({"providerResource": "studio"}, ENVIRON, "a provider resource takes nothing from the stack"),
        ({**ACCOUNT, "secretKey": "a hush"}, {}, "fastpix:secretKey of the provider resource 'studio' contains white"),
        ({**ACCOUNT, "timeoutSeconds": 0.0}, {}, "fastpix:timeoutSeconds of the provider resource 'studio' must be"),
    ],
)
def test_each_problem_of_the_settings_has_its_own_message(
    config: dict[str, object], environ: dict[str, str], message: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings(config, environ)
    assert message in str(raised.value)
    assert "hush" not in str(raised.value)


def test_all_problems_of_the_settings_are_reported_together() -> None:
    with pytest.raises(SettingsError, match=r"secretKey is missing.*baseUrl must be.*timeoutSeconds must be"):
        read_settings({"accessTokenId": "a", "baseUrl": "x", "timeoutSeconds": "0"}, {})


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("https://API.FastPix.com:443/v1/", "https://api.fastpix.com/v1"),
        ("http://localhost:80", "http://localhost"),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1"),
        ("http://127.9.9.9:1/v1//", "http://127.9.9.9:1/v1"),
    ],
)
def test_an_address_is_stored_in_one_form(given: str, stored: str) -> None:
    assert normalise_base_url(given) == stored


def test_the_stored_mark_of_a_workspace_never_changes() -> None:
    """It is compared with marks in existing states: another way to compute it would look like another workspace."""
    settings = read_settings(CONFIG, {})
    expected = hashlib.sha256(b"https://api.fastpix.com/v1\nconfig-id").hexdigest()[:12]
    assert settings.workspace_mark == expected == "09d287e0e771"


def test_the_stored_mark_of_a_sandbox_is_recognisable_and_does_not_depend_on_its_address() -> None:
    marks = {workspace_mark(f"http://127.0.0.1:{port}/v1", "sandbox-0123abcd") for port in (1, 2)}
    assert marks == {"sandbox-" + hashlib.sha256(b"sandbox-0123abcd").hexdigest()[:12]}
    assert is_of_sandbox(marks.pop())


def test_the_access_tokens_of_sandboxes_are_recognisable(sandbox: Sandbox) -> None:
    assert is_of_sandbox(sandbox.access_token_id)
    assert is_of_sandbox(sandbox.store.access_tokens.add().id)


def test_the_repr_of_settings_has_no_secret() -> None:
    assert "config-secret" not in repr(read_settings(CONFIG, {}))


def test_a_configured_target_is_refused_in_the_sandbox() -> None:
    marker = {"FASTPIX_SANDBOX": "http://127.0.0.1:9/v1"}
    with pytest.raises(OutsideSandboxError, match=r"holds a target of its own \(fastpix:baseUrl\)"):
        refuse_configured_target_in_sandbox({"baseUrl": "https://x"}, marker)
    refuse_configured_target_in_sandbox({"timeoutSeconds": "3"}, marker)
    refuse_configured_target_in_sandbox(CONFIG, {})


def test_an_address_other_than_the_sandboxs_is_refused_in_the_sandbox() -> None:
    with pytest.raises(OutsideSandboxError, match="sandbox exec"):
        read_settings({}, {**ENVIRON, "FASTPIX_SANDBOX": "http://127.0.0.1:10/v1"})
    with pytest.raises(OutsideSandboxError, match="not to the address of a sandbox") as raised:
        read_settings({}, {**ENVIRON, "FASTPIX_SANDBOX": "http://me:hush@127.0.0.1:9/v1"})
    assert "hush" not in str(raised.value)
    assert read_settings({}, {**ENVIRON, "FASTPIX_SANDBOX": " "})
    assert read_settings({}, {**ENVIRON, "FASTPIX_SANDBOX": ENVIRON["FASTPIX_BASE_URL"]})


def test_deleted_streams_are_named_in_the_environment_only() -> None:
    settings = read_settings({**CONFIG, "goneStreams": "c"}, {"FASTPIX_DELETED_STREAMS": "a, b,"})
    assert settings.deleted_streams == {"a", "b"}


@pytest.mark.parametrize(
    ("config", "environ", "message"),
    [
        ({}, ENVIRON, "the environment variables FASTPIX_USERNAME and FASTPIX_PASSWORD"),
        (CONFIG, {}, "the configuration (fastpix:accessTokenId and fastpix:secretKey, of the stack or of"),
        (ACCOUNT, ENVIRON, "the provider resource 'studio'"),
    ],
)
def test_the_source_of_the_credentials_is_named(config: dict[str, str], environ: dict[str, str], message: str) -> None:
    hint = read_settings(config, environ).credentials_hint
    assert f"The credentials came from {message}" in hint
    assert ("--run-program" in hint) == bool(config), "the environment is read afresh every time"


@pytest.mark.parametrize(
    ("config", "environ", "needed"),
    [
        ({}, {}, True),
        ({"accessTokenId": "id"}, {}, True),
        ({"providerResource": "studio"}, {}, True),
        ({}, {"FASTPIX_USERNAME": "id"}, False),
    ],
)
def test_missing_settings_that_may_not_be_stored_yet_come_with_run_program(
    config: dict[str, str], environ: dict[str, str], needed: bool
) -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings(config, environ)
    assert ("add --run-program" in str(raised.value)) == needed


def test_a_provider_resource_takes_its_target_from_nowhere_else() -> None:
    settings = read_settings(ACCOUNT, {**ENVIRON, "FASTPIX_TIMEOUT_SECONDS": "5"})
    assert (settings.source, settings.provider_resource) == (Source.PROVIDER_RESOURCE, "studio")
    assert (settings.access_token_id, settings.base_url) == ("config-id", "https://api.fastpix.com/v1")
    assert settings.timeout_seconds == 5


def test_a_provider_resource_is_refused_in_the_sandbox() -> None:
    with pytest.raises(OutsideSandboxError, match="the provider resource 'studio' is a target of its own"):
        refuse_configured_target_in_sandbox(ACCOUNT, {"FASTPIX_SANDBOX": "http://127.0.0.1:9/v1"})
