"""The output of `pulumi-fastpix audit`: text for people, JSON for programs."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pulumi_fastpix.cli.audit.findings import Detail, Finding, Kind, Level
from pulumi_fastpix.cli.audit.streams import AuditedStream
from pulumi_fastpix.errors import NotFoundError
from pulumi_fastpix.settings.names import GONE_STREAMS_VARIABLE

_HEADINGS = {
    Kind.UNDECLARED_PUBLIC: "Undeclared public playback IDs",
    Kind.UNDECLARED_NON_PUBLIC: "Undeclared playback IDs that are not public",
    Kind.DELETED: "Deleted, but still in the stack",
    Kind.ACCESS_POLICY: "Access policy changed",
    Kind.TWO_OWNERS: "Owned by several stacks",
    Kind.INTERRUPTED: "Interrupted creates",
    Kind.SHARED_STREAM: "Streams shared with other stacks",
    Kind.LOOKED_UP: "Looked up, owner unknown",
}


@dataclass(frozen=True)
class Audit:
    """The result of an audit.

    Attributes:
        stack: the stack's name.
        streams: those that were read.
        findings: what was found, the worst first.
        unread: what couldn't be read, and why, so that there may be more to find.
        without_secrets: gives a text without the IDs of streams that are secrets.
        addresses: of the FastPix servers that were called.
        options: what makes another command of ours one for this stack.
    """

    stack: str
    streams: Sequence[AuditedStream]
    findings: Sequence[Finding]
    unread: Sequence[str]
    without_secrets: Callable[[str], str]
    addresses: Sequence[str]
    options: Sequence[str]


def as_text(audit: Audit) -> str:
    """Headings with what was found below, and a last line that sums up."""
    lines: list[str] = []
    for kind, heading in _HEADINGS.items():
        found = [finding for finding in audit.findings if finding.kind is kind]
        if found:
            lines += [f"{heading}:", *(f"  {_line(audit, finding)}" for finding in found)]
            undeclared = kind in (Kind.UNDECLARED_PUBLIC, Kind.UNDECLARED_NON_PUBLIC)
            lines += [*(_what_to_do(audit) if undeclared else []), ""]
    lines.append(_summary(audit))
    return "\n".join(lines)


def as_json(audit: Audit) -> str:
    """JSON, in the form that docs/audit.md describes. FROZEN: its keys."""
    return json.dumps(
        {
            "stack": audit.stack,
            "streams": [
                {
                    "streamId": audit.without_secrets(stream.stream_id),
                    "exists": stream.listed is not None,
                    "playbackIds": len(stream.listed or ()),
                    "owned": stream.owned,
                    "lookedUp": stream.looked_up,
                }
                for stream in audit.streams
            ],
            "findings": [
                {
                    "kind": finding.kind.value,
                    "level": finding.kind.level.value,
                    "streamId": audit.without_secrets(finding.stream_id),
                    "playbackId": finding.playback_id or None,
                    "accessPolicy": finding.access_policy or None,
                    "name": finding.name or None,
                    "stacks": list(finding.stacks),
                    "message": message(finding),
                }
                for finding in audit.findings
            ],
            "unread": list(audit.unread),
        },
        indent=2,
    )


def stream_not_seen_before(error: NotFoundError, stream_id: str) -> str:
    """A stream answers 404, and may have been deleted or be in another workspace."""
    return (
        f"{error} These credentials haven't seen the stream before: perhaps the access token was replaced since the "
        f"last `pulumi up` or `pulumi refresh`, or the stream is in another workspace. Use the credentials of its "
        f"workspace. Only if you know that it was deleted, run this with {GONE_STREAMS_VARIABLE}={stream_id} in the "
        f"environment."
    )


def message(finding: Finding) -> str:
    """What a finding means, and what to do about it."""
    has = "looks it up" if finding.looked_up else "has it"
    if finding.kind is Kind.UNDECLARED_PUBLIC:
        return f"{_undeclared(finding)}, and anyone who has its address can watch"
    if finding.kind is Kind.UNDECLARED_NON_PUBLIC:
        return _undeclared(finding)
    if finding.kind is Kind.DELETED and finding.detail is Detail.STREAM_DELETED:
        return (
            f"the stack {has}, but its stream was deleted; `pulumi refresh` drops it from the stack, but the next "
            f"`pulumi up` fails unless it is taken out of the program"
        )
    if finding.kind is Kind.DELETED:
        return f"the stack {has}, but it was deleted; `pulumi refresh` drops it from the stack"
    if finding.kind is Kind.ACCESS_POLICY:
        return f"it is {finding.recorded_policy} in the stack's state; `pulumi refresh` shows the change"
    if finding.kind is Kind.TWO_OWNERS:
        return f"{_stacks(finding)}, too: turn all declarations but one into a `.get()`"
    if finding.kind is Kind.INTERRUPTED:
        return (
            "a run that was killed, or is still going on, began to create it; if the run was killed, `pulumi-fastpix "
            "recover` finds out what became of it"
        )
    if finding.kind is Kind.SHARED_STREAM:
        return f"{_stacks(finding, 'playback IDs of this stream')}, too"
    return "the stack looks it up, and none of the stacks that were read owns it"


def _undeclared(finding: Finding) -> str:
    if finding.detail is Detail.REPLACED:
        return "it was replaced, and the next `pulumi up` deletes it"
    if finding.detail is Detail.MAY_BE_INTERRUPTED:
        return "an interrupted create, or one still going on, may have made it"
    return "none of the stacks that were read declares it"


def _stacks(finding: Finding, what: str = "it") -> str:
    names = ", ".join(finding.stacks)
    return f"stacks {names} own {what}" if len(finding.stacks) > 1 else f"stack {names} owns {what}"


def _line(audit: Audit, finding: Finding) -> str:
    subject = [
        finding.playback_id,
        finding.access_policy if finding.playback_id else "",
        f"{finding.name!r}" if finding.name else "",
        f"on stream {audit.without_secrets(finding.stream_id)}",
    ]
    return f"{' '.join(filter(None, subject))}: {message(finding)}"


def _what_to_do(audit: Audit) -> list[str]:
    """How to have one declared, or deleted. FastPix creates one with every stream, so everybody needs this."""
    adopting = shlex.join(["pulumi-fastpix", "adopt", *audit.options])
    recovering = shlex.join(["pulumi-fastpix", "recover", *audit.options])
    interrupted = any(finding.kind is Kind.INTERRUPTED for finding in audit.findings)
    return [
        *([f"  -> First find out which of them a killed run made: {recovering}"] if interrupted else []),
        "  -> To keep one, declare it:",
        f"       {adopting} STREAM_ID PLAYBACK_ID",
        "     To close one, delete it, with the access token's ID and secret key in these variables:",
        *(
            '       curl -X DELETE -u "$FASTPIX_USERNAME:$FASTPIX_PASSWORD" '
            + shlex.quote(f"{address}/live/streams/STREAM_ID/playback-ids?playbackId=PLAYBACK_ID")
            for address in audit.addresses
        ),
    ]


def _summary(audit: Audit) -> str:
    playback_ids = sum(len(stream.listed or ()) for stream in audit.streams)
    owned = sum(stream.owned for stream in audit.streams)
    looked_up = sum(stream.looked_up for stream in audit.streams)
    faults = sum(finding.kind.level is not Level.NOTE for finding in audit.findings)
    if faults:
        verdict = _number(faults, "finding")
    elif audit.unread:
        verdict = "not everything could be read"
    elif not audit.streams:
        verdict = "no stream to audit; name the streams to read"
    else:
        verdict = "nothing to report"
    return (
        f"Read {_number(len(audit.streams), 'stream')} with {_number(playback_ids, 'playback ID')}; stack "
        f"{audit.stack} owns {owned} there{f', looks up {looked_up}' if looked_up else ''}: {verdict}."
    )


def _number(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
