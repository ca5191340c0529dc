"""Numbers that the pages promise are those that the code goes by."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulumi_fastpix import signing
from pulumi_fastpix.api import base, connections, transport
from pulumi_fastpix.cli.doctor import api_call
from pulumi_fastpix.journal import files
from pulumi_fastpix.sandbox.data import database
from pulumi_fastpix.settings import names

DOCS = Path(__file__).parents[2] / "docs"
WORDS: dict[float, str] = {2: "two", 3: "three", 5: "five", 8: "eight", 10: "ten"}
NUMBERS: dict[str, tuple[float, str, str]] = {
    "timeoutSeconds": (
        names.DEFAULT_TIMEOUT_SECONDS,
        "accounts.md",
        "`FASTPIX_TIMEOUT_SECONDS` | {}, for each attempt",
    ),
    "timeoutSeconds, at the registry": (
        names.DEFAULT_TIMEOUT_SECONDS,
        "installation-configuration.md",
        "how long one attempt may take: {} |",
    ),
    "retryForSeconds": (names.DEFAULT_RETRY_FOR_SECONDS, "accounts.md", "`FASTPIX_RETRY_FOR_SECONDS` | {}, for all"),
    "retryForSeconds, at the registry": (
        names.DEFAULT_RETRY_FOR_SECONDS,
        "installation-configuration.md",
        "how long one operation may go on trying: {} |",
    ),
    "connecting": (transport.MAX_CONNECT_SECONDS, "concepts.md", "connecting ({} seconds at most)"),
    "idle": (
        connections.MOST_IDLE_SECONDS,
        "concepts.md",
        "A connection that was idle for {} seconds isn't used again",
    ),
    "pauses": (base.ANNOUNCE_WAITS_FROM_SECONDS, "concepts.md", "A pause of {} seconds or more is announced"),
    "announcements": (
        base.ANNOUNCE_WAITS_FROM_SECONDS,
        "concepts.md",
        "a request that is sent again, a pause of {} seconds or more, an outage",
    ),
    "outages": (base.SECONDS_IN_OUTAGE, "concepts.md", "every later one in that run is tried for {} seconds only"),
    "the journal's days": (files.KEPT_FOR_SECONDS / 86_400, "adoption.md", "Files are kept for {} days"),
    "the journal's size": (files.MOST_BYTES / 1_000_000, "adoption.md", "30 days, and {} MB at most"),
    "the doctor's call": (api_call._SECONDS, "doctor.md", "one call that only reads, within {} seconds"),
    "a locked data file": (database.PATIENCE_SECONDS, "sandbox.md", "one that writes is answered with 503 after {} "),
    "keys in memory": (
        signing._read.cache_parameters()["maxsize"],
        "signing.md",
        "the last {} that were given as text stay in memory",
    ),
}
"""What the code goes by, and the page and the sentence that have it, in digits or as a word."""


@pytest.mark.parametrize(("number", "page", "sentence"), NUMBERS.values(), ids=NUMBERS.keys())
def test_a_number_is_the_one_that_is_documented(number: float, page: str, sentence: str) -> None:
    text = " ".join((DOCS / page).read_text().split())
    assert any(sentence.format(written) in text for written in (f"{number:g}", WORDS.get(number, "")))
