"""The result of an audit, and the sentence that sums it up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pulumi_fastpix.cli.audit.findings import Finding, Level
from pulumi_fastpix.cli.audit.signing_keys import AuditedKey
from pulumi_fastpix.cli.audit.streams import AuditedStream
from pulumi_fastpix.cli.known_stack import KnownStack


@dataclass(frozen=True)
class Audit:
    """The result of an audit.

    Attributes:
        known: the stack, or what stands in for one where there is none.
        stacks_read: the names of the stacks that were read.
        streams: those that were read.
        keys: the signing keys that were read.
        findings: what was found, the worst first.
        unread: what couldn't be read, and why, so that there may be more to find.
        hidden_keys: why signing keys weren't looked at, for each account that isn't known to have any of a stack.
        also: the stacks that were named with `--also`.
        all_streams: whether every stream was to be read.
    """

    known: KnownStack
    stacks_read: Sequence[str]
    streams: Sequence[AuditedStream]
    keys: Sequence[AuditedKey]
    findings: Sequence[Finding]
    unread: Sequence[str]
    hidden_keys: Sequence[str]
    also: Sequence[str]
    all_streams: bool


def summary(audit: Audit) -> str:
    """What was read, and whether something was found."""
    notes = sum(finding.kind.level is Level.NOTE for finding in audit.findings)
    counts = {"finding": len(audit.findings) - notes, "note": notes}
    stack = audit.known.state.stack
    if counts["finding"] or (notes and not audit.unread):
        verdict = " and ".join(_number(number, noun) for noun, number in counts.items() if number)
    elif audit.unread:
        verdict = "not everything could be read"
    elif not audit.streams and not audit.keys and audit.all_streams:
        return "There is no live stream to audit."
    elif not audit.streams and not audit.keys:
        return f"Stack {stack} has no live streams or playback IDs: name the streams to audit, or use --all-streams."
    else:
        verdict = "nothing to report"
    return f"Read {_what_was_read(audit)}: {verdict}."


def _what_was_read(audit: Audit) -> str:
    playback_ids = sum(len(stream.listed or ()) for stream in audit.streams)
    streams = f"{_number(len(audit.streams), 'stream')} with {_number(playback_ids, 'playback ID')}"
    keys = _number(len(audit.keys), "signing key")
    if not audit.known.has_stack:
        return f"{streams} and {keys}" if audit.keys else streams
    own_keys = sum(any(not one.external for one in key.declared) for key in audit.keys)
    owns = f"stack {audit.known.state.stack} owns"
    if audit.keys and not audit.streams:
        return f"{keys}; {owns} {own_keys}"
    owned = sum(stream.owned for stream in audit.streams)
    looked_up = sum(stream.looked_up for stream in audit.streams)
    of_keys = f", and {own_keys} of {keys}" if audit.keys else ""
    return f"{streams}; {owns} {owned} there{f', looks up {looked_up}' if looked_up else ''}{of_keys}"


def _number(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
