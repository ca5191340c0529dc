"""The names that programs may import from the sandbox."""

from __future__ import annotations

from pulumi_fastpix import sandbox
from pulumi_fastpix.sandbox import errors

PROMISED = [
    "AccessTokenNotFoundError",
    "DEMO_STREAM_ID",
    "DataFileError",
    "Fault",
    "LoggedRequest",
    "PlaybackIdNotFoundError",
    "PortError",
    "Sandbox",
    "SandboxError",
    "SigningKeyNotFoundError",
    "SimulcastNotFoundError",
    "Store",
    "StreamNotFoundError",
    "Switches",
]


def test_the_sandbox_promises_these_names_and_no_others() -> None:
    """Every name that is added here has to be kept; tests import all others from their modules."""
    assert sorted(sandbox.__all__) == PROMISED
    for name in PROMISED:
        assert hasattr(sandbox, name)


def test_every_error_of_the_sandbox_is_promised() -> None:
    defined = {name for name, value in vars(errors).items() if isinstance(value, type)}
    assert defined <= set(PROMISED)
