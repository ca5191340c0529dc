"""Checks whether the settings are on the side that the stack's resources are on: a sandbox's, or an account's."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from pulumi_fastpix.cli.doctor.findings import Check, Finding, problem
from pulumi_fastpix.settings.settings import Settings
from pulumi_fastpix.settings.target import Source
from pulumi_fastpix.settings.workspace_mark import is_of_sandbox
from pulumi_fastpix.stack.stored import Stored

MOST_NAMED = 3
"""URNs that are shown; they are long."""

_REMOVE_TARGET = "`pulumi config rm` for each of fastpix:accessTokenId, fastpix:secretKey and fastpix:baseUrl"


def made_in_sandbox(recorded: Sequence[Stored]) -> bool:
    """Whether all of these are a sandbox's, and there are some."""
    marks = [one.seen_by for one in recorded if one.seen_by]
    return bool(marks) and all(map(is_of_sandbox, marks))


def check_sandbox_or_account(recorded: Sequence[Stored], found: Settings) -> list[Finding]:
    """Find resources of a sandbox where the settings are an account's, or the reverse.

    Args:
        recorded: those in the stack's state that go through one provider.
        found: that provider's settings.
    """
    here = is_of_sandbox(found.workspace_mark)
    marked = [one for one in recorded if one.seen_by]
    strays = [one for one in marked if is_of_sandbox(one.seen_by or "") is not here]
    if not strays:
        return []
    made, settings = ("with an account", "a sandbox's") if here else ("in a sandbox", "an account's")
    urns = list(dict.fromkeys(one.urn for one in strays))
    if len(strays) == len(marked):
        message = f"the stack's FastPix resources were made {made}, and these settings are {settings}"
    else:
        message = (
            f"the stack has both FastPix resources of a sandbox and of an account, and these settings are {settings}; "
            f"made {made}: {_named(urns)}"
        )
    if strays[0].explicit_provider:
        advice = _of_provider_resource(urns, here=here)
    elif here:
        advice = _outside_sandbox(urns, both=len(strays) < len(marked))
    else:
        advice = _in_sandbox(urns, both=len(strays) < len(marked), configured=found.source is Source.CONFIGURATION)
    return [problem(Check.WORKSPACE, message, advice)]


def _outside_sandbox(urns: Sequence[str], *, both: bool) -> str:
    if both:
        return (
            f"Destroy what isn't to stay in this stack, each on its own side: those named here outside the sandbox, "
            f"with {_targeted('pulumi destroy', urns)}"
        )
    return "Run this outside the sandbox; or, to try things in the sandbox, use another stack: `pulumi stack init`."


def _in_sandbox(urns: Sequence[str], *, both: bool, configured: bool) -> str:
    # The configuration goes before the sandbox; the last run stored it, and --run-program reads it again.
    command = "pulumi-fastpix sandbox exec --data FILE -- pulumi destroy" + (" --run-program" if configured else "")
    first = f"Before that, remove address and credentials from the stack's configuration: {_REMOVE_TARGET}. "
    if both:
        advice = f"Destroy those in the sandbox: {_targeted(command, urns)} {first if configured else ''}"
    else:
        advice = (
            f"Before this stack uses the account, destroy it in the sandbox: `{command}`. "
            f"{first if configured else ''}Or use another stack for the account: `pulumi stack init`."
        )
    return advice.rstrip()


def _of_provider_resource(urns: Sequence[str], *, here: bool) -> str:
    """`sandbox exec` is no way out: it refuses provider resources, which are targets of their own."""
    theirs = (
        "the account's settings"
        if here
        else "the sandbox's settings, which `pulumi-fastpix sandbox --data FILE` prints while it serves them,"
    )
    return (
        f"Put {theirs} back into the provider resource, and destroy what was made with them: "
        f"{_targeted('pulumi destroy --run-program', urns)} Then put the new settings in, and run `pulumi up`."
    )


def _targeted(command: str, urns: Sequence[str]) -> str:
    targets = " ".join(f"--target {shlex.quote(urn)}" for urn in urns[:MOST_NAMED])
    more = " Then run this again, which names the next ones." if len(urns) > MOST_NAMED else ""
    return f"`{command} {targets}`.{more}"


def _named(urns: Sequence[str]) -> str:
    more = f" and {len(urns) - MOST_NAMED} more" if len(urns) > MOST_NAMED else ""
    return f"{', '.join(urns[:MOST_NAMED])}{more}"
