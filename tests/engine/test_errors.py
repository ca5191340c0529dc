"""Every failure this package can raise, as the real engine shows it: its own sentences, no trace, no credential.

On the oldest SDK and on the newest. All of them happen on one stack for each front door, in one `up`, three `refresh`
and one `destroy`: a resource for each failure, most of them on a server that answers what it is told to for that
resource's stream. The texts are then held against the documentation, and against the sources.
"""

from __future__ import annotations

import ast
import base64
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pulumi_fastpix import errors
from pulumi_fastpix.sandbox import Sandbox
from support.engine import NATIVE, Door, Run, Stack
from support.scripted_server import Reply, ScriptedServer, scripted_server

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "provider" / "pulumi_fastpix"

NEWEST_SDK = Path(sys.executable).parent
OLDEST_SDK = ROOT / "build" / "floor-environment" / "bin"

TOKEN, SECRET = "scripted-token", "hush-scripted-secret"
IN_BASIC_FORM = base64.b64encode(f"{TOKEN}:{SECRET}".encode()).decode()


def envelope(code: int, message: str, **more: object) -> Reply:
    return Reply(code, {"success": False, "error": {"code": code, "message": message, **more}}, {"cf-ray": "8f3c-AMS"})


def listing(stream_id: str, *playback_ids: str) -> Reply:
    listed = [{"id": playback_id, "accessPolicy": "public"} for playback_id in playback_ids]
    return Reply(200, {"success": True, "data": {"streamId": stream_id, "playbackIds": listed}})


def playback_id(playback_id: str) -> dict[str, object]:
    return {"success": True, "data": {"id": playback_id, "accessPolicy": "public"}}


DROPPED = Reply(None)
PAGE = Reply(502, b"<html>Bad gateway</html>", {"Content-Type": "text/html"})
BROKEN = envelope(500, "internal error")


@dataclass(frozen=True)
class Failure:
    """One way to fail: a resource whose name is the table's key, and whose stream has the same id.

    Attributes:
        error: what is raised.
        says: parts of the text, besides the name of the stream.
        get: what reading the stream is answered with; without it, a stream without playback IDs.
        post: what creating is answered with.
        one: what reading a single playback ID is answered with.
        declared: how the resource is declared.
        names_stream: whether the text has to name the stream.
    """

    error: type[errors.FastPixError]
    says: tuple[str, ...]
    get: tuple[Reply, ...] = ()
    post: tuple[Reply, ...] = ()
    one: tuple[Reply, ...] = ()
    declared: str = "fastpix.LivePlaybackId({name!r}, stream_id={name!r}, opts=on(scripted))"
    names_stream: bool = True


def looked_up(playback_id: str, stream_id: str = "{name}") -> str:
    return f"fastpix.LivePlaybackId.get({{name!r}}, id='{playback_id}', stream_id='{stream_id}', opts=on(scripted))"


def through(provider: str) -> str:
    return f"fastpix.LivePlaybackId({{name!r}}, stream_id={{name!r}}, opts=on({provider}))"


def hand_made(**settings: str) -> str:
    return through(f"made_by_hand({{name!r}}, {', '.join(f'{name}={value!r}' for name, value in settings.items())})")


ON_UP: dict[str, Failure] = {
    "not-reached": Failure(
        errors.NotReachedError,
        ("no connection to http://127.0.0.1:1/v1", "Nothing was sent", "Check the address"),
        declared=through("shut"),
    ),
    "no-answer": Failure(errors.NoAnswerError, ("but no complete answer came back",), get=(DROPPED,)),
    "page": Failure(errors.UnexpectedAnswerError, ("answered 502 (text/html)", "check the address"), get=(PAGE,)),
    "redirect": Failure(
        errors.UnexpectedAnswerError,
        ("a redirect to 'https://elsewhere.example/', which is not followed",),
        get=(Reply(302, b"", {"Location": "https://elsewhere.example/"}),),
    ),
    "other-status": Failure(
        errors.UnexpectedAnswerError,
        ("its body speaks of a status 404",),
        get=(Reply(403, envelope(404, "stream not found").body),),
    ),
    "other-stream": Failure(
        errors.UnexpectedAnswerError, ("describes another stream, another",), get=(listing("another"),)
    ),
    "other-playback-id": Failure(
        errors.UnexpectedAnswerError,
        ("describes another one, b",),
        one=(Reply(200, playback_id("b")),),
        declared=looked_up("a"),
    ),
    "existed-before": Failure(
        errors.UnexpectedAnswerError,
        ("with playback ID old, which existed before",),
        get=(listing("existed-before", "old"),),
        post=(Reply(201, playback_id("old")),),
    ),
    "refused": Failure(
        errors.RefusedError, ('FastPix answered 409 "conflict" [cf-ray 8f3c-AMS]',), post=(envelope(409, "conflict"),)
    ),
    "unauthorized": Failure(
        errors.AuthenticationError,
        ('answered 401 "unauthorized" ([secret])', "from the provider resource 'scripted'", "--run-program"),
        get=(envelope(401, "unauthorized", description=SECRET),),
    ),
    "unauthorized-by-hand": Failure(
        errors.AuthenticationError,
        ("from the configuration (fastpix:accessTokenId and fastpix:secretKey, of the stack or of", "--run-program"),
        get=(envelope(401, "unauthorized", description=IN_BASIC_FORM),),
        declared=through("by_hand"),
    ),
    "forbidden": Failure(
        errors.PermissionDeniedError,
        ("The access token needs the permission to read and write", "provider resource 'scripted'"),
        post=(envelope(403, "forbidden"),),
    ),
    "no-stream": Failure(
        errors.NotFoundError, ("Check the id, and that the credentials",), get=(envelope(404, "stream not found"),)
    ),
    "invalid": Failure(
        errors.InvalidRequestError,
        ('answered 422 "payload validation failed": accessPolicy must not be null',),
        post=(
            envelope(
                422, "payload validation failed", fields=[{"field": "accessPolicy", "message": "must not be null"}]
            ),
        ),
    ),
    "throttled": Failure(errors.RateLimitedError, ('answered 429 "slow down"',), get=(envelope(429, "slow down"),)),
    "broken": Failure(errors.ServerError, ('answered 500 "internal error"',), get=(BROKEN,)),
    "looked-up-in-vain": Failure(
        errors.PlaybackIdNotFoundError,
        ("Could not look up playback ID a: stream looked-up-in-vain exists", "declare a LivePlaybackId"),
        one=(envelope(404, "stream/playbackId not found"),),
        declared=looked_up("a"),
    ),
    "looked-up-wrongly": Failure(
        errors.InvalidInputError,
        ("The playback ID can't be looked up: a playback ID consists of", "; a stream ID is expected, not a URL"),
        declared=looked_up("a/b", "https://stream.fastpix.com"),
        names_stream=False,
    ),
    "may-still-appear": Failure(
        errors.CreateInDoubtError,
        ("one may still appear, so it is not sent again", "Before the next `pulumi up`"),
        post=(DROPPED,),
    ),
    "ambiguous": Failure(
        errors.CreateInDoubtError,
        ("than this run asked for: new-1, new-2", "which are whose can't be told"),
        get=(listing("ambiguous"), listing("ambiguous", "new-1", "new-2")),
        post=(DROPPED,),
    ),
    "unreadable": Failure(
        errors.CreateInDoubtError,
        ("What it made can't be found out: Could not read stream unreadable: FastPix answered 500",),
        get=(listing("unreadable"), BROKEN),
        post=(DROPPED,),
    ),
    "incomplete-list": Failure(
        errors.CreateInDoubtError,
        (
            "What it made can't be found out: FastPix's list of stream",
            "lacks playback ID new, which exists",
        ),
        post=(Reply(201, playback_id("new")), DROPPED),
        one=(Reply(200, playback_id("new")),),
        declared="fastpix.LivePlaybackId({name!r}, stream_id={name!r}, opts=pulumi.ResourceOptions(provider=scripted, "
        "depends_on=fastpix.LivePlaybackId('listed-never', stream_id={name!r}, opts=on(scripted))))",
    ),
    "half-a-pair": Failure(
        errors.SettingsError,
        ("FastPix can't be called: fastpix:secretKey is missing, though fastpix:accessTokenId is set", "--run-program"),
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
        ("Can't tell whether playback ID", "Nothing was changed", "FASTPIX_GONE_STREAMS="),
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
        ("FASTPIX_SANDBOX is set, but not to the address of a sandbox", "Unset it"),
        names_stream=False,
    ),
}

ON_DESTROY = {
    "seen": Failure(errors.SettingsError, ("no credentials were found. Set them", "--run-program"), names_stream=False),
    "listed-still": Failure(errors.UnexpectedAnswerError, ("Yet FastPix still lists it; try again in a while",)),
}

NEVER_SHOWN = ": Pulumi was interrupted, so nothing new is sent. Run it again."
"""Pulumi tells no dynamic provider of an interruption."""


@dataclass(frozen=True)
class Shown:
    """What the engine showed for a failure."""

    name: str
    failure: Failure
    text: str


@pytest.mark.parametrize("python", [NEWEST_SDK, OLDEST_SDK], ids=["newest-sdk", "oldest-sdk"])
def test_every_failure_reads_as_its_own_sentences(python: Path, door: Door, tmp_path: Path) -> None:
    assert python.is_dir(), "`make test` makes the environment this test needs"
    with scripted_server() as server, Sandbox() as sandbox, Sandbox() as elsewhere:
        script(server)
        stream_id = sandbox.store.create_stream()
        stack = Stack(tmp_path, {"FASTPIX_RETRY_FOR_SECONDS": "1"}, door, python)
        stack.write_program(program(server.base_url, stream_id, door))
        stack.create()
        secrets = [SECRET, IN_BASIC_FORM, sandbox.secret_key, elsewhere.secret_key]
        ours = {name: value for name, value in sandbox.environment().items() if name != "FASTPIX_SANDBOX"}
        theirs = {name: value for name, value in elsewhere.environment().items() if name != "FASTPIX_SANDBOX"}
        runs = [
            (ON_UP, stack.up("--continue-on-error", **ours)),
            (ON_REFRESH_ELSEWHERE, stack.refresh(**theirs)),
            (ON_REFRESH_IN_ANOTHER_SANDBOX, stack.refresh(**ours, FASTPIX_SANDBOX="http://127.0.0.1:9/v1")),
            (ON_REFRESH_WITH_A_MARK_SET_BY_HAND, stack.refresh(**ours, FASTPIX_SANDBOX="yes")),
            (ON_DESTROY, stack.destroy("--continue-on-error")),
        ]
    for _, run in runs:
        assert [secret for secret in secrets if secret in run.output] == []
    shown = [Shown(name, failure, sentences_about(name, run)) for table, run in runs for name, failure in table.items()]
    for one in shown:
        demand_what_it_says(one)
    demand_that_the_page_agrees(shown)
    demand_that_the_sources_hold_nothing_else(shown)

    another_providers = text_about("theirs", runs[0][1])
    assert "somebody else failed" in another_providers
    # The oldest SDK keeps no trace of anybody's.
    assert ("Traceback (most recent call last)" in another_providers) == (python is NEWEST_SDK)


def script(server: ScriptedServer) -> None:
    for name, failure in ON_UP.items():
        stream = f"/v1/live/streams/{name}"
        server.on("GET", *(failure.get or (listing(name),)), path=stream)
        server.on("GET", *(failure.one or (BROKEN,)), path=f"{stream}/playback-ids/*")
        server.on("POST", *(failure.post or (BROKEN,)), path=f"{stream}/playback-ids")
    server.on("GET", listing("listed-still"), listing("listed-still", "new"), path="*/listed-still")
    server.on("POST", Reply(201, playback_id("new")), path="*/listed-still/playback-ids")
    server.on("DELETE", envelope(404, "stream/playbackId not found"), path="*/listed-still/playback-ids*")
    server.on("DELETE", Reply(200, {"success": True}), path="*/incomplete-list/playback-ids*")


def program(base_url: str, stream_id: str, door: Door) -> str:
    package, prefix = ("fastpix", "") if door is NATIVE else ("pulumi-python", "fastpix:")
    account = f"access_token_id={TOKEN!r}, secret_key={SECRET!r}, retry_for_seconds=1"
    lines = [
        "def on(provider):",
        "    return pulumi.ResourceOptions(provider=provider)",
        f"scripted = fastpix.Provider('scripted', {account}, base_url={base_url!r})",
        f"shut = fastpix.Provider('shut', {account}, base_url='http://127.0.0.1:1/v1')",
        "def made_by_hand(name, **settings):",
        f"    bag = {{f'{prefix}{{key}}': value for key, value in settings.items()}}",
        f"    return pulumi.ProviderResource({package!r}, name, bag)",
        f"secret = pulumi.Output.secret({SECRET!r})",
        f"by_hand = made_by_hand('by-hand', accessTokenId={TOKEN!r}, secretKey=secret, baseUrl={base_url!r})",
        f"fastpix.LivePlaybackId('seen', stream_id={stream_id!r})",
        "fastpix.LivePlaybackId('listed-still', stream_id='listed-still', opts=on(scripted))",
        "class TheirProvider(pulumi.dynamic.ResourceProvider):",
        "    def create(self, props):",
        "        raise ValueError('somebody else failed')",
        "class Theirs(pulumi.dynamic.Resource):",
        "    pass",
        # In the same provider process as ours, if ours is a dynamic provider.
        f"Theirs(TheirProvider(), 'theirs', {{}}, opts=on({'None' if door is NATIVE else 'scripted'}))",
    ]
    return "\n".join([*lines, *(failure.declared.format(name=name) for name, failure in ON_UP.items())])


def text_about(name: str, run: Run) -> str:
    """What is shown for a resource below "Diagnostics:"."""
    found = re.search(rf"^  \S+ \({re.escape(name)}\):\n((?:    .*\n)+)", run.diagnostics, flags=re.MULTILINE)
    assert found, f"nothing is shown for {name}:\n{run.output}"
    return found.group(1)


def sentences_about(name: str, run: Run) -> str:
    """The one error that is shown for a resource, on one line."""
    lines = [line.strip() for line in text_about(name, run).splitlines() if line.strip()]
    (error,) = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
    assert [line for line in lines if not line.startswith(("error: ", "warning: ", "FastPix: "))] == []
    return error


def demand_what_it_says(one: Shown) -> None:
    assert one.text[0].isupper(), one
    assert one.text.endswith("."), one
    for part in one.failure.says:
        assert part in one.text, one
    if one.failure.names_stream:
        assert f"stream {one.name}" in one.text, one


def demand_that_the_page_agrees(shown: list[Shown]) -> None:
    """Whoever searches for a text they see finds it; and no text is there that nobody can see."""
    documented = texts_on_the_page()
    for one in shown:
        assert any(matches(one.text) for matches in documented[one.failure.error.__name__].values()), one
    for texts in documented.values():
        for text, matches in texts.items():
            assert NEVER_SHOWN in text or any(matches(one.text) for one in shown), text


def demand_that_the_sources_hold_nothing_else(shown: list[Shown]) -> None:
    """A new error needs a row in the tables above, and a text on the page."""
    everything = "\n".join(one.text for one in shown)
    assert [text for text in texts_in_the_sources() if text not in everything and text not in NEVER_SHOWN] == []


def texts_on_the_page() -> dict[str, dict[str, Callable[[str], object]]]:
    """For each class, the texts in its row; `…` stands for anything."""
    page = (ROOT / "docs" / "errors.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", page, flags=re.MULTILINE)
    documented: dict[str, dict[str, Callable[[str], object]]] = {}
    for kind, texts in rows:
        for text in re.findall(r"“(.*?)”", texts):
            documented.setdefault(kind, {})[text] = re.compile(".*".join(map(re.escape, text.split("…")))).search
    return documented


def texts_in_the_sources() -> list[str]:
    """The constant parts of the texts that our errors are raised with, if they are long enough to be found."""
    kinds = {name for name in dir(errors) if name.endswith("Error")}
    found = []
    for file in PACKAGE.rglob("*.py"):
        if {"sandbox", "cli", "native"} & set(file.relative_to(PACKAGE).parts):
            continue
        for call in ast.walk(ast.parse(file.read_text())):
            if isinstance(call, ast.Call) and kinds & {ast.unparse(call.func).rpartition(".")[2]}:
                constants = [part for argument in call.args for part in ast.walk(argument)]
                found += [
                    part.value for part in constants if isinstance(part, ast.Constant) and isinstance(part.value, str)
                ]
    return [text for text in found if len(text) >= 25]
