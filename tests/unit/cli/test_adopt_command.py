"""`adopt` as a person meets it, with a stand-in for `pulumi`."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.fake_pulumi import FakePulumi
from support.states import account, export, interrupted, made_up, resource
from unit.cli.command import IMPORT_FILE, run


def test_playback_ids_that_an_interrupted_create_may_have_made_are_not_adopted_unasked(
    pulumi: FakePulumi, first_id: str
) -> None:
    pulumi.prints("export", interrupted())
    result = run("adopt", DEMO_STREAM_ID)
    assert result.exit_code == 1
    assert "were interrupted or are still going on" in result.output
    assert not IMPORT_FILE.exists()
    assert run("adopt", DEMO_STREAM_ID, first_id).exit_code == 0


@pytest.mark.usefixtures("made_up_type")
def test_resources_of_other_types_own_no_playback_ids(pulumi: FakePulumi, first_id: str) -> None:
    state = export(made_up("public-" + first_id[:8], first_id), pending=(made_up("other"),))
    pulumi.prints("export", state)
    result = run("adopt", DEMO_STREAM_ID)
    assert result.exit_code == 0, result.output
    assert first_id in IMPORT_FILE.read_text()
    assert pulumi.commands.count("stack export --non-interactive --color=never") == 1
    assert not any("--show-secrets" in command for command in pulumi.commands if "export" in command)


def test_where_everything_has_an_owner_there_is_nothing_to_adopt(pulumi: FakePulumi, first_id: str) -> None:
    pulumi.prints("export", export(resource("main", first_id)))
    result = run("adopt", DEMO_STREAM_ID)
    assert (result.exit_code, "Nothing to adopt" in result.output) == (0, True)
    assert not IMPORT_FILE.exists()


@pytest.mark.parametrize("named", [False, True])
def test_that_another_project_may_own_it_is_said(named: bool, pulumi: FakePulumi, first_id: str) -> None:
    pulumi.prints("export", export())
    shown = run("adopt", DEMO_STREAM_ID, *([first_id] if named else [])).output
    assert "No other stack was read." in shown
    warning = "A stack of another project may own it: then both would own it, and either may delete it."
    assert shown.index(warning) < shown.index("pulumi import")
    assert "From then on the stack owns it, and deletes it once it no longer declares it." in shown


def test_what_other_stacks_own_is_left_out_with_one_line(pulumi: FakePulumi, sandbox: Sandbox, first_id: str) -> None:
    theirs = [str(sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private")) for _ in range(3)]
    owned = (resource(f"own-{number}", id_) for number, id_ in enumerate(theirs))
    pulumi.prints("stacks", [{"name": "dev"}, {"name": "prod"}])
    pulumi.prints("export", export())
    pulumi.prints("export-of/prod", export(*owned))
    result = run("adopt", DEMO_STREAM_ID)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.output.count("prod") == 2
    assert "Left out 3 that stack prod owns.\n" in result.output
    assert "None of the stacks that were read owns the playback ID below." in result.output
    pulumi.prints("export", export(resource("own", first_id)))
    assert "Left out 3 that stack prod owns.\n" in run("adopt", DEMO_STREAM_ID).output


def test_a_second_owner_is_warned_of_only_where_it_becomes_one(
    pulumi: FakePulumi, sandbox: Sandbox, first_id: str
) -> None:
    theirs = str(sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private"))
    pulumi.prints("stacks", [{"name": "dev"}, {"name": "prod"}])
    pulumi.prints("export", export())
    pulumi.prints("export-of/prod", export(resource("one", first_id), resource("other", theirs)))
    result = run("adopt", DEMO_STREAM_ID, theirs)
    assert result.exit_code == 0
    assert result.stderr.startswith(f"Warning: stack prod owns {theirs}. If two stacks own it, either may delete it")
    assert first_id not in result.output
    assert "None of the stacks" not in result.output
    assert "Left out" not in result.output
    refused = run("adopt", DEMO_STREAM_ID, theirs, "unknown")
    assert (refused.exit_code, "Warning" in refused.output) == (1, False)


def test_a_name_is_written_as_python_reads_it(pulumi: FakePulumi, first_id: str) -> None:
    pulumi.prints("export", export())
    shown = run("adopt", DEMO_STREAM_ID, first_id, "--name", 'we"ird\\é').output
    (call,) = [line for line in shown.splitlines() if "LivePlaybackId(" in line]
    assert eval(call.strip().replace("fastpix.LivePlaybackId", "(lambda name, **_: name)")) == 'we"ird\\é'  # noqa: S307
    assert "doesn't declare this playback ID yet" in shown


@pytest.mark.parametrize(
    ("state", "advice"),
    [
        ({"id_": "first", "external": True}, "Let the stack forget the lookup, which changes nothing at FastPix"),
        ({"id_": "first", "external": True}, "--target-dependents would make the stack forget these, too"),
        ({"id_": "id-1", "external": True}, "looks another playback ID up as 'web' (`.get()`): id-1."),
        ({"id_": "id-1"}, "The stack already owns another playback ID as 'web': id-1."),
        ({"id_": "first"}, "(as 'web'). Nothing was written. Correct these IDs, or leave them out."),
    ],
)
def test_a_name_that_is_taken_is_refused_with_the_advice_that_suits(
    state: dict[str, Any], advice: str, pulumi: FakePulumi, first_id: str
) -> None:
    """Nothing that was only looked up was made by a run, so that it could be deleted."""
    given = {**state, "id_": first_id if state["id_"] == "first" else state["id_"]}
    pulumi.prints("export", export(resource("web", **given)))
    result = run("adopt", DEMO_STREAM_ID, first_id, "--name", "web")
    assert (result.exit_code, advice in result.output) == (1, True), result.output
    assert "Nothing was written." in result.output
    assert "delete the playback ID" not in result.output
    assert not IMPORT_FILE.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--prefix", 'a"b'], "begins with a letter or digit"),
        (["--name", ""], "must not be empty"),
        (["--name", "main"], "exactly one PLAYBACK_ID"),
        (["id-1", "id-2", "--name", "main"], "exactly one PLAYBACK_ID"),
        (["id-1", "--name", "main", "--prefix", "x"], "not both"),
        (["id-1", "--parent", "urn"], "--parent needs --name"),
    ],
)
def test_options_that_make_no_sense_are_usage_errors(
    arguments: list[str], message: str, pulumi: FakePulumi, sandbox: Sandbox
) -> None:
    result = run("adopt", DEMO_STREAM_ID, *arguments)
    assert (result.exit_code, message in result.output) == (2, True), result.output
    assert (sandbox.requests, pulumi.commands) == ([], [])


def test_a_stack_with_provider_resources_only_is_told_that_adopt_does_not_go_through_them(
    pulumi: FakePulumi, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sandbox() as studio:
        pulumi.prints("export", export(account("studio", studio)))
        refused = run("adopt", DEMO_STREAM_ID)
        assert (studio.requests, refused.exit_code) == ([], 1)
    assert "no credentials were found" in refused.output
    assert (
        "`adopt` uses the stack's own account only, and doesn't go through provider resources, such as 'studio'."
        in (refused.output)
    )
    monkeypatch.setenv("FASTPIX_USERNAME", "half")
    assert "provider resources, such as" not in run("adopt", DEMO_STREAM_ID).output
