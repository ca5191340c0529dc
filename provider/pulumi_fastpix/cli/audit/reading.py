"""Reads the streams that an audit is about, and reports what couldn't be read."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from itertools import chain

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.models import Stream
from pulumi_fastpix.cli.audit import messages
from pulumi_fastpix.cli.audit.streams import AuditedStream, StreamToRead, other_streams, streams_to_read
from pulumi_fastpix.cli.known_stack import KnownStack
from pulumi_fastpix.cli.parallel import in_parallel, progress
from pulumi_fastpix.errors import FastPixError, NotFoundError
from pulumi_fastpix.settings.settings import Settings


def read_streams(known: KnownStack, stream_ids: Sequence[str]) -> tuple[list[AuditedStream], list[str]]:
    """Read the streams that are named; without a name, those that the stack has, or has playback IDs on.

    Returns:
        The streams, and a sentence for each thing that couldn't be read.
    """
    return _read_each(known, streams_to_read(known.playback_ids, stream_ids, known.settings))


def read_all_streams(known: KnownStack) -> tuple[list[AuditedStream], list[str]]:
    """Read all streams of all accounts of the stack.

    Returns:
        The streams, and a sentence for each thing that couldn't be read.
    """
    wanted = streams_to_read(known.playback_ids, (), known.settings)
    listed: dict[str, Sequence[Stream]] = {}
    unread: list[str] = []
    for provider in known.accounts():
        result = _listed(known, provider)
        if isinstance(result, str):
            unread.append(result)
        else:
            listed[provider] = result
    others, doubtful = other_streams(wanted, listed, known.settings)
    streams, not_read = _read_each(known, [*wanted, *doubtful])
    return [*streams, *others], [*unread, *not_read]


def _listed(known: KnownStack, provider: str) -> list[Stream] | str:
    """All streams of an account, or why they can't be read."""
    streams: list[Stream] = []
    try:
        with known.client(known.settings(provider)) as client:
            pages = client.live_streams.pages()
            last = next(pages)
            with progress(last.number, "Listing streams") as advance:
                for page in chain([last], pages):
                    streams += page.streams
                    advance(1)
    except FastPixError as error:
        return str(error)
    return streams


def _read_each(known: KnownStack, wanted: Sequence[StreamToRead]) -> tuple[list[AuditedStream], list[str]]:
    with ExitStack() as opened:
        clients: dict[Settings, Client] = {
            settings: opened.enter_context(known.client(settings)) for settings in {one.settings for one in wanted}
        }
        results = in_parallel(lambda one: _read(clients[one.settings], one), wanted, "Reading streams")
    return (
        [result for result in results if isinstance(result, AuditedStream)],
        [known.without_secrets(result) for result in results if isinstance(result, str)],
    )


def _read(client: Client, wanted: StreamToRead) -> AuditedStream | str:
    """The stream, or why nothing is known of it."""
    stream_id, stream = wanted.stream_id, None
    try:
        stream = client.live_streams.get(stream_id)
    except NotFoundError as error:
        if not wanted.seen_here and stream_id not in wanted.settings.deleted_streams:
            return messages.stream_not_seen_before(error, stream_id)
    except FastPixError as error:
        return str(error)
    return AuditedStream(
        stream_id,
        stream.playback_ids if stream else None,
        recorded=wanted.recorded,
        interrupted=wanted.interrupted if stream else (),
        declared=wanted.declared,
        kind=stream.kind if stream else "",
        account=wanted.account,
    )
