"""The test that the page about testing gives to users, as users run it, without an active environment."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from support import shortcuts
from support.engine import NEWEST_SDK, Stack, path_without_environment

PAGE = Path(__file__).parents[2] / "docs" / "testing.md"


def test_the_test_of_a_program_passes(tmp_path: Path) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)
    stack = Stack(tmp_path)
    (stack.program_folder / "test_concert.py").write_text(program)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    done = subprocess.run(
        [shortcuts.commands_of(NEWEST_SDK) / "python", "-m", "pytest", "test_concert.py"],
        cwd=stack.program_folder,
        env={**stack.environ, "PATH": path_without_environment(), "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    assert [path.name for path in temporary.iterdir() if not path.name.startswith("pytest-of-")] == []
