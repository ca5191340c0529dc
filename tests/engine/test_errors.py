"""Every failure this package can raise, as the real engine shows it: its own sentences, no trace, no credential.

On the oldest SDK and on the newest. All of them happen on one stack, in one `up`, three `refresh` and one `destroy`:
for each failure a resource through each provider, most of them on a server with a script for that resource's stream.
The texts are then held against the documentation, and against the sources.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from pulumi_fastpix import errors
from pulumi_fastpix.sandbox import Sandbox
from support.engine import DYNAMIC, NATIVE, NEWEST_SDK, OLDEST_SDK, Run, Stack
from support.failures import (
    IN_BASIC_FORM,
    ON_DESTROY,
    ON_REFRESH_ELSEWHERE,
    ON_REFRESH_IN_ANOTHER_SANDBOX,
    ON_REFRESH_WITH_A_MARK_SET_BY_HAND,
    ON_UP,
    SECRET,
    Failure,
    named,
    program,
    script,
)
from support.scripted_server import scripted_server

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "provider" / "pulumi_fastpix"
PROVIDERS = (DYNAMIC, NATIVE)

SHOWN_AFTER_CTRL_C = ": Pulumi was interrupted, so nothing new is sent. Run it again."
"""By test_interrupting.py."""

SHOWN_AFTER_AN_UPDATE = "The access restrictions of playback ID"
"""By test_unfinished_restrictions.py."""

SHOWN_TO_PROGRAMS = """
The playback IDs of a stream can't be listed: \
Nothing was sent again: this run has sent a create for this resource already, and doesn't know whether that made \
something. \
"""
"""Of functions and of error hooks, by tests/unit/resources/test_listing.py and test_options_for_failures.py."""

SHOWN_ELSEWHERE = {"SandboxMismatchError", "LeftOverError", "SigningError"}
"""By test_from_sandbox_to_account.py and test_killed_processes.py; and to applications, not by Pulumi."""

ABOUT_OTHERS = re.compile("[Ll]ive stream|whether stream|metadata of stream|[Ss]igning key|another key")
ABOUT_OTHERS_IN = {"live_stream", "lists.py", "live_streams.py", "signing_key", "signing_keys.py", "addresses.py"}
"""By the tests of streams, signing keys and addresses on the engine, and before scripted servers in tests/unit."""


@dataclass(frozen=True)
class Shown:
    """What the engine showed for a failure."""

    name: str
    failure: Failure
    text: str


@pytest.mark.parametrize("python", [NEWEST_SDK, OLDEST_SDK], ids=["newest-sdk", "oldest-sdk"])
def test_each_error_is_shown_as_its_own_sentences_without_trace_or_secret(python: Path, tmp_path: Path) -> None:
    assert python.is_dir(), "`make test` makes the environment this test needs"
    with ExitStack() as opened:
        # One for each provider, since what it sends next depends on what it was asked before.
        servers = {provider: opened.enter_context(scripted_server()) for provider in PROVIDERS}
        sandbox, elsewhere = opened.enter_context(Sandbox()), opened.enter_context(Sandbox())
        for server in servers.values():
            script(server)
        stream_id = sandbox.store.live_streams.create()
        stack = Stack(tmp_path, {"FASTPIX_RETRY_FOR_SECONDS": "1"}, python=python)
        stack.write_program("".join(program(servers[one].base_url, stream_id, one) for one in PROVIDERS))
        stack.create()
        secrets = [SECRET, IN_BASIC_FORM, sandbox.secret_key, elsewhere.secret_key]
        ours = {name: value for name, value in sandbox.environment().items() if name != "FASTPIX_SANDBOX"}
        theirs = {name: value for name, value in elsewhere.environment().items() if name != "FASTPIX_SANDBOX"}
        in_another_sandbox = {**ours, "FASTPIX_SANDBOX": "http://127.0.0.1:9/v1"}
        runs = [
            (ON_UP, stack.up("--continue-on-error", **ours)),
            (ON_REFRESH_ELSEWHERE, stack.refresh("--parallel=32", **theirs)),
            (ON_REFRESH_IN_ANOTHER_SANDBOX, stack.refresh("--parallel=32", **in_another_sandbox)),
            (ON_REFRESH_WITH_A_MARK_SET_BY_HAND, stack.refresh("--parallel=32", **ours, FASTPIX_SANDBOX="yes")),
            (ON_DESTROY, stack.destroy("--continue-on-error")),
        ]
    for _, run in runs:
        assert [secret for secret in secrets if secret in run.output] == []
    for provider in PROVIDERS:
        shown = [
            Shown(name, failure, sentences_about(named(name, provider), run))
            for table, run in runs
            for name, failure in table.items()
        ]
        for one in shown:
            assert_message(one)
        assert_documented(shown)
        assert_no_other_texts_in_the_sources(shown)

        other_providers_text = text_about(named("theirs", provider), runs[0][1])
        assert "somebody else failed" in other_providers_text
        # The oldest SDK keeps no trace of anybody's.
        assert ("Traceback (most recent call last)" in other_providers_text) == (python is NEWEST_SDK)


def text_about(name: str, run: Run) -> str:
    """What is shown for a resource below "Diagnostics:"."""
    found = run.said_of(name)
    assert found, f"nothing is shown for {name}:\n{run.output}"
    return found


def sentences_about(name: str, run: Run) -> str:
    """The one error that is shown for a resource, on one line."""
    lines = [line.strip() for line in text_about(name, run).splitlines() if line.strip()]
    (error,) = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
    others = [line for line in lines if not line.startswith(("error: ", "warning: ", "FastPix: "))]
    if error == "1 error occurred:":
        # So the engine shows what exists all the same.
        (error,) = [line.removeprefix("* ") for line in others]
    else:
        assert others == []
    return error


def assert_message(one: Shown) -> None:
    assert one.text[0].isupper(), one
    assert one.text.endswith("."), one
    for part in one.failure.message:
        assert part in one.text, one
    if one.failure.names_stream:
        assert f"stream {one.name}" in one.text, one


def assert_documented(shown: list[Shown]) -> None:
    """Each text that is shown is on the page, and each text on the page is shown."""
    documented = {kind: texts for kind, texts in texts_on_the_page().items() if kind not in SHOWN_ELSEWHERE}
    for one in shown:
        assert any(matches(one.text) for matches in documented[one.failure.error.__name__].values()), one
    for texts in documented.values():
        for text, matches in texts.items():
            elsewhere = (
                SHOWN_AFTER_CTRL_C in text or text.startswith(SHOWN_AFTER_AN_UPDATE) or ABOUT_OTHERS.search(text)
            )
            assert elsewhere or any(matches(one.text) for one in shown), text


def assert_no_other_texts_in_the_sources(shown: list[Shown]) -> None:
    """A new error needs a row in the tables above, and a text on the page."""
    everything = "\n".join(one.text for one in shown)
    known = (SHOWN_AFTER_CTRL_C, SHOWN_TO_PROGRAMS)
    unknown = [
        text for text in texts_in_the_sources() if text not in everything and not any(text in one for one in known)
    ]
    assert unknown == []


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
    kinds = {name for name in dir(errors) if name.endswith("Error")} - SHOWN_ELSEWHERE
    found = []
    for file in PACKAGE.rglob("*.py"):
        if {"sandbox", "cli", "native", *ABOUT_OTHERS_IN} & set(file.relative_to(PACKAGE).parts):
            continue
        for call in ast.walk(ast.parse(file.read_text())):
            if isinstance(call, ast.Call) and kinds & {ast.unparse(call.func).rpartition(".")[2]}:
                constants = [part for argument in call.args for part in ast.walk(argument)]
                found += [
                    part.value for part in constants if isinstance(part, ast.Constant) and isinstance(part.value, str)
                ]
    return [text for text in found if len(text) >= 25]
