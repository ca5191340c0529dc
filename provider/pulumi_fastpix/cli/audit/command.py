"""`pulumi-fastpix audit`: compares what exists with what stacks declare."""

from __future__ import annotations

import click

from pulumi_fastpix.cli.audit import report
from pulumi_fastpix.cli.audit.comparison import Stacks, compare
from pulumi_fastpix.cli.audit.findings import Level, exit_status, worst_first
from pulumi_fastpix.cli.audit.reading import read_all_streams, read_streams
from pulumi_fastpix.cli.audit.reading_keys import KeysRead, read_keys
from pulumi_fastpix.cli.audit.result import Audit
from pulumi_fastpix.cli.audit.signing_keys import compare_keys
from pulumi_fastpix.cli.audit.streams import each_once
from pulumi_fastpix.cli.endings import reporting_failures
from pulumi_fastpix.cli.id_arguments import STREAM_ID, ids_given
from pulumi_fastpix.cli.known_stack import known_stack, stack_or_environment
from pulumi_fastpix.cli.options import also_option, stack_options
from pulumi_fastpix.cli.other_stacks import read_other_stacks
from pulumi_fastpix.cli.pulumi_cli import PulumiCli
from pulumi_fastpix.cli.terminal import show, warn

NOT_READ = 2


@click.command(name="audit")
@stack_options
@also_option
@click.option(
    "--all-streams",
    is_flag=True,
    help="Audit every live stream of every account that the stack uses; without a project, of that in the environment.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--fail-on",
    type=click.Choice([level.value for level in Level]),
    default=Level.WARNING.value,
    show_default=True,
    help="The lowest level that makes the exit status 1.",
)
@click.argument("stream_ids", metavar="[STREAM_ID]...", nargs=-1, callback=ids_given(STREAM_ID))
@click.pass_context
def command(
    ctx: click.Context,
    *,
    stack: str | None,
    cwd: str | None,
    also: tuple[str, ...],
    all_streams: bool,
    as_json: bool,
    fail_on: str,
    stream_ids: tuple[str, ...],
) -> None:
    """Compare streams with the stack: find playback IDs that no stack declares, and declared ones that differ.

    Without STREAM_ID, audits all streams that the stack declares or has playback IDs on; with --all-streams, all there
    are. It only reads, and changes nothing. Stacks of other projects count only if they are named with --also.

    Without STREAM_ID it is about signing keys, too: those of each account in which the stack has one, and with
    --all-streams of every account whose access token may see them.

    Exit status: 0 if all is well, 1 if something was found, 2 if something couldn't be read, so that there may be
    more to find. With `--fail-on critical` it is 1 only for public playback IDs that anyone may play and that no stack
    declares, or declares with access restrictions; with `--fail-on note` for every finding.

    \b
    Examples:
      pulumi-fastpix audit
      pulumi-fastpix audit --all-streams
      pulumi-fastpix audit --json --fail-on critical
      pulumi-fastpix audit --stack dev 1111aaaa2222bbbb3333cccc4444dddd
    """  # noqa: D301 - a real backspace makes click keep lines as they are
    if all_streams and stream_ids:
        raise click.UsageError("Give either --all-streams or STREAM_IDs, not both.")
    with reporting_failures(NOT_READ, as_json=as_json):
        audit = _audit(PulumiCli(stack, cwd), also, stream_ids, all_streams=all_streams)
    if as_json:
        click.echo(report.as_json(audit))
    else:
        show(report.as_lines(audit))
    show(report.not_audited(audit), err=True)
    ctx.exit(exit_status(audit.findings, Level(fail_on), complete=not audit.unread))


def _audit(pulumi: PulumiCli, also: tuple[str, ...], stream_ids: tuple[str, ...], *, all_streams: bool) -> Audit:
    known = stack_or_environment(pulumi) if all_streams else known_stack(pulumi)
    warn(known.left_over.unreadable)
    read, unread = read_all_streams(known) if all_streams else read_streams(known, stream_ids)
    streams = each_once(read)
    others = read_other_stacks(known.pulumi, known.state if known.has_stack else None, also)
    creates = known.live_streams.interrupted_creates
    keys = KeysRead() if stream_ids else read_keys(known, all_accounts=all_streams)
    keys_there = [key.id for key in keys.keys if key.exists]
    of_keys = () if stream_ids else [one for one in known.signing_keys.interrupted_creates if one.may_exist(keys_there)]
    asked_for = [one for one in creates if not stream_ids or one.id in ("", *stream_ids)]
    stacks = Stacks(others.owners, others.stream_owners, asked_for)
    return Audit(
        known=known,
        stacks_read=[*([known.state.stack] if known.has_stack else []), *others.stacks],
        streams=streams,
        keys=keys.keys,
        findings=worst_first(
            [
                *compare(streams, stacks, all_streams=all_streams),
                *compare_keys(keys.keys, others.signing_key_owners, of_keys),
            ]
        ),
        # An account that can't be used at all is the same reason twice.
        unread=list(dict.fromkeys([*unread, *keys.unread, *others.unread])),
        hidden_keys=keys.hidden,
        also=also,
        all_streams=all_streams,
    )
