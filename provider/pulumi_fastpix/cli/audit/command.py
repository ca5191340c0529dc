"""`pulumi-fastpix audit`: compares the playback IDs that exist with those that stacks declare."""

from __future__ import annotations

from contextlib import ExitStack

import click

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.cli.audit import report
from pulumi_fastpix.cli.audit.findings import Level, compare, exit_status
from pulumi_fastpix.cli.audit.streams import AuditedStream, StreamToRead, streams_to_read
from pulumi_fastpix.cli.endings import reporting_failures
from pulumi_fastpix.cli.id_arguments import ids_given
from pulumi_fastpix.cli.known_stack import KnownStack, known_stack
from pulumi_fastpix.cli.options import also_option, stack_options
from pulumi_fastpix.cli.other_stacks import read_other_stacks
from pulumi_fastpix.cli.parallel import in_parallel
from pulumi_fastpix.cli.pulumi_cli import PulumiCli
from pulumi_fastpix.errors import FastPixError, NotFoundError

NOT_READ = 2


@click.command(name="audit")
@stack_options
@also_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--fail-on",
    type=click.Choice([level.value for level in Level]),
    default=Level.WARNING.value,
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
    """Compare streams with the stack: find playback IDs that no stack declares, and declared ones that differ.

    Without STREAM_ID, audits all streams on which the stack has playback IDs. It only reads, and changes nothing.

    Exit status: 0 if all is well, 1 if something was found, 2 if something couldn't be read, so that there may be
    more to find. With `--fail-on critical` it is 1 only for undeclared public playback IDs, with `--fail-on note` for
    every finding.

    \b
    Examples:
      pulumi-fastpix audit
      pulumi-fastpix audit --json --fail-on critical
      pulumi-fastpix audit --stack dev 1111aaaa2222bbbb3333cccc4444dddd
    """  # noqa: D301 - a real backspace makes click keep lines as they are
    with reporting_failures(NOT_READ):
        audit = _audit(known_stack(PulumiCli(stack, cwd)), also, stream_ids)
    click.echo(report.as_json(audit) if as_json else report.as_text(audit))
    for reason in audit.unread:
        click.echo(f"Not audited: {reason}", err=True)
    ctx.exit(exit_status(audit.findings, Level(fail_on), complete=not audit.unread))


def _audit(known: KnownStack, also: tuple[str, ...], stream_ids: tuple[str, ...]) -> report.Audit:
    wanted = streams_to_read(known.playback_ids, stream_ids, known.settings)
    others = read_other_stacks(known.pulumi, known.state, also)
    with ExitStack() as opened:
        clients = {
            settings: opened.enter_context(known.client(settings)) for settings in {one.settings for one in wanted}
        }
        results = in_parallel(lambda one: _read(clients[one.settings], one), wanted, "Reading streams")
    streams = [result for result in results if isinstance(result, AuditedStream)]
    unread = [known.without_secrets(result) for result in results if isinstance(result, str)]
    return report.Audit(
        known.state.stack,
        streams,
        compare(streams, others.owners),
        [*unread, *others.unread],
        known.without_secrets,
        sorted({one.settings.base_url for one in wanted}),
        known.pulumi.options(),
    )


def _read(client: Client, wanted: StreamToRead) -> AuditedStream | str:
    """The stream, or why nothing is known of it."""
    stream_id = wanted.stream_id
    try:
        listed = client.live_streams.get(stream_id).playback_ids
    except NotFoundError as error:
        if wanted.seen_here or stream_id in wanted.settings.deleted_streams:
            return AuditedStream(stream_id, None, wanted.recorded)
        return report.stream_not_seen_before(error, stream_id)
    except FastPixError as error:
        return str(error)
    return AuditedStream(stream_id, listed, wanted.recorded, wanted.interrupted)
