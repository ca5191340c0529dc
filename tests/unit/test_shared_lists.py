"""Who may use a list that somebody else has asked for."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from pulumi_fastpix import errors
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.deadline import Patience
from pulumi_fastpix.api.models import PlaybackId, Stream
from pulumi_fastpix.resources.tracking.tracker import StreamLedger
from pulumi_fastpix.settings import Settings
from support.still_clock import StillClock

OUT = errors.NoAnswerError("Out.")


class Slow(StreamLedger):
    """A ledger whose lists take until they are let go, in the order in which they are asked for."""

    def __init__(self, client: Client, *results: Stream | Exception) -> None:
        super().__init__(client, "s")
        self.results = list(results)
        self.asked = threading.Semaphore(0)
        self.let_go = [threading.Event() for _ in results]

    def fresh_list(self, patience: Patience) -> Stream:
        del patience
        number = len(self.let_go) - len(self.results)
        result = self.results.pop(0)
        self.asked.release()
        assert self.let_go[number].wait(10)
        if isinstance(result, Exception):
            raise result
        return result


@pytest.fixture
def client() -> Iterator[Client]:
    with Client(Settings("token", "secret", "http://127.0.0.1:1/v1"), StillClock()) as client:
        yield client


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


def stream(*playback_ids: str) -> Stream:
    listed = tuple(PlaybackId(id=one, accessPolicy="public") for one in playback_ids)
    return Stream(streamId="s", playbackIds=listed)


def test_those_who_ask_meanwhile_get_the_same_one(client: Client, pool: ThreadPoolExecutor) -> None:
    ledger = Slow(client, stream("a"))
    asking = [pool.submit(ledger.shared_list, client.patience()) for _ in range(4)]
    ledger.asked.acquire()
    ledger.let_go[0].set()
    assert {id(each.result(10)) for each in asking} == {id(asking[0].result())}


def test_one_that_was_asked_for_long_ago_is_too_old_although_it_is_under_way(
    client: Client, pool: ThreadPoolExecutor
) -> None:
    ledger = Slow(client, stream("old"), stream("new"))
    first = pool.submit(ledger.shared_list, client.patience())
    ledger.asked.acquire()
    client.clock.sleep(61)
    second = pool.submit(ledger.shared_list, client.patience())
    ledger.asked.acquire()
    for let_go in ledger.let_go:
        let_go.set()
    assert [list(each.result(10).by_id) for each in (first, second)] == [["old"], ["new"]]


def test_who_has_more_patience_asks_again(client: Client, pool: ThreadPoolExecutor) -> None:
    ledger = Slow(client, OUT, stream("a"))
    impatient = pool.submit(ledger.shared_list, client.patience(0.1))
    ledger.asked.acquire()
    patient = pool.submit(ledger.shared_list, client.patience(60))
    for let_go in ledger.let_go:
        let_go.set()
    with pytest.raises(errors.NoAnswerError):
        impatient.result(10)
    assert list(patient.result(10).by_id) == ["a"]


def test_in_an_outage_one_failure_is_enough_for_all(client: Client, pool: ThreadPoolExecutor) -> None:
    ledger = Slow(client, OUT)
    asking = [pool.submit(ledger.shared_list, client.patience()) for _ in range(2)]
    ledger.asked.acquire()
    until_somebody_waits_for(ledger)
    client.in_outage = True
    ledger.let_go[0].set()
    for each in asking:
        with pytest.raises(errors.NoAnswerError):
            each.result(10)


def test_who_has_no_more_patience_does_not_ask_again(client: Client, pool: ThreadPoolExecutor) -> None:
    ledger = Slow(client, OUT)
    asking = [pool.submit(ledger.shared_list, client.patience(2)) for _ in range(2)]
    ledger.asked.acquire()
    until_somebody_waits_for(ledger)
    ledger.let_go[0].set()
    for each in asking:
        with pytest.raises(errors.NoAnswerError):
            each.result(10)


def test_what_nobody_expected_leaves_nobody_waiting(client: Client, pool: ThreadPoolExecutor) -> None:
    ledger = Slow(client, MemoryError("none left"))
    asking = [pool.submit(ledger.shared_list, client.patience()) for _ in range(2)]
    ledger.asked.acquire()
    until_somebody_waits_for(ledger)
    ledger.let_go[0].set()
    assert {type(each.exception(10)) for each in asking} == {MemoryError, errors.FastPixError}


def until_somebody_waits_for(ledger: StreamLedger) -> None:
    while not ledger._condition._waiters:  # type: ignore[attr-defined]  # what the real one has
        time.sleep(0.001)
