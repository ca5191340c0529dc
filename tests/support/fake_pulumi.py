"""A stand-in for `pulumi` that prints the contents of files, for tests of the commands without an engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SCRIPT = """#!/bin/sh
echo "$@" >> {folder}/commands
case "$*" in
  version*) echo "${{FAKE_PULUMI_VERSION:-v3.272.0}}"; exit ;;
  "stack export"*--show-secrets*) output={folder}/export-with-secrets ;;
  "stack export"*) output={folder}/export; if [ -e {folder}/export-of/"$4" ]; then output={folder}/export-of/$4; fi ;;
  "stack ls"*) output={folder}/stacks ;;
  "config --json"*) output={folder}/config ;;
esac
if [ -e "$output" ]; then cat "$output"; else echo "error: no stack selected" >&2; exit 255; fi
"""


class FakePulumi:
    """The stand-in in a folder, which has to be on PATH.

    At first it prints an empty configuration and the stack `dev`, and fails for everything else.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.script = folder / "pulumi"
        self.script.write_text(SCRIPT.format(folder=folder))
        self.script.chmod(0o755)
        self.prints("config", {})
        self.prints("stacks", [{"name": "dev", "current": True}])

    def prints(self, name: str, value: Any) -> None:
        """Let it print this as `config`, `stacks`, `export`, or (with `--show-secrets`) `export-with-secrets`.

        `export-of/<stack>` is for one stack, if another one is to print something else.
        """
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")

    def fails(self, name: str) -> None:
        """Let it fail where it printed this."""
        (self.folder / name).unlink()

    @property
    def commands(self) -> list[str]:
        """The commands it was run with, without its own name."""
        file = self.folder / "commands"
        return file.read_text().splitlines() if file.exists() else []
