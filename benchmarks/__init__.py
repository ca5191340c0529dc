"""Measures this package beside other ways to make playback IDs: `make benchmark`, described in docs/benchmarks.md."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

# What the tests share isn't installed; a stack in a folder of its own is as useful here as there.
sys.path.insert(0, str(ROOT / "tests"))
