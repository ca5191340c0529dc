"""Several cases in one stack: each a resource of its own name, through both providers, told apart by what is sent.

One run for all of them takes hardly longer than a run for one of them.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping

from pulumi_fastpix.sandbox import Sandbox

MODULES = {"dynamic": "fastpix", "native": "native"}
"""The names of the providers' modules in a program that begins with `BOTH_PROVIDERS`."""
BOTH_PROVIDERS = "import pulumi_fastpix.native as native\n"
NAMED_MODULES = ", ".join(f"({name!r}, {module})" for name, module in MODULES.items())
AT_ONCE = ("--continue-on-error", "--parallel=32")
"""Options of a run in which no case waits for another, or is given up because another fails."""
GIVES_UP_SOON = {"FASTPIX_RETRY_FOR_SECONDS": "1"}
"""For a run in which repeating a request doesn't help."""
WITHOUT_CHECKPOINTS = {"PULUMI_SKIP_CHECKPOINTS": "true"}
"""For a run that makes many objects, as docs/large-stacks.md advises."""


def through_both(declarations: str) -> str:
    """A program that makes these declarations through each provider: with its `module`, and its name as `provider`."""
    return f"{BOTH_PROVIDERS}for provider, module in ({NAMED_MODULES}):\n{textwrap.indent(declarations, '    ')}\n"


def sent_for(sandbox: Sandbox, streams: Mapping[str, str]) -> dict[str, list[str]]:
    """What was changed since the last time on each of these streams: methods, and the path's last part unless an id."""
    sent: dict[str, list[str]] = {name: [] for name in streams}
    for one in sandbox.mutating_requests:
        last = one.path.rsplit("/", 1)[-1]
        for name, stream in streams.items():
            if stream in one.path.split("/"):
                sent[name].append(one.method if last == stream else f"{one.method} {last}")
    sandbox.clear_requests()
    return sent


def shown_of(preview: str, name: str) -> str:
    """What the diff of a preview shows of the resource of this name."""
    beginnings = r"^ *(?=[-+~ ]{1,4}[\w-]+:[\w/-]+:\w+: \()"
    (found,) = [part for part in re.split(beginnings, preview, flags=re.MULTILINE) if f"::{name}]\n" in part]
    return found
