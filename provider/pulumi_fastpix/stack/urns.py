"""URNs, which are the engine's names for resources: `urn:pulumi:<stack>::<project>::<types>::<name>`."""

from __future__ import annotations

import re

_STACK_TYPE = "pulumi:pulumi:Stack"
_DEFAULT_PROVIDER = re.compile(r"default(_\d.*|_[^/]+_/.*)?")
"""Pulumi adds the version, or where the plugin is from: `default_git_/host/owner/…` for `git://host/owner/…`. A
program's own provider may have a name like `default_eu`."""


def name_of(urn: str) -> str:
    """The resource's name in the program, which may contain colons itself."""
    return urn.split("::", 3)[3]


def types_of(urn: str) -> str:
    """The resource's type token behind those of its parents, with a `$` between."""
    return urn.split("::", 3)[2]


def type_of(urn: str) -> str:
    """The resource's type token, without those of its parents."""
    return types_of(urn).rpartition("$")[2]


def stack_and_project_of(urn: str) -> tuple[str, str]:
    """The names of the stack and of its project."""
    stack, project = urn.split("::", 2)[:2]
    return stack.removeprefix("urn:pulumi:"), project


def urn_of(stack: str, project: str, type_token: str, name: str, parent: str = "") -> str:
    """The URN of a resource, from its parts.

    Args:
        stack: the stack's name, without organization and project.
        project: the project's name.
        type_token: the resource's.
        name: its name in the program.
        parent: its parent's URN; empty for the stack itself.
    """
    types = f"{types_of(parent)}${type_token}" if parent else type_token
    return f"urn:pulumi:{stack}::{project}::{types}::{name}"


def is_stack(urn: str) -> bool:
    """Whether this is the stack itself, to which every resource without another parent belongs."""
    return type_of(urn) == _STACK_TYPE


def is_default_provider(urn: str) -> bool:
    """Whether the engine made this provider from the stack's configuration, for resources that name none."""
    return _DEFAULT_PROVIDER.fullmatch(name_of(urn)) is not None
