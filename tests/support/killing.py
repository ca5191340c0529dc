"""`kill -9` for a command and what it started: for all of it, as when a machine or a CI job ends, or a part."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Container
from pathlib import Path
from typing import Literal, TypeAlias

from pulumi_fastpix.stack.resource_types import OURS
from support.engine import Stack

SERVER_FINISHES_SECONDS = 0.5
"""What was sent before the kill is still being worked on: longer than the servers of these tests take."""


Victims: TypeAlias = Literal["all", "pulumi", "provider"]
"""Which processes are killed: everything, the command itself, or the provider's."""


def up_killed(
    stack: Stack,
    when: Callable[[], bool],
    output: Path,
    parallel: int = 8,
    victims: Victims = "all",
    *,
    journal: bool = False,
    others_live_for: float = SERVER_FINISHES_SECONDS,
) -> None:
    """Run `up` and kill the CLI, the language host and every provider as soon as the condition holds, or some of these.

    The CLI puts its plugins into process groups of their own, so that killing its group would leave them at work: a
    session of its own tells them from everything else. Once in a while the kill leaves the file backend's attributes
    empty: that has a test of its own, and is repaired here.

    Without a journal it is as on a machine that the run wasn't on.
    """
    if not journal:
        stack.environ["FASTPIX_JOURNAL"] = "off"
    environ = dict(stack.environ)
    if victims == "pulumi":
        # What the command leaves behind notices by its parent, which of a fork is another process: no shortcuts here.
        environ["PATH"] = os.pathsep.join((str(stack.python), os.environ["PATH"]))
    with (
        output.open("w") as written,
        subprocess.Popen(
            ["pulumi", "up", f"--parallel={parallel}", "--yes", "--skip-preview", "--non-interactive", "--color=never"],
            cwd=stack.program_folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as up,
    ):
        deadline = time.monotonic() + 60
        while not when():
            assert up.poll() is None, f"it ended by itself: {output.read_text()}"
            assert time.monotonic() < deadline, f"it never came so far: {output.read_text()}"
            time.sleep(0.005)
        if victims == "all":
            _kill_session(up)
        else:
            for process in [up.pid] if victims == "pulumi" else providers_of(up.pid):
                _kill(process)
            up.wait()
            # What the command leaves behind ends what it was doing first.
            time.sleep(others_live_for)
            _kill_session(up)
    time.sleep(SERVER_FINISHES_SECONDS)
    attributes = attributes_of(stack)
    if attributes.exists() and not attributes.read_text():
        attributes.unlink()


def _kill_session(up: subprocess.Popen[bytes]) -> None:
    while members := _session(up.pid):
        for process in members:
            _kill(process)
        up.poll()  # a dead child stays in the session until it is waited for


def providers_of(leader: int) -> list[int]:
    """The provider processes of the command that leads a session."""
    listed = subprocess.run(["ps", "-A", "-ww", "-o", "pid=,args="], capture_output=True, text=True, check=True).stdout
    providers = [
        int(line.split()[0]) for line in listed.splitlines() if re.search(r"-m pulumi\.dynamic|resource-fastpix", line)
    ]
    return [process for process in providers if _session_of(process) == leader]


def attributes_of(stack: Stack) -> Path:
    """The file in which Pulumi's file backend keeps attributes of the stack's state."""
    return stack.state_folder / ".pulumi" / "stacks" / "project" / "dev.json.attrs"


def has_a_name_twice(stack: Stack) -> bool:
    """Whether the state, as it is on the disk now, has two interrupted creates of one playback ID."""
    state = json.loads((stack.state_folder / ".pulumi" / "stacks" / "project" / "dev.json").read_text())
    pending = state["checkpoint"]["latest"].get("pending_operations", [])
    urns = [operation["resource"]["urn"] for operation in pending if "LivePlaybackId" in operation["resource"]["urn"]]
    return len(set(urns)) < len(urns)


def turn_into_interrupted_creates(stack: Stack, *unknown: str, of: Container[str] | None = None) -> None:
    """Change the state as if a run had been killed before it recorded our resources, and knew nothing of these keys.

    Args:
        stack: the stack.
        unknown: keys of the resources in the state.
        of: the names of the resources; all of ours if it isn't given.
    """
    # `pulumi stack import` would leave interrupted operations out.
    file = attributes_of(stack).with_suffix("")
    written = json.loads(file.read_text())
    state = written["checkpoint"]["latest"]
    ours = [
        resource
        for resource in state["resources"]
        if resource["type"] in OURS and (of is None or resource["urn"].rpartition("::")[2] in of)
    ]
    state["resources"] = [resource for resource in state["resources"] if resource not in ours]
    for resource in ours:
        for key in unknown:
            del resource[key]
    state.setdefault("pending_operations", []).extend({"type": "creating", "resource": resource} for resource in ours)
    file.write_text(json.dumps(written))


def _session(leader: int) -> list[int]:
    listed = subprocess.run(["ps", "-A", "-o", "pid=,stat="], capture_output=True, text=True, check=True).stdout
    alive = [int(line.split()[0]) for line in listed.splitlines() if not line.split()[1].startswith("Z")]
    return [process for process in alive if _session_of(process) == leader]


def _session_of(process: int) -> int:
    try:
        return os.getsid(process)
    except ProcessLookupError:
        return 0


def _kill(process: int) -> None:
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return
