"""All contenders, in the order in which they take turns."""

from __future__ import annotations

from benchmarks.contenders.contender import Contender, Prepared
from benchmarks.contenders.nothing import Nothing
from benchmarks.contenders.opentofu import OpenTofu
from benchmarks.contenders.providers import Ours
from benchmarks.contenders.threads import Script
from benchmarks.contenders.tutorial import Tutorial
from support.engine import DYNAMIC, NATIVE

__all__ = ["CONTENDERS", "Contender", "Prepared"]

CONTENDERS: dict[str, Contender] = {
    contender.name: contender
    for contender in (
        Nothing(),
        Ours(DYNAMIC),
        Ours(NATIVE),
        Nothing(32),
        Ours(DYNAMIC, 32),
        Ours(NATIVE, 32),
        Nothing(32, checkpoints=False),
        Ours(DYNAMIC, 32, checkpoints=False),
        Ours(NATIVE, 32, checkpoints=False),
        Tutorial(),
        OpenTofu(),
        Script("plain_requests", "plain `requests`"),
        Script("vendor_sdk", "FastPix's Python SDK"),
    )
}
