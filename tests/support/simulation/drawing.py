"""Draws schedule number 0, 1, 2, …: from the number alone, so that each is the same in every run of the tests.

Most faults hit creates, since only a create can leave something behind.

Hypothesis is not used, because it mixes into its choices the constants of all modules of the project that are loaded:
the schedules would change with the code, and with the tests that ran before in the same process.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

from pulumi_fastpix.sandbox import Fault, Switches
from pulumi_fastpix.sandbox.data.records import AccessPolicy, Rules
from support.simulation.schedule import (
    Act,
    Command,
    Create,
    CreateStream,
    Credentials,
    Delete,
    Destroy,
    Interference,
    Lookup,
    Refresh,
    Schedule,
    Step,
    Update,
)

ONE_IN_SO_MANY_IS_CROWDED = 14

SERVER_ERRORS = (500, 502, 503, 504, 524, 408)
REFUSALS = (400, 401, 403, 422)
LATE = (1.0, 5.0, 12.0, 16.0, 29.0, 31.0, 40.0, 100.0, 400.0)
"""Seconds until slow work is done: while settling, after it, after the client gave up and after everything."""
ERROR_PAGES = ("json", "html")
BEFORE_OR_AFTER = ("before", "after")

Choices: TypeAlias = dict[str, Sequence[Any]]

# How often, which kind, and the fields to draw besides those that every fault has.
FAULTS: tuple[tuple[int, str, Choices], ...] = (
    (3, "drop", {"when": ("after", "before", "mid-answer")}),
    (3, "status", {"status": SERVER_ERRORS, "body": ERROR_PAGES, "when": BEFORE_OR_AFTER}),
    (2, "slow-finish", {"seconds": LATE, "client": ("waiting", "dropped")}),
    (1, "slow-finish", {"seconds": LATE, "client": ("answered",), "status": SERVER_ERRORS, "body": ERROR_PAGES}),
    (2, "latency", {"seconds": (0.2, 3.0, 14.0, 31.0), "when": BEFORE_OR_AFTER}),
    (1, "broken-body", {"body": ("invalid-json", "without-id", "success-false")}),
    (1, "status", {"status": REFUSALS}),
    # As pages only: in FastPix's own form a 404 would be a lie that nobody can see through; of 429, see "rate-limit".
    (1, "status", {"status": (404, 429), "body": ("html",)}),
    (1, "redirect", {"location": ("https://login.example/",), "when": BEFORE_OR_AFTER}),
    (1, "rate-limit", {"requests": range(4), "seconds": (1.0, 20.0), "method": ("*",), "skip": (0,), "times": (None,)}),
    (1, "shuffled-list", {"method": ("*",), "skip": (0,), "times": (None,)}),
)
FAULTS_OF_UPDATES: tuple[tuple[int, str, Choices], ...] = (
    *FAULTS,
    # For good, so that something stays undone; a time-out, since the client tries that only a few times.
    (5, "status", {"status": REFUSALS, "method": ("PATCH",), "times": (1, None)}),
    (5, "slow-finish", {"seconds": LATE, "client": ("waiting",), "method": ("PATCH",), "times": (None,)}),
)


class Kind(NamedTuple):
    """A kind of command: the steps it has, and the methods of the requests that its faults hit."""

    steps: tuple[type[Step], ...]
    methods: tuple[str, ...]
    faults: tuple[tuple[int, str, Choices], ...] = FAULTS


CREATING = Kind(
    (Create, Create, Create, Create, Delete, Refresh, Lookup),
    ("POST", "POST", "POST", "POST", "POST", "GET", "DELETE", "*"),
)
READING = Kind((Create, Delete, Refresh, Refresh, Refresh, Lookup), ("GET", "GET", "DELETE", "*"))
UPDATING = Kind(
    (Create, Create, Update, Update, Update, Update, Refresh, Delete),
    ("PATCH", "PATCH", "PATCH", "PATCH", "POST", "GET", "*"),
    FAULTS_OF_UPDATES,
)
STREAMING = Kind(
    (*[CreateStream] * 4, *[Create] * 3, Update, Update, Refresh, Delete, Destroy, Destroy, Lookup),
    ("POST", "POST", "POST", "POST", "PATCH", "GET", "DELETE", "DELETE", "*"),
    FAULTS_OF_UPDATES,
)
KINDS = ((CREATING, CREATING, READING), (CREATING, CREATING, READING), (UPDATING, UPDATING, CREATING), (STREAMING,))
"""Some are about access restrictions or about streams, so that what a command leaves undone is finished later."""

STREAMS = (0, 0, 0, 1, 2)
OWN_STREAMS = (-1, -1, -1, -2, 0)
"""Mostly the newest ones of the stack's own."""
ANY_STREAMS = (0, 0, 1, 2, 5, 30, 52)
"""Counted from the newest one."""
OTHERS = (0, 0, 0, 46, 48, 50, 60)
"""A page has 50 streams; there is the demo stream besides."""
WINDOWS = (60, 60, 60, 300)
METADATA = (None, None, None, "42", "43", "")
DOMAINS = (
    None,
    Rules(default_policy="deny", allow=("a.example",)),
    Rules(default_policy="deny", allow=("a.example", "b.example")),
    Rules(default_policy="deny", allow=("b.example", "a.example")),
    Rules(deny=("b.example",)),
    Rules(),
)
USER_AGENTS = (None, None, Rules(deny=("curl",)), Rules(default_policy="deny", allow=("Mozilla/5.0",)))
ACCESS_POLICIES: tuple[AccessPolicy, ...] = ("public", "public", "private")
CREDENTIALS: tuple[Credentials, ...] = (
    "own",
    "same-workspace",
    "other-workspace",
    "other-workspace",
    "wrong-secret",
    "read-only",
)


def draw_schedule(number: int) -> Schedule:
    """The schedule of this number."""
    rng = random.Random(f"schedule {number}")  # noqa: S311  # chance, not secrets
    kinds = rng.choice(KINDS)
    is_crowded = number % ONE_IN_SO_MANY_IS_CROWDED == 0
    if is_crowded:
        # As many threads as a provider may ever have, most of them on the same stream.
        sizes = [(rng.randint(24, 48), 32) for _ in range(rng.randint(1, 2))]
    else:
        least, most = (2, 3) if UPDATING in kinds else (2, 4) if STREAMING in kinds else (1, 4)
        sizes = [(rng.randint(1, 6), rng.randint(1, 4)) for _ in range(rng.randint(least, most))]
    return Schedule(
        commands=tuple(_command(rng, rng.choice(kinds), steps, threads) for steps, threads in sizes),
        streams=rng.choice((1, 1, 2, 3)),
        others=rng.choice(OTHERS) if STREAMING in kinds and not is_crowded else 0,
        switches=Switches(
            absent_playback_id_delete=rng.choice((404, 200)),
            idempotency_key=rng.choice(("ignored", "ignored", "replayed")),
            max_playback_ids=rng.choice((None, None, None, 4)),
            access_restrictions=rng.choice(("if-set", "always", "never")),
            restrictions_create=rng.choice(("taken", "taken", "ignored")),
            restrictions_patch=rng.choice(("replaces", "merges")),
        ),
        seed=rng.getrandbits(32),
    )


def _command(rng: random.Random, kind: Kind, steps: int, threads: int) -> Command:
    """One command. Half of them meet nothing but faults, so that exactly once is put to the test often."""
    trouble = rng.randrange(8)
    faults = [draw_fault(rng, kind) for _ in range(rng.randint(1, 3))] if trouble else []
    if trouble == 7:
        faults.insert(0, _short_list(rng))
    return Command(
        steps=tuple(_step(rng, kind) for _ in range(steps)),
        threads=threads,
        faults=tuple(faults),
        refused=frozenset(rng.sample(range(1, 10), rng.randint(0, 2))) if trouble == 6 else frozenset(),
        interference=tuple(_interference(rng, kind) for _ in range(rng.randint(1, 2))) if trouble >= 5 else (),
        credentials=rng.choice(CREDENTIALS) if trouble == 4 else "own",
        confirms_deletions=rng.choice((False, True)) if trouble == 4 else False,
        new_process=rng.choice((False, True)),
        pause=rng.choice((0.0, 2.0, 29.0, 31.0, 61.0, 500.0)),
    )


def _step(rng: random.Random, kind: Kind) -> Step:
    step = rng.choice(kind.steps)
    if step is Create:
        # Most have none, so that they take no further request.
        rules = _rules(rng) if kind is UPDATING or rng.randrange(4) == 0 else {}
        return Create(
            rng.randrange(6) if kind is STREAMING else rng.choice(STREAMS), rng.choice(ACCESS_POLICIES), **rules
        )
    if step is Destroy:
        return Destroy()
    if step is CreateStream:
        rules = _rules(rng) if rng.randrange(4) == 0 else {}
        return CreateStream(access_policy=rng.choice(ACCESS_POLICIES), **rules, **_settings(rng))
    if step is Update:
        if rng.randrange(2):
            return Update(rng.randrange(8), as_before=True)
        return Update(rng.randrange(8), **_rules(rng), **(_settings(rng) if kind is STREAMING else {}))
    return step(rng.randrange(8))  # type: ignore[arg-type,call-arg]  # those are left that take it


def _rules(rng: random.Random) -> dict[str, Any]:
    return {"domains": rng.choice(DOMAINS), "user_agents": rng.choice(USER_AGENTS)}


def _settings(rng: random.Random) -> dict[str, Any]:
    return {"reconnect_window": rng.choice(WINDOWS), "metadata": rng.choice(METADATA)}


def draw_fault(rng: random.Random, of: Kind) -> Fault:
    """One fault that hits some of the requests with one of the methods."""
    (_, kind, special), *_ = rng.choices(of.faults, weights=[often for often, _, _ in of.faults])
    choices = {"method": of.methods, "skip": (0, 0, 1, 3), "times": (1, 2, 5), **special}
    return Fault(kind=kind, **{name: rng.choice(values) for name, values in choices.items()})  # type: ignore[arg-type]


def _short_list(rng: random.Random) -> Fault:
    return Fault(kind="short-list", missing=rng.randint(1, 3), skip=rng.randint(0, 3), times=rng.randint(1, 4))


def _interference(rng: random.Random, kind: Kind) -> Interference:
    act: Act = rng.choice(("create", "create", "create", "delete", "delete stream", "restrict"))
    if kind is STREAMING:
        act = rng.choice((act, "create stream", "create stream", "delete stream", "change stream"))
    return Interference(
        act=act,
        stream=rng.choice(ANY_STREAMS if act in {"delete stream", "change stream"} else STREAMS),
        which=rng.randrange(8),
        access_policy=rng.choice(ACCESS_POLICIES),
        **(_rules(rng) if act == "restrict" else {}),
        **(_settings(rng) if act in {"create stream", "change stream"} else {}),
        after_request=rng.randint(1, 8),
        seconds=rng.choice((0.0, 0.0, 1.0, 5.0, 14.0, 40.0)),
    )
