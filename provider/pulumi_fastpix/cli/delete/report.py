"""The messages of `pulumi-fastpix delete`."""

from __future__ import annotations

from collections.abc import Sequence

from pulumi_fastpix.cli.delete.reasons import Claim, Found, Reason
from pulumi_fastpix.cli.pulumi_cli import PulumiError
from pulumi_fastpix.cli.terminal import Colour, Line
from pulumi_fastpix.errors import NotFoundError
from pulumi_fastpix.resources.access_restrictions.applying import shown_by
from pulumi_fastpix.resources.access_restrictions.rules import in_words, restricts
from pulumi_fastpix.stack.accounts import account_name

NOTHING_DELETED = "Nothing was deleted."


def unread(reasons: Sequence[str]) -> str:
    """Stacks that may own the playback ID couldn't be read."""
    return (
        f"{' '.join(reasons)} Such a stack may own the playback ID. {NOTHING_DELETED} Make it readable; or, if it "
        f"certainly doesn't own it, run this again with --ignore-unread."
    )


def refusal(playback_id: str, reasons: Sequence[Reason]) -> str:
    """Stacks have claims on the playback ID."""
    return f"{NOTHING_DELETED} {' '.join(_claim(playback_id, reason) for reason in reasons)}"


def changed(playback_id: str, reasons: Sequence[Reason]) -> str:
    """The stack had no claim on the playback ID before the question was asked."""
    return f"The stack has changed since you were asked. {refusal(playback_id, reasons)}"


def not_read_again(error: PulumiError) -> str:
    """Whether the stack has changed isn't known."""
    return (
        f"{NOTHING_DELETED} The stack couldn't be read again, and it may have changed since you were asked: {error} "
        f"Run this again once it can be read."
    )


def _claim(playback_id: str, reason: Reason) -> str:
    stack, name = f"Stack {reason.stack}", f"as {reason.name!r}"
    if reason.claim is Claim.OWNS:
        return f"{stack} owns {playback_id}, {name}: take it out of that stack's program, and `pulumi up` deletes it."
    if reason.claim is Claim.OWNS_WITH_STREAM:
        return (
            f"{playback_id} came with the live stream that stack {reason.stack} owns, {name}, and is deleted with it. "
            f"To close it and keep the stream, give the stream access restrictions in that stack's program. Another "
            f"access policy would take another stream, with another stream key."
        )
    if reason.claim is Claim.REPLACED:
        return f"{stack} has replaced {playback_id}, known {name}: the next `pulumi up` of that stack deletes it."
    if reason.claim is Claim.LOOKS_UP:
        return (
            f"{stack} looks {playback_id} up (`.get()`), {name}: take that out of the stack's program first, and run "
            f"`pulumi up`."
        )
    if reason.claim is Claim.LOOKS_STREAM_UP:
        return (
            f"{stack} looks up (`.get()`) the live stream that {playback_id} came with, {name}: take that out of the "
            f"stack's program first, and run `pulumi up`."
        )
    made = f"the live stream of {playback_id}" if reason.claim is Claim.MADE_STREAM else playback_id
    return (
        f"A run of stack {reason.stack} that was killed, or is still going on, may have made {made}, {name}: "
        f"wait until the run ends; if it was killed, run `pulumi-fastpix recover` for that stack first."
    )


def found(about: Found, stream: str) -> Line:
    """The playback ID that is about to be deleted."""
    policy, account = about.playback_id.access_policy, account_name(about.provider)
    shown = shown_by(about.playback_id.access_restrictions)
    restricted = restricts(shown)
    public = policy == "public" and not restricted
    of_account = f", in the account of {account!r}," if account else ""
    openness = in_words(policy, shown) if restricted else policy
    open_to_all = ": anyone who has its address can watch" if public else ""
    left = {0: "It is the last one on its stream.", 1: "Its stream has one other."}
    return Line(
        f"on stream {stream} at {about.base_url}{of_account} is {openness}{open_to_all}. "
        f"{left.get(about.others, f'Its stream has {about.others} others.')}",
        f"Playback ID {about.playback_id.id} ",
        Colour.RED if public else Colour.YELLOW,
        indent=2,
    )


QUESTION = "Whoever watches through it is cut off, and it can't be brought back. Delete it?"

NO_TERMINAL = f"{NOTHING_DELETED} There is no terminal on which to answer the question: confirm with --yes."


def deleted(playback_id: str, stream: str) -> str:
    """It was deleted, and that is confirmed."""
    return f"Deleted playback ID {playback_id} of stream {stream}."


def absent(playback_id: str, stream: str) -> str:
    """It doesn't exist, or not any more."""
    return (
        f"Nothing to delete: stream {stream} has no playback ID {playback_id}, or not any more. Check both IDs if you "
        f"expected one."
    )


def stream_not_found(unseen: Sequence[NotFoundError]) -> str:
    """No account has the stream."""
    return (
        f"{' '.join(map(str, unseen))} If the stream was deleted, so were its playback IDs, and there is nothing left "
        f"to delete."
    )


def still_listed(playback_id: str) -> str:
    """FastPix confirmed the deletion, and still shows the playback ID."""
    return f"FastPix was told to delete playback ID {playback_id}, but still lists it. Run this again in a while."


def interrupted(playback_id: str) -> str:
    """Ctrl-C after the request to delete was sent."""
    return f"Interrupted. Playback ID {playback_id} may be deleted or not: run this again to find out."
