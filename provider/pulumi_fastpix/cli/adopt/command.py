"""`pulumi-fastpix adopt`: makes a stack the owner of playback IDs that exist already."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

import click
from pulumi.dynamic.dynamic import serialize_provider

from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.cli.adopt.adoption import Adopted, declarations, entries, named
from pulumi_fastpix.cli.endings import ending_in_sentences
from pulumi_fastpix.cli.id_arguments import id_given, ids_given
from pulumi_fastpix.cli.import_target import import_target_options, refuse_to_overwrite, write_import_file
from pulumi_fastpix.cli.known_stack import known_stack
from pulumi_fastpix.cli.other_stacks import Siblings, demanded, ignore_unread_option, siblings
from pulumi_fastpix.cli.pulumi_cli import PulumiCli, stack_options
from pulumi_fastpix.dynamic import LivePlaybackIdProvider
from pulumi_fastpix.resources.live_playback_id import LIVE_PLAYBACK_ID
from pulumi_fastpix.resources.live_playback_id.inputs import ACCESS_POLICIES
from pulumi_fastpix.stack.state import StackState, name_of, urn_of

FAILURE = 1
_PREFIX = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def _prefix(_ctx: click.Context, _param: click.Parameter, given: str | None) -> str | None:
    if given is not None and not _PREFIX.fullmatch(given):
        raise click.BadParameter(
            "it consists of letters, digits, dots, dashes and underscores, a letter or digit first."
        )
    return given


@click.command(name="adopt")
@stack_options
@click.option(
    "--prefix",
    metavar="NAME",
    callback=_prefix,
    help="What the names in the program begin with, instead of the access policy.",
)
@click.option(
    "--name",
    metavar="NAME",
    help="The name in the program, for one PLAYBACK_ID: for example of a resource that is declared, but not made yet.",
)
@click.option(
    "--parent",
    metavar="URN",
    help="The URN of its parent, with --name, if that resource is a component's child; `pulumi stack -u` shows URNs.",
)
@ignore_unread_option
@import_target_options
@click.argument("stream_id", callback=id_given("a stream ID"))
@click.argument("playback_ids", metavar="[PLAYBACK_ID]...", nargs=-1, callback=ids_given("a playback ID"))
def command(
    *,
    stack: str | None,
    cwd: str | None,
    prefix: str | None,
    name: str | None,
    parent: str | None,
    ignore_unread: bool,
    out: str,
    force: bool,
    stream_id: str,
    playback_ids: tuple[str, ...],
) -> None:
    """Take playback IDs of a stream that exist already into a stack.

    Reads the stream, writes a file for `pulumi import`, and prints the declarations for the program and the command
    to run. Without PLAYBACK_ID, these are all that no stack of the project owns yet; every stream is born with
    one, which is among them. Nothing is changed, neither at FastPix nor, before that command is run, in the stack.

    \b
    Examples:
      pulumi-fastpix adopt 1111aaaa2222bbbb3333cccc4444dddd
      pulumi-fastpix adopt 1111aaaa2222bbbb3333cccc4444dddd --prefix audience --out audience.json
      pulumi-fastpix adopt 1111aaaa2222bbbb3333cccc4444dddd 6b1fdb45-3a5c-4bd6-b9a5-2a9b8d1a7f10 --name main
      pulumi-fastpix adopt --stack dev 1111aaaa2222bbbb3333cccc4444dddd 6b1fdb45-3a5c-4bd6-b9a5-2a9b8d1a7f10
    """  # noqa: D301 - a real backspace is how click is told to keep lines as they are
    if name is not None and (not name or prefix is not None or len(playback_ids) != 1):
        raise click.UsageError("--name is for one PLAYBACK_ID, and in place of --prefix.")
    if parent is not None and name is None:
        raise click.UsageError("--parent goes with --name.")
    with ending_in_sentences(FAILURE):
        refuse_to_overwrite(out, force=force)
        known = known_stack(PulumiCli(stack, cwd))
        settings = known.settings()
        with known.client(settings) as client:
            listed = client.live_streams.get(stream_id).playback_ids
        owned = _owned(known.state)
        others = siblings(known.pulumi, known.state)
        if not playback_ids:
            demanded(others, ignore_unread=ignore_unread)
            _refuse_unfinished(known.state, stream_id)
        _mention_others([one.id for one in listed], others)
        chosen = (
            _chosen(stream_id, listed, playback_ids, owned)
            if playback_ids
            else [one for one in listed if one.id not in others.owners]
        )
        taken = {name_of(urn) for urn in known.state.urns}
        if name is not None:
            _refuse_place(known.state, name, parent or "")
        adopted = (
            [Adopted(name, chosen[0])]
            if name is not None
            else named([playback_id for playback_id in chosen if playback_id.id not in owned], taken, prefix)
        )
        if not adopted:
            click.echo(f"Nothing to adopt: stream {stream_id} has no playback ID that this stack doesn't own already.")
            return
        _refuse_other_policies([one.playback_id for one in adopted])
        provider = serialize_provider(LivePlaybackIdProvider())
        write_import_file(
            out, entries(stream_id, adopted, settings.workspace_mark, provider, parent or ""), force=force
        )
        click.echo(_advice(known.pulumi, stream_id, adopted, out, named=name is not None))
        _mention_lookups(known.state, {one.playback_id.id: one.name for one in adopted})


def _refuse_place(state: StackState, name: str, parent: str) -> None:
    """There can be one resource of a type, name and parent; and the parent has to be there."""
    if parent and parent not in state.urns:
        raise click.ClickException(f"The stack has no resource {parent}, to be the parent. Nothing was written.")
    if urn_of(state, LIVE_PLAYBACK_ID.dynamic_type, name, parent) in state.urns:
        raise click.ClickException(
            f"The stack has a playback ID {name!r} there already. Nothing was written. If that is the one to be "
            f"replaced, delete what a run has made in its place, and run `pulumi up` again."
        )


def _refuse_unfinished(state: StackState, stream_id: str) -> None:
    """What a run has made and not recorded yet looks as if nobody owned it."""
    if any(create.stream_id in (stream_id, None) for create in state.pending_creates):
        raise click.ClickException(
            f"Creates of this stack on stream {stream_id} are unfinished, so some of its playback IDs may be theirs. "
            f"If a run is still going on, wait for its end; if it was killed, run `pulumi-fastpix recover` first. Or "
            f"name the playback IDs to adopt. Nothing was written."
        )


def _mention_others(listed: Sequence[str], others: Siblings) -> None:
    """An ID with two owners is deleted by whichever goes first."""
    for reason in others.unread:
        click.echo(f"Warning: {reason}", err=True)
    for playback_id in listed:
        if owners := others.owners.get(playback_id):
            click.echo(
                f"Warning: {playback_id} is owned by stack {', '.join(owners)} already. Two owners would each delete "
                f"it: let the other go first, by a `.get()` of the same name there.",
                err=True,
            )


def _advice(pulumi: PulumiCli, stream_id: str, adopted: Sequence[Adopted], out: str, *, named: bool) -> str:
    put_it = (
        "If the stack's program doesn't declare it yet, put this into it:"
        if named
        else "Put this into the stack's program (to change a name, change it in that file as well):"
    )
    importing = pulumi.importing(out, protect=False)
    return "\n".join(
        [
            f"Wrote {out}. {put_it}",
            "",
            *(f"    {line}".rstrip() for line in declarations(stream_id, adopted)),
            "",
            "and run, before the next `pulumi up`:",
            "",
            f"    {shlex.join(importing)}",
            "",
            "From then on the stack owns them, and deletes them once it no longer declares them.",
        ]
    )


def _owned(state: StackState) -> dict[str, str]:
    """Names of the resources that own a playback ID in this stack, by playback ID."""
    return {resource.id: resource.name for resource in state.playback_ids if not resource.external}


def _chosen(
    stream_id: str, listed: Sequence[PlaybackId], wanted: Sequence[str], owned: dict[str, str]
) -> list[PlaybackId]:
    """Those that were asked for, in that order; all reasons against it are given at once."""
    there = {playback_id.id: playback_id for playback_id in listed}
    missing = [playback_id for playback_id in wanted if playback_id not in there]
    already = [f"{playback_id} (as {owned[playback_id]!r})" for playback_id in wanted if playback_id in owned]
    reasons = []
    if missing:
        reasons.append(f"Stream {stream_id} has no playback ID {', '.join(missing)}.")
    if already:
        reasons.append(f"The stack already owns {', '.join(already)}.")
    if reasons:
        raise click.ClickException(f"{' '.join(reasons)} Nothing was written.")
    return [there[playback_id] for playback_id in wanted]


def _refuse_other_policies(playback_ids: Sequence[PlaybackId]) -> None:
    strange = [f"{one.id} ({one.access_policy})" for one in playback_ids if one.access_policy not in ACCESS_POLICIES]
    if strange:
        raise click.ClickException(
            f"The access policy of these can't be declared: {', '.join(strange)}. Nothing was written. Name the "
            f"playback IDs to adopt without them."
        )


def _mention_lookups(state: StackState, names: dict[str, str]) -> None:
    for resource in state.playback_ids:
        if resource.external and resource.id in names:
            click.echo(
                f"The program looks {resource.id} up as {resource.name!r} (`.get()`): let it use "
                f"{names[resource.id]!r} instead."
            )
