"""The native provider: its differences from the dynamic one, and moving a stack between the two."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pulumi_fastpix.native.schema import schema
from pulumi_fastpix.resources.base import CALLS_AT_ONCE
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.sandbox.http.request_log import peak_concurrency
from support import shortcuts
from support.cases import MODULES, WITHOUT_CHECKPOINTS, through_both
from support.engine import DYNAMIC, NATIVE, NEWEST_SDK, Run, Stack, counts, path_without_plugin
from support.playback_ids import PLAYBACK_ID, ids_on
from support.programs import ONE_ID

native_only = pytest.mark.parametrize("provider", [NATIVE], ids=["native"])


@pytest.mark.parametrize("provider", [DYNAMIC], ids=["dynamic"])
def test_changing_the_import_moves_a_stack_there_and_back_without_touching_fastpix(
    stack: Stack, sandbox: Sandbox
) -> None:
    """With the default provider, and with an explicit one for another workspace."""
    with Sandbox() as studio:
        program = f"""
account = fastpix.Provider("account", access_token_id="{studio.access_token_id}", secret_key="{studio.secret_key}",
    base_url="{studio.base_url}")
fastpix.LivePlaybackId("main", stream_id="{DEMO_STREAM_ID}")
fastpix.LivePlaybackId("explicit", stream_id="{DEMO_STREAM_ID}", opts=pulumi.ResourceOptions(provider=account))
"""
        stack.environ["FASTPIX_SANDBOX"] = ""
        stack.write_program(program)
        up = stack.up()
        assert up.status == 0, up.output
        ids = stack.ids()
        assert ids["main"] in ids_on(sandbox)
        assert ids["explicit"] in ids_on(studio)

        for one in (sandbox, studio):
            one.clear_requests()
        for provider in (NATIVE, DYNAMIC):
            stack.provider = provider
            stack.write_program(program)
            up = stack.run("up", "--yes")
            assert up.status == 0, up.output
            assert "replaced" not in counts(up), up.output
            assert stack.ids() == ids
            assert {one["type"] for one in stack.resources().values()} == {provider.type}
            assert sandbox.mutating_requests == studio.mutating_requests == []
        again = stack.up()
        assert counts(again).keys() == {"unchanged"}, again.output
        stack.write_program(f"{program}\n{program.replace('fastpix.', 'native.')}")
        (stack.program_folder / "__main__.py").write_text(
            "from pulumi_fastpix import native\n" + (stack.program_folder / "__main__.py").read_text()
        )
        both = stack.preview()
        assert both.status != 0
        # By whichever is registered first.
        assert re.search("Duplicate resource (alias '|URN '.*' conflicting with alias)", both.output), both.output
        assert stack.destroy().status == 0
        assert not {*ids.values()} & (ids_on(sandbox) | ids_on(studio))


@native_only
def test_pulumi_import_takes_the_stream_and_the_playback_id(stack: Stack, sandbox: Sandbox) -> None:
    playback_id = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private")

    def import_(given: str) -> str:
        arguments = ("import", "--yes", "--generate-code=false", "--protect=false", NATIVE.type, "main", given)
        return stack.run(*arguments).output

    assert "give <stream ID>/<playback ID>" in import_(playback_id)
    assert "a playback ID consists of" in import_(f"{DEMO_STREAM_ID}/a/b")
    assert sandbox.requests == []
    assert f"Could not look up playback ID {PLAYBACK_ID}" in import_(f"{DEMO_STREAM_ID}/{PLAYBACK_ID}")
    assert stack.ids() == {}, "a missing one is not imported"

    import_(f"{DEMO_STREAM_ID}/{playback_id}")
    assert stack.ids() == {"main": playback_id}
    for provider in (NATIVE, DYNAMIC):
        stack.provider = provider
        stack.write_program(ONE_ID.replace('")', '", access_policy="private")'))
        assert stack.up().status == 0
        assert stack.ids() == {"main": playback_id}, "the import serves the dynamic provider, too"
    assert sandbox.mutating_requests == []


@pytest.mark.parametrize("provider", [DYNAMIC], ids=["dynamic"])
def test_pulumi_import_cannot_work_for_the_dynamic_type(stack: Stack, sandbox: Sandbox) -> None:
    """The SDK looks for the provider in the state, and there is none yet."""
    (playback_id,) = (listed.id for listed in sandbox.store.playback_ids.list(DEMO_STREAM_ID))
    run = stack.run("import", "--yes", "--generate-code=false", DYNAMIC.type, "main", playback_id)
    assert run.status != 0
    assert "KeyError: '__provider'" in run.output
    assert stack.ids() == {}
    stack.write_program(ONE_ID.replace('")', f'", opts=pulumi.ResourceOptions(import_="{playback_id}"))'))
    run = stack.up()
    assert run.status != 0
    assert "pulumi-fastpix adopt STREAM_ID PLAYBACK_ID --name main" in run.output
    assert "Traceback" not in run.output
    assert stack.ids() == {}


@dataclass(frozen=True)
class Declared:
    """A stack through a plugin that its project names, configured in plain text, after these commands.

    Attributes:
        adopted: a playback ID that was there, and which its program imports.
        secret_stream: the stream of the other one, which is a secret.
        stack: the stack.
        sandbox: where it all is.
        secrets: the secret keys: of the configuration, of an explicit provider, and the latter's next one.
        up: the first `up`.
        refresh: a refresh that expects no changes.
        rotated: an `up` with the next secret key.
    """

    adopted: str
    secret_stream: str
    stack: Stack
    sandbox: Sandbox
    secrets: list[str]
    up: Run
    refresh: Run
    rotated: Run


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Declared]:
    with Sandbox() as sandbox:
        adopted = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public")
        secret_stream = sandbox.store.live_streams.create()
        token = sandbox.store.access_tokens.add()
        stack = Stack(tmp_path_factory.mktemp("declared"), provider=NATIVE)

        def declare(secret_key: str) -> None:
            stack.write_program(f"""
fastpix.LivePlaybackId("adopted", stream_id="{DEMO_STREAM_ID}",
    opts=pulumi.ResourceOptions(import_="{DEMO_STREAM_ID}/{adopted}"))
account = fastpix.Provider("account", access_token_id="{token.id}", secret_key="{secret_key}",
    base_url="{sandbox.base_url}", retry_for_seconds=5)
fastpix.LivePlaybackId("main", stream_id=pulumi.Output.secret("{secret_stream}"),
    opts=pulumi.ResourceOptions(provider=account))
""")
            project = stack.program_folder / "Pulumi.yaml"
            plugins = f"plugins:\n  providers:\n    - name: fastpix\n      path: {shortcuts.commands_of(NEWEST_SDK)}\n"
            project.write_text(project.read_text() + plugins)

        stack.write_program("")
        stack.create()
        target = {
            "accessTokenId": sandbox.access_token_id,
            "secretKey": sandbox.secret_key,
            "baseUrl": sandbox.base_url,
        }
        stack.configure({f"fastpix:{name}": value for name, value in target.items()})
        declare(token.secret)
        up = stack.up()
        assert up.status == 0, up.output
        refresh = stack.refresh("--expect-no-changes")
        assert [one for one in sandbox.mutating_requests if secret_stream not in one.path] == []
        rotated = sandbox.store.access_tokens.rotate_secret(token.id)
        declare(rotated)
        secrets = [sandbox.secret_key, token.secret, rotated]
        yield Declared(adopted, secret_stream, stack, sandbox, secrets, up, refresh, stack.up())


def test_the_import_option_adopts_a_playback_id(declared: Declared) -> None:
    """The fixture has seen that no request changed anything on its stream."""
    assert declared.stack.ids()["adopted"] == declared.adopted


def test_secrets_of_a_provider_are_stored_encrypted_also_if_they_are_configured_in_plain_text(
    declared: Declared,
) -> None:
    state = json.dumps(declared.stack.deployment())
    assert declared.sandbox.access_token_id in state
    for run in (declared.up, declared.refresh, declared.rotated):
        assert run.status == 0, run.output
        assert [secret for secret in declared.secrets if secret in state + run.output] == []
    assert declared.secret_stream not in state, "a secret input stays one"
    assert not counts(declared.rotated).keys() & {"replaced", "deleted"}


def test_a_plugin_named_in_the_project_gives_no_warning(declared: Declared) -> None:
    """But that of the secret key, which is in plain text."""
    warnings = [line for line in declared.up.output.splitlines() if "warning: " in line]
    assert [line for line in warnings if "fastpix:secretKey is in plain text" not in line] == []


@pytest.mark.parametrize("provider", [DYNAMIC], ids=["both"])
def test_many_calls_run_at_once(stack: Stack, sandbox: Sandbox) -> None:
    """Through both providers, although the SDK's process for dynamic ones is made for four."""
    streams = {provider: sandbox.store.live_streams.create() for provider in MODULES}
    sandbox.faults.add(Fault(kind="latency", seconds=0.5))
    stack.write_program(
        through_both(f"""
for number in range(40):
    module.LivePlaybackId(f"{{provider}}-{{number}}", stream_id={streams}[provider])
""")
    )
    for run in (stack.up, stack.destroy):
        sandbox.clear_requests()
        done = run("--parallel", "32", **WITHOUT_CHECKPOINTS)
        assert done.status == 0, done.output
        for stream_id in streams.values():
            calls = [request for request in sandbox.requests if stream_id in request.path]
            # More than four; how many more is a question of how busy this machine is.
            assert 10 <= peak_concurrency(calls) <= CALLS_AT_ONCE


@native_only
def test_custom_timeouts_reach_the_calls(stack: Stack, sandbox: Sandbox) -> None:
    """Without them both would go on for two minutes."""
    timeouts = 'pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create="3s", delete="3s"))'
    stack.write_program(ONE_ID.replace('")', f'", opts={timeouts})'))
    for method, command in (("GET", stack.up), ("DELETE", stack.destroy)):
        sandbox.faults.add(Fault(kind="status", status=503, method=method))
        began = time.monotonic()
        assert "FastPix answered 503" in command().output
        assert time.monotonic() - began < 20
        sandbox.faults.clear()
        if command == stack.up:
            assert stack.up().status == 0


@native_only
def test_without_the_plugin_the_error_names_how_to_get_it(stack: Stack, sandbox: Sandbox, tmp_path: Path) -> None:
    """And nothing is downloaded; the dynamic provider doesn't care."""
    path = path_without_plugin(tmp_path / "bin")
    stack.write_program(ONE_ID)
    acquiring = {"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "false"}
    for acquisition in (acquiring, {}):
        preview = stack.preview(PATH=path, **acquisition)
        assert preview.status != 0
        assert "pip-install-pulumi-fastpix.put-its-bin-on-path" in preview.output
    assert list((tmp_path / "pulumi-home").rglob("*fastpix*")) == [], "where Pulumi keeps the plugins it gets"
    assert sandbox.requests == []
    stack.provider = DYNAMIC
    stack.write_program(ONE_ID)
    assert stack.up(PATH=path).status == 0
    # A YAML program names no address, so that Pulumi asks GitHub: here by way of a proxy that isn't there.
    (stack.program_folder / "Pulumi.yaml").write_text(
        "name: project\nruntime: yaml\nresources:\n  concert:\n    type: fastpix:LiveStream\n"
    )
    in_yaml = stack.run("preview", PATH=path, HTTPS_PROXY="http://127.0.0.1:9", **acquiring)
    assert in_yaml.status != 0
    assert "could not find latest version for provider fastpix" in in_yaml.output, in_yaml.output


@native_only
def test_the_engine_reads_the_schema(stack: Stack) -> None:
    run = stack.run("package", "get-schema", str(NEWEST_SDK / "pulumi-resource-fastpix"))
    assert run.status == 0, run.output
    read = json.loads(run.output[run.output.index("{") :])
    assert read["resources"].keys() == schema()["resources"].keys()
    assert read["provider"]["inputProperties"]["secretKey"]["secret"] is True


def test_a_provider_resource_of_another_version_is_unchanged_and_other_settings_are_an_update(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    def program(version: str, **more: str) -> str:
        settings = {"access_token_id": sandbox.access_token_id, "secret_key": sandbox.secret_key, **more}
        arguments = ", ".join(f"{name}={value!r}" for name, value in settings.items())
        return f"""
studio = fastpix.Provider("studio", {arguments}, base_url="{sandbox.base_url}",
    opts=pulumi.ResourceOptions(version="{version}"))
fastpix.LivePlaybackId("main", stream_id="{DEMO_STREAM_ID}", opts=pulumi.ResourceOptions(provider=studio))
"""

    stack = Stack(tmp_path, provider=NATIVE)
    stack.write_program(program("0.0.9"))
    stack.create()
    assert counts(stack.up()) == {"created": 3}
    for version in ("0.1.0", "0.0.9"):
        stack.write_program(program(version))
        up = stack.run("up", "--yes", "--expect-no-changes")
        assert up.status == 0, up.output
        assert counts(up) == {"unchanged": 3}
        (studio,) = (one for one in stack.deployment()["resources"] if "::studio" in one["urn"])
        assert studio["inputs"]["version"] == version
    rotated = sandbox.store.access_tokens.rotate_secret(sandbox.access_token_id)
    stack.write_program(program("0.1.0", secret_key=rotated, timeout_seconds="20"))
    up = stack.run("up", "--yes", "--diff")
    assert "~ secretKey" in up.output
    assert "+ timeoutSeconds" in up.output
    assert rotated not in up.output
    assert counts(up) == {"updated": 1, "unchanged": 2}
    assert stack.destroy().status == 0
