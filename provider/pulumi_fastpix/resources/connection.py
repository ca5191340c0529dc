"""A provider's way to its workspace: settings are read, and HTTP is loaded, at the first call that needs them."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pulumi_fastpix.errors import SandboxMismatchError, SettingsError
from pulumi_fastpix.journal.files import folder_of
from pulumi_fastpix.journal.writing import journal_in
from pulumi_fastpix.resources.base import NOTHING, Values
from pulumi_fastpix.resources.live_playback_id.names import STREAM_ID
from pulumi_fastpix.resources.names import SEEN_BY
from pulumi_fastpix.resources.signing_key.names import CREATED_AT
from pulumi_fastpix.settings.sandbox_guard import refuse_configured_target_in_sandbox, refuse_other_side
from pulumi_fastpix.settings.settings import Settings, read_settings

if TYPE_CHECKING:
    from pulumi_fastpix.resources.base import ResourceType
    from pulumi_fastpix.resources.lifecycle import Lifecycle
    from pulumi_fastpix.resources.workspace import Workspace


_mismatches: dict[Settings, SandboxMismatchError] = {}
"""Settings whose side an object of the stack has shown to be the wrong one; for all provider classes of a process."""
_told: set[Settings] = set()
"""Settings of which it was said that an object was seen with others; for all provider classes of a process."""


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
        self._to_be_replaced: dict[tuple[str, str], Values] = {}
        self._journal = journal_in(folder_of(environ))

    def lifecycle(
        self, resource_type: ResourceType, id_: str = "", state: Values = NOTHING, urn: str = ""
    ) -> Lifecycle:
        """The objects of a resource type in this workspace.

        Args:
            resource_type: the type.
            id_: the object it is for; empty for one to be created.
            state: what is stored of it.
            urn: the resource's; empty if it isn't known.

        Raises:
            SettingsError: the settings name no usable workspace.
            SandboxMismatchError: this object, or for a create one before it, is on the other side.
            FastPixError: for a create, an object that is to be replaced can't be seen in this workspace.
        """
        self.note_stored(resource_type, id_, state, urn)
        workspace = self._connected()
        mismatch = _mismatches.get(workspace.settings)
        if mismatch and not id_:
            raise SandboxMismatchError(f"Nothing was created here: {mismatch.happened}", mismatch.advice)
        lifecycle = resource_type.lifecycle(workspace)
        if id_:
            # If it is deleted before it is replaced, that finds out whether it can be seen.
            self._to_be_replaced.pop((resource_type.name, id_), None)
        else:
            self._confirm_workspace(resource_type, lifecycle, workspace.settings)
        return lifecycle

    def listed(self, resource_type: ResourceType, lookup: Values) -> Iterable[dict[str, Any]]:
        """All that this workspace has of a resource type: see :attr:`ResourceType.listed`.

        Raises:
            SettingsError: the settings name no usable workspace.
            FastPixError: while they are asked for, they can't be listed.
        """
        return resource_type.listed(self._connected(), lookup)

    def note_replacement(self, resource_type: ResourceType, id_: str, state: Values) -> None:
        """Note that an object is to be replaced. If other credentials saw it last, no other is made before these do.

        In the wrong workspace, the new one would be made, and the old one never be deleted.
        """
        if state.get(SEEN_BY):
            self._to_be_replaced[resource_type.name, id_] = state

    def note_stored(self, resource_type: ResourceType, id_: str, state: Values, urn: str = "") -> None:
        """Note an object that the stack has. Refuse it if it is in a sandbox while this is an account, or the reverse.

        From then on this process creates nothing with these settings.

        Raises:
            SandboxMismatchError: it is refused.
        """
        if not (seen_by := state.get(SEEN_BY)):
            return
        self._journal.note_recorded(urn, id_, state.get(STREAM_ID), state.get(CREATED_AT))
        try:
            settings = read_settings(self._config, self._environ)
        except SettingsError:
            # A preview needs none; whatever needs them reports them.
            return
        try:
            refuse_other_side(f"{resource_type.name} {id_}", str(seen_by), settings)
        except SandboxMismatchError as error:
            _mismatches[settings] = error
            raise

    def warning_of_other_credentials(self, resource_type: ResourceType, id_: str, state: Values) -> str:
        """What to say of an object that other credentials saw last, once in a process; else nothing.

        As long as no input differs, nothing asks for it, and a program that means another account shows no difference.
        """
        try:
            settings = read_settings(self._config, self._environ)
        except SettingsError:
            return ""
        if state.get(SEEN_BY, settings.workspace_mark) == settings.workspace_mark or settings in _told:
            return ""
        _told.add(settings)
        return (
            f"{resource_type.name} {id_}, and perhaps others, was last seen with other credentials than those of this "
            f"run. If both belong to the same workspace, `pulumi refresh --run-program` notes that. If these belong to "
            f"another account, nothing moves it there: give it back its provider or its credentials, or declare "
            f"another one under a new name."
        )

    def _confirm_workspace(self, resource_type: ResourceType, lifecycle: Lifecycle, settings: Settings) -> None:
        for (name, id_), state in [*self._to_be_replaced.items()]:
            if name == resource_type.name:
                if state[SEEN_BY] != settings.workspace_mark:
                    lifecycle.read(id_, state)
                self._to_be_replaced.pop((name, id_), None)

    def cancel(self) -> None:
        """After one Ctrl-C: let what was sent end, and nothing else. See :meth:`BaseClient.cancel`."""
        with self._lock:
            self._cancelled = True
            if self._workspace is not None:
                self._workspace.cancel()

    def outlive_pulumi(self) -> None:
        """Pulumi was killed: let what was sent end, and nothing else, and keep what the journal has of it."""
        self._journal.outlive_pulumi()
        self.cancel()

    def _connected(self) -> Workspace:
        from pulumi_fastpix.resources.workspace import workspace_of  # noqa: PLC0415  # brings the HTTP stack

        with self._lock:
            if self._workspace is None:
                self._workspace = workspace_of(read_settings(self._config, self._environ), self._journal)
                if self._cancelled:
                    self._workspace.cancel()
            return self._workspace
