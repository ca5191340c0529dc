"""Reads a stack's state, and finds the FastPix workspaces that its playback IDs are in."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from pulumi_fastpix.announce import announce
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.cli.pulumi_cli import PulumiCli, PulumiError
from pulumi_fastpix.settings import Settings, read_settings
from pulumi_fastpix.stack.state import NotAStateError, StackState, parse

STDIN = "-"
SEALED_STREAM = "(its ID is a secret of this stack)"


@dataclass
class KnownStack:
    """A stack as it was exported.

    Attributes:
        pulumi: the command for it.
        state: what can be read, secret values included where they had to be asked for.
        stored: the same, with secret values as they are stored.
    """

    pulumi: PulumiCli
    state: StackState
    stored: StackState
    _of_provider: dict[str, Settings] = field(default_factory=dict)

    def settings(self, provider: str = "") -> Settings:
        """The settings with which a provider of this stack reaches FastPix.

        Args:
            provider: the URN of an explicit provider; empty for the stack's own.

        Raises:
            SettingsError: they name no usable workspace.
            PulumiError: the stack's configuration can't be had.
        """
        if provider not in self._of_provider:
            config: Mapping[str, object] = self._account(provider) if provider else self.pulumi.config()
            self._of_provider[provider] = read_settings(config, os.environ)
        return self._of_provider[provider]

    def _account(self, provider: str) -> Mapping[str, object]:
        try:
            return self.state.accounts[provider]
        except KeyError:
            raise PulumiError(
                f"The state names the provider {provider}, but doesn't have it: it can't be known which FastPix "
                f"account to ask. Run `pulumi up` first if it was renamed."
            ) from None

    def shown(self, text: str) -> str:
        """A text without the IDs of streams that this stack keeps secret."""
        for stream_id in self._secret_streams:
            text = text.replace(stream_id, SEALED_STREAM)
        return text

    def client(self, settings: Settings) -> Client:
        """A client whose announcements don't show what this stack keeps secret."""
        return Client(settings, report=lambda text: announce(self.shown(text)))

    @cached_property
    def _secret_streams(self) -> frozenset[str]:
        both = zip(self.state.every, self.stored.every, strict=True)
        return frozenset(shown.stream_id for shown, stored in both if shown.stream_id and stored.keeps_stream_secret)


def known_stack(pulumi: PulumiCli, file: str | None = None) -> KnownStack:
    """Export a stack, or read what was exported before.

    Args:
        pulumi: the stack.
        file: where an export is, `-` for standard input; None to make one.

    Raises:
        PulumiError: it can't be had, or isn't an export.
    """
    if file is not None:
        state = _parse(_read(file), _called(file))
        if state.sealed:
            raise PulumiError(
                "The export hides values that are needed here, because the stack keeps them secret. Export it with "
                "`pulumi stack export --show-secrets`, or let this command do it: leave --state out."
            )
        # What is then asked and advised is about the stack in the file, whichever is selected here.
        pulumi = replace(pulumi, stack=pulumi.stack or state.stack or None)
        if pulumi.stack:
            state = _with_name(state, pulumi)
        return KnownStack(pulumi, state, state)
    what = "What `pulumi` printed"
    stored = state = _parse(pulumi.export(), what)
    if stored.sealed:
        state = _parse(pulumi.export(show_secrets=True), what)
        if [one.urn for one in state.every] != [one.urn for one in stored.every]:
            raise PulumiError("The stack changed while it was read: a run is going on. Wait for its end.")
    return KnownStack(pulumi, _with_name(state, pulumi), stored)


def _with_name(state: StackState, pulumi: PulumiCli) -> StackState:
    """The same state; one without any resource doesn't say whose it is."""
    return replace(state, stack=state.stack or pulumi.name())


def _read(file: str) -> object:
    try:
        return json.loads(sys.stdin.buffer.read() if file == STDIN else Path(file).read_bytes())
    except OSError as error:
        raise PulumiError(f"Could not read {file}: {error.strerror}.") from None
    except ValueError:
        raise PulumiError(f"{_called(file)} is not JSON, but should be what `pulumi stack export` prints.") from None


def _called(file: str) -> str:
    return "Standard input" if file == STDIN else file


def _parse(exported: object, what: str) -> StackState:
    try:
        return parse(exported)
    except NotAStateError as error:
        raise PulumiError(f"{what} is not a stack's state as `pulumi stack export` prints it: {error}.") from None
