"""What all resource classes have in common: their documentation, and how they refuse wrong arguments."""

from __future__ import annotations

import inspect
import pydoc
import re
from types import ModuleType
from typing import Any

import pulumi
import pytest

import pulumi_fastpix
from pulumi_fastpix import native
from pulumi_fastpix.program.live_playback_id import DeclaredPlaybackId
from pulumi_fastpix.program.live_stream import DeclaredLiveStream
from pulumi_fastpix.program.signing_key import DeclaredSigningKey

PACKAGES = pytest.mark.parametrize("fastpix", [pulumi_fastpix, native], ids=["dynamic", "native"])


@PACKAGES
@pytest.mark.parametrize(
    ("declared", "some"),
    [
        (DeclaredPlaybackId, {"access_policy", "access_restrictions", "hls_url"}),
        (DeclaredLiveStream, {"access_policy", "access_restrictions", "hls_url"}),
        (DeclaredSigningKey, {"rotation", "private_key"}),
    ],
)
def test_help_shows_each_output_with_its_documentation(fastpix: Any, declared: type, some: set[str]) -> None:
    classes = (fastpix.LivePlaybackId, fastpix.LiveStream, fastpix.SigningKey)
    resource = next(one for one in classes if issubclass(one, declared))
    shown = pydoc.plain(pydoc.render_doc(resource))
    outputs = {name: value for name, value in vars(declared).items() if isinstance(value, property)}
    assert some <= outputs.keys()
    for name, value in outputs.items():
        documentation = inspect.getdoc(value)
        assert documentation
        first = re.escape(documentation.splitlines()[0])
        assert re.search(rf"^ \|  {name}\n \|      {first}", shown, flags=re.MULTILINE), name


@PACKAGES
@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("LivePlaybackId('main', streamId='x')", "LivePlaybackId has no argument streamId: did you mean stream_id?"),
        (
            "LivePlaybackId('main', stream_id='x', accessPolicy='x')",
            "has no argument accessPolicy: did you mean access_policy?",
        ),
        (
            "LivePlaybackId('main', stream='x')",
            "LivePlaybackId has no argument stream. Its inputs are stream_id, access_policy and",
        ),
        (
            "LivePlaybackId('main', 'x')",
            "must be a LivePlaybackIdArgs or ResourceOptions, not a str. Give inputs as keywords",
        ),
        ("LivePlaybackId('main', None)", "needs stream_id="),
        (
            "LivePlaybackId('main', fastpix.LivePlaybackIdArgs(stream_id='x'), access_policy='public')",
            "or from keywords, not both",
        ),
        (
            "LivePlaybackId('main', pulumi.ResourceOptions(), pulumi.ResourceOptions(), stream_id='x')",
            "LivePlaybackId got its resource options twice.",
        ),
        (
            "LivePlaybackId('main', stream_id='x', opts={'protect': True})",
            "The options of LivePlaybackId 'main' must be ResourceOptions, not a dict.",
        ),
        ("LivePlaybackId()", "LivePlaybackId.__init__() missing 1 required positional argument: 'resource_name'"),
        (
            "LivePlaybackId.get('main', id='x', streamId='x')",
            "LivePlaybackId.get() got an unexpected keyword argument 'streamId'",
        ),
        (
            "LiveStream('main', reconnectWindow=60)",
            "LiveStream has no argument reconnectWindow: did you mean reconnect_window?",
        ),
        (
            "LiveStream('main', name='x')",
            "LiveStream has no argument name. Its inputs are access_policy, access_restrictions, ",
        ),
        ("LiveStream('main', playback_id='x')", "LiveStream has no argument playback_id. Its inputs are access_policy"),
        ("LiveStream('main', 'x')", "must be a LiveStreamArgs or ResourceOptions, not a str. Give inputs as keywords"),
        ("LiveStream('main', fastpix.LiveStreamArgs(), access_policy='public')", "or from keywords, not both"),
        (
            "LiveStream('main', opts={'protect': True})",
            "The options of LiveStream 'main' must be ResourceOptions, not a dict.",
        ),
        ("LiveStream()", "LiveStream.__init__() missing 1 required positional argument: 'resource_name'"),
        ("LiveStream.get('main')", "LiveStream.get() missing 1 required positional argument: 'id'"),
        (
            "Provider('studio', access_token_id='a', secret_key='b', url='c')",
            "Provider.__init__() got an unexpected keyword argument 'url'",
        ),
        ("SigningKey('main', name='x')", "SigningKey has no argument name. Its only input is rotation."),
        ("SigningKey('main', 'x')", "must be a SigningKeyArgs or ResourceOptions, not a str. Give inputs as keywords"),
        ("SigningKey()", "SigningKey.__init__() missing 1 required positional argument: 'resource_name'"),
        ("SigningKey.get('main')", "SigningKey.get() missing 1 required positional argument: 'id'"),
    ],
)
def test_wrong_arguments_are_reported_under_the_name_that_programs_use(
    fastpix: ModuleType, call: str, message: str
) -> None:
    with pytest.raises(TypeError) as refused:
        eval(f"fastpix.{call}", {"fastpix": fastpix, "pulumi": pulumi})  # noqa: S307  # our own calls
    assert re.match(r"\w+", call)[0] in str(refused.value)  # type: ignore[index]  # each begins with a name
    assert "Declared" not in str(refused.value)
    assert message in str(refused.value)
