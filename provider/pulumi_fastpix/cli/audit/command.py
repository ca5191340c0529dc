"""`pulumi-fastpix audit`: shows which playback IDs exist beside, or despite, what a stack declares."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import click

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.cli.audit.findings import AuditedStream, Level, compare
from pulumi_fastpix.cli.audit.report import Audit, for_people, for_programs
from pulumi_fastpix.cli.endings import ending_in_sentences
from pulumi_fastpix.cli.id_arguments import ids_given
from pulumi_fastpix.cli.known_stack import KnownStack, known_stack
from pulumi_fastpix.cli.other_stacks import siblings
from pulumi_fastpix.cli.parallel import in_parallel
from pulumi_fastpix.cli.pulumi_cli import PulumiCli, stack_options
from pulumi_fastpix.errors import FastPixError, NotFoundError
from pulumi_fastpix.settings import Settings
from pulumi_fastpix.settings.names import GONE_STREAMS_VARIABLE
from pulumi_fastpix.stack.state import Resource

COULD_NOT_TELL = 2


@click.command(name="audit")
@stack_options
@click.option(
    "--also",
    multiple=True,
    metavar="STACK",
    help="A stack of another project whose playback IDs count as declared. Those of this project do. Repeatable.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--fail-on",
    type=click.Choice([level.value for level in Level]),
    default=Level.DRIFT.value,
    show_default=True,
    help="The lowest level that makes the exit status 1.",
)
@click.argument("stream_ids", metavar="[STREAM_ID]...", nargs=-1, callback=ids_given("a stream ID"))
@click.pass_context
def command(
    ctx: click.Context,
    *,
    stack: str | None,
    cwd: str | None,
    also: tuple[str, ...],
    as_json: bool,
    fail_on: str,
    stream_ids: tuple[str, ...],
) -> None:
    """Compare streams with the stack: what exists that nobody declares, and what is declared but isn't so.

    Without STREAM_ID, these are all streams on which the stack has playback IDs. It only reads, and changes nothing.

    Exit status: 0 if all is well, 1 if something was found, 2 if something couldn't be read, so that there may be
    more to find. `--fail-on open` answers 1 only to public playback IDs that nobody declares, `--fail-on note` to
    everything.

    \b
    Examples:
      pulumi-fastpix audit
      pulumi-fastpix audit --json --fail-on open
      pulumi-fastpix audit --stack dev 1111aaaa2222bbbb3333cccc4444dddd
    """  # noqa: D301 - a real backspace is how click is told to keep lines as they are
    with ending_in_sentences(COULD_NOT_TELL):
        known = known_stack(PulumiCli(stack, cwd))
        questions = _questions(known, stream_ids)
        others = siblings(known.pulumi, known.state, also)
        with ExitStack() as opened:
            clients = {
                settings: opened.enter_context(known.client(settings))
                for settings in {question.settings for question in questions}
            }
            answers = in_parallel(
                lambda question: _ask(clients[question.settings], question), questions, "Reading streams"
            )
        streams = [answer for answer in answers if isinstance(answer, AuditedStream)]
        audit = Audit(
            known.state.stack,
            streams,
            compare(streams, others.owners),
            [
                *(known.shown(answer) for answer in answers if isinstance(answer, str)),
                *others.unread,
            ],
            known.shown,
            sorted({question.settings.base_url for question in questions}),
            known.pulumi.options(),
        )
    click.echo(for_programs(audit) if as_json else for_people(audit))
    for reason in audit.unread:
        click.echo(f"Could not tell: {reason}", err=True)
    ctx.exit(audit.status(Level(fail_on)))


@dataclass(frozen=True)
class _Question:
    """A stream to be read, with what the stack has on it."""

    settings: Settings
    stream_id: str
    resources: tuple[Resource, ...]
    pending: tuple[Resource, ...]


def _questions(known: KnownStack, stream_ids: Sequence[str]) -> list[_Question]:
    # By workspace, too: two accounts may have streams of one ID, and one workspace be reached in two ways.
    settings: dict[str, Settings] = {}
    on_stream: dict[tuple[str, str], list[Resource]] = {}
    for resource in known.state.every:
        if resource.stream_id in stream_ids or not stream_ids:
            of_resource = known.settings(resource.provider)
            settings.setdefault(of_resource.workspace_mark, of_resource)
            on_stream.setdefault((of_resource.workspace_mark, resource.stream_id or ""), []).append(resource)
    for stream_id in stream_ids:
        if not any(stream_id == found for _, found in on_stream):
            settings.setdefault(known.settings().workspace_mark, known.settings())
            on_stream[known.settings().workspace_mark, stream_id] = []
    return [
        _Question(
            settings=settings[seen_by],
            stream_id=stream_id,
            resources=tuple(resource for resource in resources if resource.id),
            pending=tuple(resource for resource in resources if not resource.id),
        )
        for (seen_by, stream_id), resources in on_stream.items()
    ]


def _ask(client: Client, question: _Question) -> AuditedStream | str:
    """The stream, or why nothing can be said of it."""
    stream_id, settings = question.stream_id, question.settings
    try:
        listed = client.live_streams.get(stream_id).playback_ids
    except NotFoundError as error:
        seen_here = any(resource.seen_by == settings.workspace_mark for resource in question.resources)
        if seen_here or stream_id in settings.gone_streams:
            return AuditedStream(stream_id, None, question.resources)
        return (
            f"{error} These credentials haven't seen the stream before: perhaps the access token was replaced since "
            f"the last `pulumi up` or `pulumi refresh`, or they belong to another workspace than the stream, which may "
            f"be alive there. Use those of its workspace. Only if you know that it was deleted, run this with "
            f"{GONE_STREAMS_VARIABLE}={stream_id} in the environment."
        )
    except FastPixError as error:
        return str(error)
    return AuditedStream(stream_id, listed, question.resources, question.pending)
