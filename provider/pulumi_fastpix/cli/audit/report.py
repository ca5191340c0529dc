"""What `pulumi-fastpix audit` prints, for people and for programs."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pulumi_fastpix.cli.audit.findings import AuditedStream, Finding, Kind, Level

_HEADINGS = {
    Kind.OPEN: "Open doors: public playback IDs that nobody declares",
    Kind.UNDECLARED: "Other playback IDs that nobody declares",
    Kind.GONE: "Declared, but gone",
    Kind.POLICY: "Another access policy than the stack knows",
    Kind.TWO_OWNERS: "Owned by several stacks",
    Kind.CUT_OFF: "Begun, not recorded",
    Kind.SHARED: "Shared streams",
    Kind.USED: "Looked up, owner unknown",
}


@dataclass(frozen=True)
class Audit:
    """The result of an audit.

    Attributes:
        stack: the stack's name.
        streams: those that were read.
        findings: what was found, the worst first.
        unread: what couldn't be read, and why, so that there may be more to find.
        shown: gives a text without the IDs of streams that are secrets.
        addresses: of the FastPix servers that were asked.
        options: what makes another command of ours one for this stack.
    """

    stack: str
    streams: Sequence[AuditedStream]
    findings: Sequence[Finding]
    unread: Sequence[str]
    shown: Callable[[str], str]
    addresses: Sequence[str]
    options: Sequence[str]

    def status(self, least: Level) -> int:
        """The exit status: 2 if something couldn't be read, 1 if something matters that much, else 0."""
        if self.unread:
            return 2
        return int(any(finding.level.reaches(least) for finding in self.findings))


def for_people(audit: Audit) -> str:
    """Headings with what was found below, and a last line that sums up."""
    lines: list[str] = []
    for kind, heading in _HEADINGS.items():
        found = [finding for finding in audit.findings if finding.kind is kind]
        if found:
            lines += [f"{heading}:", *(f"  {_line(audit, finding)}" for finding in found)]
            lines += [*(_what_to_do(audit) if kind in (Kind.OPEN, Kind.UNDECLARED) else []), ""]
    lines.append(_summary(audit))
    return "\n".join(lines)


def for_programs(audit: Audit) -> str:
    """JSON, in the form that docs/audit.md describes."""
    return json.dumps(
        {
            "stack": audit.stack,
            "streams": [
                {
                    "streamId": audit.shown(stream.stream_id),
                    "exists": stream.listed is not None,
                    "playbackIds": len(stream.listed or ()),
                    "owned": stream.owned,
                    "used": stream.used,
                }
                for stream in audit.streams
            ],
            "findings": [
                {
                    "kind": finding.kind.value,
                    "level": finding.level.value,
                    "streamId": audit.shown(finding.stream_id),
                    "playbackId": finding.playback_id or None,
                    "accessPolicy": finding.access_policy or None,
                    "name": finding.name or None,
                    "stacks": list(finding.stacks),
                    "text": finding.text,
                }
                for finding in audit.findings
            ],
            "unread": list(audit.unread),
        },
        indent=2,
    )


def _line(audit: Audit, finding: Finding) -> str:
    subject = [
        finding.playback_id,
        finding.access_policy if finding.playback_id else "",
        f"{finding.name!r}" if finding.name else "",
        f"on stream {audit.shown(finding.stream_id)}",
    ]
    return f"{' '.join(filter(None, subject))}: {finding.text}"


def _what_to_do(audit: Audit) -> list[str]:
    """How to make one declared, or not be there; every stream is born with one, so this is for everybody."""
    adopting = shlex.join(["pulumi-fastpix", "adopt", *audit.options])
    recovering = shlex.join(["pulumi-fastpix", "recover", *audit.options])
    cut_off = any(finding.kind is Kind.CUT_OFF for finding in audit.findings)
    return [
        *([f"  -> First see what a killed run has made (below): {recovering}"] if cut_off else []),
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
    used = sum(stream.used for stream in audit.streams)
    faults = sum(finding.level is not Level.NOTE for finding in audit.findings)
    looked_up = f", looks up {used}" if used else ""
    if faults:
        verdict = _number(faults, "finding")
    elif audit.unread:
        verdict = "not everything could be read"
    elif not audit.streams:
        verdict = "no stream to look at; name those that should be"
    else:
        verdict = "nothing to report"
    return (
        f"{_number(len(audit.streams), 'stream')} with {_number(playback_ids, 'playback ID')}; stack {audit.stack} "
        f"owns {owned}{looked_up}: {verdict}."
    )


def _number(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
