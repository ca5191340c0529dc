"""Each switch replaces one guess about FastPix by another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox, Switches
from unit.sandbox.refusals import ABSENT_PLAYBACK_ID, PLAYBACK_ID_NOT_FOUND, STREAM_NOT_FOUND, invalid, refused

if TYPE_CHECKING:
    from unit.sandbox.client import Client


def test_malformed_ids_can_be_refused_with_the_other_status(sandbox: Sandbox, http: Client, ids: str) -> None:
    sandbox.switches.malformed_playback_id = 404
    sandbox.switches.malformed_stream_id = 422
    refused(http.get(f"{ids}/not-a-uuid"), 404, PLAYBACK_ID_NOT_FOUND)
    invalid(http.get("/live/streams/not-hex"), ("streamId", "is invalid"))
    invalid(http.delete("/live/streams/x/playback-ids?playbackId=x"), ("streamId", "is invalid"))


def test_deleting_an_absent_playback_id_can_succeed(sandbox: Sandbox, http: Client, ids: str) -> None:
    sandbox.switches.absent_playback_id_delete = 200
    assert http.delete(f"{ids}?playbackId={ABSENT_PLAYBACK_ID}").json() == {"success": True}
    sandbox.store.live_streams.delete(DEMO_STREAM_ID)
    refused(http.delete(f"{ids}?playbackId={ABSENT_PLAYBACK_ID}"), 404, STREAM_NOT_FOUND)


def test_deleting_the_last_playback_id_of_a_stream_can_be_refused(sandbox: Sandbox, http: Client, ids: str) -> None:
    sandbox.switches.last_playback_id_delete = 400
    (last,) = (one.id for one in sandbox.store.playback_ids.list(DEMO_STREAM_ID))
    more = http.post(ids, json={}).json()["data"]["id"]
    assert http.delete(ids, params={"playbackId": last}).status_code == 200
    assert http.delete(ids, params={"playbackId": more}).status_code == 400
    assert [one.id for one in sandbox.store.playback_ids.list(DEMO_STREAM_ID)] == [more]
    refused(http.delete(ids, params={"playbackId": ABSENT_PLAYBACK_ID}), 404, PLAYBACK_ID_NOT_FOUND)


def test_one_delete_can_delete_several_playback_ids(sandbox: Sandbox, http: Client, ids: str) -> None:
    sandbox.switches.repeated_playback_id = "all"
    one, two, three = (sandbox.store.playback_ids.create(DEMO_STREAM_ID) for _ in range(3))
    assert http.delete(ids, params={"playbackId": [one, two]}).json() == {"success": True}
    refused(http.delete(ids, params={"playbackId": [two, three]}), 404, PLAYBACK_ID_NOT_FOUND)
    assert [listed.id for listed in sandbox.store.playback_ids.list(DEMO_STREAM_ID)][1:] == [three]


@pytest.mark.parametrize(("status", "may_change"), [("idle", True), ("active", False), ("disabled", False)])
def test_changes_to_active_and_disabled_streams_can_be_refused(
    status: str, may_change: bool, sandbox: Sandbox, http: Client, demo: str
) -> None:
    sandbox.store.live_streams.set_status(DEMO_STREAM_ID, status)  # type: ignore[arg-type]
    read = http.get(demo).json()["data"]
    assert read["status"] == status
    given = {"playbackId": read["playbackIds"][0]["id"]}
    assert http.post(f"{demo}/playback-ids", json={}).status_code == 201
    sandbox.switches.busy_stream = "refused"
    assert http.post(f"{demo}/playback-ids", json={}).status_code == (201 if may_change else 400)
    assert http.delete(f"{demo}/playback-ids", params=given).status_code == (200 if may_change else 400)


@pytest.mark.parametrize(("trial", "private"), [("no", 201), ("yes", 201), ("without-private", 400)])
def test_a_trial_workspace_can_refuse_private_playback_ids(
    trial: str, private: int, sandbox: Sandbox, http: Client, demo: str
) -> None:
    sandbox.switches.trial_workspace = trial  # type: ignore[assignment]
    assert http.get(demo).json()["data"]["trial"] is (trial != "no")
    assert http.post(f"{demo}/playback-ids", json={"accessPolicy": "private"}).status_code == private
    assert http.post(f"{demo}/playback-ids", json={}).status_code == 201


def test_the_order_of_playback_ids_can_be_chosen(sandbox: Sandbox, http: Client, demo: str, ids: str) -> None:
    for _ in range(5):
        http.post(ids, json={})
    oldest_first = [one.id for one in sandbox.store.playback_ids.list(DEMO_STREAM_ID)]

    def listed() -> list[str]:
        return [one["id"] for one in http.get(demo).json()["data"]["playbackIds"]]

    assert listed() == sorted(oldest_first)
    sandbox.switches.playback_id_order = "newest-first"
    assert listed() == oldest_first[::-1]
    sandbox.switches.playback_id_order = "oldest-first"
    assert listed() == oldest_first


def test_an_idempotency_key_is_ignored_or_replays_the_first_response_for_ever(
    sandbox: Sandbox, http: Client, ids: str
) -> None:
    key = {"Idempotency-Key": "one"}
    assert http.post(ids, json={}, headers=key).text != http.post(ids, json={}, headers=key).text
    sandbox.switches.idempotency_key = "replayed"
    first = http.post(ids, json={"accessPolicy": "private"}, headers=key)
    http.delete(ids, params={"playbackId": first.json()["data"]["id"]})
    again = http.post(ids, json={}, headers=key)
    assert (again.status_code, again.text) == (201, first.text)
    assert http.post(ids, json={}, headers={"Idempotency-Key": "two"}).text != first.text


def test_the_number_of_playback_ids_can_be_limited(sandbox: Sandbox, http: Client, ids: str) -> None:
    sandbox.switches.max_playback_ids = 2
    assert http.post(ids, json={}).status_code == 201
    invalid(http.post(ids, json={}), ("playbackIds", "must not be more than 2"))


def test_unknown_fields_can_be_refused(sandbox: Sandbox, http: Client, ids: str) -> None:
    sandbox.switches.unknown_fields = "refused"
    invalid(http.post(ids, json={"name": "x"}), ("name", "is invalid"))
    body = {"playbackSettings": {"name": "x"}, "inputMediaSettings": {"metadata": {"any": "thing"}}}
    invalid(http.post("/live/streams", json=body), ("playbackSettings.name", "is invalid"))


def test_a_missing_body_can_be_taken_as_an_empty_object(sandbox: Sandbox, http: Client, ids: str) -> None:
    (playback_id,) = (one.id for one in sandbox.store.playback_ids.list(DEMO_STREAM_ID))
    domains = f"{ids}/{playback_id}/domains"
    for refused_request in (http.post(ids), http.patch(domains), http.post("/live/streams")):
        invalid(refused_request, ("body", "must not be null"))
    sandbox.switches.missing_body = "empty"
    assert http.post(ids).json()["data"]["accessPolicy"] == "public"
    assert http.patch(domains).json()["data"] == {"defaultPolicy": "allow", "allow": [], "deny": []}
    missing = [("playbackSettings", "must not be null"), ("inputMediaSettings", "must not be null")]
    invalid(http.post("/live/streams"), *missing)


def test_all_switches_can_be_set_at_once(sandbox: Sandbox, http: Client, demo: str) -> None:
    sandbox.switches = Switches(stream_status="active")
    assert http.get(demo).json()["data"]["status"] == "active"
    with Sandbox(switches=sandbox.switches) as other:
        other.switches.stream_status = "idle"
        assert sandbox.switches.stream_status == "active"


def test_a_switch_refuses_a_position_it_does_not_have() -> None:
    with pytest.raises(ValueError, match="malformed_playback_id"):
        Switches().malformed_playback_id = 418  # type: ignore[assignment]
