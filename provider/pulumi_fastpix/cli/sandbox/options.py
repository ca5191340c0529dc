"""The options of the sandbox, shared by `sandbox` and `sandbox exec`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import click
from pydantic import ValidationError

from pulumi_fastpix.sandbox import Fault, Switches
from pulumi_fastpix.sandbox.faults.fault import FAULT, FIELDS, LONGEST_SECONDS, Kind
from pulumi_fastpix.sandbox.problems import problems_of

if TYPE_CHECKING:
    from collections.abc import Callable

Function = TypeVar("Function", bound="Callable[..., Any]")

_FAULT_EXAMPLE = "kind=status,status=502,method=POST,times=1"


def _assignments(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(",")]
    if not all(equals for _, equals, _ in pairs):
        raise click.BadParameter(f"{text!r} is not of the form name=value,name=value.")
    names = [name.strip() for name, _, _ in pairs]
    if twice := {name for name in names if names.count(name) > 1}:
        raise click.BadParameter(f"{', '.join(sorted(twice))} is given twice.")
    return {name.strip().replace("-", "_"): value for name, _, value in pairs}


def _faults(_ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]) -> list[Fault]:
    try:
        return [FAULT.validate_strings(_assignments(text)) for text in given]
    except ValidationError as error:
        raise click.BadParameter(f"{problems_of(error, FIELDS)}. For example: --fault {_FAULT_EXAMPLE}") from error


def _switches(_ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]) -> Switches:
    try:
        return Switches.from_text(_assignments(",".join(given)) if given else {})
    except ValidationError as error:
        raise click.BadParameter(f"{problems_of(error, Switches.model_fields)}.".replace("_", "-")) from error


def _rate_limit(_ctx: click.Context, _param: click.Parameter, given: str | None) -> Fault | None:
    if given is None:
        return None
    requests, _, seconds = given.partition("/")
    try:
        return FAULT.validate_strings({"kind": "rate-limit", "requests": requests, "seconds": seconds or "1"})
    except ValidationError as error:
        raise click.BadParameter(
            f"{given!r} is not of the form REQUESTS/SECONDS, such as 10/1: {problems_of(error, FIELDS)}."
        ) from error


def _latency(_ctx: click.Context, _param: click.Parameter, given: float) -> float:
    # click lets it pass: nan is neither below the minimum nor above the maximum.
    if math.isnan(given):
        raise click.BadParameter("nan is not a number of seconds.")
    return given


_OPTIONS = [
    click.option(
        "--data",
        type=click.Path(dir_okay=False),
        help="Keep all data in this file, created if it does not exist. Without it, the data is lost at the end.",
    ),
    click.option(
        "--port",
        type=click.IntRange(1, 65535),
        help="Listen on this port. The default is the port that the data file was first served on, or a free one.",
    ),
    click.option(
        "--latency",
        type=click.FloatRange(0, LONGEST_SECONDS),
        callback=_latency,
        default=0.0,
        help="Delay every response by this many seconds.",
    ),
    click.option(
        "--rate-limit",
        metavar="REQUESTS/SECONDS",
        callback=_rate_limit,
        help="Respond with 429 to more requests than this, such as 10/1.",
    ),
    click.option(
        "--fault",
        "faults",
        multiple=True,
        metavar="NAME=VALUE,…",
        callback=_faults,
        help=f"Simulate a failure; can be repeated. Kinds: {', '.join(get_args(Kind))}.",
    ),
    click.option(
        "--switch",
        "switches",
        multiple=True,
        metavar="NAME=VALUE",
        callback=_switches,
        help="Choose another response where FastPix's is not known, such as stream-status=active; can be repeated.",
    ),
    click.option("--seed", type=int, help="Make ids and the faults' chance the same on every run."),
    click.option("--log", type=click.Path(dir_okay=False), help="Append each request to this file, as a line of JSON."),
]


def serving_options(function: Function) -> Function:
    """Give a command the options of the sandbox."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function
