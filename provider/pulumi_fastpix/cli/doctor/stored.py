"""What the stack's state tells: whether its target is the one that is configured now, and whether a run was cut off.

The engine keeps a copy of the configuration in the state, as the inputs of the default providers, and starts the
provider with that copy for `pulumi refresh` and `pulumi destroy`. So a secret that was rotated counts there only once
`pulumi up` has stored it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pulumi_fastpix.cli.doctor.findings import Finding, ok, warning
from pulumi_fastpix.cli.pulumi_cli import PulumiCli, PulumiError
from pulumi_fastpix.settings.names import NAMESPACE, TARGET_VARIABLES
from pulumi_fastpix.settings.target import setting_text
from pulumi_fastpix.stack.state import Account, NotAStateError, StackState, parse


def check_stored_target(pulumi: PulumiCli, config: Mapping[str, str]) -> tuple[list[Finding], bool]:
    """Compare what the state holds with the configuration. No value is shown.

    Args:
        pulumi: the stack.
        config: its configuration's values of `settings.CONFIG_KEYS`.

    Returns:
        The findings, and whether every playback ID of the stack goes through a provider resource, so that the stack
        needs no target of its own.
    """
    try:
        state = parse(pulumi.export())
        if any(None in account.values() for account in state.default_accounts):
            state = parse(pulumi.export(show_secrets=True))
    except (PulumiError, NotAStateError) as error:
        unreadable = warning(
            "stored",
            f"the stack's state can't be read, so it isn't known which settings `pulumi refresh` and `pulumi "
            f"destroy` would use: {error}",
            "See what `pulumi stack export` says.",
        )
        return [unreadable], False
    needs_none = not state.default_accounts and bool(state.playback_ids)
    return [*_unfinished(state), *_compared(state.default_accounts, config)], needs_none


def _unfinished(state: StackState) -> list[Finding]:
    if not state.pending_creates:
        return []
    number = len(state.pending_creates)
    return [
        warning(
            "unfinished",
            f"a run that was killed, or is still going on, began to create {number} playback "
            f"{'ID' if number == 1 else 'IDs'}",
            "Wait for its end; if it was killed, run `pulumi-fastpix recover` before the next `pulumi up`.",
        )
    ]


def _compared(accounts: Sequence[Account], config: Mapping[str, str]) -> list[Finding]:
    stored = [(key, account.get(key, "")) for account in accounts for key in TARGET_VARIABLES]
    # None can't be told, not even from an export that shows secrets.
    told = [(key, setting_text(value)) for key, value in stored if value is not None]
    differing = dict.fromkeys(f"{NAMESPACE}:{key}" for key, value in told if value != setting_text(config.get(key)))
    if differing:
        return [
            warning(
                "stored",
                f"the stack's state still has {', '.join(differing)} as at the last `pulumi up`, not as configured "
                f"now; `pulumi refresh` and `pulumi destroy` use what the state has",
                "Run `pulumi up`, or add --run-program to those two.",
            )
        ]
    if len(told) < len(stored) or not any(value for _, value in told):
        return []
    return [ok("stored", "the stack's state has the same target as its configuration")]
