"""Spares Pulumi's commands what takes up to half of their time and no test is about. The benchmarks spare nothing.

Python is asked for its packages and its version once instead of twice for every `up`, and its processes begin with what
they import (`forked_python`), the key of a stack's secrets comes from a server instead of a passphrase (`key_server`),
and new stacks are copies (`new_stacks`).
"""

from __future__ import annotations

from pathlib import Path

from support import forked_python, key_server, new_stacks

_environment: dict[str, str] = {}


def take() -> None:
    """From now on, spare it in this process."""
    # The others: no garbage collection in the CLI while it has little.
    _environment.update(key_server.environment(), GOGC="off", GOMEMLIMIT="400MiB")


def environment() -> dict[str, str]:
    """What commands need in their environment for that."""
    return dict(_environment)


def commands_of(environment: Path) -> Path:
    """The `bin` that goes before that of a Python environment on PATH."""
    return forked_python.commands_of(environment) if _environment else environment


def copy_stack(folder: Path) -> bool:
    """Give a folder the files of a new stack; False if Pulumi has to make this one."""
    return bool(_environment) and new_stacks.copy_first(folder)


def keep_stack(folder: Path) -> None:
    """Keep the files of a stack that Pulumi has just made, if others may begin with them."""
    if _environment:
        new_stacks.keep_first(folder)


def secrets_provider() -> str:
    """Where Pulumi gets the key of a new stack's secrets from."""
    return key_server.SECRETS_PROVIDER if _environment else "passphrase"
