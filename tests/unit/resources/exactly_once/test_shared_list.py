"""A stream's list is read once for all threads that ask meanwhile, unless it is too old or they may wait longer."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from pulumi_fastpix import errors
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.api.models import PlaybackId, Stream
from pulumi_fastpix.resources.exactly_once.shared_list import SharedList

FAILURE = errors.NoResponseError("timed out")


class Slow:
    """A shared list whose reads end when a test lets them, in the order in which they began."""

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


def stream(*playback_ids: str) -> Stream:
    listed = tuple(PlaybackId(id=one, accessPolicy="public") for one in playback_ids)
    return Stream(streamId="s", playbackIds=listed)


def test_threads_that_ask_while_a_list_is_read_get_that_list(client: Client, pool: ThreadPoolExecutor) -> None:
    slow = Slow(client, stream("a"))
    asking = [pool.submit(slow.list.get, client.deadline()) for _ in range(4)]
    slow.asked.acquire()
    slow.let_go[0].set()
    assert {id(each.result(10)) for each in asking} == {id(asking[0].result())}


def test_a_list_requested_over_a_minute_ago_is_too_old_even_if_it_has_not_arrived(
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


def test_a_thread_with_a_later_deadline_asks_again_after_a_failure(client: Client, pool: ThreadPoolExecutor) -> None:
    slow = Slow(client, FAILURE, stream("a"))
    early = pool.submit(slow.list.get, client.deadline(0.1))
    slow.asked.acquire()
    late = pool.submit(slow.list.get, client.deadline(60))
    for let_go in slow.let_go:
        let_go.set()
    with pytest.raises(errors.NoResponseError):
        early.result(10)
    assert list(late.result(10).by_id) == ["a"]


def test_a_failure_in_an_outage_is_shared_by_all_threads(client: Client, pool: ThreadPoolExecutor) -> None:
    slow = Slow(client, FAILURE)
    asking = [pool.submit(slow.list.get, client.deadline()) for _ in range(2)]
    slow.asked.acquire()
    until_somebody_waits_for(slow)
    client.in_outage = True
    slow.let_go[0].set()
    for each in asking:
        with pytest.raises(errors.NoResponseError):
            each.result(10)


def test_a_failure_is_shared_by_threads_with_the_same_deadline(client: Client, pool: ThreadPoolExecutor) -> None:
    slow = Slow(client, FAILURE)
    asking = [pool.submit(slow.list.get, client.deadline(2)) for _ in range(2)]
    slow.asked.acquire()
    until_somebody_waits_for(slow)
    slow.let_go[0].set()
    for each in asking:
        with pytest.raises(errors.NoResponseError):
            each.result(10)


def test_waiting_for_a_list_uses_up_the_deadline(client: Client, pool: ThreadPoolExecutor) -> None:
    """Threads whose list fails after a minute would else try for a minute more, one after the other."""
    slow = Slow(client, FAILURE)
    deadlines = [client.deadline() for _ in range(2)]
    asking = [pool.submit(slow.list.get, deadline) for deadline in deadlines]
    slow.asked.acquire()
    until_somebody_waits_for(slow)
    client.clock.sleep(60)
    slow.let_go[0].set()
    assert all(each.exception(10) for each in asking)
    assert [deadline.left() for deadline in deadlines] == [60, 60]


def test_an_unexpected_exception_ends_the_wait_of_all_threads(client: Client, pool: ThreadPoolExecutor) -> None:
    slow = Slow(client, MemoryError("none left"))
    asking = [pool.submit(slow.list.get, client.deadline()) for _ in range(2)]
    slow.asked.acquire()
    until_somebody_waits_for(slow)
    slow.let_go[0].set()
    assert {type(each.exception(10)) for each in asking} == {MemoryError, errors.FastPixError}


def test_after_ctrl_c_nobody_waits_for_a_list_but_who_needs_it(client: Client, pool: ThreadPoolExecutor) -> None:
    slow = Slow(client, stream("a"))
    needs_it = client.deadline()
    needs_it.ends_with_cancel = False
    reading = pool.submit(slow.list.get, needs_it)
    slow.asked.acquire()
    waiting = pool.submit(slow.list.get, client.deadline())
    until_somebody_waits_for(slow)
    client.cancel()
    with pytest.raises(errors.CancelledError, match="Did not read stream s"):
        waiting.result(10)
    slow.let_go[0].set()
    assert list(reading.result(10).by_id) == ["a"]


def test_who_needs_a_list_reads_it_when_ctrl_c_has_ended_the_reader(client: Client, pool: ThreadPoolExecutor) -> None:
    slow = Slow(client, errors.CancelledError("interrupted"), stream("a"))
    reading = pool.submit(slow.list.get, client.deadline())
    slow.asked.acquire()
    needs_it = client.deadline()
    needs_it.ends_with_cancel = False
    waiting = pool.submit(slow.list.get, needs_it)
    until_somebody_waits_for(slow)
    client.cancel()
    for let_go in slow.let_go:
        let_go.set()
    assert list(waiting.result(10).by_id) == ["a"]
    with pytest.raises(errors.CancelledError):
        reading.result(10)


def until_somebody_waits_for(slow: Slow) -> None:
    while not slow.list._condition._waiters:  # type: ignore[attr-defined]  # of threading.Condition
        time.sleep(0.001)
