"""Looks at a Python installation from inside. It is run by that Python, as text, and prints what it finds as JSON.

The installation may have any version of this package. So only its FROZEN modules are imported, to which stacks and
plugin folders refer; its other requirements are read from its own metadata.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from importlib import import_module
from importlib.metadata import Distribution, PackageNotFoundError, distribution

FROZEN_MODULES = ("pulumi_fastpix.dynamic", "pulumi_fastpix.native.serve")


def look() -> dict[str, object]:
    """Find the package with all that it needs.

    Returns:
        `executable`, `python` and `prefix` of this installation; `package` and `sdk`, the versions of this package and
        of Pulumi's SDK, where they are installed; `broken`, the reasons why something can't be imported, by its name.
    """
    found: dict[str, object] = {
        "executable": sys.executable,
        "python": sys.version.split()[0],
        "prefix": sys.prefix,
    }
    broken: dict[str, str] = {}
    try:
        package = distribution("pulumi-fastpix")
    except PackageNotFoundError:
        return found
    found["package"] = package.version
    for requirement in package.requires or ():
        # One with a condition is for an extra, or for other machines.
        name = re.match(r"[\w.-]+", requirement)
        if name and ";" not in requirement:
            try:
                required = distribution(name.group())
                if name.group() == "pulumi":
                    found["sdk"] = required.version
                import_all(top_level(required))
            except PackageNotFoundError:
                broken[name.group()] = "not installed"
            except Exception as error:  # noqa: BLE001  # whatever a broken package raises
                broken[name.group()] = f"{type(error).__name__}: {error}"
    if not broken:
        try:
            import_all(FROZEN_MODULES)
        except Exception as error:  # noqa: BLE001  # likewise
            broken["pulumi-fastpix"] = f"{type(error).__name__}: {error}"
    found["broken"] = broken
    return found


def top_level(required: Distribution) -> list[str]:
    """The public packages that a distribution consists of."""
    files = [file.parts for file in required.files or ()]
    return [
        parts[0] for parts in files if len(parts) == 2 and parts[1] == "__init__.py" and not parts[0].startswith("_")
    ]


def import_all(modules: Iterable[str]) -> None:
    """Import them, whatever that raises."""
    for module in modules:
        import_module(module)


if __name__ == "__main__":
    print(json.dumps(look()))
