"""The log of requests: in Python, over the sandbox's own routes, and as text."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
import requests

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, LoggedRequest, Sandbox
from pulumi_fastpix.sandbox.http.request_log import peak_concurrency
from unit.sandbox.client import connected

if TYPE_CHECKING:
    from unit.sandbox.client import Client


def test_a_request_is_logged_with_its_outcome(sandbox: Sandbox, http: Client, ids: str) -> None:
    http.post(ids, json={}, headers={"Idempotency-Key": "once"})
    http.delete(ids, params={"playbackId": "x"})
    created, refused = sandbox.requests
    assert created == LoggedRequest(
        number=1,
        started=created.started,
        finished=created.finished,
        method="POST",
        path=f"/v1/live/streams/{DEMO_STREAM_ID}/playback-ids",
        status=201,
        work_status=201,
        outcome="answered",
        token_id=sandbox.access_token_id,
        idempotency_key="once",
    )
    assert created.finished is not None
    assert created.started <= created.finished <= refused.started
    assert (refused.number, refused.query, refused.status) == (2, "playbackId=x", 422)


def test_requests_can_be_listed_by_effect_and_cleared(sandbox: Sandbox, http: Client, demo: str, ids: str) -> None:
    http.get(demo)
    http.post(ids, json={})
    assert [one.method for one in sandbox.mutating_requests] == ["POST"]
    sandbox.clear_requests()
    assert sandbox.requests == []
    http.get(demo)
    assert [one.number for one in sandbox.requests] == [3]


def test_a_request_reads_as_one_line(sandbox: Sandbox, http: Client, demo: str) -> None:
    lines = []
    with Sandbox(on_request=lambda request: lines.append(str(request))) as other:
        requests.get(f"{other.base_url}/live/streams?limit=1", timeout=10)
    assert lines[0].startswith("#1 GET /v1/live/streams?limit=1: 401, ")
    http.get("/live%0a#9 DELETE /streams")
    assert str(sandbox.requests[-1]).startswith("#1 GET /v1/live\\n")
    sandbox.faults.add(Fault(kind="status", status=502, when="after"))
    http.get(demo)
    assert f"{demo}: 502 (the API's own response was 200), " in str(sandbox.requests[-1])


def test_the_faults_that_hit_a_request_are_logged_with_it(sandbox: Sandbox, http: Client, demo: str, ids: str) -> None:
    secret = sandbox.store.live_streams.get(DEMO_STREAM_ID).stream_key
    sandbox.faults.add(
        Fault(kind="latency", seconds=0.25, skip=2, times=1, path=f"*{secret}*"),
        Fault(kind="rate-limit", requests=1, seconds=60, method="GET"),
        Fault(kind="drop", when="after", method="POST"),
    )
    for _ in range(2):
        http.get(demo)
    for _ in range(3):
        http.get(f"/live/streams/{secret}")
    with pytest.raises(requests.ConnectionError):
        http.post(ids, json={})
    limit, drop = "kind=rate-limit,method=GET,seconds=60,requests=1", "kind=drop,method=POST,when=after"
    delay = "kind=latency,path=*<secret>*,times=1,skip=2,seconds=0.25"
    assert [one.faults for one in sandbox.requests] == [(), (limit,), (limit,), (limit,), (delay, limit), (drop,)]
    assert [one.fault.kind for one in sandbox.faults.active if one.hit_requests == 1] == ["latency", "drop"]
    listed = http.get(sandbox.base_url.removesuffix("/v1") + "/_sandbox/requests").json()
    assert listed[4]["faults"] == [delay, limit]


def test_a_connection_that_closes_in_mid_request_is_logged_as_client_left(sandbox: Sandbox, credentials: str) -> None:
    head = f"POST /v1/live/streams HTTP/1.1\r\nHost: x\r\n{credentials}\r\nContent-Length: 100\r\n\r\n"
    with connected(sandbox) as connection:
        connection.sendall(head.encode() + b"{")
    deadline = time.monotonic() + 5
    while [one.outcome for one in sandbox.requests] != ["client left"]:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_peak_concurrency_counts_the_requests_that_overlap() -> None:
    def during(started: float, finished: float | None) -> LoggedRequest:
        return LoggedRequest(method="GET", path="/", started=started, finished=finished)

    assert peak_concurrency([]) == 0
    assert peak_concurrency([during(0, 1), during(1, 2)]) == 1
    assert peak_concurrency([during(0, 3), during(1, 2), during(2, 4), during(2.5, None)]) == 3


class TestOverHttp:
    """The sandbox's own routes, for programs in other processes."""

    def test_the_log_is_read_and_cleared(self, sandbox: Sandbox, http: Client, demo: str) -> None:
        http.get(demo)
        admin = sandbox.base_url.removesuffix("/v1") + "/_sandbox"
        (listed,) = http.get(f"{admin}/requests").json()
        assert (listed["path"], listed["status"]) == (f"/v1{demo}", 200)
        assert http.delete(f"{admin}/requests").json() == []
        assert sandbox.requests == []

    def test_faults_are_read_added_replaced_and_removed(self, sandbox: Sandbox, http: Client, demo: str) -> None:
        faults = sandbox.base_url.removesuffix("/v1") + "/_sandbox/faults"
        once = {"kind": "status", "status": 503, "times": 1, "method": "*", "path": "*", "skip": 0}
        assert http.put(faults, json=[once]).json() == [once]
        assert [http.get(demo).status_code for _ in range(2)] == [503, 200]
        assert len(http.post(faults, json={"kind": "drop", "method": "PUT"}).json()) == 2
        assert sandbox.faults.current[1] == Fault(kind="drop", method="PUT")
        refused = http.put(faults, json=[{"kind": "status"}])
        assert refused.status_code == 422
        assert refused.json() == {"sandbox": "Nothing was changed: 0: a 'status' fault needs status."}
        assert "there is no 'colour', but there are kind, method, path," in http.post(faults, json={"colour": 1}).text
        assert len(http.get(faults).json()) == 2
        assert http.delete(faults).json() == sandbox.faults.current == []

    def test_switches_are_read_and_set(self, sandbox: Sandbox, http: Client) -> None:
        switches = sandbox.base_url.removesuffix("/v1") + "/_sandbox/switches"
        assert http.put(switches, json={"malformed_playback_id": 404}).json()["malformed_playback_id"] == 404
        assert sandbox.switches.malformed_playback_id == 404
        http.put(switches, json={})
        assert http.get(switches).json()["malformed_playback_id"] == 422
        for body, problem in (
            (b'{"gravity": "off"}', "there is no 'gravity', but there are malformed_playback_id, "),
            (
                b'{"stream_status": 7, "max_playback_ids": 0}',
                "max_playback_ids must be at least 1; stream_status must be 'own', 'idle', 'preparing', 'act",
            ),
            (b"[]", "a JSON object is needed"),
            (b"{", "the body is not valid JSON"),
        ):
            refused = http.put(switches, data=body)
            assert refused.status_code == 422
            assert problem in refused.json()["sandbox"]
        assert http.put(switches, data=b" " * 2**21).status_code == 413

    def test_the_statuses_of_streams_are_read_and_set(self, sandbox: Sandbox, http: Client, demo: str) -> None:
        statuses = sandbox.base_url.removesuffix("/v1") + "/_sandbox/statuses"
        other = sandbox.store.live_streams.create()
        assert http.get(statuses).json() == {other: "idle", DEMO_STREAM_ID: "idle"}
        changed = {other: "idle", DEMO_STREAM_ID: "active"}
        assert http.patch(statuses, json={DEMO_STREAM_ID: "active"}).json() == changed
        assert http.get(demo).json()["data"]["status"] == "active"
        for body, status, problem in (
            ({other: "active", "f" * 32: "idle"}, 404, f"The sandbox has no live stream '{'f' * 32}'"),
            ({other: "live"}, 422, f"{other} must be 'idle', 'preparing', 'active' or 'disabled'."),
            ([], 422, "a JSON object is needed"),
        ):
            refused = http.patch(statuses, json=body)
            assert refused.status_code == status
            assert f"Nothing was changed: {problem}" in refused.json()["sandbox"]
            assert http.get(statuses).json() == changed

    def test_the_statuses_are_those_of_the_credentials_workspace(self, sandbox: Sandbox) -> None:
        statuses = sandbox.base_url.removesuffix("/v1") + "/_sandbox/statuses"
        token = sandbox.store.access_tokens.add(workspace="far")
        far = sandbox.store.live_streams.create(workspace="far")
        auth = (token.id, token.secret)
        assert requests.patch(statuses, json={far: "active"}, auth=auth, timeout=10).json() == {far: "active"}
        assert requests.patch(statuses, json={DEMO_STREAM_ID: "active"}, auth=auth, timeout=10).status_code == 404

    def test_the_routes_need_the_sandboxs_credentials(self, sandbox: Sandbox) -> None:
        faults = sandbox.base_url.removesuffix("/v1") + "/_sandbox/faults"
        assert requests.delete(faults, timeout=10).status_code == 401
        reader = sandbox.store.access_tokens.add(read_only=True)
        auth = (reader.id, reader.secret)
        assert requests.get(faults, auth=auth, timeout=10).json() == []
        # The address of the connection counts, not the one that a header gives.
        claims = {"X-Forwarded-For": "192.0.2.1, nobody"}
        assert requests.get(faults, auth=auth, headers=claims, timeout=10).json() == []
        assert requests.delete(faults, auth=auth, timeout=10).status_code == 403
