"""`pulumi-fastpix sandbox`: FastPix's live-stream API in the foreground, or around one command."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from pulumi_fastpix.cli.sandbox.options import serving_options
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox, SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from io import FileIO
    from types import FrameType

    from pulumi_fastpix.sandbox import Fault, LoggedRequest


@contextmanager
def _sandbox(
    *,
    rate_limit: Fault | None,
    faults: list[Fault],
    port: int | None,
    log: str | None,
    show: Callable[[LoggedRequest], None] | None = None,
    **options: Any,
) -> Iterator[Sandbox]:
    """A sandbox as the options say, its refusals turned into the command's own."""
    if rate_limit is not None:
        faults = [rate_limit, *faults]
    with ExitStack() as stack:
        try:
            listeners = [] if show is None else [show]
            if log is not None:
                listeners.append(_writer(stack.enter_context(Path(log).open("ab", buffering=0))))
            sandbox = stack.enter_context(
                Sandbox(port=port or 0, faults=faults, on_request=_all_of(listeners), **options)
            )
        except (SandboxError, OSError) as error:
            raise click.ClickException(str(error)) from error
        if sandbox.moved_from is not None:
            _say(
                f"Port {sandbox.moved_from}, where this data file was first served, is taken: this time it is "
                f"{sandbox.base_url}. What a stack made at the old address it will not find at this one."
            )
        yield sandbox


def _writer(file: FileIO) -> Callable[[LoggedRequest], None]:
    def write(request: LoggedRequest) -> None:
        try:
            file.write(json.dumps(asdict(request)).encode() + b"\n")
        except OSError as error:
            _say(f"Request #{request.number} is missing in {file.name}: {error.strerror}.")

    return write


def _all_of(listeners: Sequence[Callable[[LoggedRequest], None]]) -> Callable[[LoggedRequest], None]:
    def tell(request: LoggedRequest) -> None:
        for listener in listeners:
            listener(request)

    return tell


def _say(line: str) -> None:
    click.echo(line, err=True)


@click.group(name="sandbox", invoke_without_command=True)
@serving_options
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Serve FastPix's live-stream API on this machine, until Ctrl-C.

    It accepts only credentials of its own. They are printed as lines for a shell, and each request is shown
    as it is answered. A new data file holds one live stream,
    1111aaaa2222bbbb3333cccc4444dddd.

    \b
    Examples:
      pulumi-fastpix sandbox --data fastpix.db
      pulumi-fastpix sandbox --latency 0.2 --rate-limit 10/1
      pulumi-fastpix sandbox --fault kind=status,status=502,body=html,when=after,method=POST
      pulumi-fastpix sandbox exec --data fastpix.db -- pulumi up

    \b
    The names and values a fault takes are those of pulumi_fastpix.sandbox.Fault:
      python -m pydoc pulumi_fastpix.sandbox.Fault
    """  # noqa: D301 - a real backspace is how click is told to keep lines as they are
    if ctx.invoked_subcommand is not None:
        given = [name for name in options if ctx.get_parameter_source(name) is not ParameterSource.DEFAULT]
        if given:
            raise click.UsageError(f"Put the options after `{ctx.invoked_subcommand}`, not before it.")
        return
    stopped = threading.Event()

    def stop(_: int, __: FrameType | None) -> None:
        stopped.set()

    with (
        _handling({"SIGINT": stop, "SIGTERM": stop}),
        _sandbox(**options, show=lambda request: _say(str(request))) as sandbox,
    ):
        for name, value in sandbox.environment().items():
            click.echo(f"export {name}={shlex.quote(value)}")
        _say(f"Serving until Ctrl-C. There is a live stream to try things on: {DEMO_STREAM_ID}")
        stopped.wait()


@command.command(name="exec", context_settings={"allow_interspersed_args": False})
@serving_options
@click.argument("command_line", metavar="-- COMMAND…", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_context
def exec_command(ctx: click.Context, /, command_line: tuple[str, ...], **options: Any) -> None:
    """Run a command with the sandbox as its FastPix, and end with its exit status.

    The command's environment points FastPix clients at the sandbox, and this package's provider refuses to
    talk to anything else. Requests are not shown; --log keeps them.

    \b
    Examples:
      pulumi-fastpix sandbox exec --data fastpix.db -- pulumi up --yes
      pulumi-fastpix sandbox exec --fault kind=drop,when=after,method=POST,times=1 -- pytest
    """  # noqa: D301 - a real backspace is how click is told to keep lines as they are
    with _sandbox(**options) as sandbox:
        status = _run(command_line, os.environ | sandbox.environment())
    ctx.exit(status)


def _run(command_line: Sequence[str], environment: dict[str, str]) -> int:
    """Run the command to its end; its exit status as a shell would give it."""
    child: subprocess.Popen[bytes] | None = None

    def wait(_: int, __: FrameType | None) -> None:
        """Ctrl-C reaches the child from the terminal itself.

        To pass it on would be a second one, by which for instance Pulumi stops without tidying up.
        """

    def pass_on(number: int, _: FrameType | None) -> None:
        if child is None:
            sys.exit(128 + number)
        child.send_signal(number)

    with _handling({"SIGINT": wait, "SIGTERM": pass_on, "SIGHUP": pass_on}):
        try:
            child = subprocess.Popen(command_line, env=environment)
        except FileNotFoundError:
            _say(f"Cannot run {command_line[0]!r}: there is no such command. Check its spelling and PATH.")
            return 127
        except OSError as error:
            _say(f"Cannot run {command_line[0]!r}: {error.strerror}. Check that it is a program you may run.")
            return 126
        with child:
            status = child.wait()
    return 128 - status if status < 0 else status


@contextmanager
def _handling(handlers: dict[str, Callable[[int, FrameType | None], None]]) -> Iterator[None]:
    """Handle these signals so, as far as the platform has them, and nobody (`nohup`) asked to ignore them."""
    numbers = {getattr(signal, name): handler for name, handler in handlers.items() if hasattr(signal, name)}
    numbers = {number: one for number, one in numbers.items() if signal.getsignal(number) is not signal.SIG_IGN}
    before = {number: signal.signal(number, handler) for number, handler in numbers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
