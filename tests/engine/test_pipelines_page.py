"""The script that the page about pipelines gives to users, called without having activated its environment."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from pulumi_fastpix.sandbox import Sandbox
from support.engine import DYNAMIC, ProviderUnderTest, Stack, path_without_environment

PAGE = Path(__file__).parents[2] / "docs" / "pipelines.md"


def test_the_script_works_through_both_providers(tmp_path: Path, sandbox: Sandbox, provider: ProviderUnderTest) -> None:
    (script,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)
    assert script.count(DYNAMIC.imports.splitlines()[1]) == 1
    script = script.replace(DYNAMIC.imports.splitlines()[1], provider.imports.splitlines()[1])
    stack = Stack(tmp_path, {**sandbox.environment(), "PATH": path_without_environment()})
    done = subprocess.run(
        [sys.executable, "-c", f"{script}\nstack.destroy()"],
        cwd=stack.program_folder,
        env=stack.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "https://stream.fastpix.com/" in done.stdout
    methods = [request.method for request in sandbox.mutating_requests]
    assert methods == ["POST", "POST", "DELETE", "DELETE"]
