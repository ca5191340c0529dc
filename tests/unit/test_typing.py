"""The typed calls of tests/typing, which `make lint` checks with mypy and pyright."""

from __future__ import annotations

import ast
from pathlib import Path

WRONG = Path(__file__).parents[1] / "typing" / "wrong.py"


def test_each_wrong_call_is_marked_as_refused_by_the_type_checkers() -> None:
    """A call that no checker refuses would otherwise stand among the wrong ones unnoticed."""
    source = WRONG.read_text()
    lines = source.splitlines()
    calls = [
        call for function in ast.parse(source).body if isinstance(function, ast.FunctionDef) for call in function.body
    ]
    assert calls
    assert [lines[call.lineno - 1] for call in calls if "# type: ignore[" not in lines[call.lineno - 1]] == []
