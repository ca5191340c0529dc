"""The form in which `pulumi stack export` prints a state, and reading it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_fastpix.stack.resource_types import OURS
from pulumi_fastpix.stack.state import Operation, Resource, StackState
from pulumi_fastpix.stack.urns import is_stack, stack_and_project_of


class NotAStateError(ValueError):
    """This isn't what `pulumi stack export` prints."""


def parse(exported: object, types: Mapping[str, str] = OURS) -> StackState:
    """Read an export.

    Args:
        exported: the decoded JSON.
        types: the resource types that are ours: the name of each by its type tokens.

    Raises:
        NotAStateError: it is no export.
    """
    deployment = exported.get("deployment") if isinstance(exported, dict) else None
    if not isinstance(deployment, dict):
        raise NotAStateError('an object with a "deployment" was expected')
    try:
        resources = tuple(_resource(raw, types) for raw in deployment.get("resources") or ())
        interrupted = tuple(
            Operation(raw["type"], _resource(raw["resource"], types))
            for raw in deployment.get("pending_operations") or ()
        )
        urns = [*(one.urn for one in resources), *(one.resource.urn for one in interrupted)]
        stack, project = stack_and_project_of(urns[0]) if urns else ("", "")
        return StackState(stack, project, resources, interrupted)
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
        raise NotAStateError(f"a resource has an unexpected form ({error!r})") from None


def _resource(raw: Mapping[str, Any], types: Mapping[str, str]) -> Resource:
    parent = raw.get("parent") or ""
    return Resource(
        urn=raw["urn"],
        type_token=raw["type"],
        type_name=types.get(raw["type"], ""),
        id=raw.get("id", ""),
        inputs=raw.get("inputs") or {},
        outputs=raw.get("outputs") or {},
        # A resource refers to its provider as `<URN>::<id>`.
        provider=str(raw.get("provider", "")).rpartition("::")[0],
        parent="" if not parent or is_stack(parent) else parent,
        protect=raw.get("protect", False),
        external=raw.get("external", False),
        to_be_deleted=raw.get("delete", False),
    )
