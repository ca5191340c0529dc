"""`pulumi-fastpix adopt --streams`: makes a stack the owner of live streams that exist already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import click
from pulumi.dynamic.dynamic import serialize_provider

from pulumi_fastpix.cli.adopt import report, stream_adoption, stream_report
from pulumi_fastpix.cli.adopt.stream_adoption import AdoptedStream
from pulumi_fastpix.cli.existing_streams import look_up
from pulumi_fastpix.cli.import_file import ImportFile
from pulumi_fastpix.cli.known_stack import KnownStack
from pulumi_fastpix.cli.other_stacks import OtherStacks
from pulumi_fastpix.cli.terminal import Line, show, warn
from pulumi_fastpix.dynamic import LiveStreamProvider
from pulumi_fastpix.resources.base import Existing
from pulumi_fastpix.resources.live_stream.inputs import parse_import_id
from pulumi_fastpix.settings.settings import Settings
from pulumi_fastpix.stack.urns import name_of


@dataclass(frozen=True)
class Naming:
    """How the streams are named in the program: see the options of the command."""

    name: str | None = None
    prefix: str | None = None
    parent: str = ""


def adopt_streams(
    known: KnownStack,
    settings: Settings,
    others: OtherStacks,
    wanted: Sequence[str],
    *,
    naming: Naming,
    file: ImportFile,
) -> None:
    """Write the import file, and show what to do with it.

    Args:
        known: the stack.
        settings: those of its own account.
        others: the other stacks.
        wanted: the streams, as `STREAM_ID` or `STREAM_ID/PLAYBACK_ID`, each once.
        naming: their names.
        file: the import file.
    """
    owned = known.live_streams.owned
    if already := [owned[id_] for id_, _ in map(parse_import_id, wanted) if id_ in owned]:
        raise click.ClickException(stream_report.already_owned(already))
    with known.client(settings) as client:
        found = list(look_up(client, wanted))
    adopted = _named(known, list(zip(wanted, found, strict=True)), naming)
    if undeclarable := stream_adoption.undeclarable(adopted):
        raise click.ClickException(stream_report.undeclarable(undeclarable))
    if apart := stream_adoption.owned_apart(adopted, known.playback_ids):
        raise click.ClickException(stream_report.owned_apart(known.pulumi, apart))
    file.refuse_to_overwrite()
    warn([*others.unread, *stream_report.second_owners(adopted, others), *stream_report.without_playback_id(adopted)])
    file.write(stream_adoption.entries(adopted, serialize_provider(LiveStreamProvider()), naming.parent))
    show([Line(others.reach)])
    named = naming.name is not None
    show(stream_report.what_to_do(known.pulumi, adopted, file.out, naming.parent, named=named))


def _named(known: KnownStack, found: Sequence[tuple[str, Existing]], naming: Naming) -> list[AdoptedStream]:
    if naming.name is None:
        return stream_adoption.named(found, {name_of(urn) for urn in known.state.urns}, naming.prefix)
    if naming.parent and naming.parent not in known.state.urns:
        raise click.ClickException(report.no_parent(naming.parent))
    if occupant := stream_adoption.occupant(known.state, naming.name, naming.parent):
        raise click.ClickException(stream_report.name_taken(occupant, known.pulumi))
    return [AdoptedStream(naming.name, existing, import_id) for import_id, existing in found]
