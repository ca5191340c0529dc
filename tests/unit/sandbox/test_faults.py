"""Each kind of fault over a real socket: the response that the client gets, and whether the work was done."""

from __future__ import annotations

import math
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import requests

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.sandbox.faults.injection import Faults
from pulumi_fastpix.sandbox.http.request_log import peak_concurrency

if TYPE_CHECKING:
    from unit.sandbox.client import Client


def how_many(sandbox: Sandbox) -> int:
    return len(sandbox.store.playback_ids.list(DEMO_STREAM_ID))


def last(sandbox: Sandbox) -> tuple[str, int | None, int | None]:
    """The last request's outcome, its status for the client, and the status of the API's own response."""
    request = sandbox.requests[-1]
    return request.outcome, request.status, request.work_status


def eventually(condition: Any) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


class TestWhichRequestsAreHit:
    def test_a_fault_hits_requests_of_its_method_and_path(
        self, sandbox: Sandbox, http: Client, demo: str, ids: str
    ) -> None:
        sandbox.faults.add(Fault(kind="status", status=503, method="POST", path="*/playback-ids"))
        assert http.post(ids, json={}).status_code == 503
        assert http.post("/live/streams", json={}).status_code == 422
        assert http.get(demo).status_code == 200

    def test_a_fault_skips_some_requests_and_hits_a_number_of_them(
        self, sandbox: Sandbox, http: Client, demo: str
    ) -> None:
        sandbox.faults.add(Fault(kind="status", status=500, skip=1, times=2))
        assert [http.get(demo).status_code for _ in range(5)] == [200, 500, 500, 200, 200]
        sandbox.faults.add(Fault(kind="status", status=500))
        assert http.get(demo).status_code == 500
        sandbox.faults.clear()
        assert http.get(demo).status_code == 200

    def test_a_fault_hits_by_chance_and_a_seed_repeats_the_chance(self) -> None:
        def statuses(seed: int, *others: Fault) -> list[int]:
            fault = Fault(kind="status", status=500, rate=0.5)
            with Sandbox(seed=seed, faults=[fault, *others]) as sandbox:
                address, auth = f"{sandbox.base_url}/live/streams", sandbox.environment()
                with requests.Session() as http:
                    http.auth = (auth["FASTPIX_USERNAME"], auth["FASTPIX_PASSWORD"])
                    return [http.get(address, timeout=10).status_code for _ in range(40)]

        once = statuses(1)
        assert once == statuses(1)
        assert once == statuses(1, Fault(kind="shuffled-list", rate=0.5)), "another fault draws from its own chance"
        assert once != statuses(2)
        assert 5 < once.count(500) < 35

    def test_of_two_faults_that_end_a_request_the_second_waits_for_the_next_request(
        self, sandbox: Sandbox, http: Client, demo: str
    ) -> None:
        sandbox.faults.add(
            Fault(kind="status", status=502, when="after", times=1), Fault(kind="status", status=504, times=1)
        )
        assert [http.get(demo).status_code for _ in range(3)] == [502, 504, 200]


def test_latency_delays_the_work_or_only_the_response(sandbox: Sandbox, http: Client, ids: str) -> None:
    sandbox.faults.add(Fault(kind="latency", seconds=0.2, times=1))
    with pytest.raises(requests.ReadTimeout):
        http.post(ids, json={}, timeout=0.1)
    assert how_many(sandbox) == 1
    eventually(lambda: how_many(sandbox) == 2)  # a client that leaves does not stop the server

    sandbox.faults.add(Fault(kind="latency", seconds=0.2, when="after", times=1))
    with pytest.raises(requests.ReadTimeout):
        http.post(ids, json={}, timeout=0.1)
    assert how_many(sandbox) == 3


def test_latency_lets_requests_overlap() -> None:
    with Sandbox(latency=0.1) as sandbox, ThreadPoolExecutor(4) as pool:
        auth = (sandbox.access_token_id, sandbox.secret_key)
        address = f"{sandbox.base_url}/live/streams"
        assert list(pool.map(lambda _: requests.get(address, auth=auth, timeout=10).status_code, range(4))) == [200] * 4
        assert peak_concurrency(sandbox.requests) > 1
        for request in sandbox.requests:
            assert request.finished is not None
            assert request.finished - request.started >= 0.1


def test_a_rate_limit_responds_429_with_the_time_to_wait(sandbox: Sandbox, http: Client, ids: str) -> None:
    sandbox.faults.add(Fault(kind="rate-limit", requests=2, seconds=60, method="POST"))
    assert [http.post(ids, json={}).status_code for _ in range(2)] == [201, 201]
    response = http.post(ids, json={})
    assert response.status_code == 429
    assert 50 < int(response.headers["Retry-After"]) <= 60
    assert (response.json()["success"], response.json()["error"]["code"]) == (False, 429)
    assert how_many(sandbox) == 3
    assert http.get("/live/streams").status_code == 200


def test_a_rate_limit_ends_with_its_window(sandbox: Sandbox, http: Client, demo: str) -> None:
    sandbox.faults.add(Fault(kind="rate-limit", requests=1, seconds=5.0, retry_after=7))
    assert http.get(demo).status_code == 200
    assert http.get(demo).headers["Retry-After"] == "7"
    sandbox.faults.clear()
    sandbox.faults.add(Fault(kind="rate-limit", requests=1, seconds=0.1, retry_after=7))
    for _ in range(2):
        assert http.get(demo).status_code == 200
        time.sleep(0.1)


def test_an_error_status_comes_in_fastpix_envelope_and_the_work_is_not_done(
    sandbox: Sandbox, http: Client, ids: str
) -> None:
    sandbox.faults.add(Fault(kind="status", status=500))
    response = http.post(ids, json={})
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/json;charset=UTF-8"
    assert response.json()["error"]["code"] == 500
    assert how_many(sandbox) == 1
    assert last(sandbox) == ("answered", 500, None)


def test_an_error_status_comes_from_the_edge_after_the_work_was_done(sandbox: Sandbox, http: Client, ids: str) -> None:
    sandbox.faults.add(Fault(kind="status", status=524, body="html", when="after", retry_after=3))
    response = http.post(ids, json={})
    assert response.status_code == 524
    assert response.headers["content-type"] == "text/html; charset=UTF-8"
    assert response.headers["server"] == "cloudflare"
    assert response.headers["cf-ray"] in response.text
    assert response.headers["retry-after"] == "3"
    assert how_many(sandbox) == 2
    assert last(sandbox) == ("answered", 524, 201)


def test_a_429_without_retry_after_sends_one_second(sandbox: Sandbox, http: Client, demo: str) -> None:
    sandbox.faults.add(Fault(kind="status", status=429))
    assert http.get(demo).headers["Retry-After"] == "1"


@pytest.mark.parametrize(
    ("when", "ending"),
    [
        ("before", ("dropped before work", None, None)),
        ("after", ("dropped after work", None, 201)),
        ("mid-answer", ("dropped in mid-answer", None, 201)),
    ],
)
def test_a_connection_is_dropped_before_or_after_the_work_or_in_mid_response(
    sandbox: Sandbox, http: Client, ids: str, when: Any, ending: tuple[str, int | None, int | None]
) -> None:
    sandbox.faults.add(Fault(kind="drop", when=when, times=1))
    # Half a response is not a ConnectionError for requests.
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)) as caught:
        http.post(ids, json={})
    assert caught.value.response is None
    assert how_many(sandbox) == (1 if when == "before" else 2)
    assert last(sandbox) == ending
    assert http.post(ids, json={}).status_code == 201, "the server itself goes on"


def test_a_slow_server_finishes_after_it_dropped_its_client(sandbox: Sandbox, http: Client, ids: str) -> None:
    sandbox.faults.add(Fault(kind="slow-finish", seconds=0.1, client="dropped"))
    with pytest.raises(requests.ConnectionError):
        http.post(ids, json={})
    assert how_many(sandbox) == 1
    assert last(sandbox) == ("dropped, work follows", None, None)
    eventually(lambda: last(sandbox) == ("dropped, work follows", None, 201))
    assert how_many(sandbox) == 2


def test_a_slow_server_finishes_after_its_client_gave_up_waiting(sandbox: Sandbox, http: Client, ids: str) -> None:
    sandbox.faults.add(Fault(kind="slow-finish", seconds=0.1))
    with pytest.raises(requests.ReadTimeout):
        http.post(ids, json={}, timeout=0.2)
    eventually(lambda: last(sandbox) == ("kept waiting, work follows", None, 201))
    assert how_many(sandbox) == 2


def test_a_slow_server_finishes_after_the_edge_has_answered(sandbox: Sandbox, http: Client, ids: str) -> None:
    sandbox.faults.add(Fault(kind="slow-finish", seconds=0.1, client="answered", status=504, body="html"))
    assert http.post(ids, json={}).status_code == 504
    assert how_many(sandbox) == 1
    eventually(lambda: last(sandbox) == ("answered, work follows", 504, 201))


def test_a_list_lacks_the_newest_playback_ids_or_comes_shuffled(sandbox: Sandbox, http: Client, demo: str) -> None:
    for _ in range(30):
        sandbox.store.playback_ids.create(DEMO_STREAM_ID)
    oldest_first = [one.id for one in sandbox.store.playback_ids.list(DEMO_STREAM_ID)]

    def listed(path: str) -> list[str]:
        return [one["id"] for one in http.get(path).json()["data"]["playbackIds"]]

    sandbox.faults.add(Fault(kind="short-list", missing=2), Fault(kind="short-list"))
    assert listed(demo) == sorted(oldest_first[:-3])
    sandbox.faults.add(Fault(kind="short-list", missing=100))
    assert listed(demo) == []
    sandbox.faults.clear()
    sandbox.faults.add(Fault(kind="shuffled-list"))
    assert listed(demo) != sorted(oldest_first)
    assert sorted(listed(demo)) == sorted(oldest_first)
    assert http.get("/live/streams/" + "0" * 32).status_code == 404


@pytest.mark.parametrize("order", ["desc", "asc"])
def test_a_list_of_streams_lacks_the_newest_ones(order: str, sandbox: Sandbox, http: Client) -> None:
    newest_first = [one.id for one in sandbox.store.live_streams.list()]
    newest_first = [sandbox.store.live_streams.create() for _ in range(3)][::-1] + newest_first
    sandbox.faults.add(Fault(kind="short-list", missing=2))
    page = http.get(f"/live/streams?orderBy={order}&limit=1").json()
    expected = newest_first[2:] if order == "desc" else newest_first[:1:-1]
    assert [one["streamId"] for one in page["data"]] == expected[:1]
    assert page["data"][0]["playbackIds"]
    assert page["pagination"]["totalRecords"] == len(expected)
    sandbox.faults.add(Fault(kind="short-list", missing=100))
    empty = http.get("/live/streams").json()
    assert (empty["data"], empty["pagination"]["totalRecords"]) == ([], 0)


def test_a_body_is_broken_after_the_work_was_done(sandbox: Sandbox, http: Client, ids: str) -> None:
    def created(body: Any) -> requests.Response:
        sandbox.faults.clear()
        sandbox.faults.add(Fault(kind="broken-body", body=body))
        response = http.post(ids, json={})
        assert response.status_code == 201
        return response

    with pytest.raises(requests.JSONDecodeError):
        created("invalid-json").json()
    assert created("without-id").json() == {"success": True, "data": {"accessPolicy": "public"}}
    assert created("success-false").json()["success"] is False
    assert how_many(sandbox) == 4
    assert http.get("/live/streams/" + "0" * 32).json()["error"]["code"] == 404, "errors are left alone"


def test_a_redirect_names_its_location_and_the_work_is_not_done(sandbox: Sandbox, http: Client, ids: str) -> None:
    sandbox.faults.add(Fault(kind="redirect", location="http://127.0.0.1:9/", times=1))
    response = http.post(ids, json={})
    assert (response.status_code, response.headers["location"]) == (307, "http://127.0.0.1:9/")
    assert how_many(sandbox) == 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"kind": "status"}, "a 'status' fault needs status"),
        ({"kind": "latency"}, "needs seconds"),
        ({"kind": "drop", "seconds": 1}, "a 'drop' fault does not take seconds; it takes when"),
        ({"kind": "shuffled-list", "missing": 1}, "it takes no fields of its own"),
        (
            {"kind": "broken-body", "body": "html"},
            "body must be one of invalid-json, success-false, without-id",
        ),
        ({"kind": "status", "status": 500, "body": "without-id"}, "body must be 'json' or 'html'"),
        ({"kind": "status", "status": 500, "when": "mid-answer"}, "is for a 'drop' fault only"),
        ({"kind": "slow-finish", "seconds": 1, "client": "answered"}, "go together"),
        ({"kind": "slow-finish", "seconds": 1, "status": 504}, "go together"),
        ({"kind": "latency", "seconds": 1, "spread": 2}, "cannot be negative"),
        ({"kind": "drop", "rate": 1.5}, "rate"),
        ({"kind": "latency", "seconds": math.inf}, "finite"),
        ({"kind": "drop", "times": 0}, "times"),
        ({"kind": "drop", "colour": "red"}, "colour"),
        ({"kind": "drop", "method": "POTS"}, "method must be one of"),
        ({"kind": "drop", "path": "/live/streams"}, "path"),
        ({"kind": "redirect", "location": "/", "status": 200}, "from 300 to 399"),
        ({"kind": "redirect", "location": "/caf\xe9\r\n"}, "location"),
        ({"kind": "rate-limit", "requests": 1, "seconds": 0}, "more than 0"),
        ({"kind": "latency", "seconds": 1e308}, "seconds"),
        ({"kind": "latency", "seconds": 86_401}, "seconds"),
        ({"kind": "rate-limit", "requests": 10**400}, "requests"),
        ({"kind": "rate-limit", "requests": 1, "seconds": 1e308}, "seconds"),
        ({"kind": "status", "status": 503, "retry_after": 1e308}, "retry_after"),
        ({"kind": "drop", "times": 10**7}, "times"),
        ({"kind": "drop", "skip": 10**7}, "skip"),
        ({"kind": "short-list", "missing": 10**30}, "missing"),
    ],
)
def test_a_fault_with_invalid_fields_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Fault(**fields)


def test_only_a_fault_can_be_added_to_the_faults(sandbox: Sandbox) -> None:
    with pytest.raises(TypeError, match="'drop' is not a Fault"):
        sandbox.faults.add("drop")  # type: ignore[arg-type]
    assert Fault(kind="drop", method="post").method == "POST"


@pytest.mark.parametrize("status", [204, 205, 304])
def test_a_response_whose_status_permits_no_body_has_none(
    status: int, sandbox: Sandbox, http: Client, demo: str
) -> None:
    sandbox.faults.add(Fault(kind="status", status=status, times=1))
    response = http.get(demo)
    assert (response.status_code, response.content) == (status, b"")
    assert http.get(demo).status_code == 200


def test_faults_are_listed_as_they_were_set() -> None:
    faults = [Fault(kind="drop"), Fault(kind="latency", seconds=1, spread=0.5)]
    assert Faults(faults).current == faults
