"""Every way to fail: the declaration, the server's responses to it, and the error with its message."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from pulumi_fastpix import errors
from support.engine import NATIVE, ProviderUnderTest
from support.responses import BAD_GATEWAY, DELETED, DROPPED, SERVER_ERROR, created, error, listing, one, rules
from support.scripted_server import Reply, ScriptedServer

TOKEN, SECRET = "scripted-token", "hush-scripted-secret"
IN_BASIC_FORM = base64.b64encode(f"{TOKEN}:{SECRET}".encode()).decode()


def refusal(status: int, message: str, **fields: object) -> Reply:
    """As it comes through the edge in front of FastPix, with its mark."""
    return error(status, message, {"cf-ray": "8f3c-AMS"}, **fields)


@dataclass(frozen=True)
class Failure:
    """One way to fail: a resource whose name begins with the table's key, which is the id of its stream.

    Attributes:
        error: what is raised.
        message: parts of the text, besides the name of the stream.
        get: the responses to reading the stream; by default, a stream without playback IDs.
        post: the responses to a create.
        one: the responses to reading a single playback ID.
        patch: the responses to setting its rules.
        declared: how the resource is declared, with its `name` and its `stream`.
        names_stream: whether the text has to name the stream.
    """

    error: type[errors.FastPixError]
    message: tuple[str, ...]
    get: tuple[Reply, ...] = ()
    post: tuple[Reply, ...] = ()
    one: tuple[Reply, ...] = ()
    patch: tuple[Reply, ...] = ()
    declared: str = "fastpix.LivePlaybackId(name, stream_id=stream, opts=on(scripted))"
    names_stream: bool = True


def looked_up(playback_id: str, stream: str = "stream") -> str:
    return f"fastpix.LivePlaybackId.get(name, id={playback_id!r}, stream_id={stream}, opts=on(scripted))"


RESTRICTED = (
    "fastpix.LivePlaybackId(name, stream_id=stream, opts=on(scripted), "
    "access_restrictions={'domains': {'default_policy': 'deny', 'allow': ['a.example']}})"
)


def through(account: str) -> str:
    return f"fastpix.LivePlaybackId(name, stream_id=stream, opts=on({account}))"


def hand_made(**settings: str) -> str:
    return through(f"made_by_hand(name, {', '.join(f'{name}={value!r}' for name, value in settings.items())})")


ON_UP: dict[str, Failure] = {
    "not-reached": Failure(
        errors.NotReachedError,
        ("no connection to http://127.0.0.1:1/v1", "Nothing was sent", "Check the address"),
        declared=through("shut"),
    ),
    "no-response": Failure(
        errors.NoResponseError, ("but no complete response was received", "Run it again later"), get=(DROPPED,)
    ),
    "page": Failure(
        errors.UnexpectedResponseError,
        ("answered 502 (text/html)", "is failing: run it again later", "check that the address"),
        get=(BAD_GATEWAY,),
    ),
    "redirect": Failure(
        errors.UnexpectedResponseError,
        ("a redirect to 'https://elsewhere.example/', which is not followed",),
        get=(Reply(302, b"", {"Location": "https://elsewhere.example/"}),),
    ),
    "other-status": Failure(
        errors.UnexpectedResponseError,
        ("its body has another status, 404",),
        get=(Reply(403, refusal(404, "stream not found").body),),
    ),
    "other-stream": Failure(
        errors.UnexpectedResponseError, ("describes another stream, another",), get=(listing(stream_id="another"),)
    ),
    "other-playback-id": Failure(
        errors.UnexpectedResponseError,
        ("describes another playback ID, b",),
        one=(one("b"),),
        declared=looked_up("a"),
    ),
    "existed-before": Failure(
        errors.UnexpectedResponseError,
        ("with playback ID old, which existed before",),
        get=(listing("old", stream_id="existed-before"),),
        post=(created("old"),),
    ),
    "refused": Failure(
        errors.RefusedError, ('FastPix answered 409 "conflict" [cf-ray 8f3c-AMS]',), post=(refusal(409, "conflict"),)
    ),
    "unauthorized": Failure(
        errors.AuthenticationError,
        ('answered 401 "unauthorized" ([secret])', "from the provider resource 'scripted'", "--run-program"),
        get=(refusal(401, "unauthorized", description=SECRET),),
    ),
    "unauthorized-by-hand": Failure(
        errors.AuthenticationError,
        ("from the configuration (fastpix:accessTokenId and fastpix:secretKey, of the stack or of", "--run-program"),
        get=(refusal(401, "unauthorized", description=IN_BASIC_FORM),),
        declared=through("by_hand"),
    ),
    "forbidden": Failure(
        errors.PermissionDeniedError,
        ("The access token needs the permission to read and write", "provider resource 'scripted'"),
        post=(refusal(403, "forbidden"),),
    ),
    "no-stream": Failure(
        errors.NotFoundError, ("Check the id, and that the credentials",), get=(refusal(404, "stream not found"),)
    ),
    "invalid": Failure(
        errors.InvalidRequestError,
        ('answered 422 "payload validation failed": accessPolicy must not be null',),
        post=(
            refusal(
                422, "payload validation failed", fields=[{"field": "accessPolicy", "message": "must not be null"}]
            ),
        ),
    ),
    "throttled": Failure(
        errors.RateLimitedError,
        ('answered 429 "slow down"', "Run it again later, or with `--parallel 1`"),
        get=(refusal(429, "slow down"),),
    ),
    "broken": Failure(
        errors.ServerError,
        ('answered 500 "internal error"', "FastPix is failing: run it again later"),
        get=(SERVER_ERROR,),
    ),
    "looked-up-in-vain": Failure(
        errors.PlaybackIdNotFoundError,
        ("Could not look up playback ID a: stream looked-up-in-vain exists", "declare a LivePlaybackId"),
        one=(refusal(404, "stream/playbackId not found"),),
        declared=looked_up("a"),
    ),
    "looked-up-wrongly": Failure(
        errors.InvalidInputError,
        (
            "Invalid playback ID or stream ID: a playback ID consists of",
            "; a stream ID is expected, not a URL",
        ),
        declared=looked_up("a/b", "'https://stream.fastpix.com'"),
        names_stream=False,
    ),
    "may-still-appear": Failure(
        errors.CreateInDoubtError,
        ("one may still appear, so the request is not sent again", "before the next `pulumi up`"),
        post=(error(504, "gateway time-out"),),
    ),
    "made-nothing": Failure(
        errors.CreateInDoubtError,
        (
            "As far as can be seen, nothing was made on stream made-nothing, and the request is not sent again",
            "Run it again later",
        ),
        post=(SERVER_ERROR,),
    ),
    "ambiguous": Failure(
        errors.CreateInDoubtError,
        ("than creates are in doubt", "may have made any of these: new-1, new-2"),
        get=(listing(stream_id="ambiguous"), listing("new-1", "new-2", stream_id="ambiguous")),
        post=(DROPPED,),
    ),
    "unreadable": Failure(
        errors.CreateInDoubtError,
        ("The playback ID that it made, if any, can't be determined: Could not read stream unreadable",),
        get=(listing(stream_id="unreadable"), SERVER_ERROR),
        post=(DROPPED,),
    ),
    "incomplete-list": Failure(
        errors.CreateInDoubtError,
        (
            "The playback ID that it made, if any, can't be determined: FastPix's list of stream",
            "lacks playback ID new, which exists",
        ),
        post=(created("new"), DROPPED),
        one=(one("new"),),
        declared="fastpix.LivePlaybackId(name, stream_id=stream, opts=pulumi.ResourceOptions(provider=scripted, "
        "depends_on=fastpix.LivePlaybackId(name + '-of-it', stream_id=stream, opts=on(scripted))))",
    ),
    "appeared-and-lost": Failure(
        errors.CreateInDoubtError,
        ("lacks playback ID new-1, which was there a moment ago", "Before that failed, new-1, new-2 had appeared"),
        get=(
            listing(stream_id="appeared-and-lost"),
            listing("new-1", "new-2", stream_id="appeared-and-lost"),
            listing("new-2", stream_id="appeared-and-lost"),
        ),
        post=(DROPPED,),
    ),
    "another-policy": Failure(
        errors.PartlyDoneError,
        ("FastPix was asked for a private playback ID", "and made open, which is public. The stack has it now"),
        post=(created("open"),),
        declared="fastpix.LivePlaybackId(name, stream_id=stream, access_policy='private', opts=on(scripted))",
    ),
    "rules-refused": Failure(
        errors.PartlyDoneError,
        (
            "Playback ID unrestricted was made on stream",
            "Could not set the domains rules",
            "as far as FastPix has confirmed it is public, perhaps for all domains.",
            "The access token needs the permission to read and write.",
            "the next `pulumi up` sends what is missing.",
        ),
        post=(created("unrestricted"),),
        patch=(refusal(403, "forbidden"),),
        declared=RESTRICTED,
    ),
    "other-rules": Failure(
        errors.OtherValuesError,
        ("defaultPolicy is 'allow' and not 'deny', allow lacks 1 entry and has 0 others",),
        post=(created("open-all-the-same"),),
        patch=(rules("allow"),),
        declared=RESTRICTED,
    ),
    "half-a-pair": Failure(
        errors.SettingsError,
        (
            "FastPix is not configured: fastpix:secretKey is missing, though fastpix:accessTokenId is set",
            "--run-program",
        ),
        declared=hand_made(accessTokenId=TOKEN),
        names_stream=False,
    ),
    "pasted": Failure(
        errors.SettingsError,
        ("fastpix:secretKey contains white space", "; fastpix:baseUrl must begin with https://"),
        declared=hand_made(accessTokenId=TOKEN, secretKey=f" {SECRET}", baseUrl="http://api.fastpix.com/v1"),
        names_stream=False,
    ),
}

ON_REFRESH_ELSEWHERE = {
    "seen": Failure(
        errors.StreamNotVisibleError,
        ("Can't tell whether playback ID", "Nothing was changed", "FASTPIX_DELETED_STREAMS="),
        names_stream=False,
    ),
}

ON_REFRESH_IN_ANOTHER_SANDBOX = {
    "seen": Failure(
        errors.OutsideSandboxError,
        ("This runs under `pulumi-fastpix sandbox exec` at http://127.0.0.1:9/v1, but the settings name",),
        names_stream=False,
    ),
    "listed-still": Failure(
        errors.OutsideSandboxError,
        ("This runs under `pulumi-fastpix sandbox exec`, but the provider resource 'scripted' is a target of its own",),
        names_stream=False,
    ),
}

ON_REFRESH_WITH_A_MARK_SET_BY_HAND = {
    "seen": Failure(
        errors.OutsideSandboxError,
        ("FASTPIX_SANDBOX is set, but not to the address of a sandbox", "Unset FASTPIX_SANDBOX"),
        names_stream=False,
    ),
}

ON_DESTROY = {
    "seen": Failure(errors.SettingsError, ("no credentials were found. Set them", "--run-program"), names_stream=False),
    "listed-still": Failure(errors.UnexpectedResponseError, ("FastPix still lists it, however. Try again in a while",)),
}


def script(server: ScriptedServer) -> None:
    for name, failure in ON_UP.items():
        stream = f"/v1/live/streams/{name}"
        server.on("GET", *(failure.get or (listing(stream_id=name),)), path=stream)
        server.on("GET", *(failure.one or (SERVER_ERROR,)), path=f"{stream}/playback-ids/*")
        server.on("PATCH", *(failure.patch or (SERVER_ERROR,)), path=f"{stream}/playback-ids/*")
        server.on("POST", *(failure.post or (SERVER_ERROR,)), path=f"{stream}/playback-ids")
    server.on("GET", listing(stream_id="listed-still"), listing("new", stream_id="listed-still"), path="*/listed-still")
    server.on("POST", created("new"), path="*/listed-still/playback-ids")
    server.on("DELETE", refusal(404, "stream/playbackId not found"), path="*/listed-still/playback-ids*")
    server.on("DELETE", DELETED, path="*/incomplete-list/playback-ids*")


def program(base_url: str, stream_id: str, provider: ProviderUnderTest) -> str:
    """All of them through one provider, which also ends the names; `theirs` is somebody else's dynamic provider's."""
    package, prefix = ("fastpix", "") if provider is NATIVE else ("pulumi-python", "fastpix:")
    account = f"access_token_id={TOKEN!r}, secret_key={SECRET!r}, retry_for_seconds=1"
    # Their resource is in the same provider process as ours, if ours is a dynamic provider.
    account_of_theirs = None if provider is NATIVE else "scripted"
    lines = [
        f"import {provider.module} as fastpix",
        "def on(account):",
        "    return pulumi.ResourceOptions(provider=account)",
        f"scripted = fastpix.Provider('scripted', {account}, base_url={base_url!r})",
        f"shut = fastpix.Provider('shut', {account}, base_url='http://127.0.0.1:1/v1')",
        "def made_by_hand(name, **settings):",
        f"    bag = {{f'{prefix}{{key}}': value for key, value in settings.items()}}",
        f"    return pulumi.ProviderResource({package!r}, name, bag)",
        f"secret = pulumi.Output.secret({SECRET!r})",
        f"by_hand = made_by_hand('by-hand', accessTokenId={TOKEN!r}, secretKey=secret, baseUrl={base_url!r})",
        f"fastpix.LivePlaybackId({named('seen', provider)!r}, stream_id={stream_id!r})",
        f"fastpix.LivePlaybackId({named('listed-still', provider)!r}, stream_id='listed-still', opts=on(scripted))",
        "class TheirProvider(pulumi.dynamic.ResourceProvider):",
        "    def create(self, props):",
        "        raise ValueError('somebody else failed')",
        "class Theirs(pulumi.dynamic.Resource):",
        "    pass",
        f"Theirs(TheirProvider(), {named('theirs', provider)!r}, {{}}, opts=on({account_of_theirs}))",
    ]
    for name, failure in ON_UP.items():
        lines += [f"name, stream = {named(name, provider)!r}, {name!r}", failure.declared]
    return "\n".join([*lines, ""])


def named(name: str, provider: ProviderUnderTest) -> str:
    """The name of a resource through this provider."""
    return f"{name}-{provider.name}"
