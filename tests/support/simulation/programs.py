"""The programs that are drawn. Most of what is drawn happens to creates, since they are what can go wrong for good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

from pulumi_fastpix.sandbox import Fault, Switches
from support.simulation.program import Batch, Create, Credentials, Delete, Lookup, Outside, Program, Refresh, Step

SERVER_ERRORS = (500, 502, 503, 504, 524, 408)
REFUSALS = (400, 401, 403, 422)
CREDENTIALS: tuple[Credentials, ...] = ("own", "colleague", "stranger", "stranger", "wrong", "read-only")
LATE = (1.0, 5.0, 12.0, 16.0, 29.0, 31.0, 40.0, 100.0, 400.0)
"""Seconds until slow work is done: within settling, after it, after the client gave up and after everything."""

Drawn = TypeVar("Drawn")


def _any_of(*strategies: st.SearchStrategy[Drawn]) -> st.SearchStrategy[Drawn]:
    """One of these, as often as it stands there; `st.one_of` would count each once."""
    return st.sampled_from(strategies).flatmap(lambda one: one)


_numbers = st.integers(0, 7)
_error_pages = st.sampled_from(("json", "html"))
_before_or_after = st.sampled_from(("before", "after"))


def _faults(methods: Sequence[str]) -> st.SearchStrategy[Fault]:
    """One fault that hits some of the requests with one of these methods."""

    def of(kind: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Fault]:
        return st.builds(
            Fault,
            kind=st.just(kind),
            method=st.sampled_from(methods),
            skip=st.sampled_from((0, 0, 1, 3)),
            times=st.sampled_from((1, 2, 5)),
            **fields,
        )

    late, statuses = st.sampled_from(LATE), st.sampled_from(SERVER_ERRORS)
    drop = of("drop", when=st.sampled_from(("after", "before", "mid-answer")))
    failure = of("status", status=statuses, body=_error_pages, when=_before_or_after)
    slow = of("slow-finish", seconds=late, client=st.sampled_from(("waiting", "dropped")))
    answered = of("slow-finish", seconds=late, client=st.just("answered"), status=statuses, body=_error_pages)
    latency = of("latency", seconds=st.sampled_from((0.2, 3.0, 14.0, 31.0)), when=_before_or_after)
    broken_body = of("broken-body", body=st.sampled_from(("invalid-json", "without-id", "success-false")))
    refusal = of("status", status=st.sampled_from(REFUSALS))
    # As a page only: in FastPix's own form it would be a lie that nobody can see through.
    page_not_found = of("status", status=st.just(404), body=st.just("html"))
    redirect = of("redirect", location=st.just("https://login.example/"), when=_before_or_after)
    rate_limit = st.builds(
        Fault, kind=st.just("rate-limit"), requests=st.integers(0, 3), seconds=st.sampled_from((1.0, 20.0))
    )
    shuffled = st.just(Fault(kind="shuffled-list"))
    return _any_of(
        *(drop, drop, drop, failure, failure, failure, slow, slow, answered, latency, latency),
        *(broken_body, refusal, page_not_found, redirect, rate_limit, shuffled),
    )


_truncation = st.builds(
    Fault, kind=st.just("short-list"), missing=st.integers(1, 3), skip=st.integers(0, 3), times=st.integers(1, 4)
)

_lookups: st.SearchStrategy[Step] = st.builds(Lookup, _numbers)
_deletes: st.SearchStrategy[Step] = st.builds(Delete, _numbers)
_refreshes: st.SearchStrategy[Step] = st.builds(Refresh, _numbers)
_creates: st.SearchStrategy[Step] = st.builds(
    Create, st.sampled_from((0, 0, 0, 1, 2)), st.sampled_from(("public", "public", "private"))
)
_making = _any_of(_creates, _creates, _creates, _creates, _deletes, _refreshes, _lookups)
_looking = _any_of(_creates, _deletes, _refreshes, _refreshes, _refreshes, _lookups)
_faults_of_making = _faults(("POST", "POST", "POST", "POST", "POST", "GET", "DELETE", "*"))
_faults_of_looking = _faults(("GET", "GET", "DELETE", "*"))

_outside = st.builds(
    Outside,
    act=st.sampled_from(("create", "create", "create", "delete", "delete stream")),
    stream=st.sampled_from((0, 0, 0, 1, 2)),
    which=_numbers,
    access_policy=st.sampled_from(("public", "public", "private")),
    after_request=st.integers(1, 8),
    seconds=st.sampled_from((0.0, 0.0, 1.0, 5.0, 14.0, 40.0)),
)


@st.composite
def batches(
    draw: st.DrawFn, fewest_steps: int = 1, most_steps: int = 6, workers: Sequence[int] = (1, 2, 3, 4)
) -> Batch:
    """One batch. Half of them meet nothing but faults, so that the strict promise is put to the test often."""
    steps, fault = draw(st.sampled_from(((_making, _faults_of_making),) * 2 + ((_looking, _faults_of_looking),)))
    troubles = draw(st.sampled_from(range(8)))
    faults = draw(st.lists(fault, min_size=1, max_size=3)) if troubles else []
    if troubles == 7:
        faults = [draw(_truncation), *faults]
    return Batch(
        steps=tuple(draw(st.lists(steps, min_size=fewest_steps, max_size=most_steps))),
        workers=draw(st.sampled_from(workers)),
        faults=tuple(faults),
        closed=draw(st.frozensets(st.integers(1, 9), max_size=2)) if troubles == 6 else frozenset(),
        outside=tuple(draw(st.lists(_outside, min_size=1, max_size=2))) if troubles >= 5 else (),
        credentials=draw(st.sampled_from(CREDENTIALS)) if troubles == 4 else "own",
        vouching=draw(st.booleans()) if troubles == 4 else False,
        new_process=draw(st.booleans()),
        pause=draw(st.sampled_from((0.0, 2.0, 29.0, 31.0, 61.0, 500.0))),
    )


_switches = st.builds(
    Switches,
    absent_playback_id_delete=st.sampled_from((404, 200)),
    idempotency_key=st.sampled_from(("ignored", "ignored", "replayed")),
    max_playback_ids=st.sampled_from((None, None, None, 4)),
)


def programs_of(batches: st.SearchStrategy[Batch], *, at_most: int) -> st.SearchStrategy[Program]:
    """Programs that consist of such batches."""
    return st.builds(
        Program,
        batches=st.lists(batches, min_size=1, max_size=at_most).map(tuple),
        streams=st.sampled_from((1, 1, 2, 3)),
        switches=_switches,
        luck=st.integers(0, 2**32 - 1),
    )


programs = programs_of(batches(), at_most=4)
crowded_programs = programs_of(batches(fewest_steps=24, most_steps=48, workers=(32,)), at_most=2)
