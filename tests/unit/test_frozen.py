"""The names and pickles in users' states, which must never change.

A stack keeps, for every resource, its type token, its properties and a pickle of its provider. The next
release reads what any earlier one wrote; a renamed module, class, token or key would make existing stacks
unable to refresh or destroy, or show a change where the program has none.
"""

from __future__ import annotations

import base64
import inspect
import pickle
import sys

import dill
import pytest
from pulumi.dynamic import ResourceProvider
from pulumi.dynamic.dynamic import serialize_provider

from pulumi_fastpix import LivePlaybackId, LiveStream, SigningKey
from pulumi_fastpix.dynamic import LivePlaybackIdProvider, LiveStreamProvider, SigningKeyProvider
from pulumi_fastpix.dynamic.adapter import Adapter
from pulumi_fastpix.dynamic.resources import DynamicResource
from pulumi_fastpix.resources import addresses, names
from pulumi_fastpix.resources.access_restrictions import names as names_of_rules
from pulumi_fastpix.resources.live_playback_id import names as stored_names
from pulumi_fastpix.resources.live_stream import names as stored_names_of_streams
from pulumi_fastpix.resources.signing_key import names as stored_names_of_keys
from pulumi_fastpix.resources.table import RESOURCE_TYPES
from pulumi_fastpix.settings.names import PROVIDER_RESOURCE

PICKLES: dict[type[Adapter], dict[int, str]] = {
    LivePlaybackIdProvider: {
        4: "gASVOAAAAAAAAACMFnB1bHVtaV9mYXN0cGl4LmR5bmFtaWOUjBZMaXZlUGxheWJhY2tJZFByb3ZpZGVylJOUKYGULg==",
        5: "gAWVOAAAAAAAAACMFnB1bHVtaV9mYXN0cGl4LmR5bmFtaWOUjBZMaXZlUGxheWJhY2tJZFByb3ZpZGVylJOUKYGULg==",
    },
    LiveStreamProvider: {
        4: "gASVNAAAAAAAAACMFnB1bHVtaV9mYXN0cGl4LmR5bmFtaWOUjBJMaXZlU3RyZWFtUHJvdmlkZXKUk5QpgZQu",
        5: "gAWVNAAAAAAAAACMFnB1bHVtaV9mYXN0cGl4LmR5bmFtaWOUjBJMaXZlU3RyZWFtUHJvdmlkZXKUk5QpgZQu",
    },
    SigningKeyProvider: {
        4: "gASVNAAAAAAAAACMFnB1bHVtaV9mYXN0cGl4LmR5bmFtaWOUjBJTaWduaW5nS2V5UHJvdmlkZXKUk5QpgZQu",
        5: "gAWVNAAAAAAAAACMFnB1bHVtaV9mYXN0cGl4LmR5bmFtaWOUjBJTaWduaW5nS2V5UHJvdmlkZXKUk5QpgZQu",
    },
}
"""Of each provider class, by pickle protocol: 4 is what Python up to 3.13 writes, 5 what later ones do."""

PROVIDERS = pytest.mark.parametrize("provider", PICKLES)


@PROVIDERS
@pytest.mark.parametrize("protocol", [4, 5])
def test_the_stored_provider_is_a_short_reference(
    provider: type[Adapter], protocol: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By reference, edits of the code change no stack; by value, every edit would show in every preview."""
    monkeypatch.setattr(pickle, "DEFAULT_PROTOCOL", protocol)
    stored = serialize_provider(provider())
    assert stored == PICKLES[provider][protocol]
    assert len(stored) < 100


@PROVIDERS
def test_this_python_writes_one_of_the_pinned_pickles(provider: type[Adapter]) -> None:
    assert serialize_provider(provider()) == PICKLES[provider][4 if sys.version_info < (3, 14) else 5]


@PROVIDERS
def test_every_pickle_ever_stored_still_loads(provider: type[Adapter]) -> None:
    for stored in PICKLES[provider].values():
        loaded = dill.loads(base64.b64decode(stored))  # noqa: S301  # our own constants
        assert isinstance(loaded, provider)


def test_there_is_a_pinned_provider_for_each_resource_type() -> None:
    """A stack whose provider can't be loaded can neither refresh nor destroy."""
    assert [provider.resource_type for provider in PICKLES] == list(RESOURCE_TYPES)


@PROVIDERS
def test_the_provider_carries_nothing_that_could_be_a_secret(provider: type[Adapter]) -> None:
    assert vars(provider()) == {}
    assert provider.__init__ is ResourceProvider.__init__
    assert provider.serialize_as_secret_always is False


RESOURCE_CLASSES = pytest.mark.parametrize("resource_class", [LivePlaybackId, LiveStream, SigningKey])


@RESOURCE_CLASSES
def test_the_type_token_is_pinned(resource_class: type[DynamicResource]) -> None:
    assert resource_class._resource_type_name == f"dynamic/fastpix:{resource_class.__name__}"


@RESOURCE_CLASSES
def test_a_subclass_keeps_the_type_token(resource_class: type[DynamicResource]) -> None:
    class Ours(resource_class):  # type: ignore[valid-type,misc]  # one of ours
        pass

    assert Ours._resource_type_name == resource_class._resource_type_name


@RESOURCE_CLASSES
def test_a_subclass_cannot_take_another_type_token(resource_class: type[DynamicResource]) -> None:
    with pytest.raises(TypeError):

        class Theirs(resource_class, module="theirs"):  # type: ignore[valid-type,misc,call-arg]  # one of ours
            pass


def test_the_stored_names_are_pinned() -> None:
    stored = {**vars(names), **vars(stored_names), **vars(names_of_rules)}
    assert {name: value for name, value in stored.items() if name.isupper()} == {
        "NAME": "LivePlaybackId",
        "DYNAMIC_PACKAGE": "pulumi-python",
        "NATIVE_PACKAGE": "fastpix",
        "STREAM_ID": "streamId",
        "ACCESS_POLICY": "accessPolicy",
        "ACCESS_RESTRICTIONS": "accessRestrictions",
        "INPUT_KEYS": ("streamId", "accessPolicy", "accessRestrictions"),
        "REPLACING": ("streamId", "accessPolicy"),
        "DOMAINS": "domains",
        "USER_AGENTS": "userAgents",
        "GROUPS": ("domains", "userAgents"),
        "DEFAULT_POLICY": "defaultPolicy",
        "ALLOW": "allow",
        "DENY": "deny",
        "FIELDS": ("defaultPolicy", "allow", "deny"),
        "DEFAULT_POLICIES": ("allow", "deny"),
        "UNCONFIRMED": "unconfirmed",
        "SEEN_BY": "seenBy",
        "PROVIDER_KEY": "__provider",
    }
    assert PROVIDER_RESOURCE == "providerResource"


def test_the_stored_names_of_streams_are_pinned() -> None:
    """Among them those of secrets: under another name, what is stored already would be shown in plain text."""
    own = {name: value for name, value in vars(stored_names_of_streams).items() if name.isupper()}
    assert own == {
        "NAME": "LiveStream",
        "ACCESS_POLICY": "accessPolicy",
        "ACCESS_RESTRICTIONS": "accessRestrictions",
        "MAX_RESOLUTION": "maxResolution",
        "RECONNECT_WINDOW": "reconnectWindow",
        "MEDIA_POLICY": "mediaPolicy",
        "METADATA": "metadata",
        "ENABLE_DVR_MODE": "enableDvrMode",
        "ENABLE_RECORDING": "enableRecording",
        "INPUT_KEYS": (
            "accessPolicy",
            "accessRestrictions",
            "maxResolution",
            "reconnectWindow",
            "mediaPolicy",
            "metadata",
            "enableDvrMode",
            "enableRecording",
        ),
        "REPLACING": ("accessPolicy", "maxResolution", "mediaPolicy", "enableDvrMode", "enableRecording"),
        "PLAYBACK_ID": "playbackId",
        "NOT_NAMED": "",
        "STREAM_KEY": "streamKey",
        "SRT_SECRET": "srtSecret",
        "SRT_PLAYBACK_STREAM_ID": "srtPlaybackStreamId",
        "SRT_PLAYBACK_SECRET": "srtPlaybackSecret",
        "CREATED_AT": "createdAt",
        "MAX_DURATION": "maxDuration",
        "TRIAL": "trial",
        "SECRET_OUTPUTS": ("streamKey", "srtSecret", "srtPlaybackSecret"),
        "OUTPUT_KEYS": (
            "playbackId",
            "streamKey",
            "srtSecret",
            "srtPlaybackStreamId",
            "srtPlaybackSecret",
            "createdAt",
            "maxDuration",
            "trial",
        ),
    }


def test_the_stored_names_of_signing_keys_are_pinned() -> None:
    """Under another name, a private key that is stored already would be shown in plain text."""
    own = {name: value for name, value in vars(stored_names_of_keys).items() if name.isupper()}
    assert own == {
        "NAME": "SigningKey",
        "ROTATION": "rotation",
        "INPUT_KEYS": ("rotation",),
        "REPLACING": ("rotation",),
        "NOT_IMPORTED": "",
        "PRIVATE_KEY": "privateKey",
        "PUBLIC_KEY": "publicKey",
        "CREATED_AT": "createdAt",
        "SECRET_OUTPUTS": ("privateKey",),
        "OUTPUT_KEYS": ("privateKey", "publicKey", "createdAt"),
    }


def test_the_stored_names_of_addresses_are_pinned() -> None:
    """The native provider stores them; programs in other languages and the move to the dynamic one know them."""
    assert (addresses.HLS_URL, addresses.RTMPS_URL, addresses.SRT_URL) == ("hlsUrl", "rtmpsUrl", "srtUrl")


def test_the_type_tokens_are_pinned() -> None:
    assert [(one.dynamic_type, one.native_type) for one in RESOURCE_TYPES] == [
        ("pulumi-python:dynamic/fastpix:LivePlaybackId", "fastpix:index:LivePlaybackId"),
        ("pulumi-python:dynamic/fastpix:LiveStream", "fastpix:index:LiveStream"),
        ("pulumi-python:dynamic/fastpix:SigningKey", "fastpix:index:SigningKey"),
    ]


def test_the_entry_point_in_users_plugin_folders_still_starts() -> None:
    """Users' projects hold a copy of this line, in the folder from which Pulumi starts the plugin."""
    namespace: dict[str, object] = {}
    exec("from pulumi_fastpix.native.serve import main", namespace)  # noqa: S102  # the line as it stands there
    main = namespace["main"]
    assert callable(main)
    inspect.signature(main).bind()


def test_the_tokens_of_functions() -> None:
    """Programs in YAML hold them, and SDKs that were generated."""
    assert {one.function: one.plural for one in RESOURCE_TYPES} == {
        "fastpix:index:getLivePlaybackIds": "livePlaybackIds",
        "fastpix:index:getLiveStreams": "liveStreams",
        "fastpix:index:getSigningKeys": "signingKeys",
    }
