"""Ids on a command line: an invalid one is refused before anything is done."""

from __future__ import annotations

from collections.abc import Callable

import click

from pulumi_fastpix.api.ids import problem_of_id


def id_given(kind: str) -> Callable[[click.Context, click.Parameter, str], str]:
    """A callback for one id, of a kind such as "a stream ID"."""

    def check(_ctx: click.Context, _param: click.Parameter, given: str) -> str:
        if problem := problem_of_id(kind, given):
            raise click.BadParameter(f"{problem}.")
        return given

    return check


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
        return tuple(dict.fromkeys(given))

    return check
