"""Whether the target that is stored with the stack is the one that is configured now.

The engine keeps a copy of the configuration in the state, as the inputs of the default providers, and starts the
provider with that copy for `pulumi refresh` and `pulumi destroy`. So a secret that was rotated counts there only once
`pulumi up` has stored it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pulumi_fastpix.cli.checks.findings import Finding, ok, warning
from pulumi_fastpix.cli.pulumi_cli import PulumiCli, PulumiError
from pulumi_fastpix.declaration import DYNAMIC_TYPE, NATIVE_TYPE
from pulumi_fastpix.settings import NAMESPACE, TARGET_VARIABLES, setting_text
from pulumi_fastpix.stack_state import NotAStateError, parse

_SEALED = object()
"""In the place of a secret value that an export doesn't show."""


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
        exported = pulumi.export()
        targets = list(_targets(exported))
        if _SEALED in _values(targets):
            targets = list(_targets(pulumi.export(show_secrets=True)))
    except (PulumiError, NotAStateError) as error:
        unreadable = warning(
            "stored",
            f"the stack's state can't be read, so it isn't known which settings `pulumi refresh` and `pulumi "
            f"destroy` would use: {error}",
            "See what `pulumi stack export` says.",
        )
        return [unreadable], False
    needs_none = not targets and bool(parse(exported).playback_ids)
    return _compared(targets, config), needs_none


def _compared(targets: list[dict[str, object]], config: Mapping[str, str]) -> list[Finding]:
    differing = [
        f"{NAMESPACE}:{key}"
        for key in TARGET_VARIABLES
        if any(target[key] not in (setting_text(config.get(key)), _SEALED) for target in targets)
    ]
    if differing:
        return [
            warning(
                "stored",
                f"the stack's state still has {', '.join(differing)} as at the last `pulumi up`, not as configured "
                f"now; `pulumi refresh` and `pulumi destroy` use what the state has",
                "Run `pulumi up`, or add --run-program to those two.",
            )
        ]
    if _SEALED in _values(targets) or not any(_values(targets)):
        return []
    return [ok("stored", "the stack's state has the same target as its configuration")]


def _targets(exported: Any) -> Iterator[dict[str, object]]:
    """The target of each default provider that a playback ID of the stack goes through.

    Raises:
        NotAStateError: this isn't an export.
    """
    explicit = parse(exported).accounts
    resources = exported["deployment"].get("resources") or []
    used = {
        resource.get("provider", "").rpartition("::")[0]
        for resource in resources
        if resource["type"] in (DYNAMIC_TYPE, NATIVE_TYPE)
    }
    for resource in resources:
        if resource["urn"] in used and resource["urn"] not in explicit:
            inputs = resource.get("inputs") or {}
            # The SDK's own provider serves everyone, so ours carry a namespace there and none elsewhere.
            yield {key: _value(inputs.get(f"{NAMESPACE}:{key}", inputs.get(key))) for key in TARGET_VARIABLES}


def _values(targets: Iterable[Mapping[str, object]]) -> list[object]:
    return [value for target in targets for value in target.values()]


def _value(stored: object) -> object:
    if isinstance(stored, Mapping):
        return setting_text(json.loads(stored["plaintext"])) if "plaintext" in stored else _SEALED
    return setting_text(stored)
