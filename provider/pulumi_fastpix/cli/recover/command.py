"""`pulumi-fastpix recover`: makes a stack the owner of what a killed run made and didn't record."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import click

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.cli.endings import reporting_failures
from pulumi_fastpix.cli.id_arguments import ids_given
from pulumi_fastpix.cli.import_file import ImportFile
from pulumi_fastpix.cli.known_stack import KnownStack, known_stack
from pulumi_fastpix.cli.options import also_option, ignore_unread_option, import_file_options, stack_options
from pulumi_fastpix.cli.other_stacks import read_other_stacks, require_all_read
from pulumi_fastpix.cli.pulumi_cli import PulumiCli
from pulumi_fastpix.cli.recover import report, undecided
from pulumi_fastpix.cli.recover.dynamic_entries import with_provider
from pulumi_fastpix.cli.recover.pairing import Pairs
from pulumi_fastpix.cli.recover.recovery import (
    Decisions,
    Interrupted,
    Place,
    Recovery,
    entries,
    existed_before,
    one_mark_each,
    recover,
    unconfirmed,
    undeclared,
)
from pulumi_fastpix.cli.recover.signing_keys import lost_keys
from pulumi_fastpix.cli.recover.stream_recovery import joined
from pulumi_fastpix.cli.recover.streams import read_streams
from pulumi_fastpix.cli.terminal import Line, show, warn
from pulumi_fastpix.errors import FastPixError, NotFoundError
from pulumi_fastpix.resources.access_restrictions.applying import shown_by
from pulumi_fastpix.resources.base import Values
from pulumi_fastpix.settings.settings import Settings
from pulumi_fastpix.stack.stored import Watchable

FAILURE = 1


@click.command(name="recover")
@stack_options
@click.option("--state", metavar="FILE", help="Read the stack's export from this file, or `-`, instead of making one.")
@click.option(
    "--not-ours",
    multiple=True,
    callback=ids_given("a playback ID or stream ID"),
    metavar="ID",
    help="A playback ID or live stream that existed before the run, or is somebody else's. Repeatable.",
)
@click.option(
    "--ours",
    multiple=True,
    callback=ids_given("a playback ID or stream ID"),
    metavar="ID",
    help="A playback ID or live stream that a killed run made; then only those given so, of all that are alike. "
    "Repeatable.",
)
@click.option(
    "--all-ours",
    is_flag=True,
    help="Killed runs made all that comes into question, except what is given with --not-ours.",
)
@also_option
@ignore_unread_option
@import_file_options
def command(
    *,
    stack: str | None,
    cwd: str | None,
    state: str | None,
    not_ours: tuple[str, ...],
    ours: tuple[str, ...],
    all_ours: bool,
    also: tuple[str, ...],
    ignore_unread: bool,
    out: str,
    force: bool,
) -> None:
    """Find the live streams and playback IDs that a killed `pulumi up` made and didn't record.

    Pulumi remembers which creates were interrupted, FastPix knows what exists. This command pairs the two, writes a
    file for `pulumi import`, and prints the commands to run before the next `pulumi up`, which would otherwise make
    all of it a second time. It only reads, and changes neither the stack nor FastPix.

    Playback IDs of one policy are all alike, and some may not be the killed run's: FastPix creates one with every
    stream, for instance. If a stream has more undeclared ones than there were interrupted creates, or if some would
    have to be deleted because a later run has taken their names, this command refuses and lists them all: name those
    that killed runs made with --ours, or exclude the others with --not-ours. Playback IDs that other stacks of the
    project own, and those that are named with --also, are left out anyway; so is the one that came with a live stream
    of a stack.

    Signing keys can't be recovered, since only the killed run was told the private key. This command names those that
    no stack has, with the time of their creation.

    Of live streams, those among the 50 newest of the workspace come into question that no stack has, and that have all
    the settings of an interrupted create. --ours, --not-ours and --all-ours are about them, too.

    \b
    Examples:
      pulumi-fastpix recover
      pulumi-fastpix recover --stack dev --force
      pulumi-fastpix recover --all-ours --not-ours 6b1fdb45-3a5c-4bd6-b9a5-2a9b8d1a7f10
      pulumi stack export --show-secrets | pulumi-fastpix recover --state - --out import.json
    """  # noqa: D301 - a real backspace makes click keep lines as they are
    if both := sorted(set(ours) & set(not_ours)):
        raise click.UsageError(f"{', '.join(both)} can't be given with both --ours and --not-ours.")
    if ours and all_ours:
        raise click.UsageError("--ours and --all-ours contradict each other: give one of the two.")
    with reporting_failures(FAILURE):
        known = known_stack(PulumiCli(stack, cwd), state)
        warn(known.left_over.unreadable)
        file = ImportFile(out, {*known.playback_ids.owned, *known.live_streams.owned}, force=force)
        if not _creates(known):
            _end_without_import(known, also, file)
            return
        settings = _settings(known)
        seen_by = {provider: of_provider.workspace_mark for provider, of_provider in settings.items()}
        streams = _streams(known, settings)
        others = read_other_stacks(known.pulumi, known.state, also)
        require_all_read(others, ignore_unread=ignore_unread)
        warn(others.unread)
        found = read_streams(known, settings, others)
        earlier = existed_before(known.left_over.of_stack(known.state.stack, known.state.project))
        decisions = Decisions(ours, all_ours, not_ours, earlier)
        undeclared_ids = undeclared(known.playback_ids.recorded, streams, {*others.owners, *known.made_by_others})
        existing = {id_ for ids in (*undeclared_ids.values(), *found.undeclared.values()) for id_ in ids}
        known = known.without_deleted(existing)
        if not _creates(known):
            _end_without_import(known, also, file)
            return
        found = replace(found, known=known)
        for option, given in (("--not-ours", not_ours), ("--ours", ours)):
            _refuse_unknown(option, given, existing)
        of_streams = found.recover(decisions)
        of_ids = _recover(known, settings, streams, undeclared_ids, decisions)
        pairs = joined(of_streams, of_ids)
        if pairs.too_many:
            raise click.ClickException(undecided.too_many(known, pairs, others, decisions, found.by_id))
        if unpaired := sorted(set(ours) & found.by_id.keys() - {id_ for _, id_ in pairs.made}):
            raise click.ClickException(report.other_settings(unpaired))
        file = replace(file, listed=_existing(streams))
        file.refuse_to_overwrite()
        shown = _shown(streams)
        to_import = [*found.entries(of_streams), *entries(seen_by, of_ids, shown)]
        show(report.pairs(known, pairs, others, found.by_id))
        if keys := lost_keys(known, others):
            show([Line(""), *keys])
        if to_import:
            file.write(list(map(with_provider, to_import)))
        else:
            file.remove()
        _note(known, pairs, {*seen_by.values()})
        number = unconfirmed(pairs, {**shown, **found.shown})
        show([Line(""), *report.what_to_do(known.pulumi, known.state, pairs, out, number)])


def _end_without_import(known: KnownStack, also: Sequence[str], file: ImportFile) -> None:
    """Report what is left if no create of a live stream or playback ID was interrupted."""
    file.remove_if_imported()
    if not known.signing_keys.interrupted_creates:
        show(report.nothing_to_recover(known.pulumi, known.playback_ids))
        return
    others = read_other_stacks(known.pulumi, known.state, also)
    warn(others.unread)
    show(lost_keys(known, others))
    if any(one.remembered for one in known.signing_keys.interrupted_creates):
        show([Line(""), *report.what_to_do(known.pulumi, known.state, Pairs((), (), ()), file.out)])


def _creates(known: KnownStack) -> list[Watchable]:
    return [*known.live_streams.interrupted_creates, *known.playback_ids.interrupted_creates]


def _note(known: KnownStack, pairs: Pairs[Interrupted, Any], marks: Collection[str]) -> None:
    """Note in the journal what is known by now: which orphans its creates have made, and which of them made nothing.

    Whatever was begun with other credentials than those of these marks isn't judged.
    """
    paired = {one.create.noted.key: (one, id_) for one, id_ in pairs.made if one.create.noted}
    noted = [one.noted for one in _creates(known) if one.noted and one.noted.is_sent]
    known.left_over.note_looked_for(one for one in noted if one.key not in paired and one.seen_by in marks)
    for interrupted, id_ in paired.values():
        # An orphan is only paired once somebody has said that a killed run made it.
        if interrupted.orphaning and interrupted.create.noted and not interrupted.create.noted.id:
            known.left_over.note_made(interrupted.create.noted, id_)


def _settings(known: KnownStack) -> dict[str, Settings]:
    """The settings of each provider through which a create was interrupted."""
    providers = {create.explicit_provider for create in _creates(known)}
    return {provider: known.settings(provider) for provider in sorted(providers)}


def _recover(
    known: KnownStack,
    settings: Mapping[str, Settings],
    streams: Mapping[tuple[str, str], Sequence[PlaybackId]],
    found: Mapping[Place, Sequence[str]],
    decisions: Decisions,
) -> Recovery:
    """The pairs of playback IDs."""
    marks = one_mark_each(streams)
    mark_of = {
        (create.explicit_provider, create.stream_id or ""): marks[
            settings[create.explicit_provider].workspace_mark, create.stream_id or ""
        ]
        for create in known.playback_ids.interrupted_creates
    }
    return recover(known.playback_ids, known.stored, mark_of, found, decisions)


def _streams(known: KnownStack, settings: Mapping[str, Settings]) -> dict[tuple[str, str], Sequence[PlaybackId]]:
    """Each stream with an interrupted create, read once; by workspace and ID."""
    wanted: dict[Settings, set[str]] = {}
    for create in known.playback_ids.interrupted_creates:
        wanted.setdefault(settings[create.explicit_provider], set()).add(create.stream_id or "")
    listed: dict[tuple[str, str], Sequence[PlaybackId]] = {}
    for of_provider, stream_ids in wanted.items():
        with known.client(of_provider) as client:
            for stream_id in sorted(stream_ids):
                listed[of_provider.workspace_mark, stream_id] = _read(client, stream_id, known)
    return listed


def _existing(streams: Mapping[tuple[str, str], Sequence[PlaybackId]]) -> dict[str, set[str]]:
    """The playback IDs on each stream, in whichever workspace."""
    existing: dict[str, set[str]] = {}
    for (_, stream_id), listed in streams.items():
        existing.setdefault(stream_id, set()).update(playback_id.id for playback_id in listed)
    return existing


def _shown(streams: Mapping[tuple[str, str], Sequence[PlaybackId]]) -> dict[str, Values]:
    """The access restrictions that FastPix shows, by playback ID."""
    return {one.id: shown_by(one.access_restrictions) for listed in streams.values() for one in listed}


def _read(client: Client, stream_id: str, known: KnownStack) -> Sequence[PlaybackId]:
    try:
        return client.live_streams.get(stream_id).playback_ids
    except NotFoundError as error:
        creates = [one for one in known.playback_ids.interrupted_creates if one.stream_id == stream_id]
        # The journal knows that such a create, unlike one that only Pulumi remembers, was sent in this workspace.
        seen_here = all(one.seen_by == client.settings.workspace_mark for one in creates)
        if seen_here or stream_id in client.settings.deleted_streams:
            return ()
        advice = report.deleted_stream(stream_id)
        raise click.ClickException(known.without_secrets(f"{error} {advice}")) from None
    except FastPixError as error:
        raise click.ClickException(known.without_secrets(str(error))) from None


def _refuse_unknown(option: str, given: Sequence[str], existing: Collection[str]) -> None:
    if strangers := [id_ for id_ in given if id_ not in existing]:
        raise click.ClickException(report.not_found(option, strangers))
