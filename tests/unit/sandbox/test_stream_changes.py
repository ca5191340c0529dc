"""Changing a live stream and its status: as recorded, and each guess where no response is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox, StreamNotFoundError
from pulumi_fastpix.sandbox.data.records import StreamSettings
from unit.sandbox.recordings import (
    CHANGE,
    CHANGED_STREAM,
    DELETION,
    DIFFERENT_FOR_EACH_STREAM,
    NO_VIEWER_COUNT,
    NOT_ACTIVE,
    VIEWER_COUNT,
)
from unit.sandbox.refusals import ABSENT_STREAM, STREAM_NOT_FOUND, invalid, refused

if TYPE_CHECKING:
    from unit.sandbox.client import Client

ALREADY_ENABLED = {
    "code": 400,
    "message": "stream is already enabled",
    "description": "The requested stream is already in an enabled state.",
}
ALREADY_DISABLED = {
    "code": 400,
    "message": "stream already disabled",
    "description": "The requested stream is already disabled.",
}
NOT_ON_TRIAL = {
    "code": 400,
    "message": "stream cannot be enabled on trial plan",
    "description": "The requested stream cannot be enabled while on a trial plan. Please upgrade your plan.",
}
BEFORE = {"name": "sdk-validate"}


@pytest.fixture
def stream(sandbox: Sandbox) -> str:
    """Path of a stream with metadata and a reconnect window of its own."""
    settings = StreamSettings(metadata=BEFORE, reconnect_window=300)
    return f"/live/streams/{sandbox.store.live_streams.create(settings=settings)}"


def state(http: Client, stream: str) -> tuple[Any, int]:
    """The metadata and the reconnect window."""
    data = http.get(stream).json()["data"]
    return data.get("metadata"), data["reconnectWindow"]


class TestChange:
    def test_a_change_is_answered_as_recorded_and_replaces_the_metadata_as_a_whole(
        self, sandbox: Sandbox, http: Client, stream: str
    ) -> None:
        http.post(f"{stream}/playback-ids", json={})
        before = http.get(stream).json()["data"]
        response = http.patch(stream, json=CHANGE)
        assert response.status_code == 200
        assert response.headers["content-type"] == "application/json;charset=UTF-8"
        changed, recorded = response.json()["data"], CHANGED_STREAM["data"]
        assert list(changed) == list(recorded)
        for name in set(recorded) - DIFFERENT_FOR_EACH_STREAM:
            assert changed[name] == recorded[name], name
        for name in DIFFERENT_FOR_EACH_STREAM:
            assert changed[name] == before[name], name
        assert http.get(stream).json()["data"] == changed
        sandbox.store.simulcasts.create(changed["streamId"], "rtmp://example.com/live", "key")
        assert list(http.patch(stream, json=CHANGE).json()["data"]) == list(recorded), "without its simulcasts"

    @pytest.mark.parametrize(
        ("body", "problems"),
        [
            ({"reconnectWindow": 59}, ["reconnectWindow"]),
            ({"reconnectWindow": 1801}, ["reconnectWindow"]),
            ({"reconnectWindow": "60"}, ["reconnectWindow"]),
            ({"metadata": {"key": 1}}, ["metadata.key"]),
            ({"metadata": {"key": "x" * 256}, "reconnectWindow": 0}, ["metadata.key", "reconnectWindow"]),
            ({"metadata": {str(n): "" for n in range(11)}}, ["metadata"]),
            ([], ["body"]),
        ],
    )
    def test_an_invalid_change_is_refused_field_by_field_and_changes_nothing(
        self, http: Client, stream: str, body: Any, problems: list[str]
    ) -> None:
        invalid(http.patch(stream, json=body), *((field, "is invalid") for field in problems))
        assert state(http, stream) == (BEFORE, 300)

    def test_the_limits_of_a_change_are_allowed(self, http: Client, stream: str) -> None:
        most = {str(n): "x" * 255 for n in range(10)}
        for window in (60, 1800):
            assert http.patch(stream, json={"metadata": most, "reconnectWindow": window}).status_code == 200
            assert state(http, stream) == (most, window)

    def test_all_else_about_a_stream_is_fixed(self, http: Client, stream: str) -> None:
        """As FastPix's plugin for WordPress observed of `enableRecording`."""
        before = http.get(stream).json()["data"]
        fixed = {"enableRecording": False, "maxResolution": "480p", "enableDvrMode": True, "mediaPolicy": "private"}
        assert http.patch(stream, json=fixed).json()["data"] == before

    def test_a_stream_that_does_not_exist_cannot_be_changed(self, http: Client) -> None:
        refused(http.patch(f"/live/streams/{ABSENT_STREAM}", json=CHANGE), 404, STREAM_NOT_FOUND)

    @pytest.mark.parametrize(("position", "left"), [("cleared", None), ("kept", BEFORE), ("refused", BEFORE)])
    def test_empty_metadata_clears_it_or_keeps_it_or_is_refused(
        self, position: Any, left: Any, sandbox: Sandbox, http: Client, stream: str
    ) -> None:
        sandbox.switches.metadata_clear = position
        response = http.patch(stream, json={"metadata": {}, "reconnectWindow": 120})
        if position == "refused":
            invalid(response, ("metadata", "is invalid"))
        else:
            assert response.json()["data"].get("metadata") == left
        assert state(http, stream) == (left, 300 if position == "refused" else 120)

    @pytest.mark.parametrize(
        ("body", "kept", "reset"),
        [
            ({"metadata": {"a": "b"}}, ({"a": "b"}, 300), ({"a": "b"}, 60)),
            ({"reconnectWindow": 120}, (BEFORE, 120), (None, 120)),
            ({}, (BEFORE, 300), (None, 60)),
        ],
    )
    def test_a_change_keeps_or_resets_what_it_leaves_out(
        self, body: Any, kept: Any, reset: Any, http: Client, stream: str
    ) -> None:
        assert http.patch(stream, json=body).status_code == 200
        assert state(http, stream) == kept
        http.put(f"{http.base_url.removesuffix('/v1')}/_sandbox/switches", json={"stream_patch": "resets"})
        assert http.patch(stream, json=body).status_code == 200
        assert state(http, stream) == reset

    @pytest.mark.parametrize("status", [400, 409, 200])
    def test_a_disabled_stream_cannot_be_changed_or_can(
        self, status: Any, sandbox: Sandbox, http: Client, stream: str
    ) -> None:
        sandbox.switches.disabled_stream_patch = status
        assert http.put(f"{stream}/live-disable").status_code == 200
        assert http.patch(stream, json=CHANGE).status_code == status
        assert state(http, stream) == ((CHANGE["metadata"], 120) if status == 200 else (BEFORE, 300))


class TestStatus:
    def test_a_stream_is_disabled_and_enabled_as_recorded(self, http: Client, demo: str) -> None:
        def status() -> Any:
            return http.get(demo).json()["data"]["status"], http.get("/live/streams").json()["data"][0]["status"]

        refused(http.put(f"{demo}/live-enable"), 400, ALREADY_ENABLED)
        disabled = http.put(f"{demo}/live-disable")
        assert (disabled.status_code, disabled.json(), status()) == (200, DELETION, ("disabled", "disabled"))
        refused(http.put(f"{demo}/live-disable"), 400, ALREADY_DISABLED)
        refused(http.put(f"{demo}/finish"), 400, NOT_ACTIVE)
        enabled = http.put(f"{demo}/live-enable")
        assert (enabled.status_code, enabled.json(), status()) == (200, DELETION, ("idle", "idle"))

    def test_only_an_active_stream_can_be_finished(self, sandbox: Sandbox, http: Client, demo: str) -> None:
        for status in ("idle", "preparing"):
            sandbox.store.live_streams.set_status(DEMO_STREAM_ID, status)
            refused(http.put(f"{demo}/finish"), 400, NOT_ACTIVE)
        sandbox.store.live_streams.set_status(DEMO_STREAM_ID, "active")
        assert http.put(f"{demo}/finish").json() == DELETION
        assert sandbox.store.live_streams.get(DEMO_STREAM_ID).status == "idle"

    @pytest.mark.parametrize("route", ["live-enable", "live-disable", "finish"])
    def test_a_deleted_stream_is_refused_as_recorded(self, route: str, http: Client, demo: str) -> None:
        http.delete(demo)
        refused(http.put(f"{demo}/{route}"), 404, STREAM_NOT_FOUND)

    def test_a_stream_on_trial_cannot_be_enabled_again(self, sandbox: Sandbox, http: Client, demo: str) -> None:
        sandbox.switches.trial_workspace = "yes"
        assert http.put(f"{demo}/live-disable").status_code == 200
        refused(http.put(f"{demo}/live-enable"), 400, NOT_ON_TRIAL)

    def test_nobody_watches_or_the_count_is_missing(self, sandbox: Sandbox, http: Client, demo: str) -> None:
        response = http.get(f"{demo}/viewer-count")
        assert (response.status_code, response.json()) == (200, VIEWER_COUNT)
        sandbox.switches.viewer_count = 404
        refused(http.get(f"{demo}/viewer-count"), 404, NO_VIEWER_COUNT)
        refused(http.get(f"/live/streams/{ABSENT_STREAM}/viewer-count"), 404, STREAM_NOT_FOUND)

    @pytest.mark.parametrize("status", ["idle", "preparing", "active", "disabled"])
    def test_each_stream_has_a_status_of_its_own(self, status: Any, sandbox: Sandbox, http: Client, demo: str) -> None:
        other = sandbox.store.live_streams.create()
        sandbox.store.live_streams.set_status(DEMO_STREAM_ID, status)
        assert http.get(demo).json()["data"]["status"] == status
        assert http.get(f"/live/streams/{other}").json()["data"]["status"] == "idle"
        with pytest.raises(StreamNotFoundError):
            sandbox.store.live_streams.set_status(ABSENT_STREAM, status)

    def test_a_switch_gives_all_streams_one_status_until_it_is_turned_back(
        self, sandbox: Sandbox, http: Client, demo: str
    ) -> None:
        sandbox.switches.stream_status = "active"
        assert http.get(demo).json()["data"]["status"] == "active"
        assert http.put(f"{demo}/finish").status_code == 200
        assert http.get(demo).json()["data"]["status"] == "active"
        sandbox.switches.stream_status = "own"
        assert http.get(demo).json()["data"]["status"] == "idle"
