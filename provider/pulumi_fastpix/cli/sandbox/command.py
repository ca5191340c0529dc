"""`pulumi-fastpix sandbox` and `sandbox exec`: the sandbox in the foreground, or for the time of one command."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from pulumi_fastpix.cli.sandbox.options import serving_options
from pulumi_fastpix.cli.sandbox.running import Running, running
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox, SandboxError
from pulumi_fastpix.sandbox.data.private_file import create_private
from pulumi_fastpix.settings.names import STREAM_URL_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from io import FileIO
    from types import FrameType

    from pulumi_fastpix.sandbox import Fault, LoggedRequest

LOOK_FOR_SIGNALS_EVERY = 0.02
"""Seconds. The system may give a signal to a thread that serves requests; Python then only notes it, and the main
thread, which handles it, isn't woken: whatever it waits for has to end by itself."""


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
    """A sandbox with these options; its errors become the command's."""
    if rate_limit is not None:
        faults = [rate_limit, *faults]
    with ExitStack() as stack:
        try:
            listeners = [] if show is None else [show]
            if log is not None:
                listeners.append(_writer(stack.enter_context(_opened(Path(log)))))
            sandbox = stack.enter_context(
                Sandbox(port=port or 0, faults=faults, on_request=_all_of(listeners), **options)
            )
        except (SandboxError, OSError) as error:
            raise click.ClickException(str(error)) from error
        if sandbox.moved_from is not None:
            _report(
                f"Port {sandbox.moved_from}, on which this data file was first served, is in use. The base URL is now "
                f"{sandbox.base_url}: change it wherever the old one is written down, such as in a stack's "
                "configuration or a fastpix.Provider."
            )
        yield sandbox


def _opened(log: Path) -> FileIO:
    try:
        create_private(log)  # it shows who did what
        return log.open("ab", buffering=0)
    except OSError as error:
        raise click.ClickException(
            f"Cannot write the log {log} ({error.strerror}). Name a file that you may write, in an existing directory; "
            "the file is created if it does not exist."
        ) from error


def _writer(file: FileIO) -> Callable[[LoggedRequest], None]:
    def write(request: LoggedRequest) -> None:
        try:
            file.write(json.dumps(asdict(request)).encode() + b"\n")
        except OSError as error:
            _report(f"Request #{request.number} is missing in {file.name}: {error.strerror}.")

    return write


def _all_of(listeners: Sequence[Callable[[LoggedRequest], None]]) -> Callable[[LoggedRequest], None]:
    def call_all(request: LoggedRequest) -> None:
        for listener in listeners:
            listener(request)

    return call_all


def _report(line: str) -> None:
    click.echo(line, err=True)


class _Exec(click.Group):
    """A group with one subcommand, which is easily forgotten before the command to run."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if self.get_command(ctx, args[0]) is None:
            raise click.UsageError(
                f"{args[0]!r} is not a subcommand of `sandbox`. To run it against the sandbox, put `exec` before it: "
                f"pulumi-fastpix sandbox exec -- {args[0]} …"
            )
        return super().resolve_command(ctx, args)


@click.group(name="sandbox", cls=_Exec, invoke_without_command=True)
@serving_options
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Serve FastPix's live-stream API on this machine, until Ctrl-C.

    It accepts only its own credentials, which it prints as `export` lines for a shell, and has a page for your
    browser, whose address it prints on stderr. Each request is shown with the status of its response. A new data
    file holds one live stream, 1111aaaa2222bbbb3333cccc4444dddd.

    \b
    Examples:
      pulumi-fastpix sandbox --data fastpix.db
      pulumi-fastpix sandbox --latency 0.2 --rate-limit 10/1
      pulumi-fastpix sandbox --fault kind=status,status=502,body=html,when=after,method=POST
      pulumi-fastpix sandbox exec --data fastpix.db -- pulumi up

    \b
    The names and values of a fault are described in:
      python -m pydoc pulumi_fastpix.sandbox.Fault
    """  # noqa: D301 - with a backspace character click keeps the line breaks
    if ctx.invoked_subcommand is not None:
        given = [name for name in options if ctx.get_parameter_source(name) is not ParameterSource.DEFAULT]
        if given:
            raise click.UsageError(f"Put the options after `{ctx.invoked_subcommand}`, not before it.")
        return
    signals: list[int] = []  # no Event: to set one takes a lock, which the waiting that is interrupted may hold

    def stop(number: int, _: FrameType | None) -> None:
        signals.append(number)

    with (
        _sandbox(**options, show=lambda request: _report(str(request))) as sandbox,
        _handling({"SIGINT": stop, "SIGTERM": stop}),
    ):
        for name, value in sandbox.environment().items():
            click.echo(f"export {name}={shlex.quote(value)}")
        _report(f"Its page, to look at and to set faults: {sandbox.page_url}")
        _report(f"Serving until Ctrl-C, with this live stream to try things on: {DEMO_STREAM_ID}")
        while not signals:
            time.sleep(LOOK_FOR_SIGNALS_EVERY)


@command.command(name="exec", context_settings={"allow_interspersed_args": False})
@serving_options
@click.option(
    "--stream-host",
    is_flag=True,
    help=f"Let hls_url lead to the sandbox, which plays as FastPix's stream host does: sets {STREAM_URL_VARIABLE}.",
)
@click.option(
    "--join",
    is_flag=True,
    help="If another `pulumi-fastpix sandbox` serves this --data at its port, or at --port, use that one, with its "
    "faults and its page.",
)
@click.argument("command_line", metavar="-- COMMAND…", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_context
def exec_command(
    ctx: click.Context, /, command_line: tuple[str, ...], *, stream_host: bool, join: bool, **options: Any
) -> None:
    """Run a command against the sandbox.

    The exit status is the command's own. The command's environment points this package's provider at the
    sandbox, and keeps it from connecting to anything else. Requests are shown on the sandbox's page only, whose
    address is printed on stderr; use --log to record them.

    \b
    Examples:
      pulumi-fastpix sandbox exec --data fastpix.db -- pulumi up --yes
      pulumi-fastpix sandbox exec --fault kind=drop,when=after,method=POST,times=1 -- pytest

    FastPix's SDKs for Python and Node read the sandbox's credentials from that environment, but not its address,
    and would send their requests to FastPix. Give them the address:

    \b
    Python:
      fastpix = Fastpix(server_url=os.environ["FASTPIX_BASE_URL"])
    Node:
      const fastpix = new Fastpix({ serverURL: process.env.FASTPIX_BASE_URL });
    """  # noqa: D301 - with a backspace character click keeps the line breaks
    with ExitStack() as stack:
        sandbox = _joined(ctx, options) if join else None
        if sandbox is None:
            own = stack.enter_context(_sandbox(**options))
            sandbox = Running(own.environment(), own.stream_url, own.page_url)
        _report(f"The sandbox's page, while the command runs: {sandbox.page_url}")
        host = {STREAM_URL_VARIABLE: sandbox.stream_url} if stream_host else {}
        status = _run(command_line, {**os.environ, **sandbox.environment, **host})
    ctx.exit(status)


def _joined(ctx: click.Context, options: Mapping[str, Any]) -> Running | None:
    """The sandbox that serves the data file; None if one has to be started."""
    given = {name for name in options if ctx.get_parameter_source(name) is not ParameterSource.DEFAULT}
    if "data" not in given or given - {"data", "port"}:
        raise click.UsageError(
            "--join takes --data, perhaps --port, and no other option of a sandbox: "
            "it takes the one that runs as it is."
        )
    return running(options["data"], options["port"])


def _run(command_line: Sequence[str], environment: dict[str, str]) -> int:
    """Run the command to its end; returns its exit status in a shell's terms."""
    child: subprocess.Popen[bytes] | None = None

    def wait(_: int, __: FrameType | None) -> None:
        """Do nothing: the terminal sends Ctrl-C to the child as well.

        Passing it on would make it two, after which Pulumi, for one, stops without cleaning up.
        """

    def pass_on(number: int, _: FrameType | None) -> None:
        if child is None:
            sys.exit(128 + number)
        child.send_signal(number)

    with _handling({"SIGINT": wait, "SIGTERM": pass_on, "SIGHUP": pass_on}):
        try:
            child = subprocess.Popen(command_line, env=environment)
        except FileNotFoundError:
            _report(f"Cannot run {command_line[0]!r}: there is no such command. Check its spelling and PATH.")
            return 127
        except OSError as error:
            _report(f"Cannot run {command_line[0]!r}: {error.strerror}. Check that it is a program you may run.")
            return 126
        with child:
            while (status := child.poll()) is None:
                time.sleep(LOOK_FOR_SIGNALS_EVERY)
    return 128 - status if status < 0 else status


@contextmanager
def _handling(handlers: dict[str, Callable[[int, FrameType | None], None]]) -> Iterator[None]:
    """Handle these signals, except those that the platform lacks or that are already ignored, as by `nohup`."""
    numbers = {getattr(signal, name): handler for name, handler in handlers.items() if hasattr(signal, name)}
    numbers = {number: one for number, one in numbers.items() if signal.getsignal(number) is not signal.SIG_IGN}
    before = {number: signal.signal(number, handler) for number, handler in numbers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
