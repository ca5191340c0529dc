"""Ids on a command line: an invalid one is refused before anything is done, an odd stream ID is warned of."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click

from pulumi_fastpix.api.ids import oddity_of_stream_id, problem_of_id
from pulumi_fastpix.cli.terminal import warn

STREAM_ID = "a stream ID"


def id_given(kind: str) -> Callable[[click.Context, click.Parameter, str], str]:
    """A callback for one id, of a kind such as "a stream ID"."""

    def check(_ctx: click.Context, _param: click.Parameter, given: str) -> str:
        if problem := problem_of_id(kind, given):
            raise click.BadParameter(f"{problem}.")
        _warn_of_oddities(kind, [given])
        return given

    return check


def stream_given(_ctx: click.Context, _param: click.Parameter, given: str) -> str:
    """A callback for a stream, given as `STREAM_ID` or as `STREAM_ID/PLAYBACK_ID`."""
    stream_id, separator, playback_id = given.partition("/")
    problem = problem_of_id(STREAM_ID, given if "://" in given else stream_id)
    if not problem and separator:
        problem = problem_of_id("a playback ID", playback_id)
    if problem:
        raise click.BadParameter(f"{problem}.")
    _warn_of_oddities(STREAM_ID, [stream_id])
    return given


def ids_given(kind: str) -> Callable[[click.Context, click.Parameter, tuple[str, ...]], tuple[str, ...]]:
    """A callback for any number of ids. The message counts them, because one may be a secret that was pasted."""

    def check(_ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
        problems = [
            f"number {number}: {problem}"
            for number, value in enumerate(given, start=1)
            if (problem := problem_of_id(kind, value))
        ]
        if problems:
            raise click.BadParameter(f"{'; '.join(problems)}.")
        _warn_of_oddities(kind, given)
        return tuple(dict.fromkeys(given))

    return check


def _warn_of_oddities(kind: str, given: Iterable[str]) -> None:
    if kind != STREAM_ID:
        return
    oddities = dict.fromkeys(filter(None, map(oddity_of_stream_id, given)))
    warn(
        f"a stream ID has 32 hex digits, 0-9 and a-f; {oddity}. Is it the right one, in the right place?"
        for oddity in oddities
    )
