"""`pulumi-fastpix sign`: the address of a private playback ID, with a token."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import click

from pulumi_fastpix.cli.endings import reporting_failures
from pulumi_fastpix.cli.id_arguments import id_given
from pulumi_fastpix.cli.options import stack_options
from pulumi_fastpix.cli.pulumi_cli import PulumiCli
from pulumi_fastpix.cli.sign.keys import KeyToSignWith, from_file, in_environment, of_stack
from pulumi_fastpix.cli.terminal import warn
from pulumi_fastpix.signing import signed_hls_url
from pulumi_fastpix.stack.playback_ids import PlaybackIds

FAILURE = 1
DEFAULT_VALIDITY = timedelta(minutes=15)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _validity(_ctx: click.Context, _param: click.Parameter, given: str | None) -> timedelta | None:
    """A time such as `90s`, `15m`, `2h` or `7d`."""
    if given is None:
        return None
    found = re.fullmatch(r"([0-9]{1,9})([smhd])", given)
    if found is None or int(found[1]) == 0:
        raise click.BadParameter(f"{given!r} is no time: give a number with s, m, h or d, such as 90s, 15m, 2h or 7d.")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _moment(_ctx: click.Context, _param: click.Parameter, given: str | None) -> datetime | None:
    """A moment in ISO 8601, with a time zone."""
    if given is None:
        return None
    try:
        # Python 3.10 doesn't know the Z.
        moment = datetime.fromisoformat(re.sub(r"[Zz]$", "+00:00", given))
    except ValueError:
        moment = None
    if moment is None or moment.utcoffset() is None:
        raise click.BadParameter(f"{given!r} is no moment with a time zone, such as 2026-12-24T20:00:00Z.")
    return moment


def _key_id(ctx: click.Context, param: click.Parameter, given: str | None) -> str | None:
    return None if given is None else id_given("the ID of a signing key")(ctx, param, given)


@click.command(name="sign")
@stack_options
@click.option(
    "-k", "--key", "name", metavar="NAME", help="The signing key's name in the program, if there are several."
)
@click.option(
    "--key-file",
    metavar="FILE",
    help="Take the private key from this file (- for standard input) instead of a stack, with --key-id.",
)
@click.option("--key-id", metavar="ID", callback=_key_id, help="The ID of the signing key in that file.")
@click.option(
    "--valid-for", metavar="TIME", callback=_validity, help="How long it works: 90s, 15m, 2h, 7d.  [default: 15m]"
)
@click.option(
    "--expires-at", metavar="TIME", callback=_moment, help="Instead: until when, such as 2026-12-24T20:00:00Z."
)
@click.option(
    "--audience",
    type=click.Choice(["media", "drm"]),
    default="media",
    show_default=True,
    help="What the token opens: a stream, or one that is encrypted.",
)
@click.argument("playback_id", callback=id_given("a playback ID"))
def command(
    *,
    stack: str | None,
    cwd: str | None,
    name: str | None,
    key_file: str | None,
    key_id: str | None,
    valid_for: timedelta | None,
    expires_at: datetime | None,
    audience: Any,
    playback_id: str,
) -> None:
    """Print an address that plays a private playback ID for some time, for whoever has it.

    Signs with a signing key of the stack (which one: --key), with a private key in a file (--key-file), or with the one
    in FASTPIX_SIGNING_KEY_ID and FASTPIX_SIGNING_PRIVATE_KEY. The last two need no Pulumi project. Nothing is sent, and
    the private key isn't shown.

    A token can't be taken back, but by deleting its signing key.

    \b
    Examples:
      pulumi-fastpix sign 43751449-62d6-42e4-8153-783e28c31ed1
      pulumi-fastpix sign --stack prod --key viewers --valid-for 2h 43751449-62d6-42e4-8153-783e28c31ed1
      pulumi-fastpix sign --key-file key.txt --key-id b7158b65-302d-4fbd-9c48-503ca92bdd25 \\
        43751449-62d6-42e4-8153-783e28c31ed1
    """  # noqa: D301 - a real backspace makes click keep lines as they are
    if valid_for is not None and expires_at is not None:
        raise click.UsageError("Give either --valid-for or --expires-at, not both.")
    if key_file is not None and name is not None:
        raise click.UsageError("Give either --key, of a stack, or --key-file, not both.")
    if key_id is not None and key_file is None:
        raise click.UsageError("--key-id belongs to --key-file; a signing key of a stack is named with --key.")
    if valid_for is None and expires_at is None:
        valid_for = DEFAULT_VALIDITY
    with reporting_failures(FAILURE):
        key = _key(PulumiCli(stack, cwd), name, key_file, key_id)
        _warn_if_public(key, playback_id)
        address = signed_hls_url(
            playback_id, key.id, key.private_key, valid_for=valid_for, expires_at=expires_at, audience=audience
        )
    click.echo(address)


def _key(pulumi: PulumiCli, name: str | None, key_file: str | None, key_id: str | None) -> KeyToSignWith:
    if key_file is not None:
        return from_file(key_file, key_id)
    # A stack that is named, or a key in it, is meant.
    is_stack_meant = name is not None or pulumi.stack is not None or pulumi.cwd is not None
    return (None if is_stack_meant else in_environment()) or of_stack(pulumi, name)


def _warn_if_public(key: KeyToSignWith, playback_id: str) -> None:
    """Say so if the stack that the key came from has the playback ID, and it needs no token."""
    if any(one.id == playback_id and one.access_policy == "public" for one in PlaybackIds(key.state).declared):
        warn([f"playback ID {playback_id} is public: it plays without a token, too, and after this one has expired."])
