"""The workspace that a configuration names, connected to when it is first needed. Shared by all front doors."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pulumi_fastpix.settings import read_settings
from pulumi_fastpix.settings.sandbox_guard import refuse_configured_target_in_sandbox

if TYPE_CHECKING:
    from pulumi_fastpix.resources.live_playback_id.lifecycle import Lifecycle


class Connection:
    """One provider's way to FastPix. Safe for any number of threads.

    Args:
        config: values of `settings.CONFIG_KEYS`; missing ones are complained of when they are needed.
        environ: the environment.

    Raises:
        SettingsError: the configuration holds a target, and this runs in the sandbox.
    """

    def __init__(self, config: Mapping[str, object], environ: Mapping[str, str]) -> None:
        refuse_configured_target_in_sandbox(config, environ)
        self._config = config
        self._environ = environ
        self._lock = threading.Lock()
        self._lifecycle: Lifecycle | None = None
        self._cancelled = False

    def lifecycle(self) -> Lifecycle:
        """The lifecycle of playback IDs in this workspace, the same one every time.

        Raises:
            SettingsError: the settings name no usable workspace.
        """
        # A program that declares resources imports its front door, but never comes here.
        from pulumi_fastpix.api.client import Client  # noqa: PLC0415  # imported late, for it brings the HTTP stack
        from pulumi_fastpix.resources.live_playback_id.lifecycle import Lifecycle  # noqa: PLC0415  # likewise

        with self._lock:
            if self._lifecycle is None:
                self._lifecycle = Lifecycle(Client(read_settings(self._config, self._environ)))
                if self._cancelled:
                    self._lifecycle.cancel()
            return self._lifecycle

    def cancel(self) -> None:
        """Let what is under way end, and refuse to begin anything that changes FastPix."""
        with self._lock:
            self._cancelled = True
            if self._lifecycle is not None:
                self._lifecycle.cancel()
