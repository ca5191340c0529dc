"""Our resource types by the tokens under which stacks store their resources."""

from __future__ import annotations

from pulumi_fastpix.resources.names import dynamic_type, native_type
from pulumi_fastpix.resources.table import RESOURCE_TYPES


def types_named(*names: str) -> dict[str, str]:
    """For each token of these resource types, the type's name."""
    return {token: name for name in names for token in (dynamic_type(name), native_type(name))}


OURS = types_named(*(resource_type.name for resource_type in RESOURCE_TYPES))
