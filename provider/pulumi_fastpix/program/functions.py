"""Functions of Python programs that list what a workspace has, whoever made it.

They read it themselves and need no provider process. So they are the same for both modules, and those that give no
Output work in scripts that aren't Pulumi programs, too. All of them read in previews as well, as Pulumi's functions do.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import pulumi
from pulumi import Input, InvokeOptions, InvokeOutputOptions, Output
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.settings import get_monitor

from pulumi_fastpix.errors import FastPixError
from pulumi_fastpix.program import listed
from pulumi_fastpix.program.provider import DeclaredProvider
from pulumi_fastpix.resources.base import ResourceType, Values
from pulumi_fastpix.resources.connection import Connection
from pulumi_fastpix.resources.live_playback_id import LIVE_PLAYBACK_ID
from pulumi_fastpix.resources.live_playback_id.names import STREAM_ID
from pulumi_fastpix.resources.live_stream import LIVE_STREAM
from pulumi_fastpix.resources.names import DYNAMIC_PACKAGE, NATIVE_PACKAGE
from pulumi_fastpix.resources.signing_key import SIGNING_KEY
from pulumi_fastpix.settings.names import CONFIG_KEYS, NAMESPACE

Result = TypeVar("Result")


def get_live_playback_ids(stream_id: str) -> listed.GetLivePlaybackIdsResult:
    """All playback IDs of a live stream, whoever made them.

    Args:
        stream_id: the live stream's ID, 32 hex digits.

    Raises:
        pulumi.RunError: they can't be read. Its `__cause__` is one of :mod:`pulumi_fastpix.errors`.
    """
    return _now(LIVE_PLAYBACK_ID, listed.playback_ids_result, {STREAM_ID: stream_id})


def get_live_playback_ids_output(
    stream_id: Input[str], opts: InvokeOptions | None = None
) -> Output[listed.GetLivePlaybackIdsResult]:
    """All playback IDs of a live stream, whoever made them, once its ID is known.

    Args:
        stream_id: the live stream's ID, 32 hex digits.
        opts: Pulumi's. `provider`, or that of `parent`, is another account; `depends_on` has it read after these
            resources were made or changed.
    """
    return _as_output(LIVE_PLAYBACK_ID, listed.playback_ids_result, {STREAM_ID: stream_id}, opts)


def get_live_streams() -> listed.GetLiveStreamsResult:
    """All live streams of the workspace, whoever made them: one request for every fifty of them.

    Raises:
        pulumi.RunError: they can't be read. Its `__cause__` is one of :mod:`pulumi_fastpix.errors`.
    """
    return _now(LIVE_STREAM, listed.streams_result, {})


def get_live_streams_output(opts: InvokeOptions | None = None) -> Output[listed.GetLiveStreamsResult]:
    """All live streams of the workspace, whoever made them: one request for every fifty of them.

    Args:
        opts: see :func:`get_live_playback_ids_output`.
    """
    return _as_output(LIVE_STREAM, listed.streams_result, {}, opts)


def get_signing_keys() -> listed.GetSigningKeysResult:
    """All signing keys of the workspace, whoever made them. It takes an administrator's access token.

    Raises:
        pulumi.RunError: they can't be read. Its `__cause__` is one of :mod:`pulumi_fastpix.errors`.
    """
    return _now(SIGNING_KEY, listed.keys_result, {})


def get_signing_keys_output(opts: InvokeOptions | None = None) -> Output[listed.GetSigningKeysResult]:
    """All signing keys of the workspace, whoever made them. It takes an administrator's access token.

    Args:
        opts: see :func:`get_live_playback_ids_output`.
    """
    return _as_output(SIGNING_KEY, listed.keys_result, {}, opts)


Objects = Sequence[Mapping[str, Any]]


def _now(of_type: ResourceType, result: Callable[[Objects], Result], lookup: dict[str, Any]) -> Result:
    if any(isinstance(value, Output) for value in lookup.values()):
        raise pulumi.RunError("An Output isn't known while the program runs: use the function that ends in _output.")
    if _is_under_mocks():
        return result(pulumi.runtime.invoke(of_type.function, lookup).value.get(of_type.plural, ()))
    return result(_listed(of_type, _configuration_of_stack(), lookup))


def _as_output(
    of_type: ResourceType,
    result: Callable[[Objects], Result],
    lookup: dict[str, Input[Any]],
    opts: InvokeOptions | None,
) -> Output[Result]:
    provider = _provider_of(opts)
    configuration = Output.from_input(dict(provider.settings) if provider else _configuration_of_stack())

    async def read(known: Values, settings: Values) -> Result:
        if _is_under_mocks():
            answer = await pulumi.runtime.invoke_async(of_type.function, dict(known))
            return result(answer.get(of_type.plural, ()))
        in_thread = asyncio.get_running_loop().run_in_executor
        return result(await in_thread(None, partial(_listed, of_type, settings, known)))

    def listed_there(known: list[Any]) -> Output[Result]:
        # An account's secret key makes no secret of what is listed; a secret stream ID does.
        return Output.unsecret(configuration.apply(partial(read, known[0])))

    return Output.all(lookup, *_waited_for(opts)).apply(listed_there)


def _listed(of_type: ResourceType, configuration: Mapping[str, object], lookup: Values) -> Objects:
    try:
        return [*Connection(configuration, os.environ).listed(of_type, lookup)]
    except FastPixError as error:
        # Shown without a stack trace.
        raise pulumi.RunError(str(error)) from error


def _configuration_of_stack() -> dict[str, Any]:
    config = pulumi.Config(NAMESPACE)
    return {key: config.get(key) for key in CONFIG_KEYS}


def _provider_of(opts: InvokeOptions | None) -> DeclaredProvider | None:
    """The account that the options name.

    Raises:
        pulumi.RunError: `provider` is none of ours.
    """
    if opts is not None and opts.provider is not None:
        if not isinstance(opts.provider, DeclaredProvider):
            raise pulumi.RunError("The option `provider` must be a Provider of pulumi_fastpix.")
        return opts.provider
    if opts is None or opts.parent is None:
        return None
    # Pulumi looks for it by a type token, of which the package is the first part.
    for package in (DYNAMIC_PACKAGE, NATIVE_PACKAGE):
        ambient: object = opts.parent.get_provider(f"{package}:any:any")
        if isinstance(ambient, DeclaredProvider):
            return ambient
    return None


def _waited_for(opts: InvokeOptions | None) -> list[Output[Any]]:
    """What is known once the resources that are depended on are made: in a preview it isn't, if they don't exist."""
    given = (opts.depends_on if isinstance(opts, InvokeOutputOptions) else None) or ()
    waited_for: list[Output[Any]] = []
    for one in given if isinstance(given, Sequence) else [given]:
        if not isinstance(one, pulumi.Resource):
            raise pulumi.RunError("The option `depends_on` must be a resource, or a list of resources.")
        waited_for.append(one.id if isinstance(one, pulumi.CustomResource) else one.urn)
    return waited_for


def _is_under_mocks() -> bool:
    """Whether this is a unit test of a program: then its mocks answer, as they do for functions of any provider."""
    return isinstance(get_monitor(), MockMonitor)
