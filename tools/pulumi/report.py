"""How this tool speaks: stdout carries the answer alone, so all else goes to stderr."""

import sys


class EngineError(Exception):
    """No engine can be had this way; the message is a sentence that says why."""


def say(sentence: str) -> None:
    """Tells the person who waits what is going on."""
    sys.stderr.write(f"pulumi engine: {sentence}\n")
