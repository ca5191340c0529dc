"""The messages of `pulumi-fastpix adopt`."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.cli.adopt.adoption import Adopted, Chosen
from pulumi_fastpix.cli.other_stacks import OtherStacks
from pulumi_fastpix.cli.pulumi_cli import PulumiCli
from pulumi_fastpix.cli.terminal import Line, verbatim
from pulumi_fastpix.errors import SettingsError
from pulumi_fastpix.resources.names import python_name
from pulumi_fastpix.stack.playback_ids import PlaybackIds, StoredPlaybackId
from pulumi_fastpix.stack.state import Resource

NOTHING_WRITTEN = "Nothing was written."


def own_account_only(error: SettingsError, provider_resources: Sequence[str]) -> str:
    """The stack has no account of its own, and everything goes through provider resources."""
    return (
        f"{error} `adopt` uses the stack's own account only, and doesn't go through provider resources, such as "
        f"{provider_resources[0]!r}. {NOTHING_WRITTEN}"
    )


def creates_interrupted(stream_id: str) -> str:
    """Some of the stream's playback IDs may be those of interrupted creates."""
    return (
        f"Creates of this stack were interrupted or are still going on, and may have made stream {stream_id}, or some "
        f"of its playback IDs. {NOTHING_WRITTEN} If a run is going on, wait until it ends; if it was killed, run "
        f"`pulumi-fastpix recover` first; or name the playback IDs to adopt."
    )


def not_adoptable(stream_id: str, chosen: Chosen, owned: Mapping[str, StoredPlaybackId]) -> str:
    """All reasons against the playback IDs that were asked for."""
    reasons = []
    if chosen.missing:
        reasons.append(f"Stream {stream_id} has no playback ID {', '.join(chosen.missing)}.")
    if chosen.owned:
        already = ", ".join(f"{id_} ({_as_what(owned[id_])})" for id_ in chosen.owned)
        reasons.append(f"The stack already owns {already}.")
    return f"{' '.join(reasons)} {NOTHING_WRITTEN} Correct these IDs, or leave them out."


def _as_what(owned: StoredPlaybackId) -> str:
    return f"which came with the live stream {owned.name!r}" if owned.with_stream else f"as {owned.name!r}"


def no_parent(parent: str) -> str:
    """The stack has no such parent."""
    return (
        f"The stack has no resource {parent} that could be the parent. {NOTHING_WRITTEN} `pulumi stack -u` shows the "
        f"URNs of its resources."
    )


def name_taken(pulumi: PulumiCli, occupant: Resource, playback_id: str) -> str:
    """A resource of the type has the name there already; Pulumi would import nothing under it."""
    if occupant.external and occupant.id == playback_id:
        return (
            f"The program looks {playback_id} up as {occupant.name!r} (`.get()`), and Pulumi imports nothing under the "
            f"name of a lookup. {NOTHING_WRITTEN} Let the stack forget the lookup, which changes nothing at FastPix; "
            f"then run this again, and put the declaration in the place of the `.get()`:\n\n"
            f"    {shlex.join(pulumi.command('state', 'delete', occupant.urn, '--yes'))}\n\n"
            f"If Pulumi refuses because other resources depend on the lookup, choose another --name; its "
            f"--target-dependents would make the stack forget these, too. Don't turn the `.get()` into a declaration "
            f"before the import: `pulumi up` would make a second playback ID."
        )
    if occupant.external:
        return (
            f"The program looks another playback ID up as {occupant.name!r} (`.get()`): {occupant.id}. "
            f"{NOTHING_WRITTEN} Choose another --name."
        )
    return (
        f"The stack already owns another playback ID as {occupant.name!r}: {occupant.id}. {NOTHING_WRITTEN} To own "
        f"both, choose another --name. If {playback_id} comes from a run that failed to create or replace "
        f"{occupant.name!r}, nothing needs it any more: the next `pulumi up` makes what is still missing. Before you "
        f"delete either of them at FastPix, find out which one viewers use: compare the two with the outputs of the "
        f"stack (`pulumi stack output`) and with the addresses that you have published."
    )


def undeclarable(playback_ids: Sequence[PlaybackId]) -> str:
    """A program can't declare these."""
    listed = ", ".join(f"{one.id} ({one.access_policy})" for one in playback_ids)
    return (
        f"A program can't declare the access policy, or the access restrictions, of {listed}. {NOTHING_WRITTEN} Run "
        f"this again and name the playback IDs to adopt, without these."
    )


def nothing_to_adopt(stream_id: str) -> str:
    """The stream has nothing that isn't owned."""
    return f"Nothing to adopt: stream {stream_id} has no playback ID that isn't owned by a stack already."


def second_owners(adopted: Sequence[Adopted], others: OtherStacks) -> list[str]:
    """The adopted playback IDs that get a second owner; only those that were asked for by their ids can."""
    return [
        f"stack {', '.join(owners)} owns {one.playback_id.id}. If two stacks own it, either may delete it: let the "
        f"other one give it up first, by turning its declaration into a `.get()` of the same name and running "
        f"`pulumi up` there, which deletes nothing."
        for one in adopted
        if (owners := others.owners.get(one.playback_id.id))
    ]


def left_out(listed: Sequence[PlaybackId], owned: Mapping[str, StoredPlaybackId], others: OtherStacks) -> list[str]:
    """That which came with a live stream of the stack, and how many playback IDs of the stream other stacks own.

    Args:
        listed: the playback IDs of the stream.
        owned: those that the stack owns.
        others: the other stacks.
    """
    ours = [owned[one.id] for one in listed if one.id in owned and owned[one.id].with_stream]
    came_with = [f"Left out {one.id}, which came with the live stream {one.name!r} of this stack." for one in ours]
    owners = Counter(others.owners[playback_id.id] for playback_id in listed if playback_id.id in others.owners)
    counts = [f"{number} that stack {' and '.join(stacks)} owns" for stacks, number in owners.items()]
    return [*came_with, *([f"Left out {', '.join(counts)}."] if counts else [])]


def whose(others: OtherStacks, adopted: Sequence[Adopted]) -> str:
    """Whose playback IDs the adopted ones may be."""
    ids, it = ("playback ID", "it") if len(adopted) == 1 else ("playback IDs", "them")
    known = any(one.playback_id.id in others.owners for one in adopted)
    none = "" if known else f"None of the stacks that were read owns the {ids} below. "
    return (
        f"{none}A stack of another project may own {it}: then both would own {it}, and either may "
        f"delete {it}. To find out before you import, name such stacks with --also."
    )


def what_to_do(pulumi: PulumiCli, stream_id: str, adopted: Sequence[Adopted], out: str, *, named: bool) -> list[Line]:
    """The declarations for the program, and the command that imports."""
    it = "it" if len(adopted) == 1 else "them"
    return [
        *to_declare_and_import(pulumi, declarations(stream_id, adopted), out, "playback ID", named=named),
        Line(f"From then on the stack owns {it}, and deletes {it} once it no longer declares {it}."),
    ]


def to_declare_and_import(
    pulumi: PulumiCli, declared: Sequence[str], out: str, noun: str, *, named: bool
) -> list[Line]:
    """The declarations of what is adopted, and the command that imports it, whatever it is.

    Args:
        pulumi: says how Pulumi imports.
        declared: the lines of the declarations.
        out: the file to import.
        noun: what is adopted.
        named: it was given a resource's name, so that the program may declare it already.
    """
    where = (
        f"If the stack's program doesn't declare this {noun} yet, add:"
        if named
        else "Add this to the stack's program (to change a name, change it in that file, too):"
    )
    return [
        Line(f"Wrote {out}. {where}"),
        Line(""),
        *(verbatim(line, "    " if line else "") for line in declared),
        Line(""),
        Line("and run, before the next `pulumi up`:"),
        Line(""),
        verbatim(shlex.join(pulumi.import_command(out, protect=False)), "    "),
        Line(""),
    ]


def declarations(stream_id: str, adopted: Sequence[Adopted]) -> list[str]:
    """Lines of a Python program that declare them."""
    return [
        "import pulumi_fastpix as fastpix",
        "",
        *(
            f"fastpix.LivePlaybackId({literal(one.name)}, "
            f'stream_id="{stream_id}", access_policy="{one.playback_id.access_policy}"{_restrictions(one)})'
            for one in adopted
        ),
    ]


def _restrictions(adopted: Adopted) -> str:
    return f", access_restrictions={literal(in_python(adopted.restrictions))}" if adopted.restrictions else ""


def in_python(restrictions: Mapping[str, Any]) -> dict[str, Any]:
    """Access restrictions with the names that a program writes."""
    return {
        python_name(key): in_python(value) if isinstance(value, Mapping) else value
        for key, value in restrictions.items()
    }


def literal(value: object) -> str:
    """Text, or lists and dicts of text, as Python reads it: their JSON is the same."""
    return json.dumps(value, ensure_ascii=False)


def lookups(playback_ids: PlaybackIds, adopted: Sequence[Adopted]) -> list[Line]:
    """The `.get()`s of the program that the new declarations make superfluous."""
    names = {one.playback_id.id: one.name for one in adopted}
    return [
        Line(f"The program looks {resource.id} up as {resource.name!r} (`.get()`): use {names[resource.id]!r} instead.")
        for resource in playback_ids.recorded
        if resource.external and resource.id in names
    ]
