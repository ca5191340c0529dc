"""The class `LivePlaybackId`: what a program gives and sees."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from support import under_mocks
from support.playback_ids import PLAYBACK_ID
from support.under_mocks import MODULES

NAMES = ("id", "stream_id", "access_policy", "access_restrictions")


def registered(module: str, *declarations: str) -> tuple[list[dict[str, Any]], list[tuple[Any, ...]]]:
    """The inputs that Pulumi gets; and id, stream, access policy and restrictions as the program sees them."""
    return under_mocks.registered(module, *declarations, names=NAMES)


def outputs(module: str, *declarations: str) -> list[tuple[Any, ...]]:
    """What the program sees."""
    return registered(module, *declarations)[1]


@pytest.mark.parametrize("module", MODULES)
def test_an_access_policy_left_to_the_default_is_public(module: str) -> None:
    assert outputs(
        module,
        f"fastpix.LivePlaybackId('main', stream_id='{DEMO_STREAM_ID}')",
        f"fastpix.LivePlaybackId('args', fastpix.LivePlaybackIdArgs(stream_id='{DEMO_STREAM_ID}'))",
        f"fastpix.LivePlaybackId('given', stream_id='{DEMO_STREAM_ID}', access_policy='private')",
    ) == [("made", DEMO_STREAM_ID, policy, None) for policy in ("public", "public", "private")]


@pytest.mark.parametrize("module", MODULES)
def test_a_lookup_gives_no_access_policy(module: str) -> None:
    by_position = f"'{PLAYBACK_ID}', pulumi.ResourceOptions(), stream_id='{DEMO_STREAM_ID}'"
    for arguments in (f"id='{PLAYBACK_ID}', stream_id='{DEMO_STREAM_ID}'", by_position):
        looked_up = f"fastpix.LivePlaybackId.get('main', {arguments})"
        assert outputs(module, looked_up) == [(PLAYBACK_ID, DEMO_STREAM_ID, None, None)]


STORED = {"domains": {"defaultPolicy": "deny", "allow": ["a.example", "b.example"]}, "userAgents": {"deny": ["curl/"]}}
SEEN = {"domains": {"default_policy": "deny", "allow": ["a.example", "b.example"]}, "user_agents": {"deny": ["curl/"]}}

ARGS = """fastpix.AccessRestrictionsArgs(
    domains=fastpix.AccessRulesArgs(default_policy={deny}, allow={allow}),
    user_agents=fastpix.AccessRulesArgs(deny=['curl/']),
)"""
DICT = """{{'domains': {{'default_policy': {deny}, 'allow': {allow}}}, 'user_agents': {{'deny': ['curl/']}}}}"""
STATES_DICT = """{{'domains': {{'defaultPolicy': {deny}, 'allow': {allow}}}, 'userAgents': {{'deny': ('curl/',)}}}}"""
MIXED = """{{'domains': fastpix.AccessRulesArgs(default_policy={deny}, allow={allow}, deny=None),
    'user_agents': {{'deny': ['curl/'], 'default_policy': None}}}}"""
ENUM, OUTPUT, AWAITED = "fastpix.DefaultPolicy.DENY", "pulumi.Output.from_input({})", "asyncio.sleep(0, {})"


FORMS = [
    *(form.format(deny=ENUM, allow="['a.example', 'b.example']") for form in (ARGS, DICT, STATES_DICT, MIXED)),
    DICT.format(deny="'deny'", allow="('a.example', 'b.example')"),
    ARGS.format(deny=OUTPUT.format(ENUM), allow="['a.example', pulumi.Output.from_input('b.example')]"),
    DICT.format(deny=AWAITED.format(ENUM), allow="[asyncio.sleep(0, 'a.example'), 'b.example']"),
    OUTPUT.format(ARGS.format(deny=ENUM, allow=OUTPUT.format("['a.example', 'b.example']"))),
    OUTPUT.format(STATES_DICT.format(deny=OUTPUT.format(ENUM), allow="['a.example', 'b.example']")),
    AWAITED.format(ARGS.format(deny=ENUM, allow=AWAITED.format("['a.example', 'b.example']"))),
]


@pytest.mark.parametrize("module", MODULES)
def test_access_restrictions_take_every_form_and_are_stored_in_one(module: str) -> None:
    """With names as the state has them there, plain strings for enums, and Python's names in what comes back."""
    arguments = f"stream_id='{DEMO_STREAM_ID}', access_restrictions="
    inputs, seen = registered(module, *(f"fastpix.LivePlaybackId('main', {arguments}{form})" for form in FORMS))
    stored = {"streamId": DEMO_STREAM_ID, "accessPolicy": "public", "accessRestrictions": STORED}
    assert inputs == [stored] * len(FORMS)
    assert seen == [("made", DEMO_STREAM_ID, "public", SEEN)] * len(FORMS)


@pytest.mark.parametrize("module", MODULES)
def test_an_access_policy_may_be_an_enum_and_becomes_a_plain_string(module: str) -> None:
    enum = "fastpix.AccessPolicy.PRIVATE"
    forms = [
        f"stream_id='{DEMO_STREAM_ID}', access_policy={policy}"
        for policy in (enum, OUTPUT.format(enum), AWAITED.format(enum))
    ]
    forms += [f"args=fastpix.LivePlaybackIdArgs({form})" for form in forms]
    inputs, seen = registered(module, *(f"fastpix.LivePlaybackId('main', {form})" for form in forms))
    assert inputs == [{"streamId": DEMO_STREAM_ID, "accessPolicy": "private"}] * len(forms)
    assert {policy for _, _, policy, _ in seen} == {"private"}


@pytest.mark.parametrize("module", MODULES)
def test_options_are_taken_by_position_as_generated_sdks_do(module: str) -> None:
    opts, inputs = f"pulumi.ResourceOptions(id='{PLAYBACK_ID}')", f"stream_id='{DEMO_STREAM_ID}'"
    forms = [
        f"{opts}, {inputs}",
        f"opts={opts}, {inputs}",
        f"fastpix.LivePlaybackIdArgs({inputs}), {opts}",
        f"args=fastpix.LivePlaybackIdArgs({inputs}), opts={opts}",
    ]
    seen = outputs(module, *(f"fastpix.LivePlaybackId('main', {form})" for form in forms))
    assert seen == [(PLAYBACK_ID, DEMO_STREAM_ID, None, None)] * len(forms)


def test_the_option_import_is_refused_by_the_dynamic_class() -> None:
    importing = (
        f"fastpix.LivePlaybackId('main', stream_id='{DEMO_STREAM_ID}', opts=pulumi.ResourceOptions(import_='x/y'))"
    )
    ran = under_mocks.run("pulumi_fastpix", importing)
    assert ran.returncode != 0
    assert "pulumi-fastpix adopt STREAM_ID PLAYBACK_ID --name main" in ran.stderr
