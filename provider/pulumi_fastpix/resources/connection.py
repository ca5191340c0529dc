"""A provider's way to its workspace: settings are read, and HTTP is loaded, at the first call that needs them."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pulumi_fastpix.settings.sandbox_guard import refuse_configured_target_in_sandbox
from pulumi_fastpix.settings.settings import read_settings

if TYPE_CHECKING:
    from pulumi_fastpix.resources.base import ResourceType
    from pulumi_fastpix.resources.lifecycle import Lifecycle
    from pulumi_fastpix.resources.workspace import Workspace


class Connection:
    """One provider's way to FastPix. Safe for any number of threads.

    Args:
        config: values of `settings.names.CONFIG_KEYS`; a missing one is reported when it is needed.
        environ: the environment.

    Raises:
        OutsideSandboxError: the configuration holds a target, and this runs in the sandbox.
    """

    def __init__(self, config: Mapping[str, object], environ: Mapping[str, str]) -> None:
        refuse_configured_target_in_sandbox(config, environ)
        self._config = config
        self._environ = environ
        self._lock = threading.Lock()
        self._workspace: Workspace | None = None
        self._cancelled = False

    def lifecycle(self, resource_type: ResourceType) -> Lifecycle:
        """The objects of a resource type in this workspace.

        Raises:
            SettingsError: the settings name no usable workspace.
        """
        return resource_type.lifecycle(self._connected())

    def cancel(self) -> None:
        """Let what is under way end, and refuse to begin anything that changes FastPix."""
        with self._lock:
            self._cancelled = True
            if self._workspace is not None:
                self._workspace.cancel()

    def _connected(self) -> Workspace:
        from pulumi_fastpix.resources.workspace import workspace_of  # noqa: PLC0415  # brings the HTTP stack

        with self._lock:
            if self._workspace is None:
                self._workspace = workspace_of(read_settings(self._config, self._environ))
                if self._cancelled:
                    self._workspace.cancel()
            return self._workspace
