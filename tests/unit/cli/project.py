"""A Pulumi project in a folder, for the doctor to look at, with a `pulumi` that answers from files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from pulumi_fastpix.cli import main

PULUMI = """#!/bin/sh
case "$1" in
version) echo "${PULUMI_STAND_IN_VERSION:-v3.259.0}" ;;
config) cat "$(dirname "$0")/config.json" ;;
stack) case "$*" in
  *--show-secrets*) cat "$(dirname "$0")/state-with-secrets.json" ;;
  *) cat "$(dirname "$0")/state.json" ;;
  esac ;;
*) echo "error: not expected: $*" >&2; exit 1 ;;
esac
"""

SECRET = "hush-secret-key"


@dataclass(frozen=True)
class Project:
    """A project in a folder, and the programs that come first on PATH."""

    folder: Path
    bin: Path

    def write(self, name: str, text: str) -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text)

    def configure(self, **values: str) -> None:
        told = {f"fastpix:{name}": {"value": value, "secret": name == "secretKey"} for name, value in values.items()}
        (self.bin / "config.json").write_text(json.dumps(told))

    def store(self, state: Any, with_secrets: Any = None) -> None:
        """Let `pulumi stack export` print this, and with `--show-secrets` the other; without one it fails."""
        (self.bin / "state.json").write_text(json.dumps(state))
        if with_secrets is not None:
            (self.bin / "state-with-secrets.json").write_text(json.dumps(with_secrets))

    def program(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def python(self, path: Path, **found: str) -> None:
        """Put a Python there that finds what the arguments say."""
        all_found = {"executable": str(path), "python": "3.12.1", "prefix": str(path.parent.parent), **found}
        self.program(path, f"#!/bin/sh\ncat <<'E'\n{json.dumps(all_found)}\nE\n")

    def doctor(self, *arguments: str) -> Result:
        result = CliRunner().invoke(main, ["doctor", "-C", str(self.folder), *arguments])
        assert SECRET not in result.output
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        return result

    def findings(self, *arguments: str) -> dict[str, list[dict[str, str]]]:
        """The findings that are not ok, by what was looked at."""
        report = json.loads(self.doctor("--json", "--offline", *arguments).stdout)
        wrong: dict[str, list[dict[str, str]]] = {}
        for finding in report["findings"]:
            if finding["severity"] != "ok":
                assert finding["advice"], finding
                wrong.setdefault(finding["check"], []).append(finding)
        return wrong
