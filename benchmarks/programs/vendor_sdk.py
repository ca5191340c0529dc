"""Playback IDs with FastPix's own Python SDK, one client for all threads, as its users have it."""

from __future__ import annotations

import os
from typing import Literal, cast

from fastpix_python import Fastpix, models

import threads


class VendorSdk(threads.Calls):
    """One method of the SDK for each call."""

    def __init__(self, client: Fastpix) -> None:
        self._live = client.live_playback

    def create(self, stream_id: str, access_policy: str) -> str:
        policy = cast("Literal['public', 'private']", access_policy)
        made = self._live.create_playback_id_of_stream(stream_id=stream_id, access_policy=policy).data
        return str(made and made.id)

    def read(self, stream_id: str, playback_id: str) -> None:
        self._live.get_live_stream_playback_id(stream_id=stream_id, playback_id=playback_id)

    def delete(self, stream_id: str, playback_id: str) -> None:
        self._live.delete_playback_id_of_stream(stream_id=stream_id, playback_id=playback_id)


if __name__ == "__main__":
    SECURITY = models.Security(username=os.environ["FASTPIX_USERNAME"], password=os.environ["FASTPIX_PASSWORD"])
    with Fastpix(security=SECURITY, server_url=os.environ["FASTPIX_BASE_URL"] + "/", timeout_ms=30_000) as sdk:
        threads.run(VendorSdk(sdk))
