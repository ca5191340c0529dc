"""The messages of `pulumi-fastpix adopt --streams`. None holds a secret of a stream."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_fastpix.cli.adopt.report import NOTHING_WRITTEN, in_python, literal, to_declare_and_import
from pulumi_fastpix.cli.adopt.stream_adoption import AdoptedStream
from pulumi_fastpix.cli.other_stacks import OtherStacks
from pulumi_fastpix.cli.pulumi_cli import PulumiCli
from pulumi_fastpix.cli.terminal import Line, verbatim
from pulumi_fastpix.resources.access_restrictions.names import ACCESS_RESTRICTIONS
from pulumi_fastpix.resources.live_stream import LIVE_STREAM
from pulumi_fastpix.resources.names import python_name
from pulumi_fastpix.stack.live_streams import StoredStream
from pulumi_fastpix.stack.playback_ids import StoredPlaybackId
from pulumi_fastpix.stack.state import Resource


def already_owned(owned: Sequence[StoredStream]) -> str:
    """The stack owns some of the streams that were asked for."""
    already = ", ".join(f"{one.id} (as {one.name!r})" for one in owned)
    return f"The stack already owns {already}. {NOTHING_WRITTEN} Leave these IDs out."


def owned_apart(pulumi: PulumiCli, playback_ids: Sequence[StoredPlaybackId]) -> str:
    """Resources of the stack own playback IDs that came with these streams."""
    listed = ", ".join(f"{one.id} (as {one.name!r})" for one in playback_ids)
    forget = "\n".join(f"    {shlex.join(pulumi.command('state', 'delete', one.urn, '--yes'))}" for one in playback_ids)
    return (
        f"The stack owns {listed} as a resource of its own, and a live stream owns the playback ID that came with it, "
        f"too. {NOTHING_WRITTEN} If it came with the stream, take that LivePlaybackId out of the program, use the "
        f"stream's `playback_id` in its place, and let the stack forget it, which changes nothing at FastPix; then run "
        f"this again:\n\n{forget}\n\nIf another one of the stream's playback IDs came with it, name that: "
        f"STREAM_ID/PLAYBACK_ID."
    )


def name_taken(occupant: Resource, pulumi: PulumiCli) -> str:
    """A live stream has the name already; Pulumi would import nothing under it."""
    if not occupant.external:
        return (
            f"The stack already owns a live stream as {occupant.name!r}: {occupant.id}. {NOTHING_WRITTEN} Choose "
            f"another --name."
        )
    forget = shlex.join(pulumi.command("state", "delete", occupant.urn, "--yes"))
    return (
        f"The program looks {occupant.id} up as {occupant.name!r} (`.get()`), and Pulumi imports nothing under the "
        f"name of a lookup. {NOTHING_WRITTEN} Choose another --name; or let the stack forget the lookup, which changes "
        f"nothing at FastPix, and put the declaration in the place of the `.get()` once it is imported:\n\n    {forget}"
    )


def undeclarable(adopted: Sequence[AdoptedStream]) -> str:
    """A program can't declare these."""
    listed = ", ".join(one.existing.id for one in adopted)
    return f"A program can't declare all settings of {listed}. {NOTHING_WRITTEN} Run this again without these."


def second_owners(adopted: Sequence[AdoptedStream], others: OtherStacks) -> list[str]:
    """The streams that get a second owner, and those with a playback ID that gets one."""
    found = [
        (id_, owners)
        for one in adopted
        for id_, owners in (
            (one.existing.id, others.stream_owners.get(one.existing.id)),
            (one.playback_id, others.owners.get(one.playback_id or "")),
        )
        if owners
    ]
    return [
        f"stack {', '.join(owners)} owns {id_}. If two stacks own it, either may delete it: let the other one give it "
        f"up first, by turning its declaration into a `.get()` of the same name and running `pulumi up` there, which "
        f"deletes nothing."
        for id_, owners in found
    ]


def without_playback_id(adopted: Sequence[AdoptedStream]) -> list[str]:
    """The streams that have no playback ID any more."""
    return [
        f"live stream {one.existing.id} has no playback ID, so it is adopted without one, and its access policy isn't "
        f"known."
        for one in adopted
        if one.playback_id is None
    ]


def what_to_do(
    pulumi: PulumiCli, adopted: Sequence[AdoptedStream], out: str, parent: str, *, named: bool
) -> list[Line]:
    """The declarations for the program, and the commands that import."""
    it = "it" if len(adopted) == 1 else "them"
    return [
        *to_declare_and_import(pulumi, declarations(adopted), out, "live stream", named=named),
        Line(
            f"Then delete {out}: it holds the stream's secrets, readable by you alone, and Pulumi encrypts what it "
            f"imports."
        ),
        Line("With the native provider (pulumi_fastpix.native), delete it at once, and run instead:"),
        Line(""),
        *(verbatim(shlex.join(_native_import(pulumi, one, parent)), "    ") for one in adopted),
        Line(""),
        Line(
            f"From then on the stack owns {it}, and deletes {it}, with all playback IDs, when it no longer declares "
            f"{it}."
        ),
    ]


def declarations(adopted: Sequence[AdoptedStream]) -> list[str]:
    """Lines of a Python program that declare them."""
    return [
        "import pulumi_fastpix as fastpix",
        "",
        *(f"fastpix.LiveStream({literal(one.name)}{_arguments(one.declared)})" for one in adopted),
    ]


def _arguments(declared: Mapping[str, Any]) -> str:
    return "".join(f", {python_name(key)}={_value(key, value)}" for key, value in declared.items())


def _value(key: str, value: Any) -> str:
    if key == ACCESS_RESTRICTIONS:
        value = in_python(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (str, Mapping)) else repr(value)


def _native_import(pulumi: PulumiCli, one: AdoptedStream, parent: str) -> list[str]:
    below = ["--parent", f"parent={parent}"] if parent else []
    options = ["--generate-code=false", "--protect=false", "--skip-preview", "--yes"]
    return pulumi.command("import", LIVE_STREAM.native_type, one.name, one.import_id, *below, *options)
