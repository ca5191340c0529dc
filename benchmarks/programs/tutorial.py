"""A dynamic provider as tutorials write it: the class in the program, and one request for each call."""

import os
from typing import Any

import pulumi.dynamic
import requests


class PlaybackIdProvider(pulumi.dynamic.ResourceProvider):
    """Sends a request of its own for each call, on a connection of its own."""

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> pulumi.dynamic.DiffResult:
        replaces = [name for name in ("streamId", "accessPolicy") if olds.get(name) != news.get(name)]
        return pulumi.dynamic.DiffResult(changes=bool(replaces), replaces=replaces)

    def create(self, props: dict[str, Any]) -> pulumi.dynamic.CreateResult:
        body = {"accessPolicy": props["accessPolicy"]}
        made = self._send("POST", f"{props['streamId']}/playback-ids", json=body).json()["data"]
        return pulumi.dynamic.CreateResult(made["id"], dict(props))

    def read(self, id_: str, props: dict[str, Any]) -> pulumi.dynamic.ReadResult:
        found = self._send("GET", f"{props['streamId']}/playback-ids/{id_}").json()["data"]
        return pulumi.dynamic.ReadResult(id_, {**props, "accessPolicy": found["accessPolicy"]})

    def delete(self, id_: str, props: dict[str, Any]) -> None:
        self._send("DELETE", f"{props['streamId']}/playback-ids", params={"playbackId": id_})

    def _send(self, method: str, path: str, **arguments: Any) -> requests.Response:
        credentials = (os.environ["FASTPIX_USERNAME"], os.environ["FASTPIX_PASSWORD"])
        url = f"{os.environ['FASTPIX_BASE_URL']}/live/streams/{path}"
        response = requests.request(method, url, auth=credentials, timeout=30, **arguments)
        response.raise_for_status()
        return response


class PlaybackId(pulumi.dynamic.Resource):
    """The resource, with nothing but its inputs."""

    def __init__(self, name: str, stream_id: str, access_policy: str) -> None:
        super().__init__(PlaybackIdProvider(), name, {"streamId": stream_id, "accessPolicy": access_policy})
