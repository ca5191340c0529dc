"""Which inputs are refused, and in which words."""

from __future__ import annotations

import pytest

from pulumi_fastpix.api.ids import problem_of_id
from pulumi_fastpix.resources.base import UNKNOWN
from pulumi_fastpix.resources.live_playback_id.inputs import check

STREAM = "1111aaaa2222bbbb3333cccc4444dddd"
KEY = "0123456789abcdef0123456789abcdefk" + STREAM


@pytest.mark.parametrize(
    ("stream_id", "said"),
    [
        (None, "is required"),
        ("", "must not be empty"),
        ("  ", "must not be empty"),
        ("a b", "other characters"),
        ("abc\n", "other characters"),
        ("a/b", "other characters"),
        ("a?b=c", "other characters"),
        ("a#b", "other characters"),
        ("a%2Fb", "other characters"),
        ("ünï", "other characters"),
        ("..", "other characters"),
        (".", "other characters"),
        ("https://api.fastpix.com/v1/live/streams/abc", "not a URL"),
        (5.0, "must be a string, not a number"),
        (True, "must be a string, not a boolean"),
        (["abc"], "must be a string, not a list"),
        ({"id": "abc"}, "must be a string, not an object"),
    ],
)
def test_a_stream_id_that_cannot_be_right_is_refused(stream_id: object, said: str) -> None:
    _, problems = check({"streamId": stream_id, "accessPolicy": "public"})
    assert [problem.path for problem in problems] == ["streamId"]
    assert said in problems[0].reason


@pytest.mark.parametrize("stream_id", [STREAM, "43751449-62d6-42e4-8153-783e28c31ed1", "a.b_c~d-E9", UNKNOWN])
def test_other_stream_ids_pass(stream_id: object) -> None:
    assert check({"streamId": stream_id})[1] == []


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("drm", "on-demand media only"),
        ("Public", "in lower case"),
        (" private", "without white space"),
        ("", "must be 'public' or 'private'"),
        ("nope", "must be 'public' or 'private'"),
        (1.0, "not a number"),
    ],
)
def test_an_access_policy_that_live_does_not_know_is_refused(policy: object, said: str) -> None:
    _, problems = check({"streamId": STREAM, "accessPolicy": policy})
    assert [problem.path for problem in problems] == ["accessPolicy"]
    assert said in problems[0].reason


def test_the_access_policy_is_public_unless_said_otherwise() -> None:
    assert check({"streamId": STREAM})[0] == {"streamId": STREAM, "accessPolicy": "public"}
    assert check({"streamId": STREAM, "accessPolicy": None})[0]["accessPolicy"] == "public"


def test_all_problems_are_reported_together() -> None:
    _, problems = check({"streamId": "a/b", "accessPolicy": "drm"})
    assert [problem.path for problem in problems] == ["streamId", "accessPolicy"]


@pytest.mark.parametrize("name", ["streamId", "accessPolicy"])
@pytest.mark.parametrize(
    "value",
    [
        KEY,
        KEY.upper(),
        f" {KEY}\n",
        f"rtmps://live.fastpix.com:443/live/{KEY}",
        "play" + STREAM,
        [KEY],
        {"key": KEY},
    ],
)
def test_a_stream_secret_is_refused_and_neither_shown_nor_pointed_at(name: str, value: object) -> None:
    """Pulumi prints the value of a property that a failure names, so this failure names none."""
    _, problems = check({"streamId": STREAM, "accessPolicy": "public", name: value})
    ((shown, told),) = [problem.report() for problem in problems]
    assert shown == ""
    assert told.startswith(f"{name}: this holds what looks like")
    assert STREAM not in told


def test_an_id_is_judged_without_repeating_a_secret() -> None:
    problem = problem_of_id("a playback ID", KEY)
    assert problem is not None
    assert KEY not in problem


@pytest.mark.parametrize("value", ["hush-hush/stream", "hunter2", "correcthorsebattery", 1234567])
def test_a_value_that_may_be_a_secret_given_by_mistake_is_not_shown(value: object) -> None:
    """Pulumi prints the value of the property that a problem names, also of one that it keeps secret elsewhere."""
    _, problems = check({"streamId": STREAM, "accessPolicy": value})
    assert [problem.report()[0] for problem in problems] == [""]
    assert problems[0].report()[1].startswith("accessPolicy: an access policy must be")


def test_a_short_plain_word_is_shown() -> None:
    _, (problem,) = check({"streamId": STREAM, "accessPolicy": "drm"})
    assert problem.report()[0] == "accessPolicy"
