"""Spares Pulumi's commands what takes up to half of their time and no test is about. The benchmarks spare nothing.

Pulumi's questions about Python's version and packages have their answers ready, Python's processes begin with what they
import (`forked_python`) and don't tell the engine what it ignores (`fork_server`), the key of a stack's secrets comes
from a server instead of a passphrase (`key_server`), also if a page makes the stack, and new stacks are copies
(`new_stacks`).
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from support import forked_python, key_server, new_stacks

_PULUMI = """#!/bin/sh
case "$*" in
    *"stack init "*) exec {pulumi} "$@" --secrets-provider {provider} ;;
    *) exec {pulumi} "$@" ;;
esac
"""
_environment: dict[str, str] = {}


def take() -> None:
    """From now on, spare it in this process."""
    pulumi = forked_python.shared_folder() / str(os.getpid()) / "pulumi"
    pulumi.parent.mkdir()
    pulumi.write_text(_PULUMI.format(pulumi=shutil.which("pulumi"), provider=key_server.SECRETS_PROVIDER))
    pulumi.chmod(0o755)
    os.environ["PATH"] = os.pathsep.join((str(pulumi.parent), os.environ["PATH"]))
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
