"""`pulumi-fastpix sign`: prints the address of a private playback ID with a token, and nothing else."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import get_args

import click

from pulumi_fastpix.api.ids import problem_of_id
from pulumi_fastpix.cli.endings import reporting_failures
from pulumi_fastpix.cli.options import stack_options
from pulumi_fastpix.cli.pulumi_cli import PulumiCli
from pulumi_fastpix.cli.sign import keys
from pulumi_fastpix.cli.terminal import warn
from pulumi_fastpix.errors import SigningError
from pulumi_fastpix.signing import Audience, seconds_of_expiry, signed_hls_url

FAILURE = 1
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_DURATION = re.compile(r"([1-9][0-9]{0,5})([smhd])")  # so that every one ends in a year that a datetime can have
_MINUTES = 15
"""That a token lasts unless something else is given."""

# No message of these repeats what was given: it may be a private key in the wrong place.


def _one_id(_ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]) -> str:
    if len(given) > 1:
        raise click.BadParameter("one playback ID is expected, and nothing after it.")
    if problem := problem_of_id("a playback ID", given[0]):
        raise click.BadParameter(f"{problem}.")
    if re.fullmatch("[0-9a-f]{32}", given[0]):
        warn([f"{given[0]} looks like the ID of a live stream. An address is that of a playback ID on it."])
    return given[0]


def _seconds(_ctx: click.Context, _param: click.Parameter, given: str | None) -> int | None:
    if given is None:
        return None
    found = _DURATION.fullmatch(given)
    if found is None:
        raise click.BadParameter(
            "a whole number of six digits at most and s, m, h or d are expected, such as 90s, 15m, 12h or 7d."
        )
    return int(found[1]) * _SECONDS[found[2]]


def _time(_ctx: click.Context, _param: click.Parameter, given: str | None) -> datetime | None:
    if given is None:
        return None
    try:
        # Python 3.10 knows no Z.
        time = datetime.fromisoformat(re.sub("[zZ]$", "+00:00", given))
    except ValueError:
        time = None
    if time is None or time.utcoffset() is None:
        raise click.BadParameter(
            "a date, a time and a time zone are expected, such as 2026-12-01T20:00:00Z or 2026-12-01T21:00:00+01:00."
        )
    return time


@click.command(name="sign")
@stack_options
@click.option(
    "-k",
    "--key",
    "name",
    metavar="NAME",
    help="The SigningKey of the stack, by its name in the program, or by its URN.",
)
@click.option(
    "--key-file",
    metavar="PATH",
    help="A file with the private key, as FastPix gave it or as a PEM; `-` for standard input. No stack is read.",
)
@click.option("--key-id", metavar="ID", help="With --key-file: the ID of the signing key.")
@click.option(
    "--valid-for",
    metavar="DURATION",
    callback=_seconds,
    help=f"How long the token opens the playback ID, from now on: a number and s, m, h or d.  [default: {_MINUTES}m]",
)
@click.option(
    "--expires-at", metavar="TIME", callback=_time, help="Instead: when that ends, such as 2026-12-01T20:00:00Z."
)
@click.option(
    "--audience",
    type=click.Choice(get_args(Audience)),
    default="media",
    show_default=True,
    help="What the token is for; `drm` for a stream that is encrypted.",
)
@click.argument("playback_id", metavar="PLAYBACK_ID", nargs=-1, required=True, callback=_one_id)
def command(
    *,
    stack: str | None,
    cwd: str | None,
    name: str | None,
    key_file: str | None,
    key_id: str | None,
    valid_for: int | None,
    expires_at: datetime | None,
    audience: Audience,
    playback_id: str,
) -> None:
    """Print the HLS address of a private playback ID, with a token that opens it for a while.

    The signing key is taken from the first of these that applies: the file of --key-file; the stack, if --key, --stack
    or --cwd is given; the environment variables FASTPIX_SIGNING_KEY_ID and FASTPIX_SIGNING_PRIVATE_KEY; the stack
    selected here. If a stack has several keys, --key names one. With a file or the environment, Pulumi isn't needed.

    Nothing is sent anywhere: whether the playback ID exists isn't checked. The private key is never printed, and no
    option takes it, because every process of a machine can see the options of the others. Whoever has the printed
    address can watch until the token ends; only deleting the signing key ends it earlier, and all its other tokens.

    \b
    Examples:
      pulumi-fastpix sign 6b1fdb45-3a5c-4bd6-b9a5-2a9b8d1a7f10
      pulumi-fastpix sign 6b1fdb45-3a5c-4bd6-b9a5-2a9b8d1a7f10 --key viewers --valid-for 2h
      pulumi-fastpix sign 6b1fdb45-3a5c-4bd6-b9a5-2a9b8d1a7f10 --expires-at 2100-12-01T20:00:00Z
      pulumi-fastpix sign 6b1fdb45-3a5c-4bd6-b9a5-2a9b8d1a7f10 --key-file key.txt --key-id b7158b65-302d-4fbd-9c48-503ca92bdd25
    """  # noqa: D301, E501 - a real backspace makes click keep lines as they are, and an id is long
    if valid_for is not None and expires_at is not None:
        raise click.UsageError("Give either --valid-for or --expires-at, not both.")
    if (key_file is None) != (key_id is None):
        raise click.UsageError("--key-file and --key-id need each other: a token names the ID of its key.")
    of_stack = any(option is not None for option in (name, stack, cwd))
    if key_file is not None and of_stack:
        raise click.UsageError("Give either --key-file or the stack's options --key, --stack and --cwd.")
    with reporting_failures(FAILURE):
        # First, so that no key is read for a token that is too late.
        seconds = seconds_of_expiry(expires_at, None if expires_at else valid_for or _MINUTES * 60)
        if key_file is not None:
            key = keys.from_file(key_file, key_id or "")
        else:
            of_environment = None if of_stack else keys.from_environment()
            key = of_environment or keys.from_stack(PulumiCli(stack, cwd), name, playback_id)
        warn(key.notes)
        try:
            until = datetime.fromtimestamp(seconds, timezone.utc)
            address = signed_hls_url(playback_id, key.id, key.private_key, expires_at=until, audience=audience)
        except SigningError as error:
            raise SigningError(f"{error.happened} The key came from {key.source}.", error.advice) from None
    click.echo(address)
