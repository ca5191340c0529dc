"""What happens to a run that is killed amid its creates, as a value; drawn from a number alone, like the schedules."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

from pulumi_fastpix.sandbox import Fault, Switches
from support.simulation.drawing import ACCESS_POLICIES, CREATING, DOMAINS, draw_fault
from support.simulation.schedule import Brief, Create, Interference

Victim = Literal["provider", "pulumi", "both"]


@dataclass(frozen=True, repr=False)
class Killing(Brief):
    """A run that creates playback IDs and is killed, and what is done next.

    Attributes:
        creates: those of the program.
        threads: how many of them at once.
        killed: which process. A provider whose Pulumi is killed ends what it has sent.
        after_turns: when: after the threads have taken turns this often. The last turn may come before.
        unrecorded: how many of the answers that came last before it Pulumi didn't get to record.
        has_journal: the provider keeps a journal.
        recovers: `pulumi-fastpix recover` comes before the next `pulumi up`.
        existing: what was on the streams before, besides those that were made with them.
        faults: of the server, during the run.
        others: what somebody else creates during the run.
        pause: simulated seconds after it.
        switches: as for a schedule.
        seed: decides everything that is left to chance.
    """

    creates: tuple[Create, ...]
    threads: int
    killed: Victim
    after_turns: int
    unrecorded: int
    has_journal: bool
    recovers: bool
    existing: tuple[Create, ...]
    faults: tuple[Fault, ...]
    others: tuple[Interference, ...]
    pause: float
    switches: Switches
    seed: int


def draw_killing(number: int) -> Killing:
    """The killing of this number."""
    rng = random.Random(f"killing {number}")  # noqa: S311  # chance, not secrets
    streams = rng.choice((1, 2))
    creates = tuple(_create(rng, streams) for _ in range(rng.randint(1, 8)))
    return Killing(
        creates,
        threads=rng.randint(1, len(creates)),
        killed=rng.choice(("provider", "pulumi", "both")),
        after_turns=rng.randint(0, 20 * len(creates)),
        unrecorded=rng.choice((0, 0, 1, 2, 8)),
        has_journal=rng.choice((True, True, True, False)),
        recovers=rng.choice((True, True, False)),
        existing=tuple(_create(rng, streams) for _ in range(rng.choice((0, 0, 1, 3)))),
        faults=tuple(draw_fault(rng, CREATING) for _ in range(rng.choice((0, 0, 1, 2)))),
        others=tuple(_others(rng, streams) for _ in range(rng.choice((0, 0, 1, 2)))),
        pause=rng.choice((0.0, 5.0, 61.0, 500.0)),
        switches=Switches(
            idempotency_key=rng.choice(("ignored", "ignored", "replayed")),
            access_restrictions=rng.choice(("if-set", "always", "never")),
        ),
        seed=rng.getrandbits(32),
    )


def _create(rng: random.Random, streams: int) -> Create:
    domains = rng.choice(DOMAINS) if rng.randrange(4) == 0 else None
    return Create(rng.randrange(streams), rng.choice(ACCESS_POLICIES), domains)


def _others(rng: random.Random, streams: int) -> Interference:
    return Interference(
        "create",
        rng.randrange(streams),
        access_policy=rng.choice(ACCESS_POLICIES),
        after_request=rng.randint(1, 12),
        seconds=rng.choice((0.0, 0.0, 1.0, 14.0)),
    )
