"""Literal exports, as `pulumi stack export` prints them, and their parts."""

from __future__ import annotations

from typing import Any

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox

STACK = "urn:pulumi:dev::project::pulumi:pulumi:Stack::project-dev"
STREAM = DEMO_STREAM_ID
DYNAMIC_TYPE = "pulumi-python:dynamic/fastpix:LivePlaybackId"
NATIVE_TYPE = "fastpix:index:LivePlaybackId"
DEFAULT_PROVIDER = "urn:pulumi:dev::project::pulumi:providers:pulumi-python::default::c0ffee"
DEFAULT_NATIVE_PROVIDER = "urn:pulumi:dev::project::pulumi:providers:fastpix::default_0_1_0::c0ffee"
FAR_PROVIDER = "urn:pulumi:dev::project::pulumi:providers:pulumi-python::far::c0ffee"
MADE_UP_TYPE = "pulumi-python:dynamic/fastpix:MadeUp"
"""Of a resource of ours that no version has yet: another one than playback IDs must not confuse any command."""


def urn(name: str, parent_types: str = "", type_: str = DYNAMIC_TYPE) -> str:
    return f"urn:pulumi:dev::project::{parent_types}{type_}::{name}"


def secret(**value: str) -> dict[str, str]:
    """A secret value, with a `ciphertext` or a `plaintext`."""
    return {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", **value}


def resource(
    name: str, id_: str = "", policy: str = "public", stream_id: Any = STREAM, restrictions: Any = None, **more: Any
) -> dict[str, Any]:
    """A playback ID; without an id, as an interrupted create leaves it."""
    inputs = {"__provider": "gASV", "accessPolicy": policy, "streamId": stream_id}
    if restrictions is not None:
        inputs["accessRestrictions"] = restrictions
    made = {"id": id_, "outputs": {**inputs, "seenBy": "sandbox-0123456789ab"}} if id_ else {}
    return {
        "urn": urn(name),
        "custom": True,
        "type": DYNAMIC_TYPE,
        "inputs": inputs,
        "parent": STACK,
        "provider": DEFAULT_PROVIDER,
        **made,
        **more,
    }


def made_up(name: str, id_: str = "", **more: Any) -> dict[str, Any]:
    """A resource of the made-up type, on the same stream, with values that nest and a secret among them."""
    inputs = {"__provider": "gASV", "streamId": STREAM, "rules": {"keys": [{"secret": secret(ciphertext="v1:x")}]}}
    made = {"id": id_, "outputs": {**inputs, "seenBy": "sandbox-0123456789ab"}} if id_ else {}
    urn_ = urn(name, type_=MADE_UP_TYPE)
    return {**resource(name), "urn": urn_, "type": MADE_UP_TYPE, "inputs": inputs, **made, **more}


def provider(reference: str, **inputs: Any) -> dict[str, Any]:
    """A provider, by the reference that resources make to it."""
    urn_, _, id_ = reference.rpartition("::")
    return {"urn": urn_, "custom": True, "type": urn_.split("::")[2], "id": id_, "inputs": inputs}


def account(name: str, of: Sandbox) -> dict[str, Any]:
    """A provider resource whose account leads to a sandbox."""
    settings = {"accessTokenId": of.access_token_id, "secretKey": of.secret_key, "baseUrl": of.base_url}
    settings["providerResource"] = name
    return provider(reference_to(name), **{f"fastpix:{key}": value for key, value in settings.items()})


def reference_to(name: str) -> str:
    """How resources refer to a provider resource of this name."""
    return f"urn:pulumi:dev::project::pulumi:providers:pulumi-python::{name}::c0ffee"


def through(reference: str, **inputs: Any) -> Any:
    """A stack with one playback ID, made through a provider with these inputs."""
    native = ":providers:fastpix:" in reference
    of_type = {"type": NATIVE_TYPE, "urn": urn("main", type_=NATIVE_TYPE)} if native else {}
    return export(provider(reference, **inputs), resource("main", "id-1", provider=reference, **of_type))


def export(*resources: dict[str, Any], pending: tuple[dict[str, Any], ...] = (), operation: str = "creating") -> Any:
    stack = {"urn": STACK, "custom": False, "type": "pulumi:pulumi:Stack"}
    operations = [{"resource": each, "type": operation} for each in pending]
    return {"version": 3, "deployment": {"resources": [stack, *resources], "pending_operations": operations}}


def interrupted(**more: Any) -> Any:
    """A stack in which one create was interrupted."""
    return export(pending=(resource("main", **more),))
