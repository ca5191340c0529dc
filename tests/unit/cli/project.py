"""A Pulumi project in a folder, for the doctor to look at."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import Result

from support.fake_pulumi import FakePulumi
from unit.cli.command import run

SECRET = "hush-secret-key"


@dataclass(frozen=True)
class Project:
    """A project in a folder, and the programs that come first on PATH."""

    folder: Path
    bin: Path
    pulumi: FakePulumi = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pulumi", FakePulumi(self.bin))  # the class is frozen

    def write(self, name: str, text: str) -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text)

    def configure(self, **values: str) -> None:
        config = {f"fastpix:{name}": {"value": value, "secret": name == "secretKey"} for name, value in values.items()}
        self.pulumi.prints("config", config)

    def store(self, state: Any, with_secrets: Any = None) -> None:
        """Let `pulumi stack export` print this, and with `--show-secrets` the other; without one it fails."""
        self.pulumi.prints("export", state)
        if with_secrets is not None:
            self.pulumi.prints("export-with-secrets", with_secrets)

    def program(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def python(self, path: Path, **found: Any) -> None:
        """Put a Python there that finds in its installation what the arguments name."""
        all_found = {
            "executable": str(path),
            "python": "3.12.1",
            "prefix": str(path.parent.parent),
            "broken": {},
            **found,
        }
        self.program(path, f"#!/bin/sh\nexec /bin/cat <<'E'\n{json.dumps(all_found)}\nE\n")

    def doctor(self, *arguments: str) -> Result:
        result = run("doctor", "-C", str(self.folder), *arguments)
        assert SECRET not in result.output
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        return result

    def findings(self, *arguments: str) -> dict[str, list[dict[str, str]]]:
        """The findings that are not ok, by the name of the check."""
        report = json.loads(self.doctor("--json", "--offline", *arguments).stdout)
        wrong: dict[str, list[dict[str, str]]] = {}
        for finding in report["findings"]:
            if finding["severity"] != "ok":
                assert finding["advice"], finding
                wrong.setdefault(finding["check"], []).append(finding)
        return wrong
