"""Functions that list: under a user's mocks, with wrong arguments, and what they find as Python has it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator

import pulumi
import pytest

import pulumi_fastpix as fastpix
from pulumi_fastpix import native
from pulumi_fastpix.errors import NotFoundError, SettingsError
from pulumi_fastpix.program.listed import playback_ids_result
from pulumi_fastpix.resources.base import ResourceType
from pulumi_fastpix.resources.table import RESOURCE_TYPES
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox

UNDER_MOCKS = """
import dataclasses, json, os, sys, pulumi
import pulumi_fastpix as fastpix

class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args):
        return "made", args.inputs

    def call(self, args):
        if args.token == "fastpix:index:getLiveStreams":
            return {}
        assert (args.token, args.args) == ("fastpix:index:getLivePlaybackIds", {"streamId": "stream"}), args.token
        return {"livePlaybackIds": [{"id": "one", "accessPolicy": "public", "hlsUrl": "https://example/one.m3u8"}]}

pulumi.runtime.set_mocks(Mocks())

@pulumi.runtime.test
def test():
    assert [one.id for one in fastpix.get_live_playback_ids("stream").live_playback_ids] == ["one"]
    assert fastpix.get_live_streams().live_streams == []
    found = fastpix.get_live_playback_ids_output(pulumi.Output.from_input("stream"))
    return found.apply(lambda found: print(json.dumps(dataclasses.asdict(found.live_playback_ids[0]))))

test()
sys.stdout.flush()
os._exit(0)  # while Python ends, it may complain of the event loop that Pulumi's mocks have left open
"""


def test_under_mocks_the_mocks_answer() -> None:
    run = subprocess.run([sys.executable, "-c", UNDER_MOCKS], capture_output=True, text=True, check=False)
    expected = {"id": "one", "access_policy": "public", "hls_url": "https://example/one.m3u8"}
    assert json.loads(run.stdout) == {**expected, "access_restrictions": None}, run.stderr


def test_outside_of_pulumi_the_environment_says_which_account(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(pulumi.RunError, match="FASTPIX_USERNAME") as refused:
        fastpix.get_live_streams()
    assert isinstance(refused.value.__cause__, SettingsError)
    for name, value in sandbox.environment().items():
        monkeypatch.setenv(name, value)
    (stream,) = fastpix.get_live_streams().live_streams
    (playback_id,) = fastpix.get_live_playback_ids(DEMO_STREAM_ID).live_playback_ids
    assert (stream.id, *stream.playback_ids) == (DEMO_STREAM_ID, playback_id)
    assert stream.srt_playback_stream_id
    key = sandbox.store.signing_keys.create()
    assert [one.id for one in fastpix.get_signing_keys().signing_keys] == [key.id]
    with pytest.raises(pulumi.RunError, match="Could not read stream 000") as missing:
        fastpix.get_live_playback_ids("0" * 32)
    assert isinstance(missing.value.__cause__, NotFoundError)


@pytest.fixture
def event_loop() -> Iterator[None]:
    """An output needs one, also one that nobody waits for; who has used asyncio before has left none."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    loop.run_until_complete(asyncio.gather(*asyncio.all_tasks(loop), return_exceptions=True))
    asyncio.set_event_loop(None)
    loop.close()


@pytest.mark.usefixtures("event_loop")
def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(pulumi.RunError, match="use the function that ends in _output"):
        fastpix.get_live_playback_ids(pulumi.Output.from_input("stream"))  # type: ignore[arg-type]  # that is wrong
    wrong = pulumi.InvokeOutputOptions(depends_on=["stream"])  # type: ignore[list-item]  # likewise
    with pytest.raises(pulumi.RunError, match="`depends_on` must be a resource"):
        fastpix.get_live_streams_output(wrong)


def test_both_modules_have_the_same_functions() -> None:
    assert native.get_live_playback_ids_output is fastpix.get_live_playback_ids_output


@pytest.mark.parametrize("of_type", RESOURCE_TYPES, ids=lambda one: str(one.name))
def test_each_resource_type_has_its_functions(of_type: ResourceType) -> None:
    for form in ("", "_output"):
        assert f"get_{'_'.join(words(of_type.plural))}{form}" in fastpix.__all__


def words(camel_case: str) -> list[str]:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in camel_case).split()


def test_restrictions_have_the_names_of_python() -> None:
    rules = {"userAgents": {"defaultPolicy": "deny"}}
    listed = {"id": "one", "accessPolicy": "public", "hlsUrl": "https://a", "accessRestrictions": rules}
    (found,) = playback_ids_result([listed]).live_playback_ids
    assert found.access_restrictions == {"user_agents": {"default_policy": "deny"}}
