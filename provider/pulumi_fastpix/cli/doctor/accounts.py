"""Checks each account through which the stack reaches FastPix: its own, and those of provider resources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.cli.doctor.api_call import check_call
from pulumi_fastpix.cli.doctor.findings import Check, Finding, Severity, ok, problem, warning
from pulumi_fastpix.cli.doctor.other_side import check_sandbox_or_account
from pulumi_fastpix.cli.doctor.workspace import check_workspace, seen_elsewhere
from pulumi_fastpix.cli.parallel import in_parallel
from pulumi_fastpix.errors import OutsideSandboxError, SettingsError
from pulumi_fastpix.settings.settings import Settings, read_settings
from pulumi_fastpix.stack.accounts import Account, provider_resources
from pulumi_fastpix.stack.playback_ids import PlaybackIds
from pulumi_fastpix.stack.state import StackState
from pulumi_fastpix.stack.stored import Stored
from pulumi_fastpix.stack.urns import name_of


def check_provider_resources(state: StackState, environ: Mapping[str, str], *, offline: bool) -> list[Finding]:
    """Check the accounts of all provider resources, as the last `pulumi up` stored them; each finding names its own."""

    def check(one: tuple[str, Account]) -> list[Finding]:
        urn, account = one
        findings = _check_provider_resource(account, recorded_through(state, urn), environ, offline=offline)
        return [_naming(name_of(urn), finding) for finding in findings]

    checked = in_parallel(check, list(provider_resources(state).items()), "Checking provider resources")
    return [finding for findings in checked for finding in findings]


def check_account(
    found: Settings, recorded: Sequence[Stored], environ: Mapping[str, str], *, offline: bool
) -> list[Finding]:
    """Check what usable settings lead to.

    Args:
        found: the settings.
        recorded: our resources in the state that go through this account.
        environ: the environment `pulumi` is run in.
        offline: don't call FastPix.
    """
    elsewhere = seen_elsewhere(recorded, found.workspace_mark)
    findings = check_sandbox_or_account(recorded, found)
    if offline:
        return findings
    # Without announcements: they are for operations that last.
    with Client(found, report=lambda _: None, report_outage=lambda _: None) as client:
        called = check_call(client, environ)
        visible = check_workspace(client, elsewhere) if called.severity is Severity.OK and not findings else []
    return [called, *findings, *visible]


def recorded_through(state: StackState, provider: str) -> list[Stored]:
    """What was recorded and goes through a provider resource; the empty URN is the stack's own account."""
    return [one for one in PlaybackIds(state).resources if one.explicit_provider == provider]


def _check_provider_resource(
    account: Account, recorded: Sequence[Stored], environ: Mapping[str, str], *, offline: bool
) -> list[Finding]:
    if None in account.values():
        message = "its settings stay encrypted in the stack's state, so they can't be checked"
        return [
            warning(Check.SETTINGS, message, "Run `pulumi stack export --show-secrets` to see Pulumi's own message.")
        ]
    try:
        found = read_settings(account, environ)
    except OutsideSandboxError as error:
        return [problem(Check.SANDBOX, error.happened, error.advice)]
    except SettingsError as error:
        advice = f"Correct the settings that are named. {error.advice}".rstrip()
        return [problem(Check.SETTINGS, error.happened, advice)]
    complete = ok(Check.SETTINGS, "its settings in the stack's state are complete")
    return [complete, *check_account(found, recorded, environ, offline=offline)]


def _naming(name: str, finding: Finding) -> Finding:
    if repr(name) in finding.message:
        return finding
    return replace(finding, message=f"provider resource {name!r}: {finding.message}")
