"""The native provider: its differences from the dynamic one, and moving a stack between the two."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest

from pulumi_fastpix.native.schema import schema
from pulumi_fastpix.resources.base import CALLS_AT_ONCE
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.sandbox.http.request_log import peak_concurrency
from support.engine import DYNAMIC, NATIVE, Stack, counts, path_without_plugin
from support.playback_ids import PLAYBACK_ID
from support.programs import ONE_ID

PLUGIN_FOLDER = Path(sys.executable).parent

native_only = pytest.mark.parametrize("provider", [NATIVE], ids=["native"])


@pytest.mark.parametrize("explicit", [False, True], ids=["default-provider", "explicit-provider"])
@pytest.mark.parametrize("provider", [DYNAMIC], ids=["dynamic"])
def test_changing_the_import_moves_a_stack_there_and_back_without_touching_fastpix(
    explicit: bool, stack: Stack, sandbox: Sandbox
) -> None:
    credentials = (sandbox.access_token_id, sandbox.secret_key, sandbox.base_url)
    account = "account = fastpix.Provider('account', access_token_id={!r}, secret_key={!r}, base_url={!r})\n"
    program = ONE_ID
    if explicit:
        program = account.format(*credentials) + ONE_ID.replace(
            '")', '", opts=pulumi.ResourceOptions(provider=account))'
        )
    environ = {"FASTPIX_SANDBOX": "", "FASTPIX_USERNAME": "", "FASTPIX_PASSWORD": ""} if explicit else {}
    stack.write_program(program)
    up = stack.up(**environ)
    assert up.status == 0, up.output
    ids = stack.ids()
    sandbox.clear_requests()

    for provider in (NATIVE, DYNAMIC):
        stack.provider = provider
        stack.write_program(program)
        assert stack.preview(**environ).status == 0
        up = stack.up(**environ)
        assert up.status == 0, up.output
        assert "replaced" not in counts(up), up.output
        assert stack.ids() == ids
        assert stack.resources()["main"]["type"] == provider.type
        assert sandbox.mutating_requests == []
    again = stack.up(**environ)
    assert counts(again).keys() == {"unchanged"}, again.output
    assert stack.destroy(**environ).status == 0
    assert ids["main"] not in {playback_id.id for playback_id in sandbox.store.playback_ids.list(DEMO_STREAM_ID)}


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


@native_only
def test_the_import_option_adopts_a_playback_id(stack: Stack, sandbox: Sandbox) -> None:
    playback_id = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public")
    adopting = ONE_ID.replace('")', f'", opts=pulumi.ResourceOptions(import_="{DEMO_STREAM_ID}/{playback_id}"))')
    stack.write_program(adopting)
    up = stack.up()
    assert up.status == 0, up.output
    assert stack.ids() == {"main": playback_id}
    assert sandbox.mutating_requests == []


@native_only
def test_a_secret_of_a_provider_is_stored_encrypted(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(f"""
account = fastpix.Provider("account", access_token_id="{sandbox.access_token_id}",
    secret_key="{sandbox.secret_key}", base_url="{sandbox.base_url}", retry_for_seconds=5)
fastpix.LivePlaybackId("main", stream_id=pulumi.Output.secret("{DEMO_STREAM_ID}"),
    opts=pulumi.ResourceOptions(provider=account))
""")
    environ = {"FASTPIX_SANDBOX": "", "FASTPIX_USERNAME": "", "FASTPIX_PASSWORD": ""}
    up = stack.up(**environ)
    assert up.status == 0, up.output
    assert sandbox.secret_key not in stack.export()
    assert sandbox.secret_key not in up.output
    assert DEMO_STREAM_ID not in stack.export(), "a secret input stays one"
    rotated = sandbox.store.access_tokens.rotate_secret(sandbox.access_token_id)
    program = (stack.program_folder / "__main__.py").read_text()
    (stack.program_folder / "__main__.py").write_text(program.replace(sandbox.secret_key, rotated))
    assert not counts(stack.up(**environ)).keys() & {"replaced", "deleted"}


@native_only
def test_a_secret_key_configured_in_plain_text_is_stored_encrypted(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(ONE_ID)
    stack.configure(
        {
            "fastpix:accessTokenId": sandbox.access_token_id,
            "fastpix:secretKey": sandbox.secret_key,
            "fastpix:baseUrl": sandbox.base_url,
        }
    )
    up = stack.up(FASTPIX_SANDBOX="")
    assert up.status == 0, up.output
    assert sandbox.access_token_id in stack.export()
    assert sandbox.secret_key not in stack.export()
    assert stack.refresh("--expect-no-changes", FASTPIX_SANDBOX="").status == 0


def test_many_calls_run_at_once(stack: Stack, sandbox: Sandbox) -> None:
    """Through both providers, although the SDK's process for dynamic ones is made for four."""
    sandbox.faults.add(Fault(kind="latency", seconds=0.5))
    stack.write_program(f"""
for number in range(200):
    fastpix.LivePlaybackId(f"id-{{number}}", stream_id="{DEMO_STREAM_ID}")
""")
    for run in (stack.up, stack.destroy):
        sandbox.clear_requests()
        done = run("--parallel", "32")
        assert done.status == 0, done.output
        # More than four; how many more is a question of how busy this machine is.
        assert 10 <= peak_concurrency(sandbox.requests) <= CALLS_AT_ONCE


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
        assert stack.up().status == 0


@native_only
def test_without_the_plugin_the_error_names_how_to_get_it(stack: Stack, sandbox: Sandbox, tmp_path: Path) -> None:
    """And nothing is downloaded; the dynamic provider doesn't care."""
    path = path_without_plugin(tmp_path / "bin")
    stack.write_program(ONE_ID)
    for acquisition in ("false", "true"):
        preview = stack.preview(PATH=path, PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=acquisition)
        assert preview.status != 0
        assert "pip-install-pulumi-fastpix.put-its-bin-on-path" in preview.output
    assert list((tmp_path / "pulumi-home").rglob("*fastpix*")) == [], "where Pulumi keeps the plugins it gets"
    assert sandbox.requests == []
    stack.provider = DYNAMIC
    stack.write_program(ONE_ID)
    assert stack.up(PATH=path).status == 0


@native_only
def test_a_plugin_named_in_the_project_gives_no_warning(stack: Stack) -> None:
    stack.write_program(ONE_ID)
    project = stack.program_folder / "Pulumi.yaml"
    project.write_text(
        f"{project.read_text()}plugins:\n  providers:\n    - name: fastpix\n      path: {PLUGIN_FOLDER}\n"
    )
    up = stack.up()
    assert up.status == 0, up.output
    assert "warning" not in up.output


@native_only
def test_the_engine_reads_the_schema(stack: Stack) -> None:
    run = stack.run("package", "get-schema", str(PLUGIN_FOLDER / "pulumi-resource-fastpix"))
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
        preview = stack.preview("--expect-no-changes")
        assert preview.status == 0, preview.output
        assert counts(stack.up()) == {"unchanged": 3}
        (studio,) = (one for one in json.loads(stack.export())["deployment"]["resources"] if "::studio" in one["urn"])
        assert studio["inputs"]["version"] == version
    rotated = sandbox.store.access_tokens.rotate_secret(sandbox.access_token_id)
    stack.write_program(program("0.1.0", secret_key=rotated, timeout_seconds="20"))
    shown = stack.preview().output
    assert "~ secretKey" in shown
    assert "+ timeoutSeconds" in shown
    assert rotated not in shown
    assert counts(stack.up()) == {"updated": 1, "unchanged": 2}
    assert stack.destroy().status == 0
