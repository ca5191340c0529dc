"""Simulcasts: as recorded, as FastPix's specification has them, and each guess where no response is known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox, SimulcastNotFoundError, StreamNotFoundError
from unit.sandbox.recordings import CHANGED_SIMULCAST, DELETION, SIMULCAST, STREAM_WITH_SIMULCASTS
from unit.sandbox.refusals import ABSENT_STREAM, SIMULCAST_NOT_FOUND, STREAM_NOT_FOUND, invalid, refused

if TYPE_CHECKING:
    from unit.sandbox.client import Client

GIVEN = {"url": "rtmp://example.com/live", "streamKey": "sk-mq4z5eu2"}
METADATA = {"livestream_name": "Tech-Connect Summit"}
NOT_ON_TRIAL = {
    "code": 400,
    "message": "simulcast is not available for trial streams",
    "description": "Please upgrade plan to continue",
}
ABSENT = "7a8dbfb4d61657cc90a6b31d81a7eb9b"


@pytest.fixture
def targets(demo: str) -> str:
    """Path of the demo stream's simulcasts."""
    return f"{demo}/simulcast"


def test_a_simulcast_is_created_read_changed_and_deleted_as_recorded(http: Client, targets: str) -> None:
    created = http.post(targets, json=GIVEN)
    assert created.status_code == 201
    assert created.headers["content-type"] == "application/json;charset=UTF-8"
    data = created.json()["data"]
    assert list(data) == list(SIMULCAST["data"])
    assert data == {**SIMULCAST["data"], "simulcastId": data["simulcastId"]}
    assert re.fullmatch(r"[0-9a-f]{32}", data["simulcastId"])
    simulcast = f"{targets}/{data['simulcastId']}"
    read = http.get(simulcast)
    assert (read.status_code, read.text) == (200, created.text)
    changed = http.put(simulcast, json={"isEnabled": False})
    assert (changed.status_code, list(changed.json()["data"])) == (200, list(CHANGED_SIMULCAST["data"]))
    assert changed.json()["data"] == {**data, "isEnabled": CHANGED_SIMULCAST["data"]["isEnabled"]}
    assert http.get(simulcast).text == changed.text
    deleted = http.delete(simulcast)
    assert (deleted.status_code, deleted.json()) == (200, DELETION)
    for response in (http.get(simulcast), http.put(simulcast, json={"isEnabled": True}), http.delete(simulcast)):
        refused(response, 404, SIMULCAST_NOT_FOUND)


def test_a_stream_shows_its_simulcasts_as_recorded_from_oldest_to_newest(http: Client) -> None:
    recorded = STREAM_WITH_SIMULCASTS["data"]
    settings = {"inputMediaSettings": {"metadata": recorded["metadata"]}, "playbackSettings": {}}
    stream = f"/live/streams/{http.post('/live/streams', json=settings).json()['data']['streamId']}"
    for one in recorded["simulcastResponses"]:
        http.post(f"{stream}/simulcast", json={name: one[name] for name in one.keys() - {"simulcastId", "isEnabled"}})
    read = http.get(stream).json()["data"]
    assert list(read) == list(recorded)
    assert [list(one) for one in read["simulcastResponses"]] == [list(one) for one in recorded["simulcastResponses"]]
    without_ids = [{**one, "simulcastId": ""} for one in read["simulcastResponses"]]
    assert without_ids == [{**one, "simulcastId": ""} for one in recorded["simulcastResponses"]]
    assert http.get("/live/streams").json()["data"][0] == read
    for one in read["simulcastResponses"]:
        http.delete(f"{stream}/simulcast/{one['simulcastId']}")
    assert "simulcastResponses" not in http.get(stream).json()["data"], "left out when empty, not []"


def test_a_stream_can_have_the_same_simulcast_more_than_once(http: Client, demo: str, targets: str) -> None:
    """As recorded: six, four of them with the same URL and key."""
    made = [http.post(targets, json=GIVEN).json()["data"] for _ in range(6)]
    assert http.get(demo).json()["data"]["simulcastResponses"] == made


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({}, [("url", "must not be null"), ("streamKey", "must not be null")]),
        ({**GIVEN, "streamKey": None}, [("streamKey", "must not be null")]),
        ({**GIVEN, "url": 7}, [("url", "is invalid")]),
        ({**GIVEN, "metadata": {"name": "x" * 256}}, [("metadata.name", "is invalid")]),
        ({**GIVEN, "metadata": {str(n): "" for n in range(11)}}, [("metadata", "is invalid")]),
    ],
)
def test_an_invalid_simulcast_is_refused_field_by_field(
    http: Client, demo: str, targets: str, body: Any, problems: list[tuple[str, str]]
) -> None:
    invalid(http.post(targets, json=body), *problems)
    assert "simulcastResponses" not in http.get(demo).json()["data"]


def test_a_missing_stream_is_told_from_a_missing_simulcast_where_recorded(http: Client, targets: str) -> None:
    elsewhere = f"/live/streams/{ABSENT_STREAM}/simulcast"
    refused(http.post(elsewhere, json=GIVEN), 404, STREAM_NOT_FOUND)
    refused(http.delete(f"{elsewhere}/{ABSENT}"), 404, STREAM_NOT_FOUND)
    refused(http.delete(f"{targets}/{ABSENT}"), 404, SIMULCAST_NOT_FOUND)
    for path in (f"{elsewhere}/{ABSENT}", f"{targets}/{ABSENT}", f"{targets}/not-hex"):
        refused(http.get(path), 404, SIMULCAST_NOT_FOUND)
        refused(http.put(path, json={}), 404, SIMULCAST_NOT_FOUND)


def test_a_simulcast_of_another_stream_or_workspace_is_not_found(sandbox: Sandbox, http: Client, targets: str) -> None:
    simulcasts = sandbox.store.simulcasts
    other = simulcasts.create(sandbox.store.live_streams.create(), "rtmp://example.com", "key")
    far_stream = sandbox.store.live_streams.create(workspace="far")
    far = simulcasts.create(far_stream, "rtmp://example.com", "key", workspace="far")
    for path in (f"{targets}/{other.id}", f"/live/streams/{far_stream}/simulcast/{far.id}"):
        refused(http.get(path), 404, SIMULCAST_NOT_FOUND)
        refused(http.put(path, json={"isEnabled": False}), 404, SIMULCAST_NOT_FOUND)
    refused(http.delete(f"{targets}/{other.id}"), 404, SIMULCAST_NOT_FOUND)
    assert simulcasts.get(far_stream, far.id, workspace="far").is_enabled


def test_deleting_a_stream_deletes_its_simulcasts(sandbox: Sandbox, http: Client, demo: str, targets: str) -> None:
    simulcast = http.post(targets, json=GIVEN).json()["data"]["simulcastId"]
    http.delete(demo)
    refused(http.delete(f"{targets}/{simulcast}"), 404, STREAM_NOT_FOUND)
    with pytest.raises(SimulcastNotFoundError, match=simulcast):
        sandbox.store.simulcasts.get(DEMO_STREAM_ID, simulcast)
    with pytest.raises(StreamNotFoundError):
        sandbox.store.simulcasts.create(DEMO_STREAM_ID, "rtmp://example.com", "key")


def test_a_stream_on_trial_has_no_simulcasts(sandbox: Sandbox, http: Client, targets: str) -> None:
    sandbox.switches.trial_workspace = "yes"
    refused(http.post(targets, json=GIVEN), 400, NOT_ON_TRIAL)


@pytest.mark.parametrize(
    ("status", "answers"),
    [("idle", (201, 200)), ("preparing", (400, 200)), ("active", (400, 200)), ("disabled", (400, 400))],
)
def test_the_status_of_a_stream_allows_changes_to_its_simulcasts_or_not(
    status: Any, answers: tuple[int, int], sandbox: Sandbox, http: Client, targets: str
) -> None:
    simulcast = f"{targets}/{http.post(targets, json=GIVEN).json()['data']['simulcastId']}"

    def statuses() -> tuple[int, int]:
        created, changed = http.post(targets, json=GIVEN), http.put(simulcast, json={"isEnabled": False})
        return created.status_code, changed.status_code

    sandbox.store.live_streams.set_status(DEMO_STREAM_ID, status)
    assert statuses() == answers
    sandbox.switches.busy_simulcast = "allowed"
    assert statuses() == (201, 200)


def test_a_change_takes_the_one_field_that_was_observed_or_metadata_too(
    sandbox: Sandbox, http: Client, targets: str
) -> None:
    made = http.post(targets, json={**GIVEN, "metadata": METADATA}).json()["data"]
    simulcast = f"{targets}/{made['simulcastId']}"
    more = {"isEnabled": False, "metadata": {"simulcast_name": "Tech today"}, "url": "rtmp://example.org"}
    fields = [{"field": name, "message": "is invalid"} for name in ("metadata", "url")]
    refused(
        http.put(simulcast, json=more), 400, {"code": 400, "message": "payload validation failed", "fields": fields}
    )
    assert http.get(simulcast).json()["data"] == made
    assert http.put(simulcast, json={"isEnabled": False}).json()["data"] == {**made, "isEnabled": False}
    sandbox.switches.simulcast_update = "with-metadata"
    changed = http.put(simulcast, json=more).json()["data"]
    assert changed == {**made, "isEnabled": False, "metadata": more["metadata"]}
    assert http.put(simulcast, json={"isEnabled": True}).json()["data"] == {**changed, "isEnabled": True}
    assert "metadata" not in http.put(simulcast, json={"metadata": {}}).json()["data"]


def test_a_malformed_stream_id_can_be_refused_by_every_route(sandbox: Sandbox, http: Client) -> None:
    sandbox.switches.malformed_stream_id = 422
    simulcast = f"/live/streams/not-hex/simulcast/{ABSENT}"
    for response in (http.get(simulcast), http.put(simulcast, json={}), http.delete(simulcast)):
        invalid(response, ("streamId", "is invalid"))


def test_a_fault_can_take_the_id_from_the_response(sandbox: Sandbox, http: Client, targets: str) -> None:
    sandbox.faults.add(Fault(kind="broken-body", body="without-id"))
    assert list(http.post(targets, json=GIVEN).json()["data"]) == ["url", "streamKey", "isEnabled"]
