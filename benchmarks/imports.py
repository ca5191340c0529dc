"""What `import pulumi_fastpix` costs a program besides `import pulumi`, in processor time.

Run it with `make import-time`. Seconds differ from machine to
machine; the ratio is what to compare, and should stay below 1.05.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys

RUNS = 25


def main() -> None:
    """Import each in turn, in fresh interpreters, and print the medians and their ratio."""
    seconds: dict[str, list[float]] = {"pulumi": [], "pulumi_fastpix": []}
    for _ in range(RUNS + 1):
        for module, taken in seconds.items():
            taken.append(processor_seconds(module))
    # The first run of each may have compiled the modules.
    medians = {module: statistics.median(taken[1:]) for module, taken in seconds.items()}
    for module, median in medians.items():
        print(f"import {module:15} {median * 1000:6.0f} ms")
    print(f"ratio {medians['pulumi_fastpix'] / medians['pulumi']:.3f}")


def processor_seconds(module: str) -> float:
    """What a fresh interpreter takes to import a module, with compiled modules as users have them."""
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", f"import {module}"], check=True, env=environ)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


if __name__ == "__main__":
    main()
