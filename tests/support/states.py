"""Literal exports, as `pulumi stack export` prints them, and their parts."""

from __future__ import annotations

from typing import Any

STACK = "urn:pulumi:dev::project::pulumi:pulumi:Stack::project-dev"
STREAM = "1111aaaa2222bbbb3333cccc4444dddd"
TYPE = "pulumi-python:dynamic/fastpix:LivePlaybackId"
DEFAULT_PROVIDER = "urn:pulumi:dev::project::pulumi:providers:pulumi-python::default::c0ffee"


def urn(name: str, parent_types: str = "") -> str:
    return f"urn:pulumi:dev::project::{parent_types}{TYPE}::{name}"


def secret(**value: str) -> dict[str, str]:
    return {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", **value}


def resource(name: str, id_: str = "", policy: str = "public", stream_id: Any = STREAM, **more: Any) -> dict[str, Any]:
    inputs = {"__provider": "gASV", "accessPolicy": policy, "streamId": stream_id}
    made = {"id": id_, "outputs": {**inputs, "seenBy": "0123456789ab"}} if id_ else {}
    return {
        "urn": urn(name),
        "custom": True,
        "type": TYPE,
        "inputs": inputs,
        "parent": STACK,
        "provider": DEFAULT_PROVIDER,
        **made,
        **more,
    }


def export(*resources: dict[str, Any], pending: tuple[dict[str, Any], ...] = (), operation: str = "creating") -> Any:
    stack = {"urn": STACK, "custom": False, "type": "pulumi:pulumi:Stack"}
    operations = [{"resource": each, "type": operation} for each in pending]
    return {"version": 3, "deployment": {"resources": [stack, *resources], "pending_operations": operations}}
