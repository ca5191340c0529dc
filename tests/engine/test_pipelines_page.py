"""The script that the page about pipelines gives to users, called without having activated its environment."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from pulumi_fastpix.sandbox import Sandbox
from support import shortcuts
from support.both_ways import PROVIDERS, both_ways
from support.engine import DYNAMIC, NEWEST_SDK, Stack, path_without_environment

PAGE = Path(__file__).parents[2] / "docs" / "pipelines.md"


def test_the_script_works_through_both_providers(tmp_path: Path, sandbox: Sandbox) -> None:
    (script,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)
    stack = Stack(tmp_path, {**sandbox.environment(), "PATH": path_without_environment(), "TMPDIR": str(tmp_path)})
    done = subprocess.run(
        [shortcuts.commands_of(NEWEST_SDK) / "python", "-c", f"{through_both_providers(script)}\nstack.destroy()"],
        cwd=stack.program_folder,
        env=stack.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    watched = re.findall(r"^https://stream\.fastpix\.com/.*\n", done.stdout, flags=re.MULTILINE)
    assert len({*watched}) == 2, done.stdout
    requests = sandbox.mutating_requests
    assert [request.method for request in requests] == ["POST"] * 4 + ["DELETE"] * 4
    streams = {request.path.split("/")[-2] for request in requests if request.path.endswith("/playback-ids")}
    assert len(streams) == 2
    for stream in streams:
        on_it = [request.method for request in requests if stream in request.path.split("/")]
        assert on_it == ["POST", "DELETE", "DELETE"]


def through_both_providers(script: str) -> str:
    """The page's script with everything in its `program` once for each provider."""
    before, define, rest = script.partition("def program() -> None:\n")
    declarations, end, after = rest.partition("\n\n\n")
    (imported,) = re.findall(rf"^{re.escape(DYNAMIC.imports.splitlines()[1])}\n", before, flags=re.MULTILINE)
    up = "stack.up(on_output=print).outputs"
    print_watch = f'print({up}["watch"].value)\n'
    assert after.count(print_watch) == 1
    prints = "".join(f"print(outputs['{provider.name}-watch'].value)\n" for provider in PROVIDERS)
    after = after.replace(print_watch, f"outputs = {up}\n{prints}")
    return before + define + both_ways(f"    {imported}{declarations}\n") + end + after
