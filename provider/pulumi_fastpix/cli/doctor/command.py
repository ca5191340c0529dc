"""`pulumi-fastpix doctor`: what stands between a program and its playback IDs, before Pulumi runs into it."""

from __future__ import annotations

import json
import os
import platform
from importlib.metadata import version
from pathlib import Path

import click

from pulumi_fastpix.cli.doctor import engine, findings, project, provider_python, stored, target
from pulumi_fastpix.cli.doctor.findings import Finding, Severity, ok, problem, warning
from pulumi_fastpix.cli.endings import ending_in_sentences
from pulumi_fastpix.cli.pulumi_cli import PulumiCli, PulumiError, stack_options


@click.command(name="doctor")
@stack_options
@click.option("--offline", is_flag=True, help="Don't call FastPix.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(ctx: click.Context, /, cwd: str | None, stack: str | None, *, offline: bool, as_json: bool) -> None:
    """Find out why this doesn't work, and what to do about it.

    Looks at the Pulumi CLI, the Python that the provider runs with, the settings, whether the stack's state has the
    same, and what FastPix answers to one call that only reads. Changes nothing and shows no secret. The exit status
    is 1 if there is a problem, 0 if there is none or only warnings.

    \b
    Examples:
      pulumi-fastpix doctor
      pulumi-fastpix doctor --stack production -C infrastructure
      pulumi-fastpix doctor --offline --json
    """  # noqa: D301 - a real backspace is how click is told to keep lines as they are
    folder = Path(cwd or ".")
    if not folder.is_dir():
        raise click.BadParameter(f"there is no folder {cwd!r}.", param_hint="--cwd")
    with ending_in_sentences(failure=1):
        found = examine(folder.resolve(), stack, offline=offline)
    click.echo(json.dumps(findings.as_json(found), indent=2) if as_json else findings.as_text(found))
    ctx.exit(1 if findings.worst(found) is Severity.PROBLEM else 0)


def examine(folder: Path, stack: str | None, *, offline: bool) -> list[Finding]:
    """All findings, in the order in which Pulumi would run into them."""
    own = version("pulumi-fastpix")
    found = [
        ok("versions", f"pulumi-fastpix {own}, Python {platform.python_version()}, {platform.platform(terse=True)}"),
        engine.check_engine(),
    ]
    try:
        here = project.find_project(folder)
    except project.ProjectError as error:
        return [*found, problem("project", str(error), "Correct the file.")]
    if here is None:
        found.append(
            warning(
                "project",
                f"there is no Pulumi project in {folder} or above it: only the environment is looked at",
                "To look at a project's settings, too, run this in its folder or name it with -C.",
            )
        )
    else:
        found.append(project.check_project(here, os.environ))
    if here is None or here.runtime == "python":
        program_folder = folder if here is None else here.program_folder
        found += provider_python.check_provider_python(here, program_folder, os.environ, own)
    config: dict[str, str] = {}
    needed = True
    if here is not None:
        found += project.check_plaintext_secrets(here)
        pulumi = PulumiCli(stack, str(here.folder))
        try:
            config = pulumi.config()
        except PulumiError as error:
            found.append(_unreadable(error))
            if not target.in_environment(os.environ):
                # What the stack's configuration holds isn't known, so nothing can be said to be missing.
                return found
        else:
            about_stored, needs_none = stored.check_stored_target(pulumi, config)
            found += about_stored
            needed = not needs_none
    about_settings, settings = target.check_settings(config, os.environ, needed=needed)
    found += about_settings
    if settings is not None and not offline:
        found.append(target.check_call(settings, os.environ))
    return found


def _unreadable(error: PulumiError) -> Finding:
    return problem(
        "configuration",
        f"the stack's configuration can't be read, so only the environment is looked at: {error}",
        "Log in, select or name a stack (--stack), and give its passphrase as for `pulumi up`.",
    )
