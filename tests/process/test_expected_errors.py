"""Errors as they leave the provider process, on the oldest SDK and on the newest: `make test-floor` runs this, too."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from pulumi_fastpix.errors import shortened
from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from support.playback_ids import INPUTS
from support.provider_process import ProviderProcess, ProviderProcessError, provider_process, stored_by_value

SDK_PREFIX = "Exception calling application: "
"""What older SDKs put in front of every error's text. They drop every trace."""

SDK_KEEPS_TRACES = tuple(map(int, version("pulumi").split(".")[:2])) > (3, 259)

THEIR_PROGRAM = """
from pulumi.dynamic import ResourceProvider

class TheirError(Exception):
    pass

class TheirProvider(ResourceProvider):
    def create(self, props):
        raise TheirError("somebody else failed")
"""


def test_an_expected_error_arrives_as_its_own_sentences_without_a_trace(provider: ProviderProcess) -> None:
    with pytest.raises(ProviderProcessError) as raised:
        provider.create({**INPUTS, "streamId": "no-such-stream"})
    text = str(raised.value).removeprefix(SDK_PREFIX)
    assert text.startswith('Could not read stream no-such-stream: FastPix answered 404 "stream not found"')
    assert "\n" not in text


def test_settings_refused_in_configure_are_reported_by_the_first_call() -> None:
    """`configure` runs before the first call, whichever that is."""
    with provider_process({"FASTPIX_SANDBOX": "http://127.0.0.1:9/v1"}) as provider:
        provider.configure({"fastpix:accessTokenId": "production"})
        with pytest.raises(ProviderProcessError) as raised:
            provider.check({}, INPUTS)
    text = str(raised.value).removeprefix(SDK_PREFIX)
    assert text.startswith("This runs under `pulumi-fastpix sandbox exec`, but")
    assert "\n" not in text


def test_an_unexpected_error_keeps_its_trace(provider: ProviderProcess) -> None:
    with pytest.raises(ProviderProcessError, match=r"Traceback[\s\S]*lifecycle\.py[\s\S]*KeyError: 'accessPolicy'"):
        provider.create({"streamId": DEMO_STREAM_ID})


def test_the_errors_of_another_provider_in_the_same_process_are_left_alone(provider: ProviderProcess) -> None:
    theirs = stored_by_value(THEIR_PROGRAM)
    with pytest.raises(ProviderProcessError) as before:
        provider.create({}, provider=theirs)
    provider.check({}, INPUTS)
    with pytest.raises(ProviderProcessError) as after:
        provider.create({}, provider=theirs)
    assert str(after.value) == str(before.value)
    assert "somebody else failed" in str(after.value)
    assert ("Traceback" in str(after.value)) == SDK_KEEPS_TRACES


def test_a_text_too_long_for_grpc_keeps_its_beginning_and_end() -> None:
    """The advice comes last. Of a text beyond 16 KiB, gRPC would drop everything."""
    shown = shortened(f"Could not {'x' * 30_000} do this.")
    assert len(shown) < 9_000
    assert shown.startswith("Could not")
    assert shown.endswith("do this.")
    assert shortened("Could not do this.") == "Could not do this."
