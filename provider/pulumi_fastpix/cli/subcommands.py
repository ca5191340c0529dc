"""The subcommands of `pulumi-fastpix`. One is imported only when it is wanted, with all that it needs."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

import click

from pulumi_fastpix.cli import STATUS_AFTER_CTRL_C


@dataclass(frozen=True)
class _Subcommand:
    """Where a subcommand is: `command` in the module, and the extra of this package that it needs.

    The summary stands beside its name in `pulumi-fastpix --help`, which cuts a longer one than 60 characters or so.
    """

    module: str
    summary: str
    extra: str | None = None


_SUBCOMMANDS = {
    "adopt": _Subcommand("pulumi_fastpix.cli.adopt.command", "Make a stack the owner of playback IDs or live streams."),
    "audit": _Subcommand(
        "pulumi_fastpix.cli.audit.command", "Find playback IDs that no stack declares, or that differ."
    ),
    "delete": _Subcommand("pulumi_fastpix.cli.delete.command", "Delete a playback ID that no stack declares."),
    "doctor": _Subcommand("pulumi_fastpix.cli.doctor.command", "Find out why a program can't reach FastPix."),
    "recover": _Subcommand(
        "pulumi_fastpix.cli.recover.command", "Find what a killed `pulumi up` made and didn't record."
    ),
    "sign": _Subcommand(
        "pulumi_fastpix.cli.sign.command", "Print an address that plays a private playback ID.", extra="signing"
    ),
    "sandbox": _Subcommand(
        "pulumi_fastpix.cli.sandbox.command", "Serve FastPix's live-stream API on this machine.", extra="sandbox"
    ),
}


class _Subcommands(click.Group):
    """Finds subcommands by name in the table above."""

    def invoke(self, ctx: click.Context) -> object:
        """Import and run a subcommand; one that doesn't say itself what Ctrl-C did was only starting."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort):
            # Otherwise click would print "Aborted!", with the status of a failure.
            click.echo("Interrupted.", err=True)
            raise click.exceptions.Exit(STATUS_AFTER_CTRL_C) from None

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return sorted(_SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        subcommand = _SUBCOMMANDS.get(cmd_name)
        if subcommand is None:
            return None
        try:
            command: click.Command = import_module(subcommand.module).command
        except ImportError as error:
            ours = (error.name or "").startswith("pulumi_fastpix")
            if ours or subcommand.extra is None:
                raise
            return _not_installed(cmd_name, subcommand.extra)
        command.short_help = subcommand.summary
        return command


def _not_installed(name: str, extra: str) -> click.Command:
    """A stand-in whose message names the extra to install, even if it is called with options of the real one."""
    remedy = f"`pulumi-fastpix {name}` needs more packages: run  pip install 'pulumi-fastpix[{extra}]'"

    def refuse() -> None:
        raise click.ClickException(remedy)

    anything = click.Argument(["anything"], nargs=-1, expose_value=False, type=click.UNPROCESSED)
    return click.Command(
        name,
        callback=refuse,
        params=[anything],
        add_help_option=False,
        help=f"Not installed: run pip install 'pulumi-fastpix[{extra}]'",
        context_settings={"ignore_unknown_options": True},
    )


@click.group(cls=_Subcommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pulumi-fastpix", message="%(prog)s %(version)s")
def main() -> None:
    """FastPix live streams, and who can watch them, as infrastructure as code."""
