"""Reads the live streams that killed runs may have made, and makes the entries to import them by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import click

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.live_streams import STREAMS_PER_PAGE
from pulumi_fastpix.api.models import Stream
from pulumi_fastpix.cli.existing_streams import entry, look_up
from pulumi_fastpix.cli.known_stack import KnownStack
from pulumi_fastpix.cli.other_stacks import OtherStacks
from pulumi_fastpix.cli.recover import report
from pulumi_fastpix.cli.recover.recovery import Decisions, Interrupted
from pulumi_fastpix.cli.recover.stream_recovery import (
    StreamPlace,
    StreamRecovery,
    one_mark_for_each_workspace,
    recover_streams,
    undeclared_streams,
)
from pulumi_fastpix.errors import InvalidInputError, NotFoundError
from pulumi_fastpix.resources.access_restrictions.applying import shown_by
from pulumi_fastpix.resources.base import NOTHING, Values
from pulumi_fastpix.settings.settings import Settings
from pulumi_fastpix.stack.import_file import Entry


@dataclass(frozen=True)
class StreamsFound:
    """The live streams that killed runs of a stack may have made.

    Attributes:
        known: the stack.
        settings: those of each provider.
        by_mark: the newest streams of each workspace, and those that interrupted creates certainly made.
        others: the other stacks.
    """

    known: KnownStack
    settings: Mapping[str, Settings]
    by_mark: Mapping[str, Sequence[Stream]]
    others: OtherStacks

    @cached_property
    def marks(self) -> dict[str, str]:
        """For each mark, that by which to know its workspace."""
        return one_mark_for_each_workspace(self.by_mark)

    @cached_property
    def undeclared(self) -> dict[StreamPlace, tuple[str, ...]]:
        """Those that no stack that was read has."""
        declared = {one.id for one in self.known.live_streams.recorded} | self.known.made_by_others
        declared |= set(self.others.stream_owners)
        return undeclared_streams(self.marks, self.by_mark, declared)

    @cached_property
    def by_id(self) -> dict[str, Stream]:
        """All of them."""
        return {stream.id: stream for listed in self.by_mark.values() for stream in listed}

    @property
    def shown(self) -> dict[str, Values]:
        """The access restrictions that FastPix shows of the playback ID that came with each, if that is known."""
        return {
            one.id: shown_by(one.playback_ids[0].access_restrictions) if len(one.playback_ids) == 1 else NOTHING
            for one in self.by_id.values()
        }

    def recover(self, decisions: Decisions) -> StreamRecovery:
        """The pairs."""
        creates = self.known.live_streams.interrupted_creates
        marks = {
            one.explicit_provider: self.marks[self.settings[one.explicit_provider].workspace_mark] for one in creates
        }
        stored = self.known.stored.live_streams
        return recover_streams(self.known.live_streams, stored, marks, self.undeclared, decisions)

    def entries(self, recovery: StreamRecovery) -> list[Entry]:
        """The entries of the import file.

        Raises:
            ClickException: a stream has several playback IDs, so that it isn't known which one came with it.
        """
        by_settings: dict[Settings, list[tuple[Interrupted, str]]] = {}
        for interrupted, stream_id in recovery.made:
            settings = self.settings[interrupted.create.explicit_provider]
            by_settings.setdefault(settings, []).append((interrupted, stream_id))
        return [one for settings, made in by_settings.items() for one in self._entries(settings, made)]

    def _entries(self, settings: Settings, made: Sequence[tuple[Interrupted, str]]) -> Iterator[Entry]:
        with self.known.client(settings) as client:
            existing = look_up(client, [stream_id for _, stream_id in made])
            for interrupted, stream_id in made:
                create, name = interrupted.create, interrupted.name(stream_id)
                try:
                    found = next(existing)
                except InvalidInputError as error:
                    raise click.ClickException(report.which_came_with(error, stream_id, name)) from None
                inputs = interrupted.known_inputs(self.shown[stream_id])
                if not create.remembered:
                    # The journal has no settings.
                    inputs = {**found.inputs, **inputs}
                place = {"type_token": create.type_token, "parent": create.parent, "provider": create.explicit_provider}
                yield entry(found, name, inputs, **place)


def read_streams(known: KnownStack, settings: Mapping[str, Settings], others: OtherStacks) -> StreamsFound:
    """Read the newest live streams of each workspace in which a create of one was interrupted."""
    by_mark: dict[str, Sequence[Stream]] = {}
    creates = known.live_streams.interrupted_creates
    for of_provider in {settings[create.explicit_provider] for create in creates}:
        ids = {one.id for one in creates if one.id and settings[one.explicit_provider] == of_provider}
        with known.client(of_provider) as client:
            newest = client.live_streams.newest(STREAMS_PER_PAGE)
            made = [_read(client, id_) for id_ in sorted(ids - {stream.id for stream in newest})]
        by_mark[of_provider.workspace_mark] = [*newest, *(stream for stream in made if stream)]
    return StreamsFound(known, settings, by_mark, others)


def _read(client: Client, stream_id: str) -> Stream | None:
    try:
        return client.live_streams.get(stream_id)
    except NotFoundError:
        return None
