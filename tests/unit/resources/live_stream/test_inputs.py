"""The inputs of a live stream: defaults, problems, warnings, and what counts as a change."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_fastpix.errors import InvalidInputError
from pulumi_fastpix.resources.base import UNKNOWN, Path
from pulumi_fastpix.resources.live_stream.inputs import check, diff, parse_import_id, warning_of_replacement, warnings
from support.playback_ids import STREAM_KEY

DEFAULTS: dict[str, Any] = {
    "accessPolicy": "public",
    "maxResolution": "1080p",
    "reconnectWindow": 60,
    "mediaPolicy": "public",
    "enableDvrMode": False,
    "enableRecording": True,
}


def test_the_defaults_are_those_of_fastpix() -> None:
    assert check({"metadata": None}) == (DEFAULTS, [])


@pytest.mark.parametrize(("policy", "recordings"), [("private", "private"), (UNKNOWN, UNKNOWN), ("drm", "public")])
def test_the_recordings_of_a_stream_are_as_private_as_the_stream(policy: object, recordings: object) -> None:
    assert check({"accessPolicy": policy})[0]["mediaPolicy"] == recordings
    assert check({"accessPolicy": policy, "mediaPolicy": "public"})[0]["mediaPolicy"] == "public"


def test_unknown_values_pass_wherever_they_are() -> None:
    unknown = dict.fromkeys([*DEFAULTS, "metadata", "accessRestrictions"], UNKNOWN)
    assert check(unknown)[1] == []
    assert check({"metadata": {"show": UNKNOWN}})[1] == []


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("accessPolicy", "drm", "'drm' exists for on-demand media only"),
        ("maxResolution", "4k", "the highest resolution must be '1080p', '720p' or '480p'"),
        ("maxResolution", 1080.0, "not a number"),
        ("maxResolution", "720P", "in lower case"),
        ("mediaPolicy", True, "the policy of recordings must be 'public' or 'private', not a boolean"),
        ("reconnectWindow", 59.0, "a whole number of seconds from 60 to 1800"),
        ("reconnectWindow", 1801.0, "a whole number of seconds from 60 to 1800"),
        ("reconnectWindow", 60.5, "a whole number of seconds from 60 to 1800"),
        ("reconnectWindow", float("nan"), "a whole number of seconds from 60 to 1800"),
        ("reconnectWindow", True, "not a boolean"),
        ("reconnectWindow", "60", "not a string"),
        ("enableDvrMode", "true", "must be true or false, not a string"),
        ("enableRecording", 1.0, "must be true or false, not a number"),
        ("metadata", "a", "not a string"),
        ("metadata", {"show": 42.0}, "the value of 'show' must be a string, not a number"),
        ("metadata", {"show": "x" * 256}, "the value of 'show' has 256 characters; FastPix takes 255"),
        ("metadata", {"": "x"}, "the key of entry 1 must have 1 to 255 characters"),
        ("metadata", {str(one): "x" for one in range(11)}, "has 11 entries; FastPix takes 10"),
        ("metadata", {"key": STREAM_KEY}, "looks like a stream key"),
        ("accessRestrictions", {"domains": {"defaultPolicy": "no"}}, "a default policy must be 'allow' or 'deny'"),
    ],
)
def test_each_problem_is_told_with_its_path(key: str, value: object, reason: str) -> None:
    ((path, told, _),) = check({key: value})[1]
    assert path.startswith(key)
    assert reason in told
    assert STREAM_KEY not in told


def test_all_problems_are_found_at_once() -> None:
    bad = {"accessPolicy": 1.0, "maxResolution": "4k", "reconnectWindow": 1.0, "metadata": {"a": 1.0}}
    assert [problem.path for problem in check(bad)[1]] == [*bad]


def test_what_fastpix_takes_passes() -> None:
    inputs = {
        "maxResolution": "480p",
        "reconnectWindow": 1800.0,
        "metadata": {str(one): "x" * 255 for one in range(10)},
        "enableDvrMode": True,
        "enableRecording": False,
    }
    assert check(inputs)[1] == []


def test_public_recordings_of_a_private_stream_are_warned_of() -> None:
    private = check({"accessPolicy": "private", "mediaPolicy": "public"})[0]
    assert len(warnings(private)) == 1
    assert warnings({**private, "enableRecording": False}) == []
    assert warnings(check({"accessPolicy": "private"})[0]) == []
    (warning,) = warnings({**DEFAULTS, "accessRestrictions": {"domains": {"allow": ["a.example"]}}})
    assert "has no effect" in warning


@pytest.mark.parametrize(
    ("changed", "replaces", "updates"),
    [
        ({}, (), ()),
        ({"reconnectWindow": 60.0}, (), ()),
        ({"accessPolicy": "private"}, ("accessPolicy",), ()),
        ({"maxResolution": "480p"}, ("maxResolution",), ()),
        ({"mediaPolicy": "private"}, ("mediaPolicy",), ()),
        ({"enableDvrMode": True}, ("enableDvrMode",), ()),
        ({"enableRecording": UNKNOWN}, ("enableRecording",), ()),
        ({"reconnectWindow": 90.0}, (), (("reconnectWindow",),)),
        ({"metadata": {"a": "2", "b.c": "2"}}, (), (("metadata", "a"), ("metadata", "b.c"))),
        ({"metadata": {}}, (), (("metadata", "a"),)),
        ({"metadata": {"a": UNKNOWN}}, (), (("metadata", "a"),)),
        ({"metadata": UNKNOWN, "reconnectWindow": UNKNOWN}, (), (("reconnectWindow",), ("metadata",))),
        ({"metadata": None}, (), (("metadata",),)),
        (
            {"accessRestrictions": {"domains": {"deny": ["b.example"]}}},
            (),
            (("accessRestrictions", "domains", "deny"),),
        ),
    ],
)
def test_what_needs_another_stream_and_what_is_changed_in_place(
    changed: dict[str, Any], replaces: tuple[str, ...], updates: tuple[Path, ...]
) -> None:
    inputs = {**DEFAULTS, "metadata": {"a": "1"}, "accessRestrictions": {"domains": {"deny": ["a.example"]}}}
    state = {**inputs, "playbackId": "came", "streamKey": STREAM_KEY, "seenBy": "here"}
    now = {key: value for key, value in {**inputs, **changed}.items() if value is not None}
    assert diff(state, now) == (replaces, updates)


def test_a_replacement_is_warned_of_once_it_is_certain() -> None:
    inputs = {**DEFAULTS, "accessPolicy": "private", "maxResolution": UNKNOWN}
    assert warning_of_replacement("id", (), inputs) == ""
    assert warning_of_replacement("id", ("maxResolution",), inputs) == ""
    warning = warning_of_replacement("id", ("accessPolicy", "maxResolution"), inputs)
    assert warning.startswith("Live stream id can't be given another accessPolicy, so it is replaced")


def test_no_stream_is_replaced_for_what_isnt_known_of_it() -> None:
    assert diff({"reconnectWindow": 60}, DEFAULTS) == ((), ())


@pytest.mark.parametrize(
    ("import_id", "parsed"), [("stream", ("stream", {})), ("stream/came", ("stream", {"playbackId": "came"}))]
)
def test_an_import_names_the_stream_and_if_need_be_the_playback_id_that_came_with_it(
    import_id: str, parsed: tuple[str, dict[str, str]]
) -> None:
    assert parse_import_id(import_id) == parsed


@pytest.mark.parametrize("import_id", ["", "/", "stream/", "a b", f"stream/{STREAM_KEY}", STREAM_KEY])
def test_an_import_id_that_cannot_be_one_is_refused(import_id: str) -> None:
    with pytest.raises(InvalidInputError) as raised:
        parse_import_id(import_id)
    assert STREAM_KEY not in str(raised.value)
