"""`pulumi-fastpix doctor`: checks everything between a program and FastPix, before Pulumi runs into it."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

import click

from pulumi_fastpix.cli.doctor import report
from pulumi_fastpix.cli.doctor.accounts import check_account, check_provider_resources, recorded_through
from pulumi_fastpix.cli.doctor.engine import check_engine
from pulumi_fastpix.cli.doctor.findings import Check, Finding, Severity, ok, problem, warning, worst
from pulumi_fastpix.cli.doctor.misspelt import check_configured_keys, check_foreign_credentials, check_variables
from pulumi_fastpix.cli.doctor.native_plugin import check_project
from pulumi_fastpix.cli.doctor.other_side import made_in_sandbox
from pulumi_fastpix.cli.doctor.plaintext_secrets import check_plaintext_secrets
from pulumi_fastpix.cli.doctor.project import Project, ProjectError, find_project
from pulumi_fastpix.cli.doctor.provider_python import check_provider_python
from pulumi_fastpix.cli.doctor.stack_state import check_stack_state, needs_own_account, read_state, unreadable
from pulumi_fastpix.cli.doctor.target import check_settings, in_environment
from pulumi_fastpix.cli.endings import reporting_failures
from pulumi_fastpix.cli.options import stack_options
from pulumi_fastpix.cli.pulumi_cli import PulumiCli, PulumiError, settings_in
from pulumi_fastpix.cli.terminal import show
from pulumi_fastpix.stack.export import NotAStateError
from pulumi_fastpix.stack.state import StackState

NOT_EXAMINED = 2


@click.command(name="doctor")
@stack_options
@click.option("--offline", is_flag=True, help="Don't call FastPix.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(ctx: click.Context, /, cwd: str | None, stack: str | None, *, offline: bool, as_json: bool) -> None:
    """Find out why a program can't reach FastPix, and what to do about it.

    Checks the Pulumi CLI, the Python that the provider runs with, the settings, the copy of them in the stack's state,
    and FastPix's response to a few calls that only read. Changes nothing and shows no secret.

    Exit status: 0 if nothing is wrong or there are only warnings, 1 if there is a problem, 2 if nothing could be
    examined, because the folder or an option doesn't exist.

    \b
    Examples:
      pulumi-fastpix doctor
      pulumi-fastpix doctor --stack production -C infrastructure
      pulumi-fastpix doctor --offline --json
    """  # noqa: D301 - a real backspace makes click keep lines as they are
    folder = Path(cwd or ".")
    with reporting_failures(NOT_EXAMINED, as_json=as_json):
        if not folder.is_dir():
            raise PulumiError(f"There is no folder {cwd!r} to examine: check --cwd.")
        findings = examine(folder.resolve(), stack, offline=offline)
    if as_json:
        click.echo(report.as_json(findings))
    else:
        show(report.as_lines(findings))
    ctx.exit(1 if worst(findings) is Severity.PROBLEM else 0)


def examine(folder: Path, stack: str | None, *, offline: bool) -> list[Finding]:
    """All findings, in the order in which Pulumi would run into them."""
    own = version("pulumi-fastpix")
    python = f"Python {platform.python_version()}, {platform.platform(terse=True)}"
    engine, cli = check_engine()
    findings = [ok(Check.VERSIONS, f"pulumi-fastpix {own}, {python}"), engine]
    try:
        project = find_project(folder)
    except ProjectError as error:
        return [*findings, problem(Check.PROJECT, str(error), "Correct the file.")]
    findings.append(check_project(project, os.environ) if project else _no_project(folder))
    if project is None or project.runtime == "python":
        program_folder = project.program_folder if project else folder
        findings += check_provider_python(project, program_folder, os.environ, own, cli)
    return findings + _examine_settings(project, stack, offline=offline)


def _examine_settings(project: Project | None, stack: str | None, *, offline: bool) -> list[Finding]:
    findings: list[Finding] = []
    config: dict[str, str] = {}
    state = StackState()
    if project is not None:
        findings += check_plaintext_secrets(project)
        pulumi = PulumiCli(stack, str(project.folder))
        try:
            configured = pulumi.namespace()
        except PulumiError as error:
            findings.append(_unreadable(error))
            if not in_environment(os.environ):
                # It isn't known what the stack's configuration holds, so nothing can be called missing.
                return findings
        else:
            config = settings_in(configured)
            findings += check_configured_keys(configured, project.name)
            try:
                state = read_state(pulumi)
            except (PulumiError, NotAStateError) as error:
                findings.append(unreadable(error))
            findings += check_stack_state(state, config)
    findings += check_variables(os.environ)
    recorded, needed = recorded_through(state, ""), needs_own_account(state)
    about_settings, settings = check_settings(
        config, os.environ, needed=needed, made_in_sandbox=made_in_sandbox(recorded)
    )
    if needed:
        findings += check_foreign_credentials(config, os.environ)
    findings += about_settings
    if settings is not None:
        findings += check_account(settings, recorded, os.environ, offline=offline)
    return findings + check_provider_resources(state, os.environ, offline=offline)


def _no_project(folder: Path) -> Finding:
    return warning(
        Check.PROJECT,
        f"there is no Pulumi project in {folder} or above it, so only the environment is checked",
        "To check a project's settings, too, run this in its folder or name that with -C.",
    )


def _unreadable(error: PulumiError) -> Finding:
    return problem(
        Check.CONFIGURATION,
        f"the stack's configuration can't be read, so only the environment is checked: {error}",
        "Make that command work: log in, select or name a stack (--stack), and give its passphrase as for `pulumi up`.",
    )
