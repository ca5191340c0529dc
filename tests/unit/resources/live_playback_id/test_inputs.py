"""Valid and invalid inputs of a live playback ID, and the message for each problem."""

from __future__ import annotations

import pytest

from pulumi_fastpix.api.ids import problem_of_id
from pulumi_fastpix.resources.base import UNKNOWN
from pulumi_fastpix.resources.live_playback_id.inputs import check, warnings
from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from support.playback_ids import PLAYBACK_ID, STREAM_KEY


@pytest.mark.parametrize(
    ("stream_id", "reason"),
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
def test_an_invalid_stream_id_is_refused(stream_id: object, reason: str) -> None:
    _, problems = check({"streamId": stream_id, "accessPolicy": "public"})
    assert [problem.path for problem in problems] == ["streamId"]
    assert reason in problems[0].reason


@pytest.mark.parametrize("stream_id", [DEMO_STREAM_ID, PLAYBACK_ID, "a.b_c~d-E9", UNKNOWN])
def test_a_valid_or_unknown_stream_id_passes(stream_id: object) -> None:
    assert check({"streamId": stream_id})[1] == []


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        ("drm", "on-demand media only"),
        ("Public", "in lower case"),
        (" private", "without white space"),
        ("", "must be 'public' or 'private'"),
        ("nope", "must be 'public' or 'private'"),
        (1.0, "not a number"),
    ],
)
def test_an_access_policy_other_than_public_and_private_is_refused(policy: object, reason: str) -> None:
    _, problems = check({"streamId": DEMO_STREAM_ID, "accessPolicy": policy})
    assert [problem.path for problem in problems] == ["accessPolicy"]
    assert reason in problems[0].reason


def test_the_access_policy_is_public_by_default() -> None:
    assert check({"streamId": DEMO_STREAM_ID})[0] == {"streamId": DEMO_STREAM_ID, "accessPolicy": "public"}
    assert check({"streamId": DEMO_STREAM_ID, "accessPolicy": None})[0]["accessPolicy"] == "public"


def test_all_problems_are_reported_together() -> None:
    _, problems = check({"streamId": "a/b", "accessPolicy": "drm"})
    assert [problem.path for problem in problems] == ["streamId", "accessPolicy"]


@pytest.mark.parametrize("name", ["streamId", "accessPolicy"])
@pytest.mark.parametrize(
    "value",
    [
        STREAM_KEY,
        STREAM_KEY.upper(),
        f" {STREAM_KEY}\n",
        f"rtmps://live.fastpix.com:443/live/{STREAM_KEY}",
        "play" + DEMO_STREAM_ID,
        [STREAM_KEY],
        {"key": STREAM_KEY},
    ],
)
def test_a_stream_secret_is_refused_and_neither_shown_nor_pointed_at(name: str, value: object) -> None:
    """Pulumi prints the value of a property that a failure names, so this failure names none."""
    _, problems = check({"streamId": DEMO_STREAM_ID, "accessPolicy": "public", name: value})
    ((shown, message),) = [problem.report() for problem in problems]
    assert shown == ""
    assert message.startswith(f"{name}: this holds what looks like")
    assert DEMO_STREAM_ID not in message


def test_a_problem_of_an_id_does_not_repeat_a_secret() -> None:
    problem = problem_of_id("a playback ID", STREAM_KEY)
    assert problem is not None
    assert STREAM_KEY not in problem


@pytest.mark.parametrize("value", ["hush-hush/stream", "hunter2", "correcthorsebattery", 1234567])
def test_a_value_that_may_be_a_secret_given_by_mistake_is_not_shown(value: object) -> None:
    """Pulumi prints the value of the property that a problem names, also of one that it keeps secret elsewhere."""
    _, problems = check({"streamId": DEMO_STREAM_ID, "accessPolicy": value})
    assert [problem.report()[0] for problem in problems] == [""]
    assert problems[0].report()[1].startswith("accessPolicy: an access policy must be")


def test_a_short_plain_word_is_shown() -> None:
    _, (problem,) = check({"streamId": DEMO_STREAM_ID, "accessPolicy": "drm"})
    assert problem.report()[0] == "accessPolicy"


@pytest.mark.parametrize(
    ("stream_id", "oddity"),
    [
        ("1234", "this has 4 characters"),
        (f"{DEMO_STREAM_ID}0", "this has 33 characters"),
        (DEMO_STREAM_ID.upper(), "this has capital letters"),
        ("z" * 32, "this has other characters"),
        (PLAYBACK_ID, "this looks like a playback ID"),
    ],
)
def test_a_stream_id_unlike_those_of_fastpix_is_warned_of_and_not_shown(stream_id: str, oddity: str) -> None:
    (warning,) = warnings({"streamId": stream_id})
    assert warning.startswith("streamId: ")
    assert oddity in warning
    assert stream_id not in warning.replace("4 characters", "")


@pytest.mark.parametrize("stream_id", [DEMO_STREAM_ID, UNKNOWN, STREAM_KEY, "a b", 7, None])
def test_a_usual_unknown_or_refused_stream_id_is_not_warned_of(stream_id: object) -> None:
    assert warnings({"streamId": stream_id}) == []
    assert warnings({}) == []
