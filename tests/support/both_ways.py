"""A program as a page or an example has it, run through both providers in one stack, beside others if need be."""

from __future__ import annotations

import re

from support.engine import DYNAMIC, NATIVE, Stack

PROVIDERS = (DYNAMIC, NATIVE)
_BEFORE_A_NAME = re.compile(r"(fastpix\.(?:Live\w+|SigningKey)\(\s*|pulumi\.Alias\(name=|pulumi\.export\()")


def both_ways(program: str, case: str = "") -> str:
    """The program once for each provider: names of resources and outputs begin with the provider's, and the case's."""
    return "\n".join(
        _BEFORE_A_NAME.sub(
            rf'\g<1>"{provider.name}-{case}" + ',
            program.replace("import pulumi_fastpix as", f"import {provider.module} as"),
        )
        for provider in PROVIDERS
    )


def ids_of_each(stack: Stack, case: str = "") -> dict[str, dict[str, str]]:
    """FastPix's ids of a case's resources in the state by the program's own names, for each provider."""
    beginnings = {provider.name: f"{provider.name}-{case}" for provider in PROVIDERS}
    return {
        provider: {name.removeprefix(begins): id_ for name, id_ in stack.ids().items() if name.startswith(begins)}
        for provider, begins in beginnings.items()
    }
