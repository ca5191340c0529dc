"""The message of `pulumi-fastpix recover` where only a person can tell what killed runs made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_fastpix.api.models import Stream
from pulumi_fastpix.cli.known_stack import KnownStack
from pulumi_fastpix.cli.other_stacks import OtherStacks
from pulumi_fastpix.cli.recover.pairing import TooMany
from pulumi_fastpix.cli.recover.recovery import Decisions, Place
from pulumi_fastpix.cli.recover.report import AnyRecovery, created, number_of_creates
from pulumi_fastpix.cli.recover.stream_recovery import StreamPlace


def too_many(
    known: KnownStack,
    recovery: AnyRecovery,
    others: OtherStacks,
    decisions: Decisions,
    streams: Mapping[str, Stream],
) -> str:
    """A person has to decide which playback IDs, or live streams, are the killed run's."""
    places = recovery.too_many
    nouns = dict.fromkeys("live streams" if isinstance(one.place, StreamPlace) else "playback IDs" for one in places)
    lines = [f"It isn't clear which {' and '.join(nouns)} the killed run made, so nothing was written."]
    for found in places:
        names = "name is" if found.orphaning == 1 else "names are"
        orphaning = f" (and {found.orphaning} whose {names} taken by now)" if found.orphaning else ""
        lines.append(
            f"{_what_there_is(known, found)} that no stack declares, but stack {known.state.stack} has "
            f"{f'only {number_of_creates(found.creates)}' if found.creates else 'no interrupted create'} to pair with"
            f"{orphaning}:"
        )
        lines += [f"  {one}{created(streams.get(one))}" for one in found.playback_ids]
        lines += _certain(recovery, found.place)
    instead = " (without --all-ours)" if decisions.all_ours else ""
    if decisions.all_ours:
        lines.append(
            "Killed runs can't have made all of these, as --all-ours says: there are more of them than creates."
        )
    by_hand = "other stacks and people may have made some"
    lines += [
        "Run this again with",
        f"  --ours ID      for each one that a killed run made{instead}, or",
        "  --not-ours ID  for each one that existed before the run or belongs to somebody else.",
    ]
    if all(len(one.playback_ids) <= one.creates + one.orphaning for one in places):
        lines.append("If killed runs made all of them, use --all-ours.")
    lines += [
        f"FastPix creates one playback ID with every stream, and {by_hand}."
        if "playback IDs" in nouns
        else f"{by_hand.capitalize()}.",
        others.reach,
    ]
    if any(one.orphaning for one in places):
        lines.append(
            "Where the name of a create is taken by now, what it made is an orphan: once you confirm that a killed run "
            "made it, the next `pulumi up` deletes it."
        )
    return "\n".join(lines)


def _what_there_is(known: KnownStack, found: TooMany[Any]) -> str:
    number = len(found.playback_ids)
    there_are, plural = ("there is 1", "") if number == 1 else (f"there are {number}", "s")
    if isinstance(found.place, StreamPlace):
        return f"Among the newest live streams of the workspace {there_are} with the declared settings"
    stream = known.without_secrets(found.place.stream_id)
    return f"On stream {stream} {there_are} {found.place.access_policy} playback ID{plural}"


def _certain(recovery: AnyRecovery, place: Place | StreamPlace) -> list[str]:
    """The playback IDs of a place that are in neither number, because nothing has to be decided about them."""
    if isinstance(place, StreamPlace):
        return []
    made = [
        f"{playback_id} (as {one.create.name!r})"
        for one, playback_id in recovery.made
        if playback_id == one.create.id
        and (one.create.stream_id, one.create.access_policy) == (place.stream_id, place.access_policy)
    ]
    if not made:
        return []
    creates = "one more interrupted create" if len(made) == 1 else f"{len(made)} more interrupted creates"
    named = f"the state, or the journal of this machine, names what {creates} made, which is certain"
    return [f"Besides, {named}: {', '.join(made)}."]
