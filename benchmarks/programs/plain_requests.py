"""Playback IDs with the library `requests` and nothing else: a session for each thread, no retries."""

from __future__ import annotations

import os
import threading

import requests

import threads


class PlainRequests(threads.Calls):
    """One request for each call, on a connection that is kept."""

    def __init__(self) -> None:
        self._own = threading.local()

    def create(self, stream_id: str, access_policy: str) -> str:
        made = self._send("POST", stream_id, json={"accessPolicy": access_policy}).json()["data"]["id"]
        return str(made)

    def read(self, stream_id: str, playback_id: str) -> None:
        self._send("GET", stream_id, f"/{playback_id}")

    def delete(self, stream_id: str, playback_id: str) -> None:
        self._send("DELETE", stream_id, params={"playbackId": playback_id})

    def _send(
        self,
        method: str,
        stream_id: str,
        below: str = "",
        json: dict[str, str] | None = None,
        params: dict[str, str] | None = None,
    ) -> requests.Response:
        if not hasattr(self._own, "session"):
            self._own.session = requests.Session()
            self._own.session.auth = os.environ["FASTPIX_USERNAME"], os.environ["FASTPIX_PASSWORD"]
        session: requests.Session = self._own.session
        url = f"{os.environ['FASTPIX_BASE_URL']}/live/streams/{stream_id}/playback-ids{below}"
        response = session.request(method, url, json=json, params=params, timeout=30)
        response.raise_for_status()
        return response


if __name__ == "__main__":
    threads.run(PlainRequests())
