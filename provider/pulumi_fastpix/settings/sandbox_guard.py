"""Keeps sandboxes and accounts apart: a run in a sandbox talks to nothing else, and a stack stays on one side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pulumi_fastpix.errors import OutsideSandboxError, SandboxMismatchError
from pulumi_fastpix.settings.addresses import normalise_base_url
from pulumi_fastpix.settings.names import SANDBOX_VARIABLE
from pulumi_fastpix.settings.target import Source, find_target, setting_text
from pulumi_fastpix.settings.workspace_mark import is_of_sandbox

if TYPE_CHECKING:
    from pulumi_fastpix.settings.settings import Settings

_IF_BOTH = "If the stack has playback IDs of both, destroy these alone, with `--target` and the URN of each."


def refuse_configured_target_in_sandbox(config: Mapping[str, object], environ: Mapping[str, str]) -> None:
    """Refuse a target in the configuration when Pulumi is run under `sandbox exec`.

    The configuration goes before the environment, so such a stack would talk to the real FastPix while its
    user believes to be in the sandbox.

    Raises:
        OutsideSandboxError: the configuration holds a part of the target, and the sandbox's marker is set.
    """
    target = find_target(config, environ)
    if not setting_text(environ.get(SANDBOX_VARIABLE)) or target.source is Source.ENVIRONMENT:
        return
    if target.source is Source.PROVIDER_RESOURCE:
        holder = f"the provider resource '{target.provider_resource}' is a target of its own"
        advice = (
            f"Run Pulumi without `sandbox exec`; or, to try a provider resource in a sandbox, start `pulumi-fastpix "
            f"sandbox` on its own, give the provider resource the address and credentials that it prints, and leave "
            f"{SANDBOX_VARIABLE} unset."
        )
    else:
        held = " and ".join(map(target.name, target.held()))
        holder = f"the configuration of the stack, or of a provider resource, holds a target of its own ({held})"
        advice = (
            f"Use a stack without these settings, or run Pulumi without `sandbox exec`, with {SANDBOX_VARIABLE} unset."
        )
    raise OutsideSandboxError(
        f"This runs under `pulumi-fastpix sandbox exec`, but {holder}, which would be used instead of the sandbox "
        f"({SANDBOX_VARIABLE} is set). Nothing was done.",
        advice,
    )


def refuse_other_addresses(base_url: str, environ: Mapping[str, str]) -> None:
    """Refuse any address but the sandbox's when Pulumi is run under `sandbox exec`.

    Raises:
        OutsideSandboxError: it is another one.
    """
    sandbox = setting_text(environ.get(SANDBOX_VARIABLE))
    if not sandbox:
        return
    try:
        allowed = normalise_base_url(sandbox)
    except ValueError:
        raise OutsideSandboxError(
            f"{SANDBOX_VARIABLE} is set, but not to the address of a sandbox as `pulumi-fastpix sandbox exec` sets it, "
            f"and while it is set the provider talks to nothing else. Nothing was done.",
            f"Unset {SANDBOX_VARIABLE}, or run this under `sandbox exec`.",
        ) from None
    if allowed != base_url:
        raise OutsideSandboxError(
            f"This runs under `pulumi-fastpix sandbox exec` at {sandbox}, but the settings name {base_url}. "
            f"Nothing was done.",
            f"Leave FASTPIX_BASE_URL as `sandbox exec` sets it, or run without it, with {SANDBOX_VARIABLE} unset.",
        )


def refuse_other_side(what: str, seen_by: str, settings: Settings) -> None:
    """Refuse to touch an object of a sandbox with an account's credentials, or the reverse.

    Args:
        what: the object, as in "LivePlaybackId 0b5ad6a4-…".
        seen_by: the mark that is stored with it.
        settings: of this run.

    Raises:
        SandboxMismatchError: just one of the two is a sandbox's.
    """
    if is_of_sandbox(seen_by) == is_of_sandbox(settings.workspace_mark):
        return
    if settings.source is Source.PROVIDER_RESOURCE:
        was, is_now = ("in a sandbox", "an account's") if is_of_sandbox(seen_by) else ("with an account", "a sandbox's")
        raise SandboxMismatchError(
            f"The stack's {what} was made {was}, but the settings of the provider resource "
            f"'{settings.provider_resource}' are {is_now} now. It was not changed.",
            "Put the earlier settings back into the provider resource, run `pulumi up --skip-preview`, and destroy "
            "what was made through it with `pulumi destroy --target`, before you change its settings. Or use another "
            "provider resource.",
        )
    if is_of_sandbox(seen_by):
        raise SandboxMismatchError(
            f"The stack's {what} was made in a sandbox, but this run has the credentials of an account, and talks to "
            f"{settings.base_url}. It was not changed.",
            f"First destroy what the stack has in the sandbox, with the sandbox's data file: `pulumi-fastpix sandbox "
            f"exec --data FILE -- pulumi destroy`. {_IF_BOTH} Then run this again. Or leave this stack as it is, and "
            f"make one for the account with `pulumi stack init`.",
        )
    raise SandboxMismatchError(
        f"The stack's {what} was made with an account, but this run talks to a sandbox, at {settings.base_url}. It was "
        f"not changed.",
        f"Run Pulumi without the sandbox. {_IF_BOTH} To try something in the sandbox, make a stack of its own for it "
        f"with `pulumi stack init`.",
    )
