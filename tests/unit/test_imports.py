"""Who may import whom."""

from __future__ import annotations

import subprocess
import sys

import pytest

import pulumi_fastpix


def loaded_by(statement: str) -> set[str]:
    """The modules a fresh interpreter has loaded after a statement."""
    command = [sys.executable, "-c", f"import sys\n{statement}\nprint(*sys.modules)"]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def test_a_program_pays_for_no_http_and_no_validation_library() -> None:
    modules = loaded_by("import pulumi_fastpix")
    assert "pulumi_fastpix.dynamic" in modules
    assert not modules & {"requests", "urllib3", "pydantic", "tenacity", "click", "starlette", "uvicorn"}


@pytest.mark.parametrize(
    "module",
    [
        "resources.live_playback_id.lifecycle",
        "resources.connection",
        "api.client",
        "settings",
        "errors",
        "stack.state",
        "stack.import_file",
        "cli.recover.recovery",
        "cli.audit.findings",
    ],
)
def test_the_core_knows_no_pulumi(module: str) -> None:
    modules = loaded_by(
        # The package's own __init__ offers the Pulumi resource; step round it to see what the core itself needs.
        "import types, importlib.util\n"
        "package = types.ModuleType('pulumi_fastpix')\n"
        "package.__path__ = importlib.util.find_spec('pulumi_fastpix').submodule_search_locations\n"
        "sys.modules['pulumi_fastpix'] = package\n"
        f"import pulumi_fastpix.{module}"
    )
    assert f"pulumi_fastpix.{module}" in modules
    assert not {name for name in modules if name == "pulumi" or name.startswith("pulumi.")}


def test_the_public_names_are_sorted_and_exist() -> None:
    assert pulumi_fastpix.__all__ == sorted(pulumi_fastpix.__all__)
    for name in pulumi_fastpix.__all__:
        assert hasattr(pulumi_fastpix, name)
