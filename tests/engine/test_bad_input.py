"""Invalid inputs are refused in the preview, before any call, and the message names the allowed ones.

One case of each kind; the whole table is tried on the provider process, where it takes no engine.
"""

from __future__ import annotations

import re
from typing import Any

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.engine import Stack
from support.playback_ids import STREAM_KEY

INVALID: dict[str, tuple[Any, ...]] = {
    "url": ({"stream_id": "https://x.example/y"}, "streamId: a stream ID is expected, not a URL"),
    "key": ({"stream_id": STREAM_KEY}, "streamId: this holds what looks like a stream key or SRT secret"),
    "key-as-policy": ({"access_policy": STREAM_KEY}, "accessPolicy: this holds what looks like a stream key"),
    "number": ({"stream_id": 7}, "streamId: a stream ID must be a string, not a number"),
    "case": ({"access_policy": "Public"}, "an access policy must be 'public' or 'private', in lower case"),
    "secret": (
        {"access_policy": "secret:hunter2"},
        "accessPolicy: an access policy must be 'public' or 'private'",
    ),
    "two": (
        {"stream_id": "", "access_policy": "drm"},
        "property streamId value {} has a problem: a stream ID must not be empty",
        "property accessPolicy value {drm} has a problem: a live playback ID's access policy must be",
    ),
}


INVALID_INPUTS = {case: inputs for case, (inputs, *_) in INVALID.items()}


def test_invalid_inputs_are_refused_in_the_preview(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(f"""
import os
inputs = {{
    name: pulumi.Output.secret(value[7:]) if str(value).startswith("secret:") else value
    for name, value in {INVALID_INPUTS!r}[os.environ["CASE"]].items()
}}
fastpix.LivePlaybackId("main", **{{"stream_id": "{DEMO_STREAM_ID}", **inputs}})
""")
    for case, (_, *messages) in INVALID.items():
        preview = stack.preview(CASE=case)
        assert preview.status != 0, case
        for message in messages:
            assert message in preview.output, preview.output
        assert preview.output.count("LivePlaybackId resource 'main'") == len(messages)
        assert STREAM_KEY not in preview.output
        assert "hunter2" not in preview.output
        assert "Traceback" not in preview.output
    assert sandbox.requests == []


def test_a_stream_id_unlike_those_of_fastpix_is_warned_of_in_the_preview(stack: Stack) -> None:
    stack.write_program("""
fastpix.LivePlaybackId("short", stream_id="1234")
fastpix.LivePlaybackId("other", stream_id=pulumi.Output.from_input("43751449-62d6-42e4-8153-783e28c31ed1"))
""")
    preview = stack.run("preview")
    assert preview.status == 0, preview.output
    for name, guess in (("short", "this has 4 characters"), ("other", "this looks like a playback ID")):
        of_resource = re.search(rf"LivePlaybackId \({name}\):\n\s+warning: streamId: .*{guess}", preview.output)
        assert of_resource, preview.output
    assert preview.diagnostics.count("warning: streamId") == 2
