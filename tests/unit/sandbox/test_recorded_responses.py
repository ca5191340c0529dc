"""The sandbox's responses, compared with recorded responses of FastPix and literal texts of its specification."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from unit.sandbox.recordings import DELETION, DIFFERENT_FOR_EACH_STREAM, PLAYBACK_ID, STREAM, VALIDATION_ERROR
from unit.sandbox.refusals import (
    ABSENT_PLAYBACK_ID,
    ABSENT_STREAM,
    PLAYBACK_ID_NOT_FOUND,
    STREAM_NOT_FOUND,
    invalid,
    refused,
)

if TYPE_CHECKING:
    from unit.sandbox.client import Client


def test_a_created_stream_looks_like_the_recorded_one(http: Client) -> None:
    body = {"playbackSettings": {}, "inputMediaSettings": {"metadata": {"name": "sdk-validate"}}}
    response = http.post("/live/streams", json=body)
    assert response.status_code == 201
    assert response.headers["content-type"] == "application/json;charset=UTF-8"
    recorded = STREAM["data"]
    created = response.json()["data"]
    assert list(response.json()) == ["success", "data"]
    assert list(created) == list(recorded)
    for name in set(recorded) - DIFFERENT_FOR_EACH_STREAM:
        assert created[name] == recorded[name], name
    stream_id = created["streamId"]
    assert re.fullmatch(r"[0-9a-f]{32}", stream_id)
    for secret in (
        created["streamKey"],
        created["srtSecret"],
        created["srtPlaybackResponse"]["srtPlaybackSecret"],
    ):
        assert re.fullmatch(rf"[0-9a-f]{{32}}k{stream_id}", secret)
    assert created["srtPlaybackResponse"]["srtPlaybackStreamId"] == f"play{stream_id}"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", created["createdAt"])
    (playback_id,) = created["playbackIds"]
    assert list(playback_id) == ["id", "accessPolicy"]
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", playback_id["id"])


def test_a_stream_is_read_with_its_secrets_and_without_empty_fields(http: Client, demo: str) -> None:
    first, second = http.get(demo), http.get(demo)
    assert first.status_code == 200
    assert first.text == second.text
    recorded = list(STREAM["data"])
    recorded.remove("metadata")
    assert list(first.json()["data"]) == recorded


def test_a_stream_has_the_settings_it_was_created_with(http: Client) -> None:
    settings = {
        "maxResolution": "720p",
        "reconnectWindow": 1800,
        "mediaPolicy": "private",
        "metadata": {"team": "sports"},
        "enableDvrMode": True,
        "enableRecording": False,
    }
    body = {"playbackSettings": {"accessPolicy": "private"}, "inputMediaSettings": settings}
    created = http.post("/live/streams", json=body).json()["data"]
    assert {name: created[name] for name in settings} == settings
    assert [one["accessPolicy"] for one in created["playbackIds"]] == ["private"]
    assert http.get(f"/live/streams/{created['streamId']}").json()["data"] == created


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({"inputMediaSettings": {}}, [("playbackSettings", "must not be null")]),
        ({"playbackSettings": None, "inputMediaSettings": {}}, [("playbackSettings", "must not be null")]),
        ({"playbackSettings": {}}, [("inputMediaSettings", "must not be null")]),
        ([], [("body", "is invalid")]),
        (
            {
                "playbackSettings": {"accessPolicy": "drm"},
                "inputMediaSettings": {"reconnectWindow": 59, "maxResolution": "4k", "enableDvrMode": "yes"},
            },
            [
                ("playbackSettings.accessPolicy", "is invalid"),
                ("inputMediaSettings.maxResolution", "is invalid"),
                ("inputMediaSettings.reconnectWindow", "is invalid"),
                ("inputMediaSettings.enableDvrMode", "is invalid"),
            ],
        ),
        (
            {"playbackSettings": {}, "inputMediaSettings": {"metadata": {str(n): "" for n in range(11)}}},
            [("inputMediaSettings.metadata", "is invalid")],
        ),
        (
            {"playbackSettings": {}, "inputMediaSettings": {"metadata": {"name": "x" * 256}}},
            [("inputMediaSettings.metadata.name", "is invalid")],
        ),
    ],
)
def test_an_invalid_stream_is_refused_field_by_field(http: Client, body: Any, problems: list[tuple[str, str]]) -> None:
    invalid(http.post("/live/streams", json=body), *problems)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"n": NaN}',
        b'{"n": 1' + b"0" * 5000 + b"}",
        b'{"playbackSettings": {}, "inputMediaSettings": {"metadata": {"\\ud800": ""}}}',
    ],
)
def test_a_body_that_no_response_could_repeat_is_refused(http: Client, body: bytes) -> None:
    invalid(http.post("/live/streams", data=body), ("body", "is invalid"))


def test_streams_are_listed_by_pages_counted_from_one(sandbox: Sandbox, http: Client) -> None:
    made = [DEMO_STREAM_ID, *(sandbox.store.live_streams.create() for _ in range(4))]

    def page(**query: Any) -> tuple[list[str], dict[str, int]]:
        response = http.get("/live/streams", params=query)
        assert response.status_code == 200
        assert list(response.json()) == ["success", "data", "pagination"]
        return [one["streamId"] for one in response.json()["data"]], response.json()["pagination"]

    assert page() == (made[::-1], {"totalRecords": 5, "currentOffset": 1, "offsetCount": 1})
    assert page(limit=2) == (made[:2:-1], {"totalRecords": 5, "currentOffset": 1, "offsetCount": 3})
    assert page(limit=2, offset=3) == (made[:1], {"totalRecords": 5, "currentOffset": 3, "offsetCount": 3})
    assert page(limit=2, offset=2, orderBy="asc")[0] == made[2:4]
    for far in (9, 922337203685477582, 2**63 - 1):  # as many rows as SQLite cannot count
        assert page(offset=far) == ([], {"totalRecords": 5, "currentOffset": far, "offsetCount": 1})
        assert page(offset=far, limit=50)[0] == []
    assert page(limit=[1, 2])[0] == page(limit=1)[0], "the first of repeated parameters"
    assert page(offset="0002", limit=2)[0] == page(offset=2, limit=2)[0]
    assert list(sandbox.store.live_streams.list(limit=2**70, page=2**70)) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "51"),
        ("limit", "ten"),
        ("limit", "9" * 5000),
        ("limit", "1\0"),
        ("limit", "\U0001f600"),
        ("offset", "0"),
        ("offset", "-1"),
        ("offset", "+1"),
        ("offset", " 1"),
        ("offset", ""),
        ("offset", "1.0"),
        ("offset", "\uff11"),  # a digit outside ASCII
        ("offset", str(2**63)),
        ("offset", "9" * 20),
        ("offset", "9" * 5000),
        ("offset", "-" + "9" * 5000),
        ("offset", "1e3"),
        ("offset", "0x1"),
        ("offset", "1_000"),
        ("offset", "1\n"),
        ("offset", "nan"),
        ("offset", b"\xff"),  # not UTF-8
        ("orderBy", "name"),
        ("orderBy", "ASC"),
        ("orderBy", ""),
        ("orderBy", "asc\0"),
        ("orderBy", b"\xff" * 5000),
    ],
)
def test_a_list_of_streams_with_an_invalid_query_is_refused(http: Client, name: str, value: str | bytes) -> None:
    invalid(http.get("/live/streams", params={name: value}), (name, "is invalid"))


@pytest.mark.parametrize("value", ["", "0", "9" * 5000, "-1", "\0", "\U0001f600", b"\xff", "' OR 1=1 --", "\n"])
def test_a_query_that_names_no_playback_id_deletes_none(
    sandbox: Sandbox, http: Client, ids: str, value: str | bytes
) -> None:
    query = {"playbackId": value}
    invalid(http.delete(ids, params=query), ("playbackId", "is invalid" if value else "must not be null"))
    sandbox.switches.malformed_playback_id = 404
    assert http.delete(ids, params=query).status_code == (404 if value else 422)
    assert len(sandbox.store.playback_ids.list(DEMO_STREAM_ID)) == 1


def test_a_query_that_a_route_does_not_have_is_ignored(http: Client, demo: str) -> None:
    strange: dict[str, str | bytes] = {"offset": "9" * 5000, "limit": b"\xff", "orderBy": "\0"}
    for path in (demo, f"{demo}/viewer-count"):
        assert http.get(path, params=strange).status_code == 200
    for path in ("live-disable", "live-enable"):
        assert http.put(f"{demo}/{path}", params=strange).status_code == 200


def test_a_deleted_stream_and_its_playback_ids_are_not_found(sandbox: Sandbox, http: Client, demo: str) -> None:
    ((playback_id, _),) = sandbox.store.playback_ids.list(DEMO_STREAM_ID)
    response = http.delete(demo)
    assert (response.status_code, response.json()) == (200, DELETION)
    refused(http.get(demo), 404, STREAM_NOT_FOUND)
    refused(http.delete(demo), 404, STREAM_NOT_FOUND)
    refused(http.post(f"{demo}/playback-ids", json={}), 404, STREAM_NOT_FOUND)
    refused(http.get(f"{demo}/playback-ids/{playback_id}"), 404, PLAYBACK_ID_NOT_FOUND)
    refused(http.delete(f"{demo}/playback-ids?playbackId={playback_id}"), 404, STREAM_NOT_FOUND)


@pytest.mark.parametrize(
    ("body", "policy"),
    [
        ({}, "public"),
        ({"accessPolicy": "public"}, "public"),
        ({"accessPolicy": "private"}, "private"),
        ({"name": "an unknown field"}, "public"),
        ({"accessRestrictions": {}}, "public"),
    ],
)
def test_a_playback_id_is_created_and_read_as_recorded(
    http: Client, ids: str, body: dict[str, Any], policy: str
) -> None:
    created = http.post(ids, json=body)
    assert created.status_code == 201
    assert created.headers["content-type"] == "application/json;charset=UTF-8"
    data = created.json()["data"]
    assert data == {**PLAYBACK_ID["data"], "id": data["id"], "accessPolicy": policy}
    assert list(data) == ["id", "accessPolicy"]
    read = http.get(f"{ids}/{data['id']}")
    assert (read.status_code, read.text) == (200, created.text)


def test_playback_ids_are_listed_in_the_order_of_their_ids(sandbox: Sandbox, http: Client) -> None:
    """As in each of the recorded lists with two of them."""
    stream_id = sandbox.store.live_streams.create()
    ((came_with_it, _),) = sandbox.store.playback_ids.list(stream_id)
    sandbox.store.playback_ids.delete(stream_id, came_with_it)
    first, second, third = (f"{digit}3751449-62d6-42e4-8153-783e28c31ed1" for digit in "4ab")
    for playback_id in (second, first, third):  # neither the oldest first nor the newest
        sandbox.store.playback_ids.create(stream_id, playback_id=playback_id)
    read, (listed, _) = (http.get(path).json()["data"] for path in (f"/live/streams/{stream_id}", "/live/streams"))
    assert [one["id"] for one in read["playbackIds"]] == [one["id"] for one in listed["playbackIds"]]
    assert [one["id"] for one in read["playbackIds"]] == [first, second, third]


def test_an_invalid_playback_id_is_refused(http: Client, ids: str) -> None:
    invalid(http.post(ids, json={"accessPolicy": "drm"}), ("accessPolicy", "is invalid"))
    invalid(http.post(ids, json={"accessPolicy": None}), ("accessPolicy", "must not be null"))
    invalid(http.post(ids, data=b"{"), ("body", "is invalid"))
    invalid(http.post(ids), ("body", "must not be null"))
    refused(http.post(f"/live/streams/{ABSENT_STREAM}/playback-ids", json={}), 404, STREAM_NOT_FOUND)


def test_a_playback_id_is_deleted_by_query_and_then_not_found(sandbox: Sandbox, http: Client, ids: str) -> None:
    kept, doomed = (sandbox.store.playback_ids.create(DEMO_STREAM_ID) for _ in range(2))
    query = {"playbackId": [doomed, kept]}  # of several, only the first
    response = http.delete(ids, params=query)
    assert (response.status_code, response.json()) == (200, DELETION)
    assert response.headers["content-type"] == "application/json;charset=UTF-8"
    refused(http.delete(ids, params=query), 404, PLAYBACK_ID_NOT_FOUND)
    refused(http.get(f"{ids}/{doomed}"), 404, PLAYBACK_ID_NOT_FOUND)
    assert http.get(f"{ids}/{kept}").status_code == 200


def test_a_playback_id_of_another_stream_is_not_found(sandbox: Sandbox, http: Client, ids: str) -> None:
    other = sandbox.store.live_streams.create()
    ((foreign, _),) = sandbox.store.playback_ids.list(other)
    refused(http.get(f"{ids}/{foreign}"), 404, PLAYBACK_ID_NOT_FOUND)
    refused(http.delete(ids, params={"playbackId": foreign}), 404, PLAYBACK_ID_NOT_FOUND)
    assert [one.id for one in sandbox.store.playback_ids.list(other)] == [foreign]


def test_malformed_ids_are_refused_by_our_guess(http: Client, ids: str) -> None:
    shape_of_the_recorded = VALIDATION_ERROR["error"]
    error = {**shape_of_the_recorded, "fields": [{"field": "playbackId", "message": "is invalid"}]}
    refused(http.get(f"{ids}/not-a-uuid"), 422, error)
    refused(http.delete(f"{ids}?playbackId=not-a-uuid"), 422, error)
    invalid(http.delete(ids), ("playbackId", "must not be null"))
    refused(http.get("/live/streams/not-hex"), 404, STREAM_NOT_FOUND)
    refused(http.get(f"/live/streams/not-hex/playback-ids/{ABSENT_PLAYBACK_ID}"), 404, PLAYBACK_ID_NOT_FOUND)


def test_a_method_that_a_path_does_not_have_is_refused_with_those_it_has(http: Client, demo: str, ids: str) -> None:
    def allowed(path: str) -> set[str]:
        response = http.request("TRACE", path)
        assert response.status_code == 405
        return set(response.headers["allow"].split(", "))

    assert allowed("/live/streams") == {"GET", "HEAD", "POST"}
    assert allowed(demo) == {"DELETE", "GET", "HEAD", "PATCH"}
    assert allowed(f"{demo}/live-enable") == allowed(f"{demo}/live-disable") == allowed(f"{demo}/finish") == {"PUT"}
    assert allowed(f"{demo}/viewer-count") == {"GET", "HEAD"}
    assert allowed(ids) == {"DELETE", "POST"}
    assert allowed(f"{ids}/x") == {"GET", "HEAD"}
    assert allowed(f"{ids}/x/domains") == allowed(f"{ids}/x/user-agents") == {"PATCH"}
    assert allowed(f"{demo}/simulcast") == {"POST"}
    assert allowed(f"{demo}/simulcast/x") == {"DELETE", "GET", "HEAD", "PUT"}
    faults = http.base_url.removesuffix("/v1") + "/_sandbox/faults"
    assert set(http.patch(faults).headers["allow"].split(", ")) == {"DELETE", "GET", "HEAD", "POST", "PUT"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/livestreams", 404),
        ("GET", "/../live/streams", 404),
        ("GET", "/live/streams/", 404),
        ("GET", "/live/streams/x/simulcasts", 404),
        ("GET", "/on-demands", 404),
        ("GET", f"/live/streams/{DEMO_STREAM_ID}/playback-ids", 405),
        ("DELETE", f"/live/streams/{DEMO_STREAM_ID}/playback-ids/{ABSENT_PLAYBACK_ID}", 405),
    ],
)
def test_a_route_that_fastpix_does_not_have_is_not_refused_in_its_envelope(
    http: Client, method: str, path: str, status: int
) -> None:
    """Otherwise a wrong base URL would look like a missing stream."""
    response = http.request(method, path)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/json"
    assert list(response.json()) == ["sandbox"]
    assert "check the base URL" in response.json()["sandbox"]
