"""Access restrictions as values: which of them differ, what a read stores, and how they are told to people."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_fastpix.resources.access_restrictions.rules import (
    after_reading,
    as_sent,
    differing_groups,
    differing_paths,
    in_words,
    of_lookup,
    restricts,
)
from pulumi_fastpix.resources.base import UNKNOWN

DENY = {"defaultPolicy": "deny", "allow": ["a.example", "b.example"]}
OPEN = {"defaultPolicy": "allow", "allow": [], "deny": []}


@pytest.mark.parametrize(
    ("stored", "declared", "groups", "paths"),
    [
        ({}, {}, [], []),
        ({}, {"domains": DENY}, ["domains"], [""]),
        ({"domains": DENY}, {}, ["domains"], [""]),
        ({"domains": DENY}, {"domains": DENY}, [], []),
        ({"domains": DENY}, {"domains": {**DENY, "allow": ["B.example", "a.example"]}}, [], []),
        ({"domains": DENY}, {"domains": {**DENY, "allow": ["a.example"]}}, ["domains"], [".domains.allow"]),
        ({"domains": DENY}, {"domains": {**DENY, "deny": []}}, [], []),
        ({"domains": OPEN}, {"domains": {}}, [], []),
        ({"domains": DENY}, {"domains": {}}, ["domains"], [".domains.defaultPolicy", ".domains.allow"]),
        ({"userAgents": {"deny": ["curl"]}}, {"userAgents": {"deny": ["Curl"]}}, ["userAgents"], [".userAgents.deny"]),
        ({"domains": DENY}, {"userAgents": {}}, ["domains", "userAgents"], [".domains", ".userAgents"]),
        ({"domains": DENY}, {"domains": DENY, "userAgents": {}}, ["userAgents"], [".userAgents"]),
        (
            {"domains": {"defaultPolicy": "unconfirmed"}},
            {"domains": {}},
            ["domains"],
            [".domains.defaultPolicy"],
        ),
    ],
)
def test_the_groups_that_differ_are_sent_and_their_rules_are_shown(
    stored: dict[str, Any], declared: dict[str, Any], groups: list[str], paths: list[str]
) -> None:
    assert differing_groups(stored, declared) == groups
    state, inputs = ({"accessRestrictions": one} if one else {} for one in (stored, declared))
    assert [".".join(path) for path in differing_paths(state, inputs)] == [f"accessRestrictions{one}" for one in paths]


@pytest.mark.parametrize(
    ("declared", "paths"),
    [
        (UNKNOWN, [""]),
        ({"domains": UNKNOWN}, [".domains"]),
        ({"domains": {**DENY, "defaultPolicy": UNKNOWN}}, [".domains.defaultPolicy"]),
        ({"domains": {**DENY, "allow": UNKNOWN}}, [".domains.allow"]),
        ({"domains": {**DENY, "allow": ["a.example", UNKNOWN]}}, [".domains.allow"]),
    ],
)
def test_what_is_not_known_yet_counts_as_different(declared: Any, paths: list[str]) -> None:
    state = {"accessRestrictions": {"domains": DENY}}
    inputs = {"accessRestrictions": declared}
    assert [".".join(path) for path in differing_paths(state, inputs)] == [f"accessRestrictions{one}" for one in paths]


def test_all_three_fields_are_sent() -> None:
    assert as_sent({"domains": {"allow": ["a"]}}, "domains") == {"defaultPolicy": "allow", "allow": ["a"], "deny": []}
    assert as_sent({}, "userAgents") == OPEN


@pytest.mark.parametrize(
    ("stored", "shown", "read"),
    [
        ({}, {"domains": DENY}, {}),
        ({"domains": DENY}, {}, {"domains": DENY}),
        ({"domains": DENY}, {"domains": {**DENY, "allow": ["b.example", "A.example"], "deny": []}}, {"domains": DENY}),
        # What differs is told with the fields that the program has, and nothing else.
        ({"domains": DENY}, {"domains": OPEN}, {"domains": {"defaultPolicy": "allow", "allow": []}}),
        (
            {"domains": {"deny": ["x"]}},
            {"domains": {**OPEN, "defaultPolicy": "deny"}},
            {"domains": {"defaultPolicy": "deny", "deny": []}},
        ),
        ({"domains": {"defaultPolicy": "unconfirmed"}}, {}, {"domains": {"defaultPolicy": "unconfirmed"}}),
        ({"domains": {"defaultPolicy": "unconfirmed"}}, {"domains": OPEN}, {"domains": {"defaultPolicy": "allow"}}),
    ],
)
def test_a_read_takes_what_is_shown_of_the_groups_that_are_stored(
    stored: dict[str, Any], shown: dict[str, Any], read: dict[str, Any]
) -> None:
    assert after_reading(stored, shown) == read


def test_a_lookup_takes_the_groups_that_are_not_simply_open() -> None:
    assert of_lookup({"domains": OPEN, "userAgents": OPEN}) == {}
    assert of_lookup({"domains": {**DENY, "deny": []}, "userAgents": OPEN}) == {"domains": DENY}
    # Without effect, but there.
    assert of_lookup({"domains": {**OPEN, "allow": ["a"]}}) == {"domains": {"allow": ["a"]}}


@pytest.mark.parametrize(
    ("restrictions", "words", "restricting"),
    [
        ({}, "public, for all domains and for all user agents", False),
        (
            {"domains": {"defaultPolicy": "deny", "allow": ["a.example"]}},
            "public, for the domain a.example alone and for all user agents",
            True,
        ),
        (
            {"domains": {"defaultPolicy": "deny"}, "userAgents": {"deny": list("edcba")}},
            "public, for no domain and for all user agents but a, b, c and 2 more",
            True,
        ),
        (
            {"domains": {"defaultPolicy": "unconfirmed"}},
            "public, perhaps for all domains and for all user agents",
            False,
        ),
        ({"domains": {"allow": ["a.example"]}}, "public, for all domains and for all user agents", False),
    ],
)
def test_who_can_watch_is_told_in_words(restrictions: dict[str, Any], words: str, restricting: bool) -> None:
    assert in_words("public", restrictions) == words
    assert restricts(restrictions) is restricting
