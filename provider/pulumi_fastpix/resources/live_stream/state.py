"""What is stored of a live stream. Pure."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pulumi_fastpix.api.models import PlaybackId, Stream, StreamDetails, kind_of_stream
from pulumi_fastpix.errors import UnexpectedResponseError
from pulumi_fastpix.resources.access_restrictions.applying import without_old_entries
from pulumi_fastpix.resources.access_restrictions.names import ACCESS_RESTRICTIONS
from pulumi_fastpix.resources.base import NOTHING, Existing, Values
from pulumi_fastpix.resources.live_stream.names import (
    CREATED_AT,
    ENABLE_DVR_MODE,
    ENABLE_RECORDING,
    INPUT_KEYS,
    MAX_DURATION,
    MAX_RESOLUTION,
    MEDIA_POLICY,
    METADATA,
    OUTPUT_KEYS,
    PLAYBACK_ID,
    RECONNECT_WINDOW,
    SRT_PLAYBACK_SECRET,
    SRT_PLAYBACK_STREAM_ID,
    SRT_SECRET,
    STREAM_KEY,
    TRIAL,
)
from pulumi_fastpix.resources.names import ACCESS_POLICY, SEEN_BY


def of_stream(
    stream: Stream, born_with: PlaybackId | None, known: Values, restrictions: Values, seen_by: str
) -> dict[str, Any]:
    """What is stored of a stream that FastPix shows.

    Args:
        stream: it.
        born_with: the playback ID that came with it, if it still exists and is known.
        known: what is stored or declared of it: holds for whatever FastPix doesn't show. Metadata is stored only if
            this has some, too: otherwise it is nobody's business here.
        restrictions: those of that playback ID.
        seen_by: the mark of this workspace.
    """
    shown = shown_of(stream)
    if born_with is not None:
        shown |= {ACCESS_POLICY: born_with.access_policy, PLAYBACK_ID: born_with.id}
    keys = [key for key in (*INPUT_KEYS, *OUTPUT_KEYS) if key != ACCESS_RESTRICTIONS]
    stored = {key: known.get(key) if shown.get(key) is None else shown[key] for key in keys}
    if METADATA not in known:
        del stored[METADATA]
    if born_with is None:
        del stored[PLAYBACK_ID]
    stored = {key: value for key, value in stored.items() if value is not None}
    return {**with_restrictions(stored, restrictions), SEEN_BY: seen_by}


def shown_of(stream: Stream) -> dict[str, Any]:
    """What FastPix shows of a stream by the names of the state, secrets too; empty if it isn't understood."""
    details = stream.details
    if details is None:
        return {}
    return {
        MAX_RESOLUTION: details.max_resolution,
        RECONNECT_WINDOW: details.reconnect_window,
        MEDIA_POLICY: details.media_policy,
        METADATA: as_texts(details.metadata),
        ENABLE_DVR_MODE: details.enable_dvr_mode,
        ENABLE_RECORDING: details.enable_recording,
        **outputs_of(details),
    }


def as_texts(metadata: Values) -> dict[str, str]:
    """Metadata as the state has it; somebody may have given FastPix numbers or the like."""
    return {key: one if isinstance(one, str) else json.dumps(one) for key, one in metadata.items()}


def outputs_of(details: StreamDetails) -> dict[str, Any]:
    """What FastPix adds to a stream, as far as it is shown; the playback ID isn't marked there."""
    srt_secret, srt_playback_secret = details.srt_secret, details.srt_playback.secret
    shown = {
        STREAM_KEY: details.stream_key.get_secret_value(),
        SRT_SECRET: srt_secret and srt_secret.get_secret_value(),
        SRT_PLAYBACK_STREAM_ID: details.srt_playback.stream_id,
        SRT_PLAYBACK_SECRET: srt_playback_secret and srt_playback_secret.get_secret_value(),
        CREATED_AT: details.created_at,
        MAX_DURATION: details.max_duration,
        TRIAL: details.trial,
    }
    return {key: value for key, value in shown.items() if value is not None}


def with_restrictions(state: Values, restrictions: Values) -> dict[str, Any]:
    """A state with these access restrictions instead of its own."""
    rest = {key: value for key, value in state.items() if key != ACCESS_RESTRICTIONS}
    return {**rest, ACCESS_RESTRICTIONS: dict(restrictions)} if restrictions else rest


def without_old_values(before: Values, state: Values, inputs: Values) -> Values:
    """What a failed update stores: see :func:`without_old_entries`. Unchanged if nothing was done.

    The same holds for metadata. Its marker equals none that can be declared: no key may be empty.
    """
    if state == before:
        return state
    known = dict(state)
    if METADATA in state and state[METADATA] != inputs.get(METADATA):
        known[METADATA] = {"": ""}
    if stored := state.get(ACCESS_RESTRICTIONS):
        known = with_restrictions(known, without_old_entries(stored, inputs.get(ACCESS_RESTRICTIONS, NOTHING)))
    return known


def kind_of(inputs: Values) -> str:
    """As :attr:`Stream.kind`, of the stream that is to be made of these inputs. Pulumi's numbers may be floats."""
    window = inputs.get(RECONNECT_WINDOW)
    return kind_of_stream(
        inputs.get(ACCESS_POLICY),
        inputs.get(MAX_RESOLUTION),
        None if window is None else int(window),
        inputs.get(MEDIA_POLICY),
        dict(inputs.get(METADATA, NOTHING)),
        inputs.get(ENABLE_DVR_MODE),
        inputs.get(ENABLE_RECORDING),
    )


def digest_of(kind: str) -> str:
    """What stands for a kind where its settings themselves don't belong: a stack may keep metadata secret."""
    return hashlib.sha256(kind.encode()).hexdigest()[:16]


def differing_settings(state: Values, inputs: Values) -> list[str]:
    """The settings that a stream was made with and that aren't as declared, its access restrictions apart."""
    keys = [key for key in INPUT_KEYS if key != ACCESS_RESTRICTIONS and key in inputs]
    return [key for key in keys if key in state and state[key] != inputs[key]]


def existing(stream_id: str, state: dict[str, Any]) -> Existing:
    """A stream as Pulumi stores it."""
    return Existing(stream_id, {key: state[key] for key in INPUT_KEYS if key in state}, state)


def not_understood(stream_id: str) -> UnexpectedResponseError:
    """FastPix describes a stream in an unknown form."""
    return UnexpectedResponseError(
        f"Could not read stream {stream_id}: FastPix describes it in a form that isn't understood.",
        "A newer version of pulumi-fastpix may understand it.",
        status=200,
    )
