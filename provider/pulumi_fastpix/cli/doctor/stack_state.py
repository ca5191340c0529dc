"""Checks the stack's state: whether it has the settings that are configured now, and whether a run was interrupted.

The engine keeps a copy of the configuration in the state, as the inputs of the default providers, and starts the
provider with that copy for `pulumi refresh` and `pulumi destroy`. So a secret that was rotated counts there only once
`pulumi up` has stored it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pulumi_fastpix.cli.doctor.findings import Check, Finding, ok, warning
from pulumi_fastpix.cli.pulumi_cli import PulumiCli, PulumiError
from pulumi_fastpix.settings.names import NAMESPACE, TARGET_VARIABLES
from pulumi_fastpix.settings.target import setting_text
from pulumi_fastpix.stack.accounts import Account, default_accounts, provider_resources
from pulumi_fastpix.stack.export import NotAStateError, parse
from pulumi_fastpix.stack.playback_ids import PlaybackIds
from pulumi_fastpix.stack.state import StackState


def read_state(pulumi: PulumiCli) -> StackState:
    """The stack's state, with its secrets readable if some are needed here.

    Raises:
        PulumiError: it can't be had.
        NotAStateError: what Pulumi prints is no state.
    """
    state = parse(pulumi.export())
    accounts = (*default_accounts(state), *provider_resources(state).values())
    if PlaybackIds(state).encrypted or any(None in account.values() for account in accounts):
        state = parse(pulumi.export(show_secrets=True))
    return state


def unreadable(error: PulumiError | NotAStateError) -> Finding:
    """The state can't be had."""
    return warning(
        Check.STORED_SETTINGS,
        f"the stack's state can't be read, so it isn't known which settings `pulumi refresh` and `pulumi destroy` "
        f"would use, nor which provider resources there are: {error}",
        "Run `pulumi stack export` to see its own message.",
    )


def check_stack_state(state: StackState, config: Mapping[str, str]) -> list[Finding]:
    """Compare what the state holds with the configuration. No value is shown.

    Args:
        state: the stack's.
        config: its configuration's values of `settings.CONFIG_KEYS`.
    """
    return [*_interrupted(state), *compare(default_accounts(state), config)]


def needs_own_account(state: StackState) -> bool:
    """Whether something goes through the stack's own account, or may do so: there are no provider resources yet."""
    ours = (*state.ours, *(operation.resource for operation in state.interrupted if operation.resource.type_name))
    return not provider_resources(state) or any(not one.explicit_provider for one in ours)


def _interrupted(state: StackState) -> list[Finding]:
    playback_ids = PlaybackIds(state)
    creates = [
        f"{len(of_kind)} {noun}{'' if len(of_kind) == 1 else 's'}"
        for noun, of_kind in (
            ("live stream", playback_ids.live_streams.interrupted_creates),
            ("playback ID", playback_ids.interrupted_creates),
            ("signing key", playback_ids.signing_keys.interrupted_creates),
        )
        if of_kind
    ]
    if not creates:
        return []
    return [
        warning(
            Check.INTERRUPTED,
            f"a run that was killed, or is still going on, began to create {' and '.join(creates)}",
            "Wait until it ends; if it was killed, run `pulumi-fastpix recover` before the next `pulumi up`.",
        )
    ]


def compare(accounts: Sequence[Account], config: Mapping[str, str]) -> list[Finding]:
    """Compare the accounts of a stack's default providers with its configuration."""
    stored = [(key, account.get(key, "")) for account in accounts for key in TARGET_VARIABLES]
    # Some stay encrypted even in an export that shows secrets.
    readable = [(key, setting_text(value)) for key, value in stored if value is not None]
    differing = dict.fromkeys(f"{NAMESPACE}:{key}" for key, value in readable if value != setting_text(config.get(key)))
    if differing:
        return [
            warning(
                Check.STORED_SETTINGS,
                f"{', '.join(differing)}: the stack's state, which `pulumi refresh` and `pulumi destroy` use, still "
                f"has the value of the last `pulumi up` and not that of the configuration",
                "Run `pulumi up`, or add --run-program to those two commands.",
            )
        ]
    if len(readable) < len(stored) or not any(value for _, value in readable):
        return []
    return [ok(Check.STORED_SETTINGS, "the stack's state has the same target as its configuration")]
