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

from pulumi_fastpix import LivePlaybackId
from pulumi_fastpix.dynamic import LivePlaybackIdProvider
from pulumi_fastpix.resources import names
from pulumi_fastpix.resources.access_restrictions import names as names_of_rules
from pulumi_fastpix.resources.live_playback_id import names as stored_names
from pulumi_fastpix.resources.table import RESOURCE_TYPES
from pulumi_fastpix.settings.names import PROVIDER_RESOURCE

PICKLES = {
    4: "gASVOAAAAAAAAACMFnB1bHVtaV9mYXN0cGl4LmR5bmFtaWOUjBZMaXZlUGxheWJhY2tJZFByb3ZpZGVylJOUKYGULg==",
    5: "gAWVOAAAAAAAAACMFnB1bHVtaV9mYXN0cGl4LmR5bmFtaWOUjBZMaXZlUGxheWJhY2tJZFByb3ZpZGVylJOUKYGULg==",
}
"""By pickle protocol: 4 is what Python up to 3.13 writes, 5 what later ones do."""


@pytest.mark.parametrize("protocol", sorted(PICKLES))
def test_the_stored_provider_is_a_short_reference(protocol: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """By reference, edits of the code change no stack; by value, every edit would show in every preview."""
    monkeypatch.setattr(pickle, "DEFAULT_PROTOCOL", protocol)
    stored = serialize_provider(LivePlaybackIdProvider())
    assert stored == PICKLES[protocol]
    assert len(stored) < 100


def test_this_python_writes_one_of_the_pinned_pickles() -> None:
    assert serialize_provider(LivePlaybackIdProvider()) == PICKLES[4 if sys.version_info < (3, 14) else 5]


@pytest.mark.parametrize("stored", PICKLES.values())
def test_every_pickle_ever_stored_still_loads(stored: str) -> None:
    provider = dill.loads(base64.b64decode(stored))  # noqa: S301  # our own constants
    assert isinstance(provider, LivePlaybackIdProvider)


def test_the_provider_carries_nothing_that_could_be_a_secret() -> None:
    provider = LivePlaybackIdProvider()
    assert vars(provider) == {}
    assert LivePlaybackIdProvider.__init__ is ResourceProvider.__init__
    assert LivePlaybackIdProvider.serialize_as_secret_always is False


def test_the_type_token_is_pinned() -> None:
    assert LivePlaybackId._resource_type_name == "dynamic/fastpix:LivePlaybackId"


def test_a_subclass_keeps_the_type_token() -> None:
    class Ours(LivePlaybackId):
        pass

    assert Ours._resource_type_name == "dynamic/fastpix:LivePlaybackId"


def test_a_subclass_cannot_take_another_type_token() -> None:
    with pytest.raises(TypeError):

        class Theirs(LivePlaybackId, module="theirs"):
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
        "HLS_URL": "hlsUrl",
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


def test_the_type_tokens_are_pinned() -> None:
    assert [(one.dynamic_type, one.native_type) for one in RESOURCE_TYPES] == [
        ("pulumi-python:dynamic/fastpix:LivePlaybackId", "fastpix:index:LivePlaybackId"),
    ]


def test_the_entry_point_in_users_plugin_folders_still_starts() -> None:
    """Users' projects hold a copy of this line, in the folder from which Pulumi starts the plugin."""
    namespace: dict[str, object] = {}
    exec("from pulumi_fastpix.native.serve import main", namespace)  # noqa: S102  # the line as it stands there
    main = namespace["main"]
    assert callable(main)
    inspect.signature(main).bind()
