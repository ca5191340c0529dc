"""`pulumi-fastpix recover`: takes what a killed run made into its stack, so that the next run doesn't make it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.cli.endings import ending_in_sentences
from pulumi_fastpix.cli.id_arguments import ids_given
from pulumi_fastpix.cli.import_target import (
    import_target_options,
    refuse_to_overwrite,
    remove_import_file,
    write_import_file,
)
from pulumi_fastpix.cli.known_stack import KnownStack, known_stack
from pulumi_fastpix.cli.other_stacks import demanded, ignore_unread_option, siblings
from pulumi_fastpix.cli.pulumi_cli import PulumiCli, stack_options
from pulumi_fastpix.cli.recover import report
from pulumi_fastpix.cli.recover.recovery import Place, Said, entries, one_mark_each, recover, undeclared
from pulumi_fastpix.errors import FastPixError, NotFoundError
from pulumi_fastpix.settings import Settings
from pulumi_fastpix.settings.names import GONE_STREAMS_VARIABLE

FAILURE = 1


@click.command(name="recover")
@stack_options
@click.option("--state", metavar="FILE", help="Read the stack's export from this file, or `-`, instead of making one.")
@click.option(
    "--not-ours",
    multiple=True,
    callback=ids_given("a playback ID"),
    metavar="ID",
    help="A playback ID that was there before the run, or is somebody else's. Repeatable.",
)
@click.option(
    "--ours",
    multiple=True,
    callback=ids_given("a playback ID"),
    metavar="ID",
    help="A playback ID that a killed run has made; of its stream and policy then only those given so. Repeatable.",
)
@click.option("--all-ours", is_flag=True, help="All undeclared playback IDs on these streams, but for --not-ours.")
@ignore_unread_option
@import_target_options
def command(
    *,
    stack: str | None,
    cwd: str | None,
    state: str | None,
    not_ours: tuple[str, ...],
    ours: tuple[str, ...],
    all_ours: bool,
    ignore_unread: bool,
    out: str,
    force: bool,
) -> None:
    """Find the playback IDs that a killed `pulumi up` made and didn't record.

    Pulumi remembers which creates were cut off, FastPix knows which playback IDs exist. This pairs the two, writes
    a file for `pulumi import`, and prints the commands to run before the next `pulumi up`, which would otherwise
    make them a second time. It only reads, and changes neither the stack nor FastPix.

    Playback IDs of one policy can't be told apart. If a stream has more undeclared ones than there were interrupted
    creates, or if some would have to be deleted because a later run has made what they were for, this refuses and
    names them all: say which ones were made by killed runs, with --ours, or exclude the others with --not-ours.
    Every stream, for instance, is born with one. Those that other stacks of the project own are left out anyway.

    \b
    Examples:
      pulumi-fastpix recover
      pulumi-fastpix recover --stack dev --force
      pulumi-fastpix recover --all-ours --not-ours 6b1fdb45-3a5c-4bd6-b9a5-2a9b8d1a7f10
      pulumi stack export --show-secrets | pulumi-fastpix recover --state - --out import.json
    """  # noqa: D301 - a real backspace is how click is told to keep lines as they are
    if both := sorted(set(ours) & set(not_ours)):
        raise click.UsageError(f"{', '.join(both)} can't be ours and not ours.")
    if ours and all_ours:
        raise click.UsageError("--all-ours says more than --ours: give one of the two.")
    with ending_in_sentences(FAILURE):
        known = known_stack(PulumiCli(stack, cwd), state)
        if not known.state.pending_creates:
            click.echo(report.nothing(known.state))
            return
        refuse_to_overwrite(out, force=force)
        settings = {create.provider: known.settings(create.provider) for create in known.state.pending_creates}
        seen_by = {provider: of_provider.workspace_mark for provider, of_provider in settings.items()}
        streams = _streams(known, settings)
        others = demanded(siblings(known.pulumi, known.state), ignore_unread=ignore_unread)
        found = undeclared(known.state, streams, others.owners)
        _refuse_unknown("--not-ours", not_ours, found)
        _refuse_unknown("--ours", ours, found)
        marks = one_mark_each(streams)
        recovery = recover(
            known.state,
            known.stored,
            {
                (create.provider, create.stream_id or ""): marks[seen_by[create.provider], create.stream_id or ""]
                for create in known.state.pending_creates
            },
            found,
            Said(ours, all_ours, not_ours),
        )
        if recovery.too_many:
            raise click.ClickException(report.too_many(known, recovery.too_many))
        click.echo(report.findings(known, recovery))
        if recovery.made:
            write_import_file(out, entries(seen_by, recovery), force=force)
        else:
            remove_import_file(out)
        click.echo()
        click.echo(report.what_to_do(known.pulumi, known.state, recovery, out))


def _streams(known: KnownStack, settings: Mapping[str, Settings]) -> dict[tuple[str, str], Sequence[PlaybackId]]:
    """Each stream on which a create was cut off, read once."""
    wanted: dict[Settings, set[str]] = {}
    for create in known.state.pending_creates:
        wanted.setdefault(settings[create.provider], set()).add(create.stream_id or "")
    listed: dict[tuple[str, str], Sequence[PlaybackId]] = {}
    for of_provider, stream_ids in wanted.items():
        with known.client(of_provider) as client:
            for stream_id in sorted(stream_ids):
                listed[of_provider.workspace_mark, stream_id] = _read(client, stream_id, known)
    return listed


def _read(client: Client, stream_id: str, known: KnownStack) -> Sequence[PlaybackId]:
    try:
        return client.live_streams.get(stream_id).playback_ids
    except FastPixError as error:
        if not isinstance(error, NotFoundError):
            way_out = ""
        elif stream_id in client.settings.gone_streams:
            return ()
        else:
            way_out = (
                f" If the stream was deleted, all that was made on it is gone: run this once more with "
                f"{GONE_STREAMS_VARIABLE}={stream_id} in the environment."
            )
        raise click.ClickException(known.shown(f"{error}{way_out}")) from None


def _refuse_unknown(option: str, given: Sequence[str], found: Mapping[Place, Sequence[str]]) -> None:
    there = {playback_id for playback_ids in found.values() for playback_id in playback_ids}
    strangers = [playback_id for playback_id in given if playback_id not in there]
    if strangers:
        raise click.ClickException(
            f"Given with {option}, but not found among the undeclared playback IDs of the streams concerned: "
            f"{', '.join(strangers)}. Nothing was written; check the spelling."
        )
