"""Who may use a list that somebody else has asked for."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from pulumi_fastpix import errors
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.api.models import PlaybackId, Stream
from pulumi_fastpix.resources.tracking.shared_list import SharedList
from pulumi_fastpix.settings.settings import Settings
from support.still_clock import StillClock

OUT = errors.NoResponseError("Out.")


class Slow:
    """A shared list whose readings take until they are let go, in the order in which they are asked for."""

    def __init__(self, client: Client, *results: Stream | Exception) -> None:
        self.list = SharedList(client, self.fetch, "stream s")
        self.results = list(results)
        self.asked = threading.Semaphore(0)
        self.let_go = [threading.Event() for _ in results]

    def fetch(self, deadline: Deadline) -> Stream:
        del deadline
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


def test_everyone_who_asks_meanwhile_gets_the_same_list(client: Client, pool: ThreadPoolExecutor) -> None:
    slow = Slow(client, stream("a"))
    asking = [pool.submit(slow.list.get, client.deadline()) for _ in range(4)]
    slow.asked.acquire()
    slow.let_go[0].set()
    assert {id(each.result(10)) for each in asking} == {id(asking[0].result())}


def test_one_that_was_asked_for_long_ago_is_too_old_although_it_is_under_way(
    client: Client, pool: ThreadPoolExecutor
) -> None:
    slow = Slow(client, stream("old"), stream("new"))
    first = pool.submit(slow.list.get, client.deadline())
    slow.asked.acquire()
    client.clock.sleep(61)
    second = pool.submit(slow.list.get, client.deadline())
    slow.asked.acquire()
    for let_go in slow.let_go:
        let_go.set()
    assert [list(each.result(10).by_id) for each in (first, second)] == [["old"], ["new"]]


def test_whoever_has_a_later_deadline_asks_again(client: Client, pool: ThreadPoolExecutor) -> None:
    slow = Slow(client, OUT, stream("a"))
    impatient = pool.submit(slow.list.get, client.deadline(0.1))
    slow.asked.acquire()
    patient = pool.submit(slow.list.get, client.deadline(60))
    for let_go in slow.let_go:
        let_go.set()
    with pytest.raises(errors.NoResponseError):
        impatient.result(10)
    assert list(patient.result(10).by_id) == ["a"]


def test_in_an_outage_one_failure_is_enough_for_all(client: Client, pool: ThreadPoolExecutor) -> None:
    slow = Slow(client, OUT)
    asking = [pool.submit(slow.list.get, client.deadline()) for _ in range(2)]
    slow.asked.acquire()
    until_somebody_waits_for(slow)
    client.in_outage = True
    slow.let_go[0].set()
    for each in asking:
        with pytest.raises(errors.NoResponseError):
            each.result(10)


def test_whoever_has_the_same_deadline_does_not_ask_again(client: Client, pool: ThreadPoolExecutor) -> None:
    slow = Slow(client, OUT)
    asking = [pool.submit(slow.list.get, client.deadline(2)) for _ in range(2)]
    slow.asked.acquire()
    until_somebody_waits_for(slow)
    slow.let_go[0].set()
    for each in asking:
        with pytest.raises(errors.NoResponseError):
            each.result(10)


def test_an_unexpected_exception_leaves_nobody_waiting(client: Client, pool: ThreadPoolExecutor) -> None:
    slow = Slow(client, MemoryError("none left"))
    asking = [pool.submit(slow.list.get, client.deadline()) for _ in range(2)]
    slow.asked.acquire()
    until_somebody_waits_for(slow)
    slow.let_go[0].set()
    assert {type(each.exception(10)) for each in asking} == {MemoryError, errors.FastPixError}


def until_somebody_waits_for(slow: Slow) -> None:
    while not slow.list._condition._waiters:  # type: ignore[attr-defined]  # what the real one has
        time.sleep(0.001)
