"""More than four calls at once through the SDK's process: fails if a newer SDK or Python has moved what that relies on.

`make test-floor` runs this on the oldest SDK, too.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pulumi_fastpix.dynamic.provider_process.calls import answer_more_calls_at_once
from pulumi_fastpix.resources.base import CALLS_AT_ONCE
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.sandbox.http.request_log import peak_concurrency
from support.playback_ids import INPUTS
from support.provider_process import ProviderProcess, provider_process, stored_by_value

THREADS_OF_THE_SDK = 4

THEIR_PROGRAM = """
import threading
import time
from pulumi.dynamic import CreateResult, ResourceProvider

class TheirProvider(ResourceProvider):
    under_way = 0
    most = 0
    lock = threading.Lock()

    def create(self, props):
        cls = type(self)
        with cls.lock:
            cls.under_way += 1
            cls.most = max(cls.most, cls.under_way)
        time.sleep(0.5)
        with cls.lock:
            cls.under_way -= 1
        return CreateResult(props["name"], {"most": cls.most})
"""

MOVED = {
    "a thread doesn't refer to its arguments": "del threading.current_thread()._args",
    "a thread has no arguments": "threading.current_thread()._args = ()",
    "the first argument is called something else": "threading.current_thread()._args = (sys.exit,)",
    "the first argument refers to something else": "threading.current_thread()._args = (weakref.ref(moved),)",
    "the pool isn't the standard library's": "executor().__class__ = Other",
    "the pool counts its threads otherwise": "executor()._max_workers = Four(4)",
    "the pool counts its idle threads otherwise": "executor()._idle_semaphore = Lock()",
    "the pool's size can't be changed": "executor().__class__ = Fixed",
}
"""What a newer Python may do in a pool's thread before it runs a call."""

NEWER_PYTHON = """
import concurrent.futures.thread as pools, sys, threading, weakref

class Four(float):
    pass

class Lock:
    def __init__(self):
        self.semaphore = threading.Semaphore(0)
        self.acquire, self.release = self.semaphore.acquire, self.semaphore.release

class Fixed(pools.ThreadPoolExecutor):
    _max_workers = property(lambda _: 4, lambda *_: None)

class Other:
    __init__ = pools.ThreadPoolExecutor.__init__
    submit = pools.ThreadPoolExecutor.submit
    _adjust_thread_count = pools.ThreadPoolExecutor._adjust_thread_count

def moved(executor, *rest):
    {change}
    original(executor, *rest)

original, pools._worker = pools._worker, moved
"""


def deletes_at_once(provider: ProviderProcess, sandbox: Sandbox, number: int) -> int:
    """Call delete so many times at once; returns how many requests were in progress at once."""
    made = [sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public") for _ in range(number)]
    with ThreadPoolExecutor(number) as pool:
        list(pool.map(lambda playback_id: provider.delete(playback_id, INPUTS), made))
    assert len(sandbox.mutating_requests) == number
    return peak_concurrency(sandbox.mutating_requests)


def test_a_new_process_answers_thirty_two_calls_at_once(provider: ProviderProcess, sandbox: Sandbox) -> None:
    """The very first ones, as in a `pulumi destroy`."""
    sandbox.faults.add(Fault(kind="latency", seconds=2.0, method="DELETE"))
    assert deletes_at_once(provider, sandbox, CALLS_AT_ONCE + 8) == CALLS_AT_ONCE + 1, "one is kept for Cancel"


def test_thirty_two_creates_are_sent_at_once(provider: ProviderProcess, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(kind="latency", seconds=2.0, method="POST"))
    with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
        made = list(pool.map(lambda _: provider.create(INPUTS)[0], range(CALLS_AT_ONCE)))
    assert len(set(made)) == CALLS_AT_ONCE
    assert peak_concurrency(sandbox.requests) == CALLS_AT_ONCE


@pytest.mark.parametrize("change", MOVED.values(), ids=MOVED.keys())
def test_where_something_has_moved_four_calls_are_answered_at_once(
    change: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(NEWER_PYTHON.format(change=change))
    sandbox.faults.add(Fault(kind="latency", seconds=0.5, method="DELETE"))
    with provider_process({**sandbox.environment(), "PYTHONPATH": str(tmp_path)}) as provider:
        assert deletes_at_once(provider, sandbox, 3 * THREADS_OF_THE_SDK) == THREADS_OF_THE_SDK


def test_a_process_that_answers_more_already_is_left_alone(sandbox: Sandbox, tmp_path: Path) -> None:
    more = CALLS_AT_ONCE + 8
    (tmp_path / "sitecustomize.py").write_text(NEWER_PYTHON.format(change=f"executor()._max_workers = {more}"))
    sandbox.faults.add(Fault(kind="latency", seconds=2.0, method="DELETE"))
    with provider_process({**sandbox.environment(), "PYTHONPATH": str(tmp_path)}) as provider:
        provider.check({}, INPUTS)
        assert deletes_at_once(provider, sandbox, more) == more


def test_another_provider_in_the_process_gets_more_threads_and_nothing_else(provider: ProviderProcess) -> None:
    theirs = stored_by_value(THEIR_PROGRAM)

    def create_at_once() -> list[tuple[str, float]]:
        with ThreadPoolExecutor(16) as pool:
            made = pool.map(lambda n: provider.create({"name": f"their-{n}"}, provider=theirs), range(16))
            return [(id_, state["most"]) for id_, state in made]

    before = create_at_once()
    assert max(most for _, most in before) == THREADS_OF_THE_SDK, "as long as none of ours has been called"
    provider.check({}, INPUTS)
    after = create_at_once()
    assert [id_ for id_, _ in after] == [id_ for id_, _ in before] == [f"their-{n}" for n in range(16)]
    assert max(most for _, most in after) == 16


def test_outside_the_process_pools_are_left_alone() -> None:
    """A program that uses Pulumi's Automation API, say."""
    with ThreadPoolExecutor(THREADS_OF_THE_SDK) as pool:
        pool.submit(answer_more_calls_at_once).result()
        assert pool._max_workers == THREADS_OF_THE_SDK
