"""The resource classes under Pulumi's own mocks, as users test their programs: in a process of its own each time."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from support.playback_ids import PLAYBACK_ID

UNDER_MOCKS = """
import json, pulumi
import {module} as fastpix

class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args):
        return args.resource_id or "made", args.inputs

    def call(self, args):
        return {{}}

pulumi.runtime.set_mocks(Mocks())

@pulumi.runtime.test
def test():
    main = {declaration}
    return pulumi.Output.all(main.id, main.stream_id, main.access_policy).apply(lambda all: print(json.dumps(all)))

test()
"""

MODULES = ["pulumi_fastpix", "pulumi_fastpix.native"]


def run(module: str, declaration: str) -> subprocess.CompletedProcess[str]:
    program = UNDER_MOCKS.format(module=module, declaration=declaration)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


def outputs(module: str, declaration: str) -> list[Any]:
    """The id, the stream and the access policy that the program sees."""
    ran = run(module, declaration)
    assert ran.returncode == 0, ran.stderr
    seen: list[Any] = json.loads(ran.stdout)
    return seen


@pytest.mark.parametrize("module", MODULES)
def test_an_access_policy_left_to_the_default_is_public(module: str) -> None:
    declared = f"fastpix.LivePlaybackId('main', stream_id='{DEMO_STREAM_ID}')"
    assert outputs(module, declared) == ["made", DEMO_STREAM_ID, "public"]
    declared = f"fastpix.LivePlaybackId('main', fastpix.LivePlaybackIdArgs(stream_id='{DEMO_STREAM_ID}'))"
    assert outputs(module, declared) == ["made", DEMO_STREAM_ID, "public"]
    declared = f"fastpix.LivePlaybackId('main', stream_id='{DEMO_STREAM_ID}', access_policy='private')"
    assert outputs(module, declared) == ["made", DEMO_STREAM_ID, "private"]


@pytest.mark.parametrize("module", MODULES)
def test_a_lookup_gives_no_access_policy(module: str) -> None:
    looked_up = f"fastpix.LivePlaybackId.get('main', id='{PLAYBACK_ID}', stream_id='{DEMO_STREAM_ID}')"
    assert outputs(module, looked_up) == [PLAYBACK_ID, DEMO_STREAM_ID, None]


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("('main', streamId='x')", "LivePlaybackId has no argument streamId: did you mean stream_id?"),
        ("('main', stream_id='x', accessPolicy='x')", "has no argument accessPolicy: did you mean access_policy?"),
        ("('main', stream='x')", "LivePlaybackId has no argument stream. Its inputs are stream_id and access_policy."),
        ("()", "LivePlaybackId.__init__() missing 1 required positional argument: 'resource_name'"),
        (".get('main', id='x', streamId='x')", "LivePlaybackId.get() got an unexpected keyword argument 'streamId'"),
    ],
)
def test_wrong_arguments_are_reported_under_the_name_that_programs_use(module: str, call: str, message: str) -> None:
    ran = run(module, f"fastpix.LivePlaybackId{call}")
    assert ran.returncode != 0
    last = ran.stderr.splitlines()[-1]
    assert last.startswith("TypeError: LivePlaybackId")
    assert message in last


def test_the_option_import_is_refused_by_the_dynamic_class() -> None:
    importing = (
        f"fastpix.LivePlaybackId('main', stream_id='{DEMO_STREAM_ID}', opts=pulumi.ResourceOptions(import_='x/y'))"
    )
    ran = run("pulumi_fastpix", importing)
    assert ran.returncode != 0
    assert "pulumi-fastpix adopt STREAM_ID PLAYBACK_ID --name main" in ran.stderr
