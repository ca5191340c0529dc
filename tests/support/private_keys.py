"""The secrets in a stack's state, and the search for them in all that was printed and written."""

from __future__ import annotations

import json
from typing import Any

from support.engine import Run, Stack


def outputs_with_secrets(stack: Stack) -> list[dict[str, Any]]:
    """What is in the state of each resource, the stack among them."""
    state = json.loads(stack.run("stack", "export", "--show-secrets").output)
    return [one.get("outputs", {}) for one in state["deployment"]["resources"]]


def private_keys(stack: Stack) -> list[str]:
    """Those in the state, in plain text."""
    return secrets_in(outputs_with_secrets(stack), "privateKey")


def secrets_in(outputs: list[dict[str, Any]], name: str) -> list[str]:
    """What is in the outputs whose names begin with this."""
    return [
        str(json.loads(value["plaintext"])) for one in outputs for key, value in one.items() if key.startswith(name)
    ]


def assert_no_secret(stack: Stack, *runs: Run, of: list[str]) -> None:
    printed = "\n".join(run.output for run in runs)
    written = {path: path.read_bytes() for path in stack.written_files()}
    assert any(key_id.encode() in content for key_id in stack.ids().values() for content in written.values())
    assert of
    for secret in of:
        assert secret not in printed
        assert [path for path, content in written.items() if secret.encode() in content] == []
