"""Ids that are given on a command line: those that can't be right are refused before anything is done."""

from __future__ import annotations

from collections.abc import Callable

import click

from pulumi_fastpix.api.ids import problem_of_id


def id_given(kind: str) -> Callable[[click.Context, click.Parameter, str], str]:
    """A callback for one id, of a kind such as "a stream ID"."""

    def judge(_ctx: click.Context, _param: click.Parameter, given: str) -> str:
        if problem := problem_of_id(kind, given):
            raise click.BadParameter(f"{problem}.")
        return given

    return judge


def ids_given(kind: str) -> Callable[[click.Context, click.Parameter, tuple[str, ...]], tuple[str, ...]]:
    """A callback for any number of ids. Refused by their number: one of them may be a secret that was pasted."""

    def judge(_ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
        problems = [
            f"number {number}: {problem}"
            for number, value in enumerate(given, start=1)
            if (problem := problem_of_id(kind, value))
        ]
        if problems:
            raise click.BadParameter(f"{'; '.join(problems)}.")
        return tuple(dict.fromkeys(given))

    return judge
