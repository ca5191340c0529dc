"""A `pulumi` that answers from files, for the commands without an engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SCRIPT = """#!/bin/sh
echo "$@" >> {folder}/commands
case "$1 $2" in
  "stack export") answer={folder}/export ;;
  "stack ls") answer={folder}/stacks ;;
  "config --json") answer={folder}/config ;;
esac
if [ -e "$answer" ]; then cat "$answer"; else echo "error: no stack selected" >&2; exit 255; fi
"""


class FakePulumi:
    """What `pulumi` answers; without an export it fails."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        script = folder / "pulumi"
        script.write_text(SCRIPT.format(folder=folder))
        script.chmod(0o755)
        self.answer("config", {})
        self.answer("stacks", [{"name": "dev", "current": True}])

    def answer(self, name: str, value: Any) -> None:
        (self.folder / name).write_text(json.dumps(value))
