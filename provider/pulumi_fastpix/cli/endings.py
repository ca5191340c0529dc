"""How the commands that call Pulumi and FastPix end when they can't go on: with a message and an exit status."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import click

from pulumi_fastpix.cli import STATUS_AFTER_CTRL_C
from pulumi_fastpix.cli.pulumi_cli import NoProjectError, PulumiError
from pulumi_fastpix.errors import FastPixError

WRONG_COMMAND_LINE = 2  # click's own status for it


class _Failure(click.ClickException):
    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.exit_code = status  # type: ignore[misc]  # what click looks at; its stubs take it for a constant


@contextmanager
def reporting_failures(status: int, *, as_json: bool = False) -> Iterator[None]:
    """Turn expected failures inside into a message on stderr; or into JSON on stdout, where JSON is expected there.

    Args:
        status: the exit status for them. Where there is no project it is that of a wrong command line.
        as_json: print `{"error": …}`. FROZEN: the key.
    """
    try:
        yield
    except (FastPixError, PulumiError) as error:
        status = WRONG_COMMAND_LINE if isinstance(error, NoProjectError) else status
        if as_json:
            click.echo(json.dumps({"error": str(error)}, indent=2))
            raise click.exceptions.Exit(status) from None
        raise _Failure(str(error), status) from None
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted. Nothing was changed.", err=True)
        raise click.exceptions.Exit(STATUS_AFTER_CTRL_C) from None
