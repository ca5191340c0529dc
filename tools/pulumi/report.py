"""What this tool prints: the answer, and nothing else, on stdout; everything else on stderr."""

import sys


class EngineError(Exception):
    """It can't be had this way; the message is a sentence with the reason."""


def announce(sentence: str) -> None:
    """One line for the person who waits."""
    sys.stderr.write(f"tools/pulumi: {sentence}\n")
