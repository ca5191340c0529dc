"""`pulumi-fastpix delete`: deletes one playback ID that no stack declares."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress

import click

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.cli import STATUS_AFTER_CTRL_C
from pulumi_fastpix.cli.delete import report
from pulumi_fastpix.cli.delete.reasons import Found, reasons_to_keep
from pulumi_fastpix.cli.endings import reporting_failures
from pulumi_fastpix.cli.id_arguments import STREAM_ID, id_given
from pulumi_fastpix.cli.known_stack import KnownStack, known_stack, stack_or_environment
from pulumi_fastpix.cli.options import also_option, ignore_unread_option, stack_options
from pulumi_fastpix.cli.other_stacks import read_other_stacks
from pulumi_fastpix.cli.pulumi_cli import PulumiCli, PulumiError
from pulumi_fastpix.cli.stacks_read import stacks_read
from pulumi_fastpix.cli.terminal import Colour, Line, show, warn
from pulumi_fastpix.errors import FastPixError, NotFoundError
from pulumi_fastpix.stack.playback_ids import PlaybackIds

FAILURE = 1


@click.command(name="delete")
@stack_options
@also_option
@ignore_unread_option
@click.option("-y", "--yes", is_flag=True, help="Don't ask. Without a terminal, this is needed.")
@click.argument("stream_id", callback=id_given(STREAM_ID))
@click.argument("playback_id", callback=id_given("a playback ID"))
def command(
    *,
    stack: str | None,
    cwd: str | None,
    also: tuple[str, ...],
    ignore_unread: bool,
    yes: bool,
    stream_id: str,
    playback_id: str,
) -> None:
    """Delete a playback ID that no stack declares, as `audit` finds them.

    Shows the playback ID and asks first. Refuses if a stack owns it, looks it up, or may be about to record it: a
    stack of this project, or one named with --also. Stacks of other projects aren't read. Without a Pulumi project
    here, no stack is read, and the credentials come from the environment.

    A playback ID that doesn't exist (any more) is no error: the exit status is 0, and the report says so.

    \b
    Examples:
      pulumi-fastpix delete 1111aaaa2222bbbb3333cccc4444dddd 6b1fdb45-3a5c-4bd6-b9a5-2a9b8d1a7f10
      pulumi-fastpix delete --also acme/web/prod 1111aaaa2222bbbb3333cccc4444dddd 6b1fdb45-3a5c-4bd6-b9a5-2a9b8d1a7f10
      pulumi-fastpix delete --stack dev --yes 1111aaaa2222bbbb3333cccc4444dddd 6b1fdb45-3a5c-4bd6-b9a5-2a9b8d1a7f10
    """  # noqa: D301 - a real backspace makes click keep lines as they are
    with reporting_failures(FAILURE):
        known = stack_or_environment(PulumiCli(stack, cwd))
        with _without_secrets(known):
            stacks = _stacks(known, also, ignore_unread=ignore_unread)
            found = _find(known, stream_id, playback_id)
            shown = known.without_secrets(stream_id)
            if found is None:
                show([Line(report.absent(playback_id, shown))])
                return
            if reasons := reasons_to_keep(stream_id, found, stacks):
                raise click.ClickException(report.refusal(playback_id, reasons))
            show([report.found(found, shown), Line(stacks_read(list(stacks), has_stack=known.has_stack))])
            if not yes:
                _ask()
                _refuse_new_claims(known, stream_id, found)
            with known.client(known.settings(found.provider)) as client:
                _delete(client, stream_id, playback_id)
            show([Line(report.deleted(playback_id, shown), colour=Colour.GREEN)])


@contextmanager
def _without_secrets(known: KnownStack) -> Iterator[None]:
    """Failures don't show what the stack keeps secret."""
    try:
        yield
    except FastPixError as error:
        raise click.ClickException(known.without_secrets(str(error))) from None


def _stacks(known: KnownStack, also: tuple[str, ...], *, ignore_unread: bool) -> dict[str, PlaybackIds]:
    """The playback IDs of this stack and of the others, by the stack's name; end the command if one can't be read."""
    own = {known.state.stack: known.playback_ids} if known.has_stack else {}
    others = read_other_stacks(known.pulumi, known.state if known.has_stack else None, also)
    if others.unread and not ignore_unread:
        raise click.ClickException(report.unread(others.unread))
    warn(others.unread)
    return {**own, **others.stacks}


def _find(known: KnownStack, stream_id: str, playback_id: str) -> Found | None:
    """Look for the playback ID in all accounts; None if its stream is in one of them, and has no such playback ID."""
    unseen: list[NotFoundError | None] = []
    for provider in known.accounts():
        result = _look(known, provider, stream_id, playback_id)
        if isinstance(result, Found):
            return result
        unseen.append(result)
    if None not in unseen:
        raise click.ClickException(known.without_secrets(report.stream_not_found(list(filter(None, unseen)))))
    return None


def _look(known: KnownStack, provider: str, stream_id: str, playback_id: str) -> Found | NotFoundError | None:
    """The playback ID in one account; None if there is none on its stream, and the error if there is no such stream."""
    with known.client(known.settings(provider)) as client:
        try:
            stream = client.live_streams.get(stream_id)
        except NotFoundError as error:
            return error
        try:
            found = stream.by_id.get(playback_id) or client.playback_ids.get(stream_id, playback_id)
        except NotFoundError:
            return None
        others = len(stream.by_id.keys() - {playback_id})
        return Found(found, provider, client.settings.base_url, others, stream.kind)


def _ask() -> None:
    if not sys.stdin.isatty():
        raise click.ClickException(report.NO_TERMINAL)
    if not click.confirm(report.QUESTION):
        click.echo(report.NOTHING_DELETED)
        raise click.exceptions.Exit(FAILURE)


def _refuse_new_claims(known: KnownStack, stream_id: str, found: Found) -> None:
    """End the command if a run has begun while the question waited, and the stack has a claim by now."""
    if not known.has_stack:
        return
    try:
        now = known_stack(known.pulumi).playback_ids
    except PulumiError as error:
        raise click.ClickException(report.not_read_again(error)) from None
    if reasons := reasons_to_keep(stream_id, found, {known.state.stack: now}):
        raise click.ClickException(report.changed(found.playback_id.id, reasons))


def _delete(client: Client, stream_id: str, playback_id: str) -> None:
    """Delete it, and make sure that it is gone."""
    try:
        # Not found: somebody else was faster, or an attempt of ours whose response was lost.
        with suppress(NotFoundError):
            client.playback_ids.delete(stream_id, playback_id)
        listed = _listed(client, stream_id)
    except KeyboardInterrupt:
        click.echo(report.interrupted(playback_id), err=True)
        raise click.exceptions.Exit(STATUS_AFTER_CTRL_C) from None
    if playback_id in listed:
        raise click.ClickException(report.still_listed(playback_id))


def _listed(client: Client, stream_id: str) -> Collection[str]:
    """The playback IDs on a stream; none if the stream was deleted meanwhile."""
    try:
        return client.live_streams.get(stream_id).by_id
    except NotFoundError:
        return ()
