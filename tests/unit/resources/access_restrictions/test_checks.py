"""Problems and warnings of declared access restrictions, found before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_fastpix.resources.access_restrictions.checks import cleaned, problems, warnings
from pulumi_fastpix.resources.base import UNKNOWN


@pytest.mark.parametrize(
    "restrictions",
    [
        {},
        UNKNOWN,
        {"domains": UNKNOWN, "userAgents": {}},
        {"domains": {"defaultPolicy": UNKNOWN, "allow": UNKNOWN, "deny": [UNKNOWN, "*.example.com"]}},
        {"domains": {"defaultPolicy": "deny", "allow": ["example.com", "xn--bcher-kva.example", "localhost"]}},
        {"userAgents": {"deny": ["Mozilla/5.0 (X11; Linux)", "PostmanRuntime/7.29.0", "käse"]}},
    ],
)
def test_valid_and_unknown_restrictions_pass(restrictions: Any) -> None:
    assert [*problems(restrictions)] == []


ALL_WRONG = {
    "domains": {
        "defaultPolicy": "Deny",
        "allow": [
            "", " ", "a example", "https://a.example", "a.example/live", "a.example:443", "me@a.example", None, 7
        ],
        "deny": "a.example",
        "alow": [],
    },
    "userAgents": {"defaultPolicy": 1, "allow": ["\t"], "deny": ["curl\r\nx"]},
    "countries": {},
}  # fmt: skip


def test_all_problems_are_found_at_once_by_their_paths_and_without_the_values() -> None:
    found = [*problems(ALL_WRONG)]
    assert [(one.path.removeprefix("accessRestrictions"), one.reason) for one in found] == [
        (".domains.defaultPolicy", "a default policy must be 'allow' or 'deny'"),
        (".domains.allow[0]", "is empty; give a domain, such as example.com"),
        (".domains.allow[1]", "is empty; give a domain, such as example.com"),
        (".domains.allow[2]", "has white space; give the domain alone, such as example.com"),
        (".domains.allow[3]", "has a scheme; give the domain alone, such as example.com"),
        (".domains.allow[4]", "has a path; give the domain alone, such as example.com"),
        (".domains.allow[5]", "has a port; give the domain alone, such as example.com"),
        (".domains.allow[6]", "has a user name; give the domain alone, such as example.com"),
        (".domains.allow[7]", "must be a string, not a value of type NoneType"),
        (".domains.allow[8]", "must be a string, not a number"),
        (".domains.deny", "must be a list, not a string"),
        (".domains", "'alow' is unknown; there are defaultPolicy, allow and deny"),
        (".userAgents.defaultPolicy", "a default policy must be 'allow' or 'deny', not a number"),
        (".userAgents.allow[0]", "is empty; give a part of a User-Agent header, such as Mozilla/5.0"),
        (
            ".userAgents.deny[0]",
            "has a line break or another character that no User-Agent header can have",
        ),
        ("", "'countries' is unknown; there are domains and userAgents"),
    ]
    assert all(one.report()[0] == "" or one.path == "accessRestrictions" for one in found)


@pytest.mark.parametrize(("value", "kind"), [([], "a list"), ("deny", "a string"), (True, "a boolean")])
def test_what_is_no_object_is_a_problem(value: object, kind: str) -> None:
    assert [one.reason for one in problems(value)] == [f"must be an object with domains and userAgents, not {kind}"]
    assert [one.reason for one in problems({"domains": value})] == [
        f"must be an object with defaultPolicy, allow and deny, not {kind}"
    ]


def test_what_a_refresh_has_put_in_the_place_of_ignored_changes_has_a_way_out() -> None:
    (problem,) = problems({"domains": {"defaultPolicy": "unconfirmed", "allow": ["a.example"]}})
    assert problem.path == "accessRestrictions.domains.defaultPolicy"
    assert problem.reason.endswith("take accessRestrictions out of ignore_changes for a `pulumi up`")


@pytest.mark.parametrize(
    ("fields", "keys"),
    [
        ({"defaultPolicy": "deny", "allow": ["a"]}, []),
        ({"deny": ["a"]}, []),
        ({"allow": ["a"]}, ["allow has no effect"]),
        ({"defaultPolicy": "deny", "allow": ["a"], "deny": ["b"]}, ["deny has no effect"]),
        ({"defaultPolicy": "deny"}, ["keeps everybody out"]),
        ({"defaultPolicy": UNKNOWN, "allow": ["a"], "deny": ["b"]}, []),
        ({"defaultPolicy": "deny", "allow": UNKNOWN}, []),
    ],
)
def test_a_list_without_effect_and_a_group_that_lets_nobody_in_are_warned_of(
    fields: dict[str, Any], keys: list[str]
) -> None:
    found = [*warnings({"domains": fields, "userAgents": UNKNOWN})]
    assert len(found) == len(keys)
    for warning, key in zip(found, keys, strict=True):
        assert warning.startswith("accessRestrictions.domains")
        assert key in warning


def test_optional_arguments_that_were_not_given_are_taken_out() -> None:
    assert cleaned({"domains": {"defaultPolicy": "deny", "allow": None}, "userAgents": None}) == {
        "domains": {"defaultPolicy": "deny"}
    }
    assert cleaned(UNKNOWN) is UNKNOWN
