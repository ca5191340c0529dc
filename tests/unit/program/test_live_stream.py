"""The class `LiveStream`: what a program gives and sees."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from support.playback_ids import PLAYBACK_ID
from support.under_mocks import MODULES, registered, run

DEFAULTS = {
    "accessPolicy": "public",
    "maxResolution": "1080p",
    "reconnectWindow": 60,
    "mediaPolicy": "public",
    "enableDvrMode": False,
    "enableRecording": True,
}
ADDED = {
    "playbackId": PLAYBACK_ID,
    "streamKey": "key",
    "srtSecret": "srt",
    "srtPlaybackStreamId": "play",
    "srtPlaybackSecret": "srt play",
    "createdAt": "2026-05-20T12:50:15.267974Z",
    "maxDuration": 0,
    "trial": False,
}
ENUM, OUTPUT, AWAITED = "fastpix.AccessPolicy.PRIVATE", "pulumi.Output.from_input({})", "asyncio.sleep(0, {})"


def inputs_of(module: str, *arguments: str) -> list[dict[str, Any]]:
    """The inputs that Pulumi gets of streams with these arguments, in any order: some are awaited."""
    return registered(module, *(f"fastpix.LiveStream('main', {one})" for one in arguments), names=["id"])[0]


@pytest.mark.parametrize("module", MODULES)
def test_all_inputs_have_defaults(module: str) -> None:
    assert inputs_of(module, "", "fastpix.LiveStreamArgs()", "metadata=None") == [DEFAULTS] * 3


@pytest.mark.parametrize("module", MODULES)
def test_recordings_follow_the_access_policy_unless_they_have_a_policy_of_their_own(module: str) -> None:
    """As the provider does it, so that mocks and `refresh --run-program` show no difference."""
    policies = ("'private'", ENUM, OUTPUT.format(ENUM), AWAITED.format(ENUM), OUTPUT.format("None"))
    alone = inputs_of(module, *(f"access_policy={one}" for one in policies))
    assert Counter((one["accessPolicy"], one["mediaPolicy"]) for one in alone) == {
        ("private", "private"): 4,
        ("public", "public"): 1,
    }
    public = [f"media_policy={form}" for form in ("'public'", OUTPUT.format("'public'"), AWAITED.format("'public'"))]
    left_out = [f"media_policy={form}" for form in ("None", OUTPUT.format("None"))]
    private = f"access_policy={OUTPUT.format(ENUM)}, enable_recording=False"
    both = inputs_of(module, *(f"{private}, {one}" for one in (*public, *left_out)))
    assert Counter((one["accessPolicy"], one["mediaPolicy"]) for one in both) == {
        ("private", "public"): 3,
        ("private", "private"): 2,
    }


@pytest.mark.parametrize(
    ("arguments", "warned"),
    [
        ("access_policy='private', media_policy='public'", True),
        (f"access_policy={OUTPUT.format(ENUM)}, media_policy={AWAITED.format(repr('public'))}", True),
        ("access_policy='private', media_policy='public', enable_recording=False", False),
        (f"access_policy={OUTPUT.format(ENUM)}", False),
        ("", False),
    ],
)
def test_public_recordings_of_a_private_stream_are_warned_of(arguments: str, *, warned: bool) -> None:
    """By the dynamic class itself: its provider isn't told which resource it checks."""
    ran = run("pulumi_fastpix", f"fastpix.LiveStream('main', {arguments})", names=["id"])
    assert ran.returncode == 0
    assert ("can watch the recordings of this private stream" in ran.stderr) == warned


STORED: dict[str, Any] = {
    "accessPolicy": "private",
    "accessRestrictions": {"domains": {"defaultPolicy": "deny", "allow": ["a.example"]}, "userAgents": {"deny": ["c"]}},
    "maxResolution": "720p",
    "reconnectWindow": 300,
    "mediaPolicy": "public",
    "metadata": {"access_policy": "1", "streamKey": "2", "user_agents": "3", "a.b": "4"},
    "enableDvrMode": True,
    "enableRecording": False,
}
GIVEN = """access_policy={private},
    access_restrictions={{'domains': fastpix.AccessRulesArgs(default_policy={deny}, allow=('a.example',)),
        'user_agents': {{'deny': ['c'], 'allow': None}}}},
    max_resolution={p720}, reconnect_window={window}, media_policy={public},
    metadata={metadata}, enable_dvr_mode={yes}, enable_recording={no}"""
PLAIN = {
    "private": "'private'",
    "deny": "fastpix.DefaultPolicy.DENY",
    "p720": "fastpix.MaxResolution.P720",
    "window": "300",
    "public": "fastpix.AccessPolicy.PUBLIC",
    "metadata": str(STORED["metadata"]),
    "yes": "True",
    "no": "False",
}
MIXED = """{'access_policy': asyncio.sleep(0, '1'), 'streamKey': pulumi.Output.from_input('2'),
    'user_agents': '3', 'a.b': '4'}"""
FORMS = [
    PLAIN,
    {name: OUTPUT.format(value) for name, value in PLAIN.items()},
    {name: AWAITED.format(value) for name, value in PLAIN.items()},
    {**PLAIN, "metadata": MIXED},
]


@pytest.mark.parametrize("module", MODULES)
def test_inputs_take_every_form_and_are_seen_by_their_python_names(module: str) -> None:
    """Keys of metadata are the user's own: whatever they are, they stay so in the state and in what comes back."""
    forms = [GIVEN.format(**form) for form in FORMS]
    forms += [f"fastpix.LiveStreamArgs({form})" for form in forms]
    names = ["access_restrictions", "reconnect_window", "metadata", "max_resolution", "enable_dvr_mode"]
    inputs, seen = registered(module, *(f"fastpix.LiveStream('main', {form})" for form in forms), names=names)
    assert inputs == [STORED] * len(forms)
    restrictions = {
        "domains": {"default_policy": "deny", "allow": ["a.example"]},
        "user_agents": {"deny": ["c"]},
    }
    assert seen == [(restrictions, 300, STORED["metadata"], "720p", True)] * len(forms)
    assert {type(one[1]) for one in seen} == {int}


@pytest.mark.parametrize("module", MODULES)
def test_what_fastpix_adds_is_seen_and_addresses_are_derived(module: str) -> None:
    names = ["id", "playback_id", "stream_key", "srt_secret", "srt_playback_stream_id", "srt_playback_secret",
             "created_at", "max_duration", "trial", "hls_url", "rtmps_url", "srt_url"]  # fmt: skip
    inputs, seen = registered(module, "fastpix.LiveStream('main')", names=names, outputs=ADDED)
    assert inputs == [DEFAULTS]
    addresses = (
        f"https://stream.fastpix.com/{PLAYBACK_ID}.m3u8",
        "rtmps://live.fastpix.com:443/live",
        "srt://live.fastpix.com:778",
    )
    assert seen == [("made", *ADDED.values(), *addresses)]


@pytest.mark.parametrize("module", MODULES)
def test_a_stream_without_its_playback_id_has_no_address_for_players(module: str) -> None:
    _, seen = registered(module, "fastpix.LiveStream('main')", names=["playback_id", "hls_url", "metadata"])
    assert seen == [(None, None, None)]


@pytest.mark.parametrize("module", MODULES)
def test_a_lookup_gives_the_id_and_names_the_playback_id_or_none(module: str) -> None:
    lookups = [
        f"fastpix.LiveStream.get('main', '{DEMO_STREAM_ID}')",
        f"fastpix.LiveStream.get('main', id={OUTPUT.format(repr(DEMO_STREAM_ID))}, opts=pulumi.ResourceOptions())",
        f"fastpix.LiveStream.get('main', '{DEMO_STREAM_ID}', pulumi.ResourceOptions(), playback_id='{PLAYBACK_ID}')",
    ]
    inputs, seen = registered(module, *lookups, names=["id", "playback_id", "access_policy"])
    in_any_order = sorted(inputs, key=lambda one: str(one["playbackId"]))
    assert in_any_order == [{"playbackId": ""}, {"playbackId": ""}, {"playbackId": PLAYBACK_ID}]
    assert seen == [(DEMO_STREAM_ID, known, None) for known in (None, None, PLAYBACK_ID)]


def test_the_option_import_is_refused_by_the_dynamic_class() -> None:
    ran = run("pulumi_fastpix", "fastpix.LiveStream('main', pulumi.ResourceOptions(import_='x'))", names=["id"])
    assert ran.returncode != 0
    assert "pulumi-fastpix adopt --streams STREAM_ID --name main" in ran.stderr


@pytest.mark.parametrize("declared", ["LiveStream('main')", "LivePlaybackId('main', stream_id='s')"])
def test_a_stream_host_that_is_no_address_is_refused_in_a_preview(
    declared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FASTPIX_STREAM_URL", "stream.example.com")
    ran = run("pulumi_fastpix", f"fastpix.{declared}", names=["hls_url"])
    assert ran.returncode != 0
    assert "FASTPIX_STREAM_URL must be the address of a stream host, like https://stream.fastpix.com." in ran.stderr
