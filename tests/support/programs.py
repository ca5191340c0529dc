"""Programs that several tests run on a stack."""

from __future__ import annotations

from pulumi_fastpix.sandbox import DEMO_STREAM_ID

ONE_ID = f'main = fastpix.LivePlaybackId("main", stream_id="{DEMO_STREAM_ID}")\n'

STREAM_OF_THE_SAME_RUN = f"""
class Streams(pulumi.dynamic.ResourceProvider):
    def create(self, props):
        return pulumi.dynamic.CreateResult("s", {{"streamId": "{DEMO_STREAM_ID}"}})

class Stream(pulumi.dynamic.Resource):
    streamId: pulumi.Output[str]

stream = Stream(Streams(), "stream", {{"streamId": None}})
"""
"""Declares `stream`, another resource, whose `streamId` is the demo stream's and unknown in a preview."""

FIFTY = """
for number in range(50):
    fastpix.LivePlaybackId(f"camera-{{number:02}}", stream_id="{stream}")
"""
"""Fifty playback IDs on the stream that it is formatted with."""
