"""The resource classes under Pulumi's own mocks, as users test their programs: in a process of its own each time."""

from __future__ import annotations

import ast
import inspect
import pydoc
import re
import subprocess
import sys
from types import ModuleType
from typing import Any

import pulumi
import pytest

import pulumi_fastpix
from pulumi_fastpix import native
from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from support.playback_ids import PLAYBACK_ID

UNDER_MOCKS = """
import asyncio, pulumi
import {module} as fastpix

registered = []

class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args):
        registered.append({{key: value for key, value in args.inputs.items() if key != "__provider"}})
        return args.resource_id or "made", args.inputs

    def call(self, args):
        return {{}}

pulumi.runtime.set_mocks(Mocks())

@pulumi.runtime.test
def test():
    seen = [
        (main.id, main.stream_id, main.access_policy, main.access_restrictions)
        for main in [{declarations}]
    ]
    return pulumi.Output.from_input(seen).apply(lambda all: print((registered, all)))

test()
"""

MODULES = ["pulumi_fastpix", "pulumi_fastpix.native"]


def run(module: str, *declarations: str) -> subprocess.CompletedProcess[str]:
    program = UNDER_MOCKS.format(module=module, declarations=", ".join(declarations))
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


def registered(module: str, *declarations: str) -> tuple[list[dict[str, Any]], list[tuple[Any, ...]]]:
    """The inputs that Pulumi gets; and id, stream, access policy and restrictions as the program sees them."""
    ran = run(module, *declarations)
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    # Nothing but literals: no enum, for example.
    inputs, seen = ast.literal_eval(ran.stdout)
    return inputs, seen


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


@pytest.mark.parametrize("name", ["stream_id", "access_policy", "access_restrictions", "hls_url"])
@pytest.mark.parametrize("package", [pulumi_fastpix, native], ids=["dynamic", "native"])
def test_help_shows_each_output_with_its_documentation(package: Any, name: str) -> None:
    shown = pydoc.plain(pydoc.render_doc(package.LivePlaybackId))
    documentation = inspect.getdoc(getattr(package.LivePlaybackId, name))
    assert documentation
    assert re.search(rf"^ \|  {name}\n \|      {re.escape(documentation.splitlines()[0])}", shown, flags=re.MULTILINE)


@pytest.mark.parametrize("fastpix", [pulumi_fastpix, native], ids=["dynamic", "native"])
@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("('main', streamId='x')", "LivePlaybackId has no argument streamId: did you mean stream_id?"),
        ("('main', stream_id='x', accessPolicy='x')", "has no argument accessPolicy: did you mean access_policy?"),
        ("('main', stream='x')", "LivePlaybackId has no argument stream. Its inputs are stream_id, access_policy and"),
        ("('main', 'x')", "must be a LivePlaybackIdArgs or ResourceOptions, not a str. Give inputs as keywords"),
        ("('main', None)", "needs stream_id="),
        ("('main', fastpix.LivePlaybackIdArgs(stream_id='x'), access_policy='public')", "or from keywords, not both"),
        (
            "('main', pulumi.ResourceOptions(), pulumi.ResourceOptions(), stream_id='x')",
            "LivePlaybackId got its resource options twice.",
        ),
        (
            "('main', stream_id='x', opts={'protect': True})",
            "The options of LivePlaybackId 'main' must be ResourceOptions, not a dict.",
        ),
        ("()", "LivePlaybackId.__init__() missing 1 required positional argument: 'resource_name'"),
        (".get('main', id='x', streamId='x')", "LivePlaybackId.get() got an unexpected keyword argument 'streamId'"),
    ],
)
def test_wrong_arguments_are_reported_under_the_name_that_programs_use(
    fastpix: ModuleType, call: str, message: str
) -> None:
    with pytest.raises(TypeError) as refused:
        eval(f"fastpix.LivePlaybackId{call}", {"fastpix": fastpix, "pulumi": pulumi})  # noqa: S307  # our own calls
    assert "LivePlaybackId" in str(refused.value)
    assert "Declared" not in str(refused.value)
    assert message in str(refused.value)


def test_the_option_import_is_refused_by_the_dynamic_class() -> None:
    importing = (
        f"fastpix.LivePlaybackId('main', stream_id='{DEMO_STREAM_ID}', opts=pulumi.ResourceOptions(import_='x/y'))"
    )
    ran = run("pulumi_fastpix", importing)
    assert ran.returncode != 0
    assert "pulumi-fastpix adopt STREAM_ID PLAYBACK_ID --name main" in ran.stderr
