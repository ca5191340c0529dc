"""Reads a stack's state, and finds the FastPix workspaces that its resources are in."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from pulumi_fastpix.announce import announce
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.cli.pulumi_cli import PulumiCli, PulumiError
from pulumi_fastpix.errors import SandboxMismatchError, SettingsError
from pulumi_fastpix.journal.files import folder_of
from pulumi_fastpix.journal.reading import LeftOver
from pulumi_fastpix.settings.sandbox_guard import refuse_other_side
from pulumi_fastpix.settings.settings import Settings, problems_of_journal, read_settings
from pulumi_fastpix.settings.target import find_target
from pulumi_fastpix.stack.accounts import explicit_accounts, provider_resources
from pulumi_fastpix.stack.export import NotAStateError, parse
from pulumi_fastpix.stack.left_over import with_left_over, without
from pulumi_fastpix.stack.live_streams import LiveStreams
from pulumi_fastpix.stack.playback_ids import PlaybackIds
from pulumi_fastpix.stack.signing_keys import SigningKeys
from pulumi_fastpix.stack.state import StackState

STDIN = "-"
SECRET_STREAM = "(its ID is a secret of this stack)"  # noqa: S105  # what is shown in place of one


@dataclass
class KnownStack:
    """A stack as it was exported.

    Attributes:
        pulumi: the command for it.
        playback_ids: those in its state, with secret values readable if they had to be asked for.
        stored: the same playback IDs, with secret values as they are stored.
        has_stack: there is a stack; without one, there are only the settings in the environment.
        left_over: what the journal of this machine has of creates that no run recorded, of any stack.
    """

    pulumi: PulumiCli
    playback_ids: PlaybackIds
    stored: PlaybackIds
    has_stack: bool = True
    left_over: LeftOver = field(default_factory=lambda: LeftOver(None))
    _settings_by_provider: dict[str, Settings] = field(default_factory=dict)

    @property
    def state(self) -> StackState:
        """All that the stack has."""
        return self.playback_ids.state

    @property
    def live_streams(self) -> LiveStreams:
        """The live streams in the stack's state."""
        return self.playback_ids.live_streams

    @property
    def signing_keys(self) -> SigningKeys:
        """The signing keys in the stack's state."""
        return self.playback_ids.signing_keys

    def settings(self, provider: str = "") -> Settings:
        """The settings with which a provider of this stack reaches FastPix.

        Args:
            provider: the URN of an explicit provider; empty for the stack's own.

        Raises:
            SettingsError: they name no usable workspace.
            SandboxMismatchError: what the stack has there is in a sandbox, and they aren't a sandbox's; or the reverse.
            PulumiError: the stack's configuration can't be had.
        """
        if provider not in self._settings_by_provider:
            config: Mapping[str, object] = self._account(provider) if provider else self._config
            settings = read_settings(config, os.environ)
            for one in self.playback_ids.resources:
                if one.seen_by and one.explicit_provider == provider:
                    refuse_other_side(f"{one.type_name} {one.id}", one.seen_by, settings)
            self._settings_by_provider[provider] = settings
        return self._settings_by_provider[provider]

    def accounts(self) -> list[str]:
        """The providers whose accounts this stack has, as :meth:`settings` takes them; its own account comes first.

        Its own isn't among them if nothing of it is set, and the stack has others.
        """
        others = list(provider_resources(self.state))
        every = (*self.playback_ids.declared, *self.live_streams.every, *self.signing_keys.every)
        used = any(not one.explicit_provider for one in every)
        own = used or not others or find_target(self._config, os.environ).held()
        return [*([""] if own else []), *others]

    @property
    def made_by_others(self) -> set[str]:
        """What runs of other stacks have made, and didn't record, as far as the journal shows."""
        of_stack = {one.key for one in self.left_over.of_stack(self.state.stack, self.state.project)}
        return {one.id for one in self.left_over.creates if one.id and one.key not in of_stack}

    def without_deleted(self, existing: Collection[str]) -> KnownStack:
        """The same stack, without creates that only the journal knows of, and whose objects were deleted since.

        Args:
            existing: the ids of all live streams and playback IDs in question that exist.
        """
        creates = (*self.live_streams.interrupted_creates, *self.playback_ids.interrupted_creates)
        deleted = [one.noted for one in creates if one.noted and not one.may_exist(existing)]
        playback_ids, stored = (PlaybackIds(without(one.state, deleted)) for one in (self.playback_ids, self.stored))
        return replace(self, playback_ids=playback_ids, stored=stored)

    def provider_of(self, seen_by: str) -> str:
        """The provider that reaches the workspace of this mark, as :meth:`settings` takes it; else the stack's own."""
        for provider in self.accounts():
            with suppress(SettingsError, PulumiError, SandboxMismatchError):
                if self.settings(provider).workspace_mark == seen_by:
                    return provider
        return ""

    @cached_property
    def _config(self) -> Mapping[str, str]:
        return self.pulumi.config() if self.has_stack else {}

    def _account(self, provider: str) -> Mapping[str, object]:
        try:
            return explicit_accounts(self.state)[provider]
        except KeyError:
            raise PulumiError(
                f"A resource of stack {self.state.stack} refers to the provider {provider}, which isn't in the "
                f"state, so its FastPix account isn't known. If the provider was renamed, run `pulumi up` first."
            ) from None

    def without_secrets(self, text: str) -> str:
        """A text in which the IDs of streams that this stack keeps secret are replaced."""
        for stream_id in self.secret_streams:
            text = text.replace(stream_id, SECRET_STREAM)
        return text

    def client(self, settings: Settings) -> Client:
        """A client whose announcements don't show what this stack keeps secret."""
        return Client(settings, report=lambda text: announce(self.without_secrets(text)))

    @cached_property
    def secret_streams(self) -> frozenset[str]:
        """The streams whose IDs this stack keeps secret."""
        both = zip(self.playback_ids.declared, self.stored.declared, strict=True)
        return frozenset(read.stream_id for read, stored in both if read.stream_id and stored.keeps_stream_secret)


def known_stack(pulumi: PulumiCli, file: str | None = None, *, all_accounts: bool = False) -> KnownStack:
    """Export a stack, or read what was exported before.

    Args:
        pulumi: the stack.
        file: where an export is, `-` for standard input; None to make one.
        all_accounts: accounts that no playback ID uses are needed, too.

    Raises:
        PulumiError: it can't be had, or isn't an export.
    """
    return _with_journal(_known_stack(pulumi, file, all_accounts=all_accounts))


def _known_stack(pulumi: PulumiCli, file: str | None, *, all_accounts: bool) -> KnownStack:
    if file is not None:
        return _from_file(pulumi, file)
    stored = state = PlaybackIds(exported(pulumi))
    if stored.encrypted or (all_accounts and _has_encrypted_account(stored.state)):
        state = PlaybackIds(exported(pulumi, show_secrets=True))
        if _listed(state) != _listed(stored):
            raise PulumiError("The stack changed while it was read: a run is going on. Try again when it has ended.")
    return KnownStack(pulumi, _with_name(state, pulumi), stored)


def _with_journal(known: KnownStack) -> KnownStack:
    """The same stack, with the creates that the journal has of it."""
    left_over, state = LeftOver(folder_of(os.environ)), known.state
    left_over.unreadable += [f"{problem}, so no journal was read." for problem in problems_of_journal(os.environ)]
    if not (creates := left_over.of_stack(state.stack, state.project)):
        return replace(known, left_over=left_over)
    playback_ids, stored = (
        PlaybackIds(with_left_over(one.state, creates, known.provider_of, known.secret_streams, state))
        for one in (known.playback_ids, known.stored)
    )
    return replace(known, playback_ids=playback_ids, stored=stored, left_over=left_over)


def exported(pulumi: PulumiCli, *, show_secrets: bool = False) -> StackState:
    """A stack's state.

    Raises:
        PulumiError: it can't be had, or isn't an export.
    """
    return _parse(pulumi.export(show_secrets=show_secrets), "The output of `pulumi stack export`")


def _listed(playback_ids: PlaybackIds) -> list[tuple[str, str]]:
    every = (*playback_ids.declared, *playback_ids.live_streams.every, *playback_ids.signing_keys.every)
    return [(one.urn, one.id) for one in every]


def stack_or_environment(pulumi: PulumiCli) -> KnownStack:
    """Export a stack, with all its accounts; or, where there is no project, take what the environment holds for one.

    Raises:
        PulumiError: there is a project, but its stack can't be had.
    """
    if pulumi.has_project:
        return known_stack(pulumi, all_accounts=True)
    nothing = PlaybackIds(StackState())
    return KnownStack(pulumi, nothing, nothing, has_stack=False)


def _has_encrypted_account(state: StackState) -> bool:
    return any(None in account.values() for account in provider_resources(state).values())


def _from_file(pulumi: PulumiCli, file: str) -> KnownStack:
    playback_ids = PlaybackIds(_parse(_read(file), _name_of(file)))
    if playback_ids.encrypted:
        raise PulumiError(
            f"{_name_of(file)} holds encrypted values that are needed here. Export the stack with `pulumi stack export "
            f"--show-secrets`; or leave --state out, and this command exports the stack itself."
        )
    # What is asked and advised from here on is about the stack in the file, whichever is selected in the project.
    pulumi = replace(pulumi, stack=pulumi.stack or playback_ids.state.stack or None)
    if pulumi.stack:
        playback_ids = _with_name(playback_ids, pulumi)
    return KnownStack(pulumi, playback_ids, playback_ids)


def _with_name(playback_ids: PlaybackIds, pulumi: PulumiCli) -> PlaybackIds:
    """The same; a state without any resource doesn't hold the names of the stack and its project."""
    state = playback_ids.state
    return PlaybackIds(replace(state, stack=state.stack or pulumi.name(), project=state.project or pulumi.project()))


def _read(file: str) -> object:
    try:
        return json.loads(sys.stdin.buffer.read() if file == STDIN else Path(file).read_bytes())
    except OSError as error:
        raise PulumiError(f"Could not read {file}: {error.strerror}. Check --state.") from None
    except ValueError:
        raise PulumiError(f"{_name_of(file)} is not JSON; the output of `pulumi stack export` is expected.") from None


def _name_of(file: str) -> str:
    return "Standard input" if file == STDIN else file


def _parse(exported: object, source: str) -> StackState:
    try:
        return parse(exported)
    except NotAStateError as error:
        raise PulumiError(f"{source} is not a stack's state as `pulumi stack export` prints it: {error}.") from None
