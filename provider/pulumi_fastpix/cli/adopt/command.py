"""`pulumi-fastpix adopt`: makes a stack the owner of playback IDs that exist already."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import click
from pulumi.dynamic.dynamic import serialize_provider

from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.cli.adopt import adoption, report
from pulumi_fastpix.cli.adopt.adoption import Adopted
from pulumi_fastpix.cli.adopt.stream_command import Naming, adopt_streams
from pulumi_fastpix.cli.endings import reporting_failures
from pulumi_fastpix.cli.id_arguments import STREAM_ID, id_given, ids_given, stream_given
from pulumi_fastpix.cli.import_file import ImportFile
from pulumi_fastpix.cli.known_stack import KnownStack, known_stack
from pulumi_fastpix.cli.options import also_option, ignore_unread_option, import_file_options, stack_options
from pulumi_fastpix.cli.other_stacks import read_other_stacks, require_all_read
from pulumi_fastpix.cli.pulumi_cli import PulumiCli
from pulumi_fastpix.cli.terminal import Line, show, warn
from pulumi_fastpix.dynamic import LivePlaybackIdProvider
from pulumi_fastpix.errors import SettingsError
from pulumi_fastpix.settings.settings import Settings
from pulumi_fastpix.stack.accounts import account_name
from pulumi_fastpix.stack.urns import name_of

FAILURE = 1
_PREFIX = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def _prefix(_ctx: click.Context, _param: click.Parameter, given: str | None) -> str | None:
    if given is not None and not _PREFIX.fullmatch(given):
        raise click.BadParameter(
            "it consists of letters, digits, dots, dashes and underscores, and begins with a letter or digit."
        )
    return given


def _first(ctx: click.Context, param: click.Parameter, given: str) -> str:
    return (stream_given if ctx.params["streams"] else id_given(STREAM_ID))(ctx, param, given)


def _others(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    if not ctx.params["streams"]:
        return ids_given("a playback ID")(ctx, param, given)
    streams = [stream_given(ctx, param, one) for one in given]
    named = Counter(one.partition("/")[0] for one in [ctx.params.get("stream_id", ""), *streams])
    if twice := [stream_id for stream_id, times in named.items() if times > 1]:
        raise click.BadParameter(f"{', '.join(twice)} is given twice.")
    return tuple(streams)


@click.command(name="adopt")
@stack_options
@click.option(
    "--prefix",
    metavar="NAME",
    callback=_prefix,
    help="The beginning of the names in the program, instead of the access policy or `stream`.",
)
@click.option(
    "--name",
    metavar="NAME",
    help="The name in the program, for one PLAYBACK_ID or stream: for example, of a declared resource whose create "
    "failed.",
)
@click.option(
    "--parent",
    metavar="URN",
    help="With --name, for a component's child: the URN of the parent. `pulumi stack -u` shows URNs.",
)
@click.option(
    "--streams",
    is_flag=True,
    is_eager=True,
    help="Adopt live streams: each argument is a STREAM_ID, or a STREAM_ID/PLAYBACK_ID.",
)
@also_option
@ignore_unread_option
@import_file_options
@click.argument("stream_id", callback=_first)
@click.argument("playback_ids", metavar="[PLAYBACK_ID]...", nargs=-1, callback=_others)
def command(
    *,
    stack: str | None,
    cwd: str | None,
    prefix: str | None,
    name: str | None,
    parent: str | None,
    streams: bool,
    also: tuple[str, ...],
    ignore_unread: bool,
    out: str,
    force: bool,
    stream_id: str,
    playback_ids: tuple[str, ...],
) -> None:
    """Make a stack the owner of existing playback IDs of a stream; or with --streams, of live streams.

    Reads the stream, writes a file for `pulumi import`, and prints the declarations for the program and the command
    to run. Without PLAYBACK_ID, adopts every playback ID that neither a stack of the project owns nor one that is
    named with --also, including the one that FastPix creates with every stream, unless a stack declares that stream.
    Changes nothing at FastPix; the stack changes only when you run that command.

    With --streams, adopts live streams, each with the playback ID that FastPix created with it: the only one that the
    stream has, or PLAYBACK_ID in STREAM_ID/PLAYBACK_ID. The file holds the secrets of the streams, such as stream keys,
    and only you can read it. For the native provider, there are commands that need no file.

    \b
    Examples:
      pulumi-fastpix adopt 1111aaaa2222bbbb3333cccc4444dddd
      pulumi-fastpix adopt 1111aaaa2222bbbb3333cccc4444dddd --prefix audience --out audience.json
      pulumi-fastpix adopt 1111aaaa2222bbbb3333cccc4444dddd 6b1fdb45-3a5c-4bd6-b9a5-2a9b8d1a7f10 --name main
      pulumi-fastpix adopt --streams 1111aaaa2222bbbb3333cccc4444dddd --name concert
      pulumi-fastpix adopt --stack dev 1111aaaa2222bbbb3333cccc4444dddd 6b1fdb45-3a5c-4bd6-b9a5-2a9b8d1a7f10
    """  # noqa: D301 - a real backspace makes click keep lines as they are
    _check_usage(name, parent, prefix, [stream_id, *playback_ids] if streams else playback_ids)
    with reporting_failures(FAILURE):
        known = known_stack(PulumiCli(stack, cwd))
        settings = _settings(known)
        file = ImportFile(out, {*known.playback_ids.owned, *known.live_streams.owned}, force=force)
        if streams:
            others = read_other_stacks(known.pulumi, known.state, also)
            naming, wanted = Naming(name, prefix, parent or ""), [stream_id, *playback_ids]
            adopt_streams(known, settings, others, wanted, naming=naming, file=file)
            return
        with known.client(settings) as client:
            stream = client.live_streams.get(stream_id)
        listed = stream.playback_ids
        file = replace(file, listed={stream_id: list(stream.by_id)})
        others = read_other_stacks(known.pulumi, known.state, also)
        if not playback_ids:
            require_all_read(others, ignore_unread=ignore_unread)
            if adoption.creates_interrupted_on(stream, known.playback_ids):
                raise click.ClickException(report.creates_interrupted(stream_id))
        if name is None:
            adoptable = _requested(known, stream_id, listed, playback_ids) or adoption.unowned(
                listed, known.playback_ids.owned, others.owners
            )
            adopted = adoption.named(adoptable, {name_of(urn) for urn in known.state.urns}, prefix)
        else:
            (requested,) = _requested(known, stream_id, listed, playback_ids)
            _require_place(known, name, parent or "", requested.id)
            adopted = [Adopted(name, requested)]
        left_out = [] if playback_ids else report.left_out(listed, known.playback_ids.owned, others)
        if not adopted:
            warn(others.unread)
            file.remove_if_imported()
            show(map(Line, [report.nothing_to_adopt(stream_id), *left_out, others.reach]))
            return
        if undeclarable := adoption.undeclarable(adopted):
            raise click.ClickException(report.undeclarable(undeclarable))
        file.refuse_to_overwrite()
        warn([*others.unread, *report.second_owners(adopted, others)])
        provider = serialize_provider(LivePlaybackIdProvider())
        entries = adoption.entries(stream_id, adopted, settings.workspace_mark, provider, parent or "")
        file.write(entries)
        show(map(Line, [*left_out, others.reach, report.whose(others, adopted)]))
        show(report.what_to_do(known.pulumi, stream_id, adopted, out, named=name is not None))
        show(report.lookups(known.playback_ids, adopted))


def _check_usage(name: str | None, parent: str | None, prefix: str | None, playback_ids: Sequence[str]) -> None:
    if name == "":
        raise click.UsageError("--name must not be empty.")
    if name is not None and prefix is not None:
        raise click.UsageError("Give either --name or --prefix, not both.")
    if name is not None and len(playback_ids) != 1:
        raise click.UsageError("--name needs exactly one PLAYBACK_ID; or with --streams, exactly one STREAM_ID.")
    if parent is not None and name is None:
        raise click.UsageError("--parent needs --name.")


def _settings(known: KnownStack) -> Settings:
    """Those of the stack's own account."""
    try:
        return known.settings()
    except SettingsError as error:
        others = [account_name(provider) for provider in known.accounts()]
        if "" in others:
            raise
        raise click.ClickException(report.own_account_only(error, others)) from None


def _requested(
    known: KnownStack, stream_id: str, listed: Sequence[PlaybackId], wanted: Sequence[str]
) -> Sequence[PlaybackId]:
    """Those that were asked for; end the command if one of them can't be adopted."""
    owned = known.playback_ids.owned
    chosen = adoption.choose(listed, wanted, owned)
    if chosen.missing or chosen.owned:
        raise click.ClickException(report.not_adoptable(stream_id, chosen, owned))
    return chosen.playback_ids


def _require_place(known: KnownStack, name: str, parent: str, playback_id: str) -> None:
    if parent and parent not in known.state.urns:
        raise click.ClickException(report.no_parent(parent))
    if occupant := adoption.occupant(known.state, name, parent):
        raise click.ClickException(report.name_taken(known.pulumi, occupant, playback_id))
